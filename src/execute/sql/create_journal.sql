-- A row for each step of a revision that was begun; all rows of a revision and direction are its last run that way.
-- A step that failed and was taken back has `failed_at`, and what Postgres said.
create table if not exists autogen_journal (
  revision    text        not null,
  direction   text        not null check (direction in ('upgrade', 'downgrade')),
  step        integer     not null,
  steps       integer     not null,
  hash        text        not null,
  started_at  timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  failed_at   timestamptz,
  code        text,
  message     text,
  hint        text,
  primary key (revision, direction, step)
);
