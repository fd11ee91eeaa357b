-- Tables that foreign keys of other tables refer to, with their keys: one row a column of a key. Which of them are
-- strangers, the caller knows.
-- psql: \set namespaces '{public}' \set tables '{auth.users}'
select n.nspname::text as namespace, c.relname::text as name, i.indexrelid::int8 as key,
  a.attname::text as column_name, format_type(a.atttypid, a.atttypmod) as data_type, i.indisprimary as is_primary
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_index i on i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null and i.indimmediate
cross join lateral generate_series(0, i.indnkeyatts - 1) k(position)
join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[k.position]
where c.relkind in ('r', 'p')
  and (format('%s.%s', n.nspname, c.relname) = any(:'tables'::text[])
    or exists (
      select from pg_constraint f
      join pg_class o on o.oid = f.conrelid
      join pg_namespace l on l.oid = o.relnamespace
      where f.contype = 'f' and f.confrelid = c.oid and l.nspname = any(:'namespaces'::text[])))
order by n.nspname, c.relname, i.indexrelid, k.position;
