-- Sessions that hold a lock on a relation whose name the statement mentions, longest transaction first.
-- psql: \set statement 'ALTER TABLE users ADD x int'
select distinct on (a.xact_start, a.pid)
  format(
    'pid %s (%s%s) holds %s on %s since %s s: %s',
    a.pid, a.usename, coalesce(', ' || nullif(a.application_name, ''), ''), l.mode, c.relname,
    round(extract(epoch from clock_timestamp() - a.xact_start)), left(regexp_replace(a.query, '\s+', ' ', 'g'), 80)
  ) as blocker
from pg_locks l
join pg_class c on c.oid = l.relation and c.relnamespace <> 'pg_catalog'::regnamespace
join pg_stat_activity a on a.pid = l.pid
where l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and l.pid <> pg_backend_pid()
  and position(c.relname in :'statement'::text) > 0
order by a.xact_start, a.pid, l.mode
limit 5;
