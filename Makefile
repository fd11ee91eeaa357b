# The commands of the migrations guide, under the names that people know.
AUTOGEN ?= cargo run --quiet --

.PHONY: db-init db-create db-upgrade db-downgrade db-current db-history db-reset check test bench fuzz

db-init: ; $(AUTOGEN) db init

db-create:
	@test -n "$(MESSAGE)" || { echo 'say what changes: make db-create MESSAGE="add user profile fields"' >&2; exit 2; }
	$(AUTOGEN) create "$(MESSAGE)"

db-upgrade: ; $(AUTOGEN) upgrade

db-downgrade: ; $(AUTOGEN) downgrade base

db-current: ; $(AUTOGEN) current

db-history: ; $(AUTOGEN) history

db-reset: ; $(AUTOGEN) db reset

check: ; $(AUTOGEN) check

test: ; cargo test --workspace

# CPU-seconds that the reader takes for 100 to 10,000 entities.
bench: ; cargo bench --bench reader

# Token soup for the reader, migrations, the ledger and autogen.toml: an hour each, one core.
FUZZ_SECONDS ?= 3600
fuzz: ; AUTOGEN_FUZZ_SECONDS=$(FUZZ_SECONDS) cargo test --profile fuzz --test fuzz -- --nocapture --test-threads 1
