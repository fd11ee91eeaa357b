//! What is owned, what is left alone, and the lines that would declare it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::project::Project;
use crate::{Case, Database, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("command::adopt_takes_what_is_declared", adopt_takes_what_is_declared),
        Case::new("command::adopt_prints_lines_that_declare", adopt_prints_lines_that_declare),
        Case::new("command::unmanaged_tables_are_referred_to", unmanaged_tables_are_referred_to),
        Case::new("command::check_counts_what_is_left_alone", check_counts_what_is_left_alone),
        Case::new("command::check_says_a_mass_drop", check_says_a_mass_drop),
        Case::new("command::check_warns_of_edited_files", check_warns_of_edited_files),
    ]
}

const MODELS: &str = "use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = \"users\")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(unique)]
    pub email: String,
    pub name: String,
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"status\")]
pub enum Status {
    #[sea_orm(string_value = \"new\")]
    New,
}

impl ActiveModelBehavior for ActiveModel {}
";

const BEFORE: &str = "CREATE TYPE status AS ENUM ('new', 'on hold');
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE users (
    id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, status status NOT NULL DEFAULT 'new',
    bio varchar(20), born date CHECK (born > '1900-01-01'), tags text[], \"Type\" jsonb NOT NULL DEFAULT '{}',
    tsv tsvector, \"self\" boolean, \"1st\" integer, \"größe\" integer, shout text GENERATED ALWAYS AS (upper(name)) STORED, mood mood
);
CREATE INDEX ix_name ON users (name);
CREATE INDEX ix_lower ON users (lower(email)) WHERE bio IS NOT NULL;
CREATE UNIQUE INDEX ux ON users (name, bio);
CREATE TABLE visits (
    id bigserial PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE, at timestamptz DEFAULT now()
);
COMMENT ON TABLE visits IS 'who was here';
CREATE TABLE a_log (visit bigint REFERENCES visits);
CREATE VIEW v AS SELECT id, name FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();";

/// A database with much that the entity does not declare.
fn shop(suite: &Suite) -> Result<(Database, Project)> {
    let database = suite.database()?;
    let project = Project::declared_by("", "path = \"models.rs\"\nextras = \"extras.sql\"")?;
    project.write("models.rs", MODELS)?;
    project.write("extras.sql", "")?;
    project.write_revision("000000000001", "", BEFORE, "")?;
    let project = database.project(project);
    project.ok(&["upgrade"])?;
    Ok((database, project))
}

fn lock(project: &Project) -> Result<String> {
    std::fs::read_to_string(project.path("migrations/autogen.lock")).context("autogen.lock")
}

fn adopt_takes_what_is_declared(suite: &Suite) -> Result<()> {
    let (database, project) = shop(suite)?;
    let before = database.dump()?;
    project.run(&["adopt", "usr"])?.says(2, &["no table or enum is called usr", "there is users"])?;
    project.run(&["adopt", "--dry-run"])?.says(0, &["+ column users.name", "nothing was written"])?;
    ensure!(lock(&project).is_err(), "a dry run wrote the ledger");
    project.run(&["adopt", "users.id"])?.says(0, &["1 owned from now on, in migrations/autogen.lock"])?;
    ensure!(lock(&project)?.ends_with("000000000001 + column public.users.id\n"), "{}", lock(&project)?);
    project.run(&["adopt", "us*", "status"])?.says(0, &["8 owned from now on"])?;
    for undeclared in ["bio", "ix_name", "visits", "on%20hold", "mood"] {
        ensure!(!lock(&project)?.contains(undeclared), "{undeclared} was taken: {}", lock(&project)?);
    }
    project.run(&["adopt"])?.says(0, &["owned already", "index users.ix_name", "above models.rs:11"])?;
    ensure!(database.dump()? == before, "`adopt` changed the database");
    // What is owned goes with its declaration.
    project.write("models.rs", &MODELS.replace("    #[sea_orm(unique)]\n", ""))?;
    project.run(&["create", "no unique"])?.says(0, &["- unique constraint users.users_email_key"])
}

fn adopt_prints_lines_that_declare(suite: &Suite) -> Result<()> {
    let (_database, project) = shop(suite)?;
    let told: Value = serde_json::from_str(&project.ok(&["adopt", "--json"])?.stdout)?;
    ensure!(told["written"] == true && told["adopted"].as_array().is_some_and(|it| it.len() == 9), "{told:#}");
    let (mut extras, mut inserted) = (String::new(), BTreeMap::<usize, String>::new());
    for it in told["undeclared"].as_array().context("a list")? {
        let lines = it["lines"].as_array().context("lines")?.iter().filter_map(Value::as_str);
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let line = it["place"].as_str().and_then(|place| place.rsplit(':').next()).map(str::parse::<usize>);
        match (it["goes"].as_str(), line.transpose()?) {
            (Some("extras"), None) => extras.push_str(&text),
            (Some("above"), Some(line)) => inserted.entry(line - 1).or_default().push_str(&text),
            // The place is that of the attributes; the braces open behind them.
            (Some("into"), Some(line)) => {
                let braces = MODELS.lines().skip(line - 1).position(|it| it.ends_with('{')).context("braces")?;
                inserted.entry(line + braces).or_default().push_str(&text);
            }
            other => anyhow::bail!("{other:?}: {it:#}"),
        }
    }
    let lines = MODELS.lines().enumerate();
    let models: String = lines.map(|(at, line)| inserted.get(&at).cloned().unwrap_or_default() + line + "\n").collect();
    project.write("models.rs", &models)?;
    project.write("extras.sql", &extras)?;
    project.run(&["create", "again"])?.says(0, &["nothing to do"])?;
    let told: Value = serde_json::from_str(&project.ok(&["adopt", "--json"])?.stdout)?;
    ensure!(told["undeclared"] == Value::Array(Vec::new()), "{told:#}");
    Ok(())
}

const PROFILES: &str = "
pub mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(schema_name = \"auth\", table_name = \"users\")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod profile {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = \"profiles\")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub user_id: Uuid,
        #[sea_orm(belongs_to, from = \"user_id\", to = \"id\", on_delete = \"Cascade\")]
        pub user: HasOne<super::account::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
";

/// As on Supabase: `auth.users` is the service's, and our tables refer to it.
fn unmanaged_tables_are_referred_to(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    database.psql(
        "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE);
         CREATE TABLE auth.sessions (id uuid, user_id uuid REFERENCES auth.users)",
    )?;
    let start = database.dump()?;
    let project = Project::declared_by("", "path = \"models.rs\"")?;
    project.write("models.rs", PROFILES)?;
    let project = database.project(project);
    project.run(&["create", "profiles"])?.says(
        2,
        &[
            "models.rs:8: table auth.users is declared, and left alone: a hosted service calls its namespaces auth",
            "ignore = [\"auth.users\"] under [entities]",
            "namespaces = [\"auth\"]",
        ],
    )?;
    project.write("autogen.toml", "[entities]\npath = \"models.rs\"\nignore = [\"auth.users\"]\n")?;
    project.ok(&["create", "profiles"])?;
    project.ok(&["upgrade"])?;
    for strict in [&["check"][..], &["check", "--strict"], &["create", "again", "--from-history"], &["create", "again"]]
    {
        project.ok(strict)?;
    }
    ensure!(project.revisions()?.len() == 1, "something was found to do");
    // What the service changes of its own is nobody's drift.
    database.psql("ALTER TABLE auth.users ADD COLUMN phone text; CREATE TABLE auth.keys (id int)")?;
    project.ok(&["check"])?;
    database.psql("ALTER TABLE auth.users DROP COLUMN phone; DROP TABLE auth.keys")?;
    project.ok(&["downgrade", "base", "--yes"])?;
    let end = database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'auth'")?;
    ensure!(end == "2", "{end}");
    let history = "DROP TABLE IF EXISTS autogen_history, autogen_journal";
    database.psql(history)?;
    database.must_be(&start, "autogen touched what is not its own")
}

fn check_counts_what_is_left_alone(suite: &Suite) -> Result<()> {
    let (_database, project) = shop(suite)?;
    let counted = "left alone: 2 tables, 10 columns, 1 check, 3 indexes, 1 enum label, 1 function, 1 view and 1 trigger \
                   that nobody declares (autogen check -v lists them)";
    project.run(&["check"])?.says(0, &[counted])?;
    project.run(&["create", "it"])?.says(0, &[counted])?;
    let listed =
        ["left alone: check users.users_born_check", "left alone: view v", "left alone: enum label status.on hold"];
    project.run(&["check", "-v"])?.says(0, &listed)?;
    let told: Value = serde_json::from_str(&project.ok(&["check", "--json"])?.stdout)?;
    let listed = told["left_alone"].as_array().context("a list")?;
    let check = serde_json::json!({ "kind": "check", "name": "users.users_born_check" });
    ensure!(listed.len() == 20 && listed.contains(&check), "{told:#}");
    Ok(())
}

fn check_says_a_mass_drop(suite: &Suite) -> Result<()> {
    let project = suite.scratch(Project::with_models(&crate::project::users(""))?)?;
    let before = format!("{} CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c ();", crate::project::CREATE_USERS);
    project.write_revision("000000000001", "", &before, "")?;
    let owned = ["a", "b", "c"].map(|name| format!("baseline + table public.{name}\n"));
    project.write("migrations/autogen.lock", &owned.concat())?;
    project.run(&["check"])?.says(3, &["3 of 4 tables would be dropped: did the reader see all entities?"])?;
    project.run(&["create", "it"])?.says(5, &["this would drop 3 of 4 tables", "--allow-drops"])?;
    // What is left alone neither goes nor counts.
    let unmanaged = "[entities]\npath = \"models.rs\"\n\n[unmanaged]\ntables = [\"a\", \"b\", \"c\"]\n";
    project.write("autogen.toml", unmanaged)?;
    project.run(&["check", "--strict"])?.says(0, &["models and migrations agree"])?;
    project.write("autogen.toml", &unmanaged.replace(", \"c\"", ""))?;
    let run = project.run(&["check"])?;
    run.says(3, &["- table c"])?;
    ensure!(!run.stderr.contains("did the reader see"), "{}", run.told());
    Ok(())
}

fn check_warns_of_edited_files(suite: &Suite) -> Result<()> {
    let project = suite.scratch(Project::with_models(&crate::project::users(""))?)?;
    project.ok(&["create", "users"])?;
    ensure!(!project.ok(&["check"])?.stderr.contains("edited"), "nobody edited anything");
    let name = project.revisions()?.into_iter().next().context("a revision")?;
    let text = std::fs::read_to_string(project.path("migrations").join(&name))?;
    project.write(&format!("migrations/{name}"), &format!("{text}\n-- for the auditors\n"))?;
    let warning = format!("migrations/{name} was edited after it was written, and is no longer what was proved");
    project.run(&["check"])?.says(0, &[&warning])?;
    let told: Value = serde_json::from_str(&project.ok(&["check", "--json"])?.stdout)?;
    let findings = told["findings"].as_array().context("a list")?;
    ensure!(findings.iter().filter(|it| it["rule"] == "edited").count() == 1, "{told:#}");
    Ok(())
}
