-- In no order. A default has no columns, so it is printed without opening its table, which costs more than the printing.
-- `settings` as in settings.sql. attcompression is there from 14 on: before, the name means the one of `none`.
select 'column' as catalog, a.attrelid::int8 as table_oid, a.attnum as number, a.attname::text as name,
  not a.attnotnull as nullable, format_type(a.atttypid, a.atttypmod) as data_type,
  bn.nspname::text as type_namespace, b.typname::text as type_name,
  a.attidentity::text as identity, a.attgenerated::text as generated,
  case when a.atthasdef then
    (select pg_get_expr(ad.adbin, case when a.attgenerated = '' then 0 else ad.adrelid end)
     from pg_attrdef ad where ad.adrelid = a.attrelid and ad.adnum = a.attnum) end as expression,
  case when a.attgenerated <> '' then
    (select json_agg(m.attname order by m.attname) from pg_attribute m where m.attrelid = a.attrelid and m.attnum in
      (select v[1]::int2 from pg_attrdef ad, regexp_matches(ad.adbin::text, ':varattno (\d+)', 'g') v
       where ad.adrelid = a.attrelid and ad.adnum = a.attnum))::text end as mentions,
  case when a.attcollation <> t.typcollation then
    (select format('%I.%I', cn.nspname, co.collname)
     from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end as collation,
  case when a.attstorage <> t.typstorage or (select attcompression from (select a.*) x) <> '' or a.attstattarget >= 0
      or a.attacl is not null or a.attoptions::text like '%n_distinct%' then (
    select json_agg(json_build_array(v.kind, v.action) order by v.kind, v.action)
    from (
      values ('column', case when a.attstorage <> t.typstorage then 'SET STORAGE ' ||
          case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end),
        ('column', case (select attcompression from (select a.*) x) when 'p' then 'SET COMPRESSION pglz' when 'l' then 'SET COMPRESSION lz4' end),
        ('column', case when a.attstattarget >= 0 then format('SET STATISTICS %s', a.attstattarget) end),
        -- The two that ALTER TABLE takes; a server may note more here for itself.
        ('column', (select 'SET (' || string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
          from unnest(a.attoptions) o where split_part(o, '=', 1) in ('n_distinct', 'n_distinct_inherited')))
      union all
      select 'grant', concat(g.privilege_type, ' ', case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
        case when g.is_grantable then ' WITH GRANT OPTION' end)
      from aclexplode(a.attacl) g
      where g.grantee <> c.relowner
    ) v (kind, action)
    where v.action is not null)::text end as settings
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
cross join (select ''::"char" as attcompression) none
left join pg_type e on e.oid = t.typelem and e.typarray = t.oid
join pg_type b on b.oid = coalesce(e.oid, t.oid)
join pg_namespace bn on bn.oid = b.typnamespace
where c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[]);
