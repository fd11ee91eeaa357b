-- move data
--
-- Revision ID: a10000000010
-- Revises: a10000000009
-- Create Date: 2026-03-01 10:00:00 UTC

-- autogen: upgrade

UPDATE "sessions" SET "status" = 'new_status' WHERE "status" = 'old_status';

-- autogen: downgrade

UPDATE "sessions" SET "status" = 'old_status' WHERE "status" = 'new_status';
