ALTER TABLE "users" ADD CONSTRAINT "users_born_check" CHECK (born > '1900-01-01'::date);
CREATE INDEX "ix_lower" ON "users" ((lower((email)::text))) WHERE bio IS NOT NULL;
CREATE UNIQUE INDEX "ux" ON "users" ("name", "bio");
CREATE VIEW v AS
 SELECT users.id,
    users.name
   FROM users;
