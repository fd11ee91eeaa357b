-- psql: \set revision abc123def456 \set direction upgrade
select step, steps, hash, finished_at is not null as finished
from autogen_journal
where revision = :'revision'::text and direction = :'direction'::text
order by step;
