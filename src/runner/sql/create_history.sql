-- A row for each revision that is applied; who takes it back finds here how, also where the file is gone. `source` is
-- the whole file as it was applied.
create table if not exists autogen_history (
  revision   text        primary key,
  parents    text[]      not null,
  message    text        not null,
  hash       text        not null,
  downgrade  text        not null,
  applied_at timestamptz not null default clock_timestamp(),
  applied_by text        not null default session_user,
  source     text
);
