//! Projects as they lie on crates.io: entities and Migrator of somebody else, fetched by cargo, pinned, never committed.
//!
//! What `check` says of each is written down here, and was looked at by hand; tests/seaorm/README.md says how far.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::edits::Edits;
use super::walk::Walk;
use super::{patient, read, with_cargo};
use crate::project::Project;
use crate::{Case, Suite, published};

/// A published project.
struct Published {
    name: &'static str,
    /// Its crates: name, version, and the folder where the project has them; empty for the root.
    crates: &'static [(&'static str, &'static str, &'static str)],
    /// The fixture whose lock file it takes: what all depend on is built once.
    lock: &'static str,
    /// What its Migrator expects of a database.
    before: &'static str,
    /// Lines for autogen.toml.
    config: &'static str,
    /// Replacements in its files before anything runs: file, what is there, what comes there.
    replaced: &'static [(&'static str, &'static str, &'static str)],
    entity: &'static str,
    modules: &'static str,
    /// The lines of `check` after `baseline`.
    findings: &'static [&'static str],
    /// What the developer mends in the entities before the first `create`.
    mended: &'static [(&'static str, &'static str, &'static str)],
}

const PLAIN: Published = Published {
    name: "",
    crates: &[],
    lock: "a-workspace-1.1",
    before: "",
    config: "",
    replaced: &[],
    entity: "",
    modules: "",
    findings: &[],
    mended: &[],
};

const PUBLISHED: [Published; 6] = [
    // One crate; migrations of one module that use `crate::migrations`, structs of other names, a table of its own.
    Published {
        name: "torii",
        crates: &[("torii-storage-seaorm", "0.5.2", "")],
        entity: "src/entities/user.rs",
        modules: "src/entities/mod.rs",
        // The migrations say `timestamp()`, the entities `DateTime<Utc>`, which cannot be read from it.
        findings: &[
            "~ column oauth_accounts.created_at",
            "~ column oauth_accounts.updated_at",
            "~ column passkey_challenges.created_at",
            "~ column passkey_challenges.expires_at",
            "~ column passkey_challenges.updated_at",
            "~ column passkeys.created_at",
            "~ column passkeys.updated_at",
            "~ column pkce_verifiers.created_at",
            "~ column pkce_verifiers.expires_at",
            "~ column pkce_verifiers.updated_at",
        ],
        ..PLAIN
    },
    // A Migrator in a file beside others, a namespace, a table of its own.
    Published {
        name: "tower-sessions",
        crates: &[("tower-sessions-seaorm-store", "0.1.1", "")],
        // Its own code names every column; who adds one writes it there too, or this.
        replaced: &[(
            "src/postgres_store.rs",
            "            expiry_date: Set(expiry_date),\n        };",
            "            expiry_date: Set(expiry_date),\n            ..Default::default()\n        };",
        )],
        entity: "src/entity/session.rs",
        modules: "src/entity/mod.rs",
        ..PLAIN
    },
    // All of it raw SQL in a namespace, an enum there that is named with quotes.
    Published {
        name: "durable",
        crates: &[("durable-db", "0.11.3", "")],
        entity: "src/entity/task.rs",
        modules: "src/entity/mod.rs",
        ..PLAIN
    },
    // A workspace of three crates, 26 migrations, tabs, value types that a macro of another crate makes.
    Published {
        name: "upub",
        crates: &[
            ("upub", "0.6.0", "crates/core"),
            ("upub-migrations", "0.4.1", "crates/migrations"),
            ("apb", "0.3.2", "crates/apb"),
        ],
        before: "CREATE EXTENSION btree_gin",
        config: "extensions = [\"btree_gin\"]",
        replaced: &[("crates/core/Cargo.toml", "[dependencies.apb]\n", "[dependencies.apb]\npath = \"../apb\"\n")],
        entity: "crates/core/src/model/list.rs",
        modules: "crates/core/src/model/mod.rs",
        findings: UPUB,
        // An `i64` cannot refer to a `String`.
        mended: &[(
            "crates/core/src/model/mention.rs",
            "super::actor::Column::Id\"",
            "super::actor::Column::Internal\"",
        )],
        ..PLAIN
    },
    Published {
        name: "kellnr",
        crates: &[("kellnr-entity", "6.13.0", "crates/entity"), ("kellnr-migration", "6.13.0", "crates/migration")],
        lock: "b-workspace-2.0",
        entity: "crates/entity/src/auth_token.rs",
        modules: "crates/entity/src/lib.rs",
        ..PLAIN
    },
    Published {
        name: "trifid",
        crates: &[
            ("trifid_api_entities", "0.2.0", "crates/entities"),
            ("trifid_api_migration", "0.2.0", "crates/migration"),
        ],
        // sea-orm-cli of 0.12 needs a feature of regex that it does not name.
        replaced: &[(
            "crates/migration/Cargo.toml",
            "[dependencies.async-trait]",
            "[dependencies.regex]\nversion = \"1\"\n\n[dependencies.async-trait]",
        )],
        entity: "crates/entities/src/entity/role.rs",
        modules: "crates/entities/src/entity/mod.rs",
        ..PLAIN
    },
];

/// Foreign keys that no migration makes, or makes with other actions; a unique that none makes; NOT NULL against
/// `Option`, and the other way.
const UPUB: &[&str] = &[
    "- foreign key addressing.fkey-addressing-instance",
    "~ column activities.to",
    "~ column activities.bto",
    "~ column activities.cc",
    "~ column activities.bcc",
    "~ column actors.also_known_as",
    "~ column actors.fields",
    "~ column lists.name",
    "~ column objects.to",
    "~ column objects.bto",
    "~ column objects.cc",
    "~ column objects.bcc",
    "+ unique constraint attachments.attachments_url_key",
    "+ foreign key activities.fk-activities-actor",
    "+ foreign key activities.fk-activities-object",
    "+ foreign key actors.fk-actors-domain",
    "+ foreign key addressing.fkey-addressing-instance",
    "+ foreign key mentions.fk-mentions-actor",
    "+ foreign key objects.fk-objects-attributed_to",
    "+ foreign key objects.fk-objects-in_reply_to",
    "+ foreign key objects.fk-objects-quote",
];

/// What `init` finds in published crates: their folders in a project, `[entities] path`, and what it says of the Migrator.
type Found = (&'static [(&'static str, &'static str, &'static str)], &'static str, &'static str);

const FOUND: [Found; 9] = [
    (PUBLISHED[0].crates, "src/entities/mod.rs", "src/migrations/mod.rs:25, Migrator, 5 migrations"),
    (PUBLISHED[1].crates, "src/entity/mod.rs", "src/migration.rs:7, Migrator, 1 migration"),
    (PUBLISHED[2].crates, "src/entity/mod.rs", "src/migration/mod.rs:10, Migrator, 4 migrations"),
    (PUBLISHED[3].crates, "crates/core/src/model/mod.rs", "crates/migrations/src/lib.rs:32, Migrator, 26 migrations"),
    (
        &[("rgb-lib", "0.3.0-beta.7", ""), ("rgb-lib-migration", "0.3.0-beta.5", "migration")],
        "src/database/entities/mod.rs",
        "migration/src/lib.rs:12, Migrator, 6 migrations",
    ),
    (
        &[("kellnr-entity", "6.13.0", "crates/entity"), ("kellnr-migration", "6.13.0", "crates/migration")],
        "crates/entity",
        "crates/migration/src/lib.rs:24, Migrator, 14 migrations",
    ),
    // Sources in lib/; the list is not in the order of the names.
    (
        &[("microsandbox-db", "0.7.13", "crates/db"), ("microsandbox-migration", "0.7.13", "crates/migration")],
        "crates/db/lib/entity/mod.rs",
        "crates/migration/lib/lib.rs:57, Migrator, 33 migrations",
    ),
    (
        &[("trifid_api_entities", "0.2.0", "crates/entities"), ("trifid_api_migration", "0.2.0", "crates/migration")],
        "crates/entities/src/entity/mod.rs",
        "crates/migration/src/lib.rs:24, Migrator, 18 migrations",
    ),
    // Migrations in many files of a store, another Migrator in its tests.
    (
        &[("better-auth-seaorm", "1.0.0-alpha.5", "")],
        "src/store/mod.rs",
        "src/store/migrator.rs:14, AuthMigrator, 10 migrations",
    ),
];

/// Nothing is built: init finds them, and their entities are read.
pub(super) fn are_found(_suite: &Suite) -> Result<()> {
    for (crates, entities, migrator) in FOUND {
        let upub = if crates.len() == 3 { PUBLISHED[3].replaced } else { &[] };
        let project = Published { crates, replaced: upub, ..PLAIN }.copied()?;
        project.ok(&["init"])?.says(0, &[entities, migrator])?;
        project.ok(&["models"]).with_context(|| crates[0].0)?;
    }
    Ok(())
}

pub(super) fn trials(rounds: u32) -> Vec<Case> {
    let case = |it: &'static Published| {
        Case::new(format!("seaorm::published_{}", it.name), move |suite: &Suite| it.whole_way(rounds, suite))
    };
    PUBLISHED.iter().map(case).collect()
}

impl Published {
    /// What `make seaorm` does with the fixtures, from an empty database on.
    fn whole_way(&self, rounds: u32, suite: &Suite) -> Result<()> {
        let begin = Instant::now();
        let (database, beside) = (suite.database()?, suite.database()?);
        let project = with_cargo(database.project(self.copied()?))?;
        database.psql(self.before)?;
        project.ok(&["init"])?;
        self.configure(&project)?;
        patient(&project, &["upgrade"])?;
        let built = begin.elapsed().as_secs();
        patient(&project, &["baseline"])?;
        self.must_find(&project)?;

        let sql = beside.project(self.copied()?);
        sql.ok(&["init", "--format", "sql"])?;
        self.configure(&sql)?;
        beside.psql(&database.dump()?.0)?;
        sql.ok(&["baseline"])?;
        self.must_find(&sql)?;

        for project in [&project, &sql] {
            replace(project, self.mended)?;
        }
        let mut walk = Walk {
            name: self.name,
            entity: self.entity,
            modules: self.modules,
            edits: Edits::new(self.name, 1, false),
            operations: 0,
        };
        let both = [(&project, &database), (&sql, &beside)];
        if !self.findings.is_empty() {
            walk.round("what differed", &[], both).with_context(|| format!("{}: what differed", self.name))?;
        }
        walk.all(rounds, both)?;
        walk.tell(rounds, built, begin);
        Ok(())
    }

    fn copied(&self) -> Result<Project> {
        let project = Project::new("", "models")?;
        std::fs::remove_file(project.path("autogen.toml"))?;
        std::fs::remove_dir(project.path("migrations"))?;
        for (package, version, folder) in self.crates {
            project.copy(&published::source(package, version)?, folder)?;
            // What one of them locks is not what the project locks.
            drop(std::fs::remove_file(project.path(folder).join("Cargo.lock")));
        }
        if self.crates.iter().all(|(_, _, folder)| !folder.is_empty()) {
            project.write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n")?;
        }
        let lock = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seaorm").join(self.lock);
        project.copy(&lock.join("Cargo.lock"), "Cargo.lock")?;
        replace(&project, self.replaced)?;
        Ok(project)
    }

    fn configure(&self, project: &Project) -> Result<()> {
        let config = read(project, "autogen.toml")?;
        let is_said = |line: &&str| line.starts_with("extensions") && !self.config.is_empty();
        let config: String = config.lines().filter(|line| !is_said(line)).map(|line| format!("{line}\n")).collect();
        project.write("autogen.toml", &format!("{}\n{config}", self.config))
    }

    /// `check` says this and nothing else.
    fn must_find(&self, project: &Project) -> Result<()> {
        let run = project.run(&["check"])?;
        run.says(if self.findings.is_empty() { 0 } else { 3 }, &["the database is at head and agrees"])?;
        let marks = ["  + ", "  ~ ", "  - "];
        let told = run.stdout.lines().filter(|line| marks.iter().any(|mark| line.starts_with(mark)));
        let told: Vec<String> = told
            .map(|line| {
                line.split_whitespace()
                    .take(if line.contains(" key ") || line.contains(" constraint ") { 4 } else { 3 })
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        let (mut told, mut expected) = (told, self.findings.to_vec());
        told.sort_unstable();
        expected.sort_unstable();
        ensure!(told == expected, "{told:#?} is found, not {expected:#?}: {}", run.told());
        Ok(())
    }
}

fn replace(project: &Project, replacements: &[(&str, &str, &str)]) -> Result<()> {
    for (file, from, to) in replacements {
        let text = read(project, file)?;
        ensure!(text.contains(from), "{file} has no `{from}`");
        project.write(file, &text.replace(from, to))?;
    }
    Ok(())
}
