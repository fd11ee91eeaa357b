-- psql: \set default_namespace public
select to_regclass(quote_ident(:'default_namespace'::text) || '.autogen_history') is not null;
