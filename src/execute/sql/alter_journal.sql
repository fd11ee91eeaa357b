-- What the first versions of the table lack.
alter table autogen_journal
  add column if not exists failed_at timestamptz,
  add column if not exists code text,
  add column if not exists message text,
  add column if not exists hint text;
