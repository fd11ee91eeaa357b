-- Whether the index of this name beside this table is valid; no row when there is none.
-- psql: \set index idx \set table users
select i.indisvalid
from pg_class c
join pg_index i on i.indexrelid = c.oid
where c.relname = :'index'::text
  and c.relnamespace = coalesce(
    (select t.relnamespace from pg_class t where t.oid = to_regclass(:'table'::text)),
    (select n.oid from pg_namespace n where n.nspname = current_schema())
  );
