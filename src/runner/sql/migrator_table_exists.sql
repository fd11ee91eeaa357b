-- psql: \set default_namespace public  \set table seaql_migrations
select to_regclass(quote_ident(:'default_namespace'::text) || '.' || quote_ident(:'table'::text)) is not null;
