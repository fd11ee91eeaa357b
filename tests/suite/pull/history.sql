CREATE TYPE status AS ENUM ('new', 'on hold');
CREATE TABLE users (
    id serial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name text NOT NULL, status status NOT NULL DEFAULT 'new',
    visits integer NOT NULL DEFAULT 0, joined timestamptz NOT NULL DEFAULT now(),
    bio varchar(20), born date CHECK (born > '1900-01-01'), tags text[], "Type" jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_name ON users (name);
CREATE INDEX ix_lower ON users (lower(email)) WHERE bio IS NOT NULL;
CREATE UNIQUE INDEX ux ON users (name, bio);
CREATE TABLE posts (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE ON UPDATE SET NULL);
CREATE INDEX ON posts (user_id);
CREATE TABLE audit (id bigserial PRIMARY KEY, user_id int REFERENCES users, at timestamptz DEFAULT now());
CREATE VIEW v AS SELECT id, name FROM users;
