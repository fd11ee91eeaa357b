-- For a statement outside of a transaction: CREATE INDEX CONCURRENTLY waits for old transactions as long as it takes.
select
  set_config('lock_timeout', '0', false),
  set_config('statement_timeout', '0', false);
