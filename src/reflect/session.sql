-- Postgres prints expressions and types by these settings: the same text needs the same session.
-- Reading catalogs takes as long as it takes, whatever the role or the database is limited to.
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
  set_config('jit', 'off', :local),
  set_config('statement_timeout', case when :local then '0' else current_setting('statement_timeout') end, :local);
