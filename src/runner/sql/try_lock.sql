-- psql: \set default_namespace public
select pg_try_advisory_lock(hashtextextended('autogen ' || :'default_namespace'::text, 0));
