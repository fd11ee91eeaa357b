-- What each partition that holds rows takes, as a condition on the columns. Servers of 13 to 18 print it alike.
-- psql: \set namespaces '{public}'
with recursive below (top, oid) as (
  select c.oid, c.oid from pg_class c
  where c.relkind = 'p' and not c.relispartition and c.relnamespace::regnamespace::text = any(
    select quote_ident(n) from unnest(:'namespaces'::text[]) n)
  union all
  select b.top, i.inhrelid from below b join pg_inherits i on i.inhparent = b.oid
)
select n.nspname::text as namespace, t.relname::text as name, coalesce(pg_get_partition_constraintdef(c.oid), 'true') as takes
from below b
join pg_class c on c.oid = b.oid and c.relkind = 'r'
join pg_class t on t.oid = b.top
join pg_namespace n on n.oid = t.relnamespace
order by 1, 2, c.oid;
