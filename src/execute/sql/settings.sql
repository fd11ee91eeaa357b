-- For the transaction of a step. A lock that others wait behind is asked for briefly and again, instead of long.
-- psql: \set lock_timeout 2000 \set statement_timeout 0
select
  set_config('lock_timeout', :'lock_timeout'::text, true),
  set_config('statement_timeout', :'statement_timeout'::text, true),
  set_config('idle_in_transaction_session_timeout', '0', true);
