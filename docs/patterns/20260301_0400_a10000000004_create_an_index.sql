-- create an index
--
-- Revision ID: a10000000004
-- Revises: a10000000003
-- Create Date: 2026-03-01 04:00:00 UTC

-- autogen: upgrade

CREATE INDEX "idx_sessions_user_id" ON "sessions" ("user_id");

-- autogen: downgrade

DROP INDEX "idx_sessions_user_id";
