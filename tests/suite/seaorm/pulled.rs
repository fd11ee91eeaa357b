//! A database that is there and no entity yet: `baseline`, then `pull --all` writes them. rustc and SeaORM's runtime judge.

use anyhow::{Context as _, Result, ensure};

use super::{cargo, read, with_cargo};
use crate::project::Project;
use crate::{Case, Suite};

/// Types that SeaORM has no name for, enums of two tables and two namespaces, labels and columns that Rust cannot name,
/// keys to oneself, twice to one table and to a table of another namespace.
const GROWN: &str = r#"
create type mood as enum ('happy', 'so so', '2nd', 'a+b');
create type "User Kind" as enum ('a', 'b');
create domain email as text check (value like '%@%');
create schema audit;
create type audit.level as enum ('info', 'warn');
create table users (
    id bigserial primary key, name varchar(40) not null default 'x', email email not null unique,
    mood mood not null default 'happy', k "User Kind", tags text[] not null default '{}', moods mood[],
    created timestamptz not null default now(), ip inet, price numeric(10, 2), data jsonb, raw json, b bytea,
    u uuid default gen_random_uuid(), d date, t time, iv interval, "type" text, "Weird Name" int,
    "match" bool not null default false, bits bit(8), x xml, tsv tsvector, pt point, c char(3), r int4range,
    total numeric generated always as (price * 2) stored);
create index on users (name);
create index on users (created desc) where mood = 'happy';
create table posts (
    id int generated always as identity primary key, user_id bigint not null references users on delete cascade,
    editor_id bigint references users on delete set null on update cascade, title text not null, unique (user_id, title));
create table tags (post_id int references posts, tag text, primary key (post_id, tag), mood mood);
create table audit.entries (
    id uuid primary key, lvl audit.level not null, post int references posts, at timestamp not null, mood mood);
create table "Order" (id serial primary key, "userId" bigint references users, "self" int, "crate" int);
create table boss (id int primary key, parent_id int references boss);
create type own as enum ('Self');
create table owned (id int primary key, own own);
create table nokey (a int, b text);
create view v as select id, name from users;
"#;

/// Writes a row through a pulled entity and reads it again.
const PROGRAM: &str = r#"
use entity::{boss, entries, posts, tags, users};
use sea_orm::{ActiveModelTrait, Database, DbErr, EntityTrait, Set};

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect(std::env::var("DATABASE_URL").expect("DATABASE_URL")).await?;
    let user = users::ActiveModel {
        email: Set("ada@example.org".to_owned()),
        ip: Set(Some("10.0.0.1".to_owned())),
        iv: Set(Some("1 day".to_owned())),
        r: Set(Some("[1,4)".to_owned())),
        mood: Set(entity::MOOD),
        moods: Set(Some(vec![entity::MOOD])),
        ..Default::default()
    };
    let user = user.insert(&db).await?;
    assert_eq!((user.ip.as_deref(), user.iv.as_deref(), user.r.as_deref()), (Some("10.0.0.1/32"), Some("1 day"), Some("[1,4)")));
    assert!(user.tags.is_empty() && user.name == "x" && !user.r#match);
    assert!(users::Entity::find_by_id(user.id).one(&db).await?.is_some());
    assert!(tags::Entity::find().find_also_related(posts::Entity).one(&db).await?.is_none());
    assert!(entries::Entity::find().one(&db).await?.is_none() && boss::Entity::find().one(&db).await?.is_none());
    println!("read and written");
    Ok(())
}
"#;

/// A project with a crate for entities that has none yet.
fn project(database: &crate::Database, version: &str, lock: &str) -> Result<Project> {
    let project = database.project(Project::new("", "models")?);
    std::fs::remove_file(project.path("autogen.toml"))?;
    std::fs::remove_dir(project.path("migrations"))?;
    let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seaorm").join(lock);
    project.copy(&lock.join("Cargo.lock"), "Cargo.lock")?;
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"entity\"]\nresolver = \"2\"\n\n[profile.dev]\ndebug = false\n",
    )?;
    let features = r#"["macros", "with-json", "with-chrono", "with-uuid", "with-rust_decimal", "postgres-array", "sqlx-postgres", "runtime-tokio"]"#;
    let manifest = format!(
        "[package]\nname = \"entity\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nsea-orm = {{ version = \
         \"{version}\", default-features = false, features = {features} }}\ntokio = {{ version = \"1\", features = [\"macros\", \
         \"rt-multi-thread\"] }}\n"
    );
    project.write("entity/Cargo.toml", &manifest)?;
    project.write("entity/src/lib.rs", "//! The tables.\n")?;
    Ok(project)
}

fn pulled(database: &crate::Database, version: &str, lock: &str) -> Result<Project> {
    let project = project(database, version, lock)?;
    database.psql(GROWN)?;
    project.ok(&["init"])?;
    let config = read(&project, "autogen.toml")?;
    ensure!(config.contains("path = \"entity\""), "{config}");
    project.write("autogen.toml", &format!("namespaces = [\"audit\"]\n{config}"))?;
    project.ok(&["baseline"])?.says(0, &["no entity declares any of it: autogen pull --all"])?;
    let run = project.ok(&["pull", "--all", "--yes"])?;
    run.says(
        0,
        &[
            "by hand: table nokey: it has no primary key",
            "by hand: table owned: SeaORM cannot have the label",
            "arrays need the feature postgres-array",
        ],
    )?;
    project.ok(&["check"])?.says(0, &["models and migrations agree", "the database is at head and agrees"])?;
    // What fields cannot say: a unique of two columns, an index with an order and a predicate.
    project.ok(&["pull", "--yes"])?.says(0, &["ADD CONSTRAINT \"posts_user_id_title_key\"", "users_created_idx"])?;
    project.ok(&["check"])?.says(0, &["left alone: 2 tables that nobody declares"])?;
    project.ok(&["pull", "--yes"])?.says(0, &["the entities say everything that is there"])?;
    Ok(project)
}

pub(super) fn without_an_entity(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = pulled(&database, "1.1", "a-workspace-1.1")?;
    let lib = read(&project, "entity/src/lib.rs")?;
    let modules = ["boss", "entries", "order", "posts", "tags", "users"].map(|it| format!("pub mod {it};\n")).concat();
    ensure!(lib == format!("//! The tables.\n{modules}"), "{lib}");
    // The first of its tables declares an enum, the others import it.
    let users = read(&project, "entity/src/users.rs")?;
    ensure!(users.contains("use super::entries::Mood;") && !users.contains("pub enum Mood"), "{users}");
    ensure!(users.contains("save_as = \"inet\"") && !users.contains("ignore"), "{users}");
    // One more table has an enum that is declared by now.
    let upgrade = "CREATE TABLE moody (id int PRIMARY KEY, mood mood NOT NULL)";
    let head = project.ok(&["heads"])?.stdout;
    let head = head.split_whitespace().next().context("a head")?;
    project.write_revision("moody", head, upgrade, "DROP TABLE moody")?;
    project.ok(&["upgrade"])?;
    project.ok(&["pull", "moody", "--yes"])?;
    let moody = read(&project, "entity/src/moody.rs")?;
    ensure!(moody.contains("use super::entries::Mood;") && moody.contains("pub mood: Mood,"), "{moody}");
    Ok(())
}

pub(super) fn trials() -> Vec<Case> {
    [("1.1", "a-workspace-1.1"), ("2.0", "b-workspace-2.0")]
        .map(|(version, lock)| {
            Case::new(format!("seaorm::pulled_{version}"), move |suite| compiled(version, lock, suite))
        })
        .into()
}

/// rustc takes what is pulled, and SeaORM reads and writes rows through it.
fn compiled(version: &str, lock: &str, suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = with_cargo(pulled(&database, version, lock)?)?;
    let lib = read(&project, "entity/src/lib.rs")?;
    project.write("entity/src/lib.rs", &format!("{lib}pub const MOOD: entries::Mood = entries::Mood::_2nd;\n"))?;
    project.write("entity/src/main.rs", PROGRAM)?;
    let told = cargo(&project, "entity", &["run", "--quiet"])?;
    ensure!(told.contains("read and written"), "{told}");
    Ok(())
}
