-- A step that failed and was taken back. Where an earlier row says that its end is unknown, that stays so.
-- psql: \set revision abc123def456 \set direction upgrade \set step 0 \set steps 1 \set hash 00
-- psql: \set code 42704 \set message m \set hint h
insert into autogen_journal as j (revision, direction, step, steps, hash, failed_at, code, message, hint)
values (
  :'revision'::text, :'direction'::text, :'step'::text::integer, :'steps'::text::integer, :'hash'::text,
  clock_timestamp(), nullif(:'code'::text, ''), :'message'::text, nullif(:'hint'::text, '')
)
on conflict (revision, direction, step) do update
set
  failed_at = case when j.failed_at is not null then excluded.failed_at end,
  code = excluded.code, message = excluded.message, hint = excluded.hint
where j.finished_at is null;
