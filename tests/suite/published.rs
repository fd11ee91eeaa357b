//! The whole path on entities that nobody here wrote: crates as they lie on crates.io, fetched by cargo into its own
//! registry folder, pinned, never built. Their tables and columns were counted in the sources, not by autogen.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::project::Project;
use crate::{Case, Database, Suite};

/// Entities in a published crate.
struct Published {
    /// What the trial is called.
    name: &'static str,
    package: &'static str,
    version: &'static str,
    /// A module file inside the crate; empty for the whole crate.
    module: &'static str,
    /// Lines for the top of autogen.toml.
    config: &'static str,
    /// What `[entities] ignore` must leave out, as the refusals below advise.
    ignore: &'static str,
    tables: usize,
    columns: usize,
}

const PLAIN: Published =
    Published { name: "", package: "", version: "", module: "", config: "", ignore: "", tables: 0, columns: 0 };

/// What is read, and goes the whole path.
const READ: [Published; 10] = [
    // SeaORM 2.0.0-rc.40, the compact form, relations between many tables.
    Published { name: "kellnr", package: "kellnr-entity", version: "6.13.0", tables: 29, columns: 157, ..PLAIN },
    // SeaORM 1.1.19, the expanded form throughout; entities deep inside a library that does other things.
    Published { name: "rgb_lib", package: "rgb-lib", version: "0.3.0-beta.7", tables: 15, columns: 80, ..PLAIN },
    // SeaORM 0.12, the compact form, keys that are text.
    Published { name: "trifid", package: "trifid_api_entities", version: "0.2.0", tables: 18, columns: 87, ..PLAIN },
    // SeaORM 1, one table inside a library.
    Published { name: "casbin", package: "sea-orm-adapter", version: "0.4.0", tables: 1, columns: 8, ..PLAIN },
    // SeaORM 0.12, from SQLite.
    Published {
        name: "uobors",
        package: "uobors_infrastructure_database_seaorm",
        version: "0.0.6",
        tables: 2,
        columns: 8,
        ..PLAIN
    },
    Published { name: "utils_cli", package: "utils-cli-entity", version: "1.0.9", tables: 2, columns: 8, ..PLAIN },
    // SeaORM's own tests: the compact form, the form of 2.0, and, by 2.0 and 1.1, every kind of column that it has.
    Published { name: "bakery", module: "tests/common/bakery_chain/mod.rs", tables: 7, columns: 28, ..SEA_ORM },
    Published { name: "blogger", module: "tests/common/blogger/mod.rs", tables: 8, columns: 22, ..SEA_ORM },
    Published {
        name: "features",
        module: FEATURES,
        config: "extensions = [\"citext\"]",
        ignore: "\"crate::active_enum_vec\", \"crate::dyn_table_name\"",
        tables: 27,
        columns: 106,
        ..SEA_ORM
    },
    Published {
        name: "features_1_1",
        version: "1.1.20",
        module: FEATURES,
        config: "extensions = [\"citext\"]",
        ignore: "\"crate::active_enum_vec\", \"crate::dyn_table_name_lazy_static\"",
        tables: 28,
        columns: 111,
        ..SEA_ORM
    },
];

const SEA_ORM: Published = Published { package: "sea-orm", version: "2.0.4", ..PLAIN };
const FEATURES: &str = "tests/common/features/mod.rs";

pub(crate) fn trials() -> Vec<Case> {
    let read = READ.iter().map(|published| {
        Case::new(format!("published::{}", published.name), move |suite| whole_path(suite, published))
    });
    read.chain([
        Case::new("published::refused_by_version", refused_by_version),
        Case::new("published::refused_attribute", refused_attribute),
        Case::new("published::refused_features", refused_features),
        Case::new("published::refused_without_extension", refused_without_extension),
    ])
    .collect()
}

/// Create, up, nothing to do, down to the start, up again to the same.
fn whole_path(suite: &Suite, published: &Published) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(published.project()?);
    project.ok(&["db", "init"])?;
    let start = database.dump()?;
    project.ok(&["create", "all of it"])?;
    let ledger = fs::read_to_string(project.path("migrations/autogen.lock"))?;
    ensure!(ledger.contains(" proved "), "the migration was not proved:\n{ledger}");
    project.ok(&["upgrade"])?;
    published.must_be_all(&database)?;
    let end = database.dump()?;
    nothing_to_do(&project)?;
    project.ok(&["downgrade", "base", "--yes"])?;
    database.must_be(&start, "the downgrade does not lead back to the start")?;
    project.run(&["check"])?.says(4, &["autogen upgrade"])?;
    project.ok(&["upgrade"])?;
    database.must_be(&end, "the second upgrade differs from the first")?;
    nothing_to_do(&project)
}

fn nothing_to_do(project: &Project) -> Result<()> {
    project.run(&["create", "again"])?.says(0, &["nothing to do"])?;
    let revisions = project.revisions()?;
    ensure!(revisions.len() == 1, "one revision was to be written, not {revisions:?}");
    project.ok(&["check"]).map(drop)
}

fn refused_by_version(_suite: &Suite) -> Result<()> {
    let published = Published { package: "cronback-lib", version: "0.1.0", ..PLAIN };
    published.refused(&["SeaORM 0.11.3", "--> published/Cargo.toml", "help: SeaORM 0.12, 1.x and 2.x are read"])
}

/// SeaORM's macros pass over what they do not know, in their own library too.
fn refused_attribute(_suite: &Suite) -> Result<()> {
    let published = Published { module: "src/rbac/entity/mod.rs", ..SEA_ORM };
    published.refused(&[
        "2 things to settle",
        "SeaORM knows no `unique_group` for a column",
        "--> published/src/rbac/entity/resource.rs:10:15",
        "--> published/src/rbac/entity/resource.rs:12:15",
        "help: did you mean `unique`?",
    ])
}

/// The remedies are what `READ` sets for the same module.
fn refused_features(_suite: &Suite) -> Result<()> {
    let published = Published { module: FEATURES, ..SEA_ORM };
    published.refused(&[
        "2 things to settle",
        "a second entity for table `public.active_enum`",
        "--> published/tests/common/features/active_enum_vec.rs:7:12",
        "`ignore = [\"crate::active_enum_vec\"]`",
        "cannot tell what `table_name` returns",
        "--> published/tests/common/features/dyn_table_name.rs:9:8",
        "help: return a literal",
    ])
}

fn refused_without_extension(suite: &Suite) -> Result<()> {
    let module = READ.iter().find(|published| published.name == "features").context("features")?;
    let project = suite.scratch(Published { config: "", ..*module }.project()?)?;
    project.run(&["create", "all of it"])?.says(
        2,
        &[
            "column collection.name (published/tests/common/features/collection.rs:15)",
            "type \"citext\" does not exist",
            "`extensions = [..]`",
        ],
    )
}

impl Published {
    /// A project beside a copy of the crate; places are relative to it.
    fn project(&self) -> Result<Project> {
        let project = Project::new("", "")?;
        project.copy(&self.source()?, "published")?;
        let Self { module, config, ignore, .. } = self;
        project.write(
            "autogen.toml",
            &format!(
                "locking = \"simple\"\n{config}\n\n[entities]\npath = \"published/{module}\"\nignore = [{ignore}]\n"
            ),
        )?;
        Ok(project)
    }

    /// Its folder in cargo's registry.
    fn source(&self) -> Result<PathBuf> {
        source(self.package, self.version)
    }

    /// Counts what was made.
    fn must_be_all(&self, database: &Database) -> Result<()> {
        let made = database.psql(
            "SELECT count(DISTINCT (table_schema, table_name)), count(*) FROM information_schema.columns WHERE \
             table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name NOT LIKE 'autogen\\_%'",
        )?;
        let counted = format!("{}|{}", self.tables, self.columns);
        ensure!(made == counted, "tables and columns made: {made}, in the source: {counted}");
        Ok(())
    }

    /// `create` and `check` refuse it with all these texts and write nothing; neither needs a server for that.
    fn refused(&self, texts: &[&str]) -> Result<()> {
        let project = self.project()?;
        project.run(&["check"])?.says(2, texts)?;
        project.run(&["create", "anything"])?.says(2, texts)?;
        ensure!(project.revisions()?.is_empty(), "a revision was written");
        ensure!(!project.path("migrations/autogen.lock").exists(), "a ledger was written");
        Ok(())
    }
}

/// The folder of a crate in cargo's registry. `cargo info` fetches and unpacks it without what it depends on.
pub(crate) fn source(package: &str, version: &str) -> Result<PathBuf> {
    if let Some(folder) = unpacked(package, version)? {
        return Ok(folder);
    }
    let outside = tempfile::tempdir()?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["info", "--quiet", &format!("{package}@{version}")])
        .current_dir(outside.path())
        .output()
        .context("cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo cannot fetch {package} {version} from crates.io: {said}");
    unpacked(package, version)?
        .with_context(|| format!("cargo has fetched {package} {version}, but where is it? {said}"))
}

fn unpacked(package: &str, version: &str) -> Result<Option<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).context("no CARGO_HOME and no HOME")?;
    let Ok(registries) = home.join("registry/src").read_dir() else { return Ok(None) };
    for registry in registries {
        let folder = registry?.path().join(format!("{package}-{version}"));
        // Cargo writes this file when everything is unpacked.
        if folder.join(".cargo-ok").exists() {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}
