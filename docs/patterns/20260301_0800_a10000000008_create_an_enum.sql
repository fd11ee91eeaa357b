-- create an enum
--
-- Revision ID: a10000000008
-- Revises: a10000000007
-- Create Date: 2026-03-01 08:00:00 UTC

-- autogen: upgrade

CREATE TYPE "mood" AS ENUM ('active', 'inactive');
ALTER TABLE "users" ADD COLUMN "mood" "mood" NOT NULL DEFAULT 'active';

-- autogen: downgrade

ALTER TABLE "users" DROP COLUMN "mood";
DROP TYPE "mood";
