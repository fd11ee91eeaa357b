-- add a foreign key
--
-- Revision ID: a10000000006
-- Revises: a10000000005
-- Create Date: 2026-03-01 06:00:00 UTC

-- autogen: upgrade

ALTER TABLE "memories" ADD CONSTRAINT "fk_memories_session_id"
    FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE;

-- autogen: downgrade

ALTER TABLE "memories" DROP CONSTRAINT "fk_memories_session_id";
