-- Postgres reads and prints expressions and types by these settings: the same text needs the same session.
-- psql: \set default_namespace public \set local false
select
  set_config('search_path', quote_ident(:'default_namespace'::text), :local),
  set_config('TimeZone', 'UTC', :local),
  set_config('DateStyle', 'ISO, MDY', :local),
  set_config('IntervalStyle', 'postgres', :local),
  set_config('extra_float_digits', '1', :local),
  set_config('bytea_output', 'hex', :local),
  set_config('lc_monetary', 'C', :local),
  set_config('quote_all_identifiers', 'off', :local),
  set_config('standard_conforming_strings', 'on', :local),
  set_config('array_nulls', 'on', :local),
  set_config('transform_null_equals', 'off', :local),
  set_config('xmloption', 'content', :local),
  set_config('backslash_quote', 'safe_encoding', :local),
  set_config('jit', 'off', :local);
