-- psql: \set pid 1
select pg_cancel_backend(:'pid'::text::integer);
