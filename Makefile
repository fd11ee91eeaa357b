# The commands of the migrations guide, under the names that people know.
AUTOGEN ?= cargo run --quiet --

.PHONY: db-init db-create db-upgrade db-downgrade db-current db-history db-reset check test

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
