-- What a schema holds that autogen plans nothing for, members of extensions left out; views with their text.
-- psql -v namespaces='{public}' -f beyond.sql
select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
         when 'S' then 'sequence' else 'partition' end as kind,
       n.nspname::text as namespace, c.relname::text as name,
       case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:'namespaces'::text[])
  and (c.relkind in ('v', 'm', 'f')
    or c.relkind in ('r', 'p') and c.relispartition
    or c.relkind = 'S' and not exists (select from pg_depend x
      where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.refobjsubid > 0 and x.deptype in ('a', 'i')))
  and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e')
union all
select 'function', n.nspname, p.proname, null
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any(:'namespaces'::text[])
  and not exists (select from pg_depend x where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype = 'e')
union all
select case t.typtype when 'd' then 'domain' when 'r' then 'range type' else 'composite type' end, n.nspname, t.typname, null
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
where n.nspname = any(:'namespaces'::text[]) and (t.typtype in ('d', 'r') or t.typtype = 'c' and c.relkind = 'c')
  and not exists (select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e')
union all
select 'trigger', n.nspname, g.tgname, null
from pg_trigger g
join pg_class c on c.oid = g.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:'namespaces'::text[]) and not g.tgisinternal
union all
select 'policy', n.nspname, p.polname, null
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:'namespaces'::text[])
order by 1, 2, 3
