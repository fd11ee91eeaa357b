#!/usr/bin/env bash
# Brings the schemas that Debian's packages ship for PostgreSQL into the cache, one file a schema, for
# `cargo test --test judged -- --ignored`. apt checks the signatures; nothing is installed.
set -euo pipefail

schemas="${XDG_CACHE_HOME:-$HOME/.cache}/autogen/test-schemas"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
cd "$work"
# apt fetches as a user of its own.
chmod 777 "$work"

# A package, the name of its schema, and the files that make it, in this order.
schema() {
    local package=$1 name=$2
    shift 2
    if [ ! -d "$package" ]; then
        apt-get download -q "$package"
        dpkg -x "$package"_*.deb "$package"
    fi
    (cd "$package" && zcat -f "$@") >"out/$name.sql"
}

schema bacula-director-pgsql bacula usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql
schema ejabberd ejabberd usr/share/ejabberd/sql/pg.sql
schema ejabberd ejabberd-new usr/share/ejabberd/sql/pg.new.sql
schema icinga2-ido-pgsql icinga2-ido usr/share/icinga2-ido-pgsql/schema/pgsql.sql
schema icingadb icingadb usr/share/icingadb/schema/pgsql/schema.sql
schema jabberd2 jabberd2 usr/share/doc/jabberd2/db-setup.pgsql.gz
schema kea-admin kea usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql
schema mediawiki mediawiki usr/share/mediawiki/maintenance/postgres/tables-generated.sql
schema pdns-backend-pgsql pdns usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql
schema request-tracker5 request-tracker5 usr/share/request-tracker5/etc/schema.Pg
schema roundcube-core roundcube usr/share/roundcube/SQL/postgres.initial.sql
schema tryton-server tryton usr/lib/python3/dist-packages/trytond/backend/postgresql/init.sql
schema zabbix-server-pgsql zabbix usr/share/zabbix-server-pgsql/schema.sql.gz
modules=(standard acc alias_db auth_db carrierroute cpl dialog dialplan dispatcher domain domainpolicy drouting group htable
    imc lcr matrix mohqueue msilo mtree pdt permissions pipelimit presence purple registrar rls rtpengine rtpproxy sca
    secfilter siptrace speeddial topos uac uri_db userblocklist usrloc)
modules=("${modules[@]/%/-create.sql}")
schema kamailio-postgres-modules kamailio "${modules[@]/#/usr/share/kamailio/postgres/}"

mkdir -p "$(dirname "$schemas")"
rm -rf "$schemas"
mv out "$schemas"
wc -c "$schemas"/*
