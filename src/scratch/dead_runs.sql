-- Runs that have databases and hold no lock. A run is `autogen_scratch_` and 12 hex digits, a database a run and its
-- number. $1 is the prefix.
select distinct run
from (
  select left(datname, length($1) + 12) as run from pg_database
  where datname ~ ('^' || $1 || '[0-9a-f]{12}_[0-9]+$') and pg_has_role(datdba, 'usage')
) r
where not exists (
  select from pg_locks l
  where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
    and l.classid::int8 = hashtext('autogen scratch')::int8 & 4294967295
    and l.objid::int8 = hashtext(run)::int8 & 4294967295
);
