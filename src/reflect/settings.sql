-- What is set on tables and their parts and is no structure: never compared, given back to what is made again. That of
-- columns comes with these.
select 'setting' as catalog, s.table_oid::int8 as table_oid, s.kind, s.name::text as name, s.action
from (
  select c.oid as table_oid, 1 as position, 'table' as kind, null::name as name, v.action, 0 as number
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (values
    ((select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
      from unnest(c.reloptions) o)),
    (case c.relreplident when 'f' then 'REPLICA IDENTITY FULL' when 'n' then 'REPLICA IDENTITY NOTHING' end),
    ((select format('SET TABLESPACE %I', t.spcname) from pg_tablespace t where t.oid = c.reltablespace)),
    (case when pg_get_userbyid(c.relowner) <> current_user then format('OWNER TO %I', pg_get_userbyid(c.relowner)) end)
  ) v (action)
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and v.action is not null
  union all
  select c.oid, 3, v.kind, x.relname, v.action, 0
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class x on x.oid = i.indexrelid
  cross join lateral (values
    ('index', case when exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      then (select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
        from unnest(x.reloptions) o) end),
    ('index', (select format('SET TABLESPACE %I', t.spcname) from pg_tablespace t where t.oid = x.reltablespace)),
    ('cluster', case when i.indisclustered then '' end),
    ('replica identity', case when i.indisreplident then '' end)
  ) v (kind, action)
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and (x.reloptions is not null or x.reltablespace <> 0 or i.indisclustered or i.indisreplident) and v.action is not null
  union all
  select c.oid, 3, 'index', x.relname, format('ALTER COLUMN %s SET STATISTICS %s', a.attnum, a.attstattarget), a.attnum
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class x on x.oid = i.indexrelid
  join pg_attribute a on a.attrelid = x.oid and a.attstattarget >= 0
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and i.indexprs is not null
  union all
  select c.oid, 4, 'grant', null, concat(g.privilege_type, ' ', case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
    case when g.is_grantable then ' WITH GRANT OPTION' end), 0
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join aclexplode(c.relacl) g
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and g.grantee <> c.relowner
  union all
  select c.oid, 5, 'partition', p.relname, concat(
    format('CREATE TABLE %s PARTITION OF %s %s', p.oid::regclass, t.parentrelid, pg_get_expr(p.relpartbound, p.oid)),
    case when p.relkind = 'p' then ' PARTITION BY ' || pg_get_partkeydef(p.oid) end), t.level
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral pg_partition_tree(c.oid) t
  join pg_class p on p.oid = t.relid and p.relispartition and p.relkind in ('r', 'p')
  where c.relkind = 'p' and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
) s
order by s.table_oid, s.position, s.number, s.name, s.kind, s.action;
