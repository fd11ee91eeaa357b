-- step 1
--
-- Revision ID: 00000000000a
-- Revises:
-- Create Date: 2024-01-01 00:01:00 UTC

-- autogen: upgrade

CREATE TABLE greetings (id integer PRIMARY KEY, text text NOT NULL);

-- autogen: downgrade

DROP TABLE greetings;
