-- psql: \set revision abc123def456
delete from autogen_history where revision = :'revision'::text;
