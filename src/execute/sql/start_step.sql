-- psql: \set revision abc123def456 \set direction upgrade \set step 0 \set steps 1 \set hash 00
insert into autogen_journal (revision, direction, step, steps, hash)
values (:'revision'::text, :'direction'::text, :'step'::text::integer, :'steps'::text::integer, :'hash'::text)
on conflict (revision, direction, step) do update
set
  started_at = clock_timestamp(), steps = excluded.steps, hash = excluded.hash,
  failed_at = null, code = null, message = null, hint = null;
