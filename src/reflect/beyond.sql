-- What a schema holds that autogen plans nothing for, members of extensions left out.
-- psql -v namespaces='{public}' -f beyond.sql
select case c.relkind when 'f' then 'foreign table' else 'partition' end as kind,
       n.nspname::text as namespace, c.relname::text as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:'namespaces'::text[])
  and (c.relkind = 'f' or c.relkind in ('r', 'p') and exists (select from pg_inherits i where i.inhrelid = c.oid))
  and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e')
union all
select 'aggregate', n.nspname, p.proname
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any(:'namespaces'::text[]) and p.prokind = 'a'
  and not exists (select from pg_depend x where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype = 'e')
union all
select case t.typtype when 'r' then 'range type' else 'base type' end, n.nspname, t.typname
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
where n.nspname = any(:'namespaces'::text[]) and (t.typtype = 'r' or t.typtype = 'b' and t.typelem = 0)
  and not exists (select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e')
order by 1, 2, 3
