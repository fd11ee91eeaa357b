-- psql: \set revision abc123def456 \set direction upgrade \set step 0
delete from autogen_journal
where revision = :'revision'::text and direction = :'direction'::text and step = :'step'::text::integer
  and finished_at is null;
