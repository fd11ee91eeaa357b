-- add a foreign key to a large table
--
-- Revision ID: a10000000007
-- Revises: a10000000006
-- Create Date: 2026-03-01 07:00:00 UTC

-- autogen: upgrade

-- autogen: autocommit
ALTER TABLE "sessions" ADD CONSTRAINT "fk_sessions_user_id"
    FOREIGN KEY ("user_id") REFERENCES "users" ("id") NOT VALID;
ALTER TABLE "sessions" VALIDATE CONSTRAINT "fk_sessions_user_id";

-- autogen: downgrade

ALTER TABLE "sessions" DROP CONSTRAINT "fk_sessions_user_id";
