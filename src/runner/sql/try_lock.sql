-- psql: \set lock 'autogen public'
select pg_try_advisory_lock(hashtextextended(:'lock'::text, 0));
