-- The statement that makes the namespace; no row when it is there.
-- psql: \set default_namespace public
select format('CREATE SCHEMA IF NOT EXISTS %I', :'default_namespace'::text)
where to_regnamespace(quote_ident(:'default_namespace'::text)) is null;
