-- Who holds the lock: an advisory lock of 64 bits shows as two halves.
-- psql: \set lock 'autogen public'
select format(
    'pid %s (%s%s) since %s', a.pid, a.usename, coalesce(' from ' || host(a.client_addr), ''),
    to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
  ) as holder
from (select hashtextextended(:'lock'::text, 0) as key) k
join pg_locks l
  on l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::bigint << 32 | l.objid::bigint) = k.key
join pg_stat_activity a on a.pid = l.pid;
