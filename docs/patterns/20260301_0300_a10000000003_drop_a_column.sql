-- drop a column
--
-- Revision ID: a10000000003
-- Revises: a10000000002
-- Create Date: 2026-03-01 03:00:00 UTC

-- autogen: upgrade

ALTER TABLE "sessions" DROP COLUMN "old_field";

-- autogen: downgrade

ALTER TABLE "sessions" ADD COLUMN "old_field" varchar(100);
