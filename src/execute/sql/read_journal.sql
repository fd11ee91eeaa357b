-- The rows of a revision, one way; and in each, or in one without a step, whether the table lacks what it has today.
-- psql: \set default_namespace public \set revision abc123def456 \set direction upgrade
select o.is_old, j.*
from (
  select not exists (
    select from pg_attribute
    where attrelid = to_regclass(quote_ident(:'default_namespace'::text) || '.autogen_journal')
      and attname = 'failed_at' and not attisdropped
  ) as is_old
) o
left join (
  select
    step, steps, hash, finished_at is not null as finished,
    finished_at is null and to_jsonb(r) ->> 'failed_at' is not null as failed
  from autogen_journal r
  where revision = :'revision'::text and direction = :'direction'::text
) j on true
order by step;
