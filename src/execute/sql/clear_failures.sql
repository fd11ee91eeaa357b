-- A new attempt begins: what the last one could not do says nothing any more.
-- psql: \set revision abc123def456 \set direction upgrade
delete from autogen_journal
where revision = :'revision'::text and direction = :'direction'::text
  and finished_at is null and failed_at is not null;
