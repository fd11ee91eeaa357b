-- psql: \set revision abc123def456 \set direction upgrade
delete from autogen_journal where revision = :'revision'::text and direction = :'direction'::text;
