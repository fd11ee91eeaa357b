# The commands of migrations as make targets. ARGS are further options: make db-reset ARGS=--yes
AUTOGEN ?= autogen
# As a variable of the environment, so that a quote in it is no shell.
export MESSAGE

.PHONY: db-init db-create db-upgrade db-downgrade db-current db-history db-reset

db-init: ; $(AUTOGEN) db init $(ARGS)

db-create:
	@test -n "$$MESSAGE" || { echo 'say what changes: make db-create MESSAGE="add user profile fields"' >&2; exit 2; }
	$(AUTOGEN) create "$$MESSAGE" $(ARGS)

db-upgrade: ; $(AUTOGEN) upgrade $(ARGS)

db-downgrade: ; $(AUTOGEN) downgrade base $(ARGS)

db-current: ; $(AUTOGEN) current $(ARGS)

db-history: ; $(AUTOGEN) history $(ARGS)

db-reset: ; $(AUTOGEN) db reset $(ARGS)
