-- add a column
--
-- Revision ID: a10000000002
-- Revises: a10000000001
-- Create Date: 2026-03-01 02:00:00 UTC

-- autogen: upgrade

ALTER TABLE "sessions" ADD COLUMN "metadata" json;

-- autogen: downgrade

ALTER TABLE "sessions" DROP COLUMN "metadata";
