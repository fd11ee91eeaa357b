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
