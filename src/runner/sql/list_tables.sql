-- psql: \set namespaces '{public}'
-- Tables of ours that may hold rows, with the planner's guess of how many. Partitions count with their parent.
select n.nspname as namespace, c.relname as name, c.reltuples::bigint as estimate
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any (:'namespaces'::text[])
  and c.relkind in ('r', 'p')
  and not c.relispartition
  and c.relname not in ('autogen_history', 'autogen_journal')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname;
