-- create an index while others write
--
-- Revision ID: a10000000005
-- Revises: a10000000004
-- Create Date: 2026-03-01 05:00:00 UTC

-- autogen: upgrade

-- autogen: autocommit
CREATE INDEX CONCURRENTLY "idx_memories_session_id" ON "memories" ("session_id");

-- autogen: downgrade

-- autogen: autocommit
DROP INDEX CONCURRENTLY "idx_memories_session_id";
