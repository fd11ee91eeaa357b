select 'column' as catalog, a.attrelid::int8 as table_oid, a.attnum as number, a.attname::text as name,
  not a.attnotnull as nullable, format_type(a.atttypid, a.atttypmod) as data_type,
  bn.nspname::text as type_namespace, b.typname::text as type_name,
  a.attidentity::text as identity, a.attgenerated::text as generated, pg_get_expr(ad.adbin, ad.adrelid) as expression,
  case when a.attgenerated <> '' then
    (select json_agg(m.attname order by m.attname) from pg_attribute m where m.attrelid = a.attrelid and m.attnum in
      (select v[1]::int2 from regexp_matches(ad.adbin::text, ':varattno (\d+)', 'g') v))::text end as mentions,
  case when a.attcollation <> t.typcollation then
    (select format('%I.%I', cn.nspname, co.collname)
     from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation) end as collation,
  d.description as comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_type e on e.oid = t.typelem and e.typarray = t.oid
join pg_type b on b.oid = coalesce(e.oid, t.oid)
join pg_namespace bn on bn.oid = b.typnamespace
left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
where c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[])
order by a.attrelid, a.attnum;
