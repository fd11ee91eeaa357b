-- Partitions and children of inheritance are part of their parent and are left out.
select 'table' as catalog, c.oid::int8 as oid, n.nspname::text as namespace, c.relname::text as name,
  c.relpersistence = 'u' as unlogged, case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any(current_setting('autogen.namespaces')::text[])
  and not exists (select from pg_inherits i where i.inhrelid = c.oid)
  and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e');
