-- step 2
--
-- Revision ID: 00000000000b
-- Revises: 00000000000a
-- Create Date: 2024-01-01 00:02:00 UTC

-- autogen: upgrade

-- autogen: autocommit
CREATE INDEX CONCURRENTLY greetings_text ON greetings (text);

-- autogen: downgrade

DROP INDEX greetings_text;
