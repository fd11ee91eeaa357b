//! The rows of a proof: every type that can be a column gets some, and every kind of check that people write.

use std::collections::BTreeSet;
use std::path::Path;

use autogen::migration::Migration;
use autogen::reflect::Scope;
use autogen::scratch::{Database, FileProof, Options, Scratch};

/// Whatever is installed, or the major that AUTOGEN_TEST_MAJOR names.
async fn server() -> Scratch {
    let major = std::env::var("AUTOGEN_TEST_MAJOR").ok().and_then(|major| major.parse().ok());
    let options = Options { major, ..Options::new(Options::user_cache()) };
    Scratch::start(options, &|_| {}).await.expect("a scratch server")
}

async fn database(scratch: &Scratch, sql: &str) -> Database {
    let database = scratch.database().await.expect("a database");
    let mut conn = database.connect().await.expect("a connection");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.expect(sql);
    sqlx::Connection::close(conn).await.expect("closed");
    database
}

async fn prove(scratch: &Scratch, before: &Database, upgrade: &str, downgrade: &str) -> FileProof {
    let text = format!(
        "-- x\n--\n-- Revision ID: abc\n-- Revises:\n-- Create Date: 2024-01-01 00:00:00 UTC\n\n-- autogen: upgrade\n\n\
         {upgrade}\n\n-- autogen: downgrade\n\n{downgrade}\n"
    );
    let migration = Migration::parse(Path::new("x.sql"), "x.sql", &text).expect("a migration");
    let scope = Scope { default_namespace: "public".to_owned(), ..Scope::default() };
    match scratch.prove_file(before, &migration, &scope).await {
        Ok(proof) => proof,
        Err(error) => panic!("{error} {:?}", std::error::Error::source(&error).map(ToString::to_string)),
    }
}

/// A table for each type of Postgres, for its arrays, and for types with modifiers and types made from others.
#[tokio::test]
async fn every_type_gets_rows() {
    const MADE: &str = "create type mood as enum ('sad', 'ok'); create domain age as integer check (value between 18 and 99); \
        create domain email as varchar(30) not null check (value like '%_@_%'); create type pair as (a integer, b text); \
        create type span as range (subtype = integer); create domain ages as age[];";
    const MODIFIED: [&str; 24] = [
        "varchar(1)",
        "varchar(2)",
        "char(1)",
        "char(5)",
        "numeric(1,0)",
        "numeric(3,2)",
        "numeric(2,2)",
        "bit(3)",
        "varbit(2)",
        "interval year to month",
        "interval second(2)",
        "timestamp(0)",
        "timestamptz(3)",
        "time(1)",
        "mood",
        "mood[]",
        "age",
        "email",
        "pair",
        "pair[]",
        "span",
        "ages",
        "varchar(3)[]",
        "numeric(5,1)[]",
    ];
    let scratch = server().await;
    let catalog = database(&scratch, MADE).await;
    let mut conn = catalog.connect().await.expect("a connection");
    let own: Vec<String> = sqlx::query_scalar(
        "select format_type(oid, null) from pg_type where typnamespace = 'pg_catalog'::regnamespace \
         and typtype in ('b', 'r', 'm') and typcategory <> 'Z' and typinput <> 'array_in'::regproc \
         and typname not in ('pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'gtsvector', 'aclitem') \
         and typname not like 'pg_brin%' order by 1",
    )
    .fetch_all(&mut conn)
    .await
    .expect("the types");
    let modified = MODIFIED.iter().map(ToString::to_string);
    let mut sql = String::from(MADE);
    let mut tables = BTreeSet::new();
    for (number, data_type) in
        own.iter().cloned().chain(own.iter().map(|it| format!("{it}[]"))).chain(modified).enumerate()
    {
        // `vector[]` of a vector type is no array of them.
        let keys = if number % 2 == 0 { "" } else { ", e text" };
        sql.push_str(&format!("create table t{number}_ (c {data_type} not null{keys});"));
        tables.insert((format!("t{number}_"), data_type));
    }
    drop(conn);
    let before = database(&scratch, &sql).await;
    let named: Vec<String> = tables.iter().map(|(name, _)| format!("comment on table {name} is 'x';")).collect();
    let back: Vec<String> = tables.iter().map(|(name, _)| format!("comment on table {name} is null;")).collect();
    let proof = prove(&scratch, &before, &named.join("\n"), &back.join("\n")).await;
    scratch.stop().await.expect("stopped");
    let empty: Vec<String> = proof
        .rows
        .empty
        .iter()
        .map(|(table, reason)| {
            let data_type = tables.iter().find(|(name, _)| name == &table.name).map(|(_, it)| it.as_str());
            format!("{}: {reason}", data_type.unwrap_or_default())
        })
        .collect();
    assert!(empty.is_empty(), "{} of {} stay empty\n{}", empty.len(), tables.len(), empty.join("\n"));
    assert_eq!(proof.rows.tables.len(), tables.len());
    assert!(proof.losses.is_empty(), "{:?}", proof.losses);
}

/// Checks as people write them, keys of all kinds, and what else stands in the way of a row.
#[tokio::test]
async fn what_people_demand_of_rows_is_met() {
    const TABLES: [(&str, &str); 27] = [
        ("length", "c text not null check (char_length(c) between 12 and 20)"),
        ("list", "c text not null check (c in ('draft', 'open', 'it''s'))"),
        ("number", "c integer not null check (c > 999 and c < 1100), d numeric(4,2) not null check (d < 0)"),
        ("email", "c text not null unique check (c ~* '^[^@]+@[^@]+\\.[a-z]+$')"),
        ("slug", "c text not null check (c ~ '^[a-z0-9]+(-[a-z0-9]+)*$')"),
        ("url", "c text not null check (c like 'https://%')"),
        ("currency", "c char(3) not null check (c ~ '^[A-Z]{3}$')"),
        ("color", "c text not null check (c ~ '^#[0-9a-f]{6}$')"),
        ("phone", "c text not null check (c ~ '^\\+[0-9]{7,15}$')"),
        ("not_empty", "c text not null check (c <> ''), d text not null check (trim(d) <> '')"),
        ("between", "a date not null, b date not null, check (b > a)"),
        ("at_least_one", "a integer, b integer, check (num_nonnulls(a, b) >= 1)"),
        ("exactly_one", "a integer, b integer, check ((a is null) <> (b is null))"),
        (
            "if_then",
            "state text not null check (state in ('new', 'paid')), paid_at timestamptz, \
          check ((state = 'paid') = (paid_at is not null))",
        ),
        ("sum", "a integer not null, b integer not null, c integer not null, check (a + b = c)"),
        ("percent", "c integer not null check (c between 0 and 100), d real not null check (d >= 0 and d <= 1)"),
        (
            "json",
            "c jsonb not null check (jsonb_typeof(c) = 'object'), d jsonb not null check (jsonb_typeof(d) = 'array')",
        ),
        ("array", "c text[] not null check (cardinality(c) > 0)"),
        ("lower", "c text not null unique check (c = lower(c))"),
        (
            "generated",
            "a integer not null, b integer generated always as (a * 2) stored, c integer generated always as identity",
        ),
        ("flags", "a boolean, b boolean, primary key (a, b)"),
        ("excluded", "c int4range not null, exclude using gist (c with &&)"),
        ("itself", "id serial primary key, parent_id integer references itself"),
        ("its_own_parent", "id integer primary key, root integer not null references its_own_parent"),
        ("past", "c timestamptz not null check (c < '2020-01-01')"),
        (
            "quoted \"name\"",
            "\"select\" integer not null check (\"select\" > 5), \"ü.x\" text not null check (\"ü.x\" = 'it''s')",
        ),
        ("hours", "opens time not null, closes time not null, check (opens < closes)"),
    ];
    const BESIDE: &str = "create table parent (a integer, b text, primary key (a, b)); \
        create table child (id bigserial primary key, a integer, b text, foreign key (a, b) references parent match full); \
        create table both_ways (parent_a integer, child_id bigint, primary key (parent_a, child_id), foreign key (child_id) references child); \
        create table x (id integer primary key, y_id integer); create table y (id integer primary key, x_id integer not null references x); \
        alter table x add foreign key (y_id) references y; \
        create table by_range (at date not null, v integer) partition by range (at); \
        create table by_range_1 partition of by_range for values from ('2031-02-01') to ('2031-03-01'); \
        create table by_list (kind text, id integer, primary key (kind, id)) partition by list (kind); \
        create table by_list_1 partition of by_list for values in ('b2b', 'b2c') partition by hash (id); \
        create table by_list_1_1 partition of by_list_1 for values with (modulus 2, remainder 1); \
        create table once (id integer primary key references parent_of_one); ";
    let scratch = server().await;
    let mut sql =
        String::from("create table parent_of_one (id integer generated always as identity (start 7) primary key);");
    sql.push_str(BESIDE);
    for (name, columns) in TABLES {
        sql.push_str(&format!("create table \"{}\" ({columns});\n", name.replace('"', "\"\"")));
    }
    let before = database(&scratch, &sql).await;
    let everything =
        TABLES.iter().map(|(name, _)| *name).chain(BESIDE.split_whitespace()).collect::<Vec<_>>().join(" ");
    let upgrade = format!("create table new_one (id integer primary key); -- {}", everything.replace('\n', " "));
    let proof = prove(&scratch, &before, &upgrade, "drop table new_one;").await;
    scratch.stop().await.expect("stopped");
    let empty: Vec<String> =
        proof.rows.empty.iter().map(|(table, reason)| format!("{}: {reason}", table.name)).collect();
    assert!(empty.is_empty(), "{} stay empty\n{}", empty.len(), empty.join("\n"));
    for (name, _) in TABLES {
        assert!(proof.rows.tables.keys().any(|it| it.name == name), "{name} was left out");
    }
    assert!(proof.losses.is_empty(), "{:?}", proof.losses);
}
