-- The first versions of the table had no `source`.
select
  revision, parents, message, hash, downgrade,
  to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as applied_at,
  applied_by, to_jsonb(h) ->> 'source' as source
from autogen_history h
order by h.applied_at, revision;
