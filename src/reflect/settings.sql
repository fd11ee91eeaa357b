-- What is set on tables and their parts and is no structure: never compared, given back to what is made again.
-- attcompression is there from 14 on: where a row has none, the name means the empty one beside it.
with seen as materialized (
  select c.oid, c.relowner, c.relacl, c.reloptions, c.relreplident, c.reltablespace, c.relkind
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
)
select 'setting' as catalog, s.table_oid::int8 as table_oid, s.kind, s.name::text as name, s.action
from (
  select c.oid as table_oid, 1 as position, 'table' as kind, null::name as name, v.action, 0 as number
  from seen c
  cross join lateral (values
    ((select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
      from unnest(c.reloptions) o)),
    (case c.relreplident when 'f' then 'REPLICA IDENTITY FULL' when 'n' then 'REPLICA IDENTITY NOTHING' end),
    ((select format('SET TABLESPACE %I', t.spcname) from pg_tablespace t where t.oid = c.reltablespace)),
    (case when pg_get_userbyid(c.relowner) <> current_user then format('OWNER TO %I', pg_get_userbyid(c.relowner)) end)
  ) v (action)
  where v.action is not null
  union all
  select c.oid, 2, 'column', a.attname, v.action, a.attnum
  from seen c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  cross join (select ''::"char" as attcompression) none
  cross join lateral (select (select attcompression from (select a.*) x) as compression) m
  cross join lateral (values
    (case when a.attstorage <> t.typstorage then 'SET STORAGE ' ||
      case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end),
    (case m.compression when 'p' then 'SET COMPRESSION pglz' when 'l' then 'SET COMPRESSION lz4' end),
    (case when a.attstattarget >= 0 then format('SET STATISTICS %s', a.attstattarget) end),
    -- The two that ALTER TABLE takes; a server may note more here for itself.
    ((select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
      from unnest(a.attoptions) o where split_part(o, '=', 1) in ('n_distinct', 'n_distinct_inherited')))
  ) v (action)
  where (a.attstorage <> t.typstorage or m.compression <> '' or a.attstattarget >= 0 or a.attoptions is not null)
    and v.action is not null
  union all
  select c.oid, 3, v.kind, x.relname, v.action, 0
  from seen c
  join pg_index i on i.indrelid = c.oid
  join pg_class x on x.oid = i.indexrelid
  cross join lateral (values
    ('index', case when exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
      then (select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
        from unnest(x.reloptions) o) end),
    ('index', (select format('SET TABLESPACE %I', t.spcname) from pg_tablespace t where t.oid = x.reltablespace)),
    ('cluster', case when i.indisclustered then '' end),
    ('replica identity', case when i.indisreplident then '' end)
  ) v (kind, action)
  where (x.reloptions is not null or x.reltablespace <> 0 or i.indisclustered or i.indisreplident) and v.action is not null
  union all
  select c.oid, 3, 'index', x.relname, format('ALTER COLUMN %s SET STATISTICS %s', a.attnum, a.attstattarget), a.attnum
  from seen c
  join pg_index i on i.indrelid = c.oid and i.indexprs is not null
  join pg_class x on x.oid = i.indexrelid
  join pg_attribute a on a.attrelid = x.oid and a.attstattarget >= 0
  union all
  select c.oid, 4, 'grant', g.column_name, concat(g.privilege_type, ' ', case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
    case when g.is_grantable then ' WITH GRANT OPTION' end), g.number
  from seen c
  cross join lateral (
    select null::name as column_name, 0 as number, e.* from aclexplode(c.relacl) e
    union all
    select a.attname, a.attnum, e.* from pg_attribute a, aclexplode(a.attacl) e
    where a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
  ) g
  where g.grantee <> c.relowner
  union all
  select c.oid, 5, 'partition', p.relname, concat(
    format('CREATE TABLE %s PARTITION OF %s %s', p.oid::regclass, t.parentrelid, pg_get_expr(p.relpartbound, p.oid)),
    case when p.relkind = 'p' then ' PARTITION BY ' || pg_get_partkeydef(p.oid) end), t.level
  from seen c
  cross join lateral pg_partition_tree(c.oid) t
  join pg_class p on p.oid = t.relid and p.relispartition and p.relkind in ('r', 'p')
  where c.relkind = 'p'
) s
order by s.table_oid, s.position, s.number, s.name, s.kind, s.action;
