-- The statement that installs an extension; no row when it is there.
-- psql: \set extension pgcrypto
select format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', :'extension'::text)
where not exists (select from pg_extension where extname = :'extension'::text);
