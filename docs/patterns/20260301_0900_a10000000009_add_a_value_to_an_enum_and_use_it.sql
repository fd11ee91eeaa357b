-- add a value to an enum and use it
--
-- Revision ID: a10000000009
-- Revises: a10000000008
-- Create Date: 2026-03-01 09:00:00 UTC

-- autogen: upgrade

-- autogen: autocommit
ALTER TYPE "mood" ADD VALUE 'away' BEFORE 'inactive';
UPDATE "users" SET "mood" = 'away' WHERE "id" % 2 = 0;

-- autogen: downgrade

UPDATE "users" SET "mood" = 'active' WHERE "mood" = 'away';
ALTER TABLE "users" ALTER COLUMN "mood" DROP DEFAULT;
ALTER TYPE "mood" RENAME TO "mood_before";
CREATE TYPE "mood" AS ENUM ('active', 'inactive');
ALTER TABLE "users" ALTER COLUMN "mood" TYPE "mood" USING "mood"::text::"mood";
ALTER TABLE "users" ALTER COLUMN "mood" SET DEFAULT 'active';
DROP TYPE "mood_before";
