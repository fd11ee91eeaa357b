-- The statement that drops an invalid index: names are quoted by the server.
-- psql: \set index idx \set table users
select 'DROP INDEX CONCURRENTLY IF EXISTS ' || c.oid::regclass::text
from pg_class c
join pg_index i on i.indexrelid = c.oid
where not i.indisvalid
  and c.relname = :'index'::text
  and c.relnamespace = coalesce(
    (select t.relnamespace from pg_class t where t.oid = to_regclass(:'table'::text)),
    (select n.oid from pg_namespace n where n.nspname = current_schema())
  );
