-- clean up outside of a transaction
--
-- Revision ID: a10000000011
-- Revises: a10000000010
-- Create Date: 2026-03-01 11:00:00 UTC

-- autogen: upgrade

-- autogen: autocommit
VACUUM (ANALYZE) "sessions";

-- autogen: downgrade

-- Nothing to take back.
