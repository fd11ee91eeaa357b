//! For tests of projects that use autogen: `cargo test` fails when entities and migrations do not agree.
//!
//! ```no_run
//! #[test]
//! fn migrations_are_up_to_date() {
//!     autogen::testing::assert_in_sync(".");
//! }
//! ```

use std::path::{Path, PathBuf};

use crate::cli::{Checking, check_quietly};
use crate::error::{Error, Kind, Result};
use crate::finding::{Findings, Verdict, text};

/// Panics where the entities differ from what the migrations make, with what `autogen check` says of it. `path` is the
/// folder of autogen.toml or one below it, from the folder of the crate under test (`CARGO_MANIFEST_DIR`). Looks at no
/// database, whatever the environment names; a throwaway Postgres is started as `autogen check` starts it.
///
/// # Panics
/// Where something differs, or nothing can be compared.
#[track_caller]
pub fn assert_in_sync(path: impl AsRef<Path>) {
    demand(in_sync(path.as_ref(), None));
}

/// The same, and the database at this URL must be at head and agree.
///
/// # Panics
/// Likewise.
#[track_caller]
pub fn assert_in_sync_with(path: impl AsRef<Path>, database_url: &str) {
    demand(in_sync(path.as_ref(), Some(database_url)));
}

/// What `autogen check` finds, with a database or without; prints nothing. May be called with or without a runtime.
///
/// # Errors
/// What keeps `autogen check` from comparing: a configuration, entities or migrations that cannot be read, no Postgres
/// to be had.
pub fn in_sync(path: &Path, database_url: Option<&str>) -> Result<Findings> {
    let start = |cause: std::io::Error| Error::new(Kind::Error, "cannot start").caused_by(cause);
    let checking = Checking { folder: absolute(path), database_url: database_url.map(str::to_owned) };
    // A thread of its own: within a runtime no other can wait.
    let thread = std::thread::Builder::new().spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(start)?;
        runtime.block_on(check_quietly(checking))
    });
    match thread.map_err(start)?.join() {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[track_caller]
fn demand(outcome: Result<Findings>) {
    match outcome {
        Ok(findings) if findings.verdict == Verdict::Agree => {}
        Ok(findings) => panic!("{}", text(&findings)),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|it| format!("\n  caused by: {it}")).unwrap_or_default();
            let hints: String = error.hints().iter().map(|it| format!("\nhint: {it}")).collect();
            panic!("autogen check cannot compare: {error}{cause}{hints}")
        }
    }
}

/// From the folder of the crate under test; a path of a file stands for its folder.
fn absolute(path: &Path) -> PathBuf {
    let base = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let path = base.join(path);
    match path.parent() {
        Some(folder) if path.is_file() => folder.to_path_buf(),
        Some(_) | None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: &str = "use sea_orm::entity::prelude::*;\n#[sea_orm::model]\n#[derive(Clone, Debug, PartialEq, \
        DeriveEntityModel)]\n#[sea_orm(table_name = \"users\")]\npub struct Model {\n    #[sea_orm(primary_key)]\n    \
        pub id: i32,\n    pub bio: Option<String>,\n}\nimpl ActiveModelBehavior for ActiveModel {}\n";
    const REVISION: &str = "-- x\n--\n-- Revision ID: aaa\n-- Revises:\n-- Create Date: 2024-01-01 00:00:00 UTC\n\n\
        -- autogen: upgrade\n\nCREATE TABLE users (id serial PRIMARY KEY);\n\n-- autogen: downgrade\n";

    /// Within a runtime, as a test of a server would be.
    #[tokio::test]
    async fn a_test_says_what_check_says() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("autogen.toml", "[entities]\npath = \"models.rs\"\n");
        write("models.rs", MODELS);
        std::fs::create_dir(folder.path().join("migrations")).unwrap();
        write("migrations/1.sql", REVISION);
        let path = folder.path().join("autogen.toml");
        let panic = std::panic::catch_unwind(|| assert_in_sync(&path)).unwrap_err();
        assert_eq!(
            panic.downcast_ref::<String>().map(String::as_str),
            Some(
                "models and migrations differ\n  + column users.bio  character varying   models.rs:8\nhint: write the migration: \
                 autogen create \"what changes\"\n"
            )
        );
        write("migrations/1.sql", &REVISION.replace("KEY)", "KEY, bio text)"));
        assert_in_sync(folder.path());
        write("models.rs", "fn");
        let panic = std::panic::catch_unwind(|| assert_in_sync(&path)).unwrap_err();
        let told = panic.downcast_ref::<String>().unwrap();
        assert!(told.starts_with("autogen check cannot compare: the models cannot be read"), "{told}");
    }
}
