select 'enum type' as catalog, t.oid::int8 as oid, n.nspname::text as namespace, t.typname::text as name,
  coalesce((select json_agg(v.enumlabel order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid), '[]')::text as labels
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and n.nspname = any(current_setting('autogen.namespaces')::text[])
  and not exists (select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e');
