-- The rows of a revision, one way. The first versions of the table have no `failed_at`.
-- psql: \set revision abc123def456 \set direction upgrade
select
  step, steps, hash, finished_at is not null as finished, finished_at is null and failed_at is not null as failed
from autogen_journal
where revision = :'revision'::text and direction = :'direction'::text
order by step;
