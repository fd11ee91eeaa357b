#!/usr/bin/env python3
"""1,000 small revisions from an empty database to head, beside Alembic on the same statements and the same server.

    python3 -m venv /tmp/alembic && /tmp/alembic/bin/pip install alembic psycopg2-binary
    /tmp/alembic/bin/python benches/upgrade/run.py target/release/autogen postgresql://postgres@localhost/postgres

A new database for each run, five runs each in turn; prints the medians in seconds and their ratio.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy

REVISIONS = int(os.environ.get("REVISIONS", "1000"))
RUNS = int(os.environ.get("RUNS", "5"))


def statements(number):
    """A table, then columns, defaults and indexes: ten revisions a table."""
    table = f"t{number // 10}"
    match number % 10:
        case 0:
            return f"CREATE TABLE {table} (id integer PRIMARY KEY, name text NOT NULL)", f"DROP TABLE {table}"
        case 5:
            return f"CREATE INDEX {table}_name ON {table} (name)", f"DROP INDEX {table}_name"
        case 7:
            return f"ALTER TABLE {table} ALTER name SET DEFAULT ''", f"ALTER TABLE {table} ALTER name DROP DEFAULT"
        case other:
            return f"ALTER TABLE {table} ADD COLUMN c{other} integer", f"ALTER TABLE {table} DROP COLUMN c{other}"


def identity(number):
    return f"{number:012x}"


def write_autogen(folder):
    (folder / "migrations").mkdir(parents=True)
    (folder / "autogen.toml").write_text("")
    for number in range(REVISIONS):
        up, down = statements(number)
        parent = identity(number - 1) if number else ""
        (folder / f"migrations/20240101_0000_{identity(number)}_step.sql").write_text(
            f"-- step {number}\n--\n-- Revision ID: {identity(number)}\n-- Revises: {parent}\n"
            "-- Create Date: 2024-01-01 00:00:00 UTC\n\n"
            f"-- autogen: upgrade\n\n{up};\n\n-- autogen: downgrade\n\n{down};\n"
        )


def write_alembic(folder):
    (folder / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}\n")
    # What `alembic init` writes, without autogenerate and logging; one transaction a revision, as autogen has it.
    (folder / "env.py").write_text(
        "import os, sqlalchemy\nfrom alembic import context\n"
        "engine = sqlalchemy.create_engine(os.environ['BENCH_URL'], poolclass=sqlalchemy.pool.NullPool)\n"
        "with engine.connect() as connection:\n"
        "    context.configure(connection=connection, transaction_per_migration=True)\n"
        "    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    for number in range(REVISIONS):
        up, down = statements(number)
        parent = repr(identity(number - 1)) if number else "None"
        (folder / f"versions/{identity(number)}_step.py").write_text(
            f'"""step {number}"""\nfrom alembic import op\n\nrevision = {identity(number)!r}\n'
            f"down_revision = {parent}\nbranch_labels = None\ndepends_on = None\n\n\n"
            f'def upgrade():\n    op.execute("{up}")\n\n\ndef downgrade():\n    op.execute("{down}")\n'
        )


def run(server, name, command, folder):
    url = server.set(database=name)
    text = url.render_as_string(hide_password=False)
    admin = sqlalchemy.create_engine(server.set(drivername="postgresql+psycopg2"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    begin = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"DATABASE_URL": text, "BENCH_URL": text.replace("postgresql://", "postgresql+psycopg2://")},
    )
    took = time.perf_counter() - begin
    made = sqlalchemy.create_engine(url.set(drivername="postgresql+psycopg2"), poolclass=sqlalchemy.pool.NullPool)
    with made.connect() as connection:
        columns = connection.execute(
            sqlalchemy.text("SELECT count(*) FROM information_schema.columns WHERE table_name ~ '^t[0-9]+$'")
        ).scalar()
    expected = sum(2 if n % 10 == 0 else 0 if n % 10 in (5, 7) else 1 for n in range(REVISIONS))
    assert columns == expected, (columns, expected)
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name}"))
    return took


def main():
    autogen, server = Path(sys.argv[1]).resolve(), sqlalchemy.make_url(sys.argv[2])
    alembic = Path(sys.executable).parent / "alembic"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        write_autogen(folder / "autogen")
        write_alembic(folder / "alembic")
        ours, theirs = [], []
        for number in range(RUNS):
            ours.append(run(server, f"bench_a{number}", [autogen, "upgrade"], folder / "autogen"))
            theirs.append(run(server, f"bench_b{number}", [alembic, "upgrade", "head"], folder / "alembic"))
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"{REVISIONS} revisions: autogen {a:.2f} s, alembic {b:.2f} s, ratio {b / a:.1f}")


if __name__ == "__main__":
    main()
