-- psql: \set default_namespace public
select not exists (
  select from pg_attribute
  where attrelid = to_regclass(quote_ident(:'default_namespace'::text) || '.autogen_history')
    and attname = 'source' and not attisdropped
);
