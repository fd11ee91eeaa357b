CREATE TABLE users (id serial PRIMARY KEY);
CREATE TYPE mood AS ENUM ('sad', 'very happy');
CREATE TABLE orders (
    id bigserial PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE, parent_id bigint REFERENCES orders,
    code varchar(20) NOT NULL UNIQUE, note text, mood mood NOT NULL DEFAULT 'sad', total numeric(12,2) NOT NULL DEFAULT 0,
    data jsonb, raw bytea, tags text[], placed_at timestamptz NOT NULL DEFAULT now(), "type" varchar, at time, day date, ok boolean NOT NULL DEFAULT true, ref uuid, ratio double precision, ip inet
);
CREATE INDEX ON orders (user_id);
CREATE INDEX part ON orders (code) WHERE note IS NULL;
CREATE TABLE "order-lines" (order_id bigint REFERENCES orders, line int, qty smallint NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE log (x int);
