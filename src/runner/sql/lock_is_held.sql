-- Whether this session holds the lock: an advisory lock of 64 bits shows as two halves.
-- psql: \set lock 'autogen public'
select exists (
  select
  from pg_locks l
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.pid = pg_backend_pid()
    and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(:'lock'::text, 0)
);
