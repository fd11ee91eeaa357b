-- Tables that hold something: a table that never had a row has no page, and neither have its partitions.
-- psql: \set namespaces '{public}'
select n.nspname::text as namespace, c.relname::text as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:'namespaces'::text[]) and not c.relispartition and (
  c.relkind = 'r' and pg_relation_size(c.oid) > 0
  or c.relkind = 'p' and exists (select from pg_partition_tree(c.oid) p
    join pg_class l on l.oid = p.relid and l.relkind = 'r' where pg_relation_size(l.oid) > 0))
order by 1, 2;
