# The commands of the migrations guide, under the names that people know.
AUTOGEN ?= cargo run --quiet --
include templates/init/autogen.mk

.PHONY: check test bench fuzz bench-history bench-reflection bench-check servers matrix soak schemas alembic kill-soak embedded seaorm compared

check: ; $(AUTOGEN) check

test: ; cargo test --workspace

# Servers of all majors, and a pg_dump that reads them all, into the cache.
servers: ; tests/servers.sh

# Everything that meets a server, on all majors.
MAJORS ?= 13 14 15 16 17 18
matrix: servers
	for major in $(MAJORS); do echo "== PostgreSQL $$major"; \
		AUTOGEN_TEST_MAJOR=$$major cargo test --test suite --test pairs --test judged --test reflect --test runner || exit; done

# All changes of one table in pairs, and so many pairs of random schemas. AUTOGEN_SEED=123 makes a run again.
RANDOM_PAIRS ?= 20000
soak: ; AUTOGEN_PAIRS=all AUTOGEN_RANDOM=$(RANDOM_PAIRS) cargo test --test judged -- --nocapture --test-threads 1

# So many runs killed in every way and at every place. AUTOGEN_SEED=7 for other random instants.
KILLS ?= 500
kill-soak: ; AUTOGEN_KILLS=$(KILLS) cargo test --test suite -- kill:: --nocapture

# Projects of tests/seaorm: their migration crates are built, and each goes through so many edits in both formats.
ROUNDS ?= 10
seaorm: ; AUTOGEN_SEAORM=$(ROUNDS) cargo test --test suite -- seaorm:: --nocapture

# What seaorm-auto-migration and SeaORM's schema-sync make of the same projects, as a table.
compared: ; AUTOGEN_COMPARED=1 cargo test --test suite -- seaorm::compared --nocapture

# A program with its migrations in it, with SeaORM's connection too.
embedded: ; cargo test -p embedded --features sea-orm

# Schemas as Debian's packages ship them, made and dropped.
schemas: ; tests/schemas.sh && cargo test --test judged -- --ignored --nocapture

# CPU-seconds that the reader takes for 100 to 10,000 entities.
bench: ; cargo bench --bench reader

# Loading 2,000 revisions.
bench-history: ; cargo bench --bench history

# Reading the catalogs of 1,000 tables, beside pg_dump in the same run.
bench-reflection: ; cargo bench --bench reflection

# `check` where nothing changed, on 1,000 and 5,000 tables, beside pg_dump.
bench-check: ; cargo bench --bench check

# Token soup for the reader, migrations, the ledger and autogen.toml: an hour each, one core.
FUZZ_SECONDS ?= 3600
fuzz: ; AUTOGEN_FUZZ_SECONDS=$(FUZZ_SECONDS) cargo test --profile fuzz --test fuzz -- --nocapture --test-threads 1

# Asks Alembic itself again what it does with 4,600 graphs and targets; what it says is committed.
alembic:
	python3 -m venv /tmp/autogen-alembic && /tmp/autogen-alembic/bin/pip -q install alembic sqlalchemy
	/tmp/autogen-alembic/bin/python tests/alembic/ask.py
