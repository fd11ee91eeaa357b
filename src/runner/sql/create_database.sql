-- The server quotes the name.
-- psql: \set name app
select format('CREATE DATABASE %I', :'name'::text);
