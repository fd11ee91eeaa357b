-- What the first versions of the table lack.
alter table autogen_history add column if not exists source text;
