-- Every step that the journal knows. The first versions of the table had no failures.
select
  revision, direction, step, steps,
  to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as started_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as finished_at,
  extract(epoch from finished_at - started_at)::float8 as seconds,
  to_char(
    (to_jsonb(j) ->> 'failed_at')::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'
  ) as failed_at,
  to_jsonb(j) ->> 'code' as code, to_jsonb(j) ->> 'message' as message, to_jsonb(j) ->> 'hint' as hint
from autogen_journal j
order by revision, direction, step;
