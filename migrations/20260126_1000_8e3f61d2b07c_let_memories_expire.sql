-- let memories expire
--
-- Revision ID: 8e3f61d2b07c
-- Revises: 5b1d0c7e9a42
-- Create Date: 2026-01-26 10:00:00 UTC

-- autogen: upgrade

-- add column memories.expires_at (models/src/memory.rs:36)
ALTER TABLE "memories" ADD COLUMN "expires_at" timestamp with time zone;

-- add column users.last_seen_at (models/src/user.rs:24)
ALTER TABLE "users" ADD COLUMN "last_seen_at" timestamp with time zone;

-- create index memories.idx-memories-expires_at (models/src/memory.rs:36)
-- hazard blocks: writes to memories wait while the index is built.
CREATE INDEX "idx-memories-expires_at" ON "memories" ("expires_at");

-- autogen: downgrade

-- drop index memories.idx-memories-expires_at
DROP INDEX "idx-memories-expires_at";

-- drop column users.last_seen_at
-- hazard loses-data: the values of users.last_seen_at are gone.
ALTER TABLE "users" DROP COLUMN "last_seen_at";

-- drop column memories.expires_at
-- hazard loses-data: the values of memories.expires_at are gone.
ALTER TABLE "memories" DROP COLUMN "expires_at";
