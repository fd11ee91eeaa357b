//! The cached data folder that each run copies: initdb takes a second of CPU, a copy a tenth.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sha2::{Digest, Sha256};

use super::binaries::Binaries;
use super::folder::{self, RunFolder};
use super::options::{OnProgress, Progress};
use super::private::command;
use super::user::Unprivileged;
use crate::error::{Error, Kind, Result};

/// UTF8 whatever LANG says (LANG=C would give SQL_ASCII); small WAL segments, because they are copied each time.
const INITDB: &[&str] =
    &["--encoding=UTF8", "--locale=C", "--username=autogen", "--auth=trust", "--no-sync", "--wal-segsize=1"];

/// The template for these binaries, made if it is not there.
pub(super) async fn ready(
    binaries: &Binaries,
    cache: &Path,
    user: Option<Unprivileged>,
    progress: &OnProgress<'_>,
) -> Result<PathBuf> {
    let template = cache.join("templates").join(key(binaries));
    if template.exists() {
        return Ok(template);
    }
    progress(Progress::Initializing { version: binaries.version.clone() });
    let (binaries, made) = (binaries.clone(), template.clone());
    let failed = |cause: io::Error| {
        Error::new(Kind::Error, format!("cannot make a template of a data folder in {}", cache.display()))
            .caused_by(cause)
            .hint("look at the folder's permissions, or name a server: --scratch-url postgres://..")
    };
    tokio::task::spawn_blocking(move || make(&binaries, &made, user))
        .await
        .unwrap_or_else(|panic| Err(io::Error::other(panic)))
        .map_err(failed)?;
    Ok(template)
}

/// Another binary or other arguments of initdb make another template.
fn key(binaries: &Binaries) -> String {
    let mut hash = Sha256::new();
    hash.update(binaries.full_version.as_bytes());
    hash.update(binaries.folder.as_os_str().as_encoded_bytes());
    hash.update(INITDB.concat().as_bytes());
    let hash: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", binaries.version)
}

/// Makes it beside its place and renames it, one process at a time.
fn make(binaries: &Binaries, template: &Path, user: Option<Unprivileged>) -> io::Result<()> {
    let parent = template.parent().unwrap_or(template);
    fs::create_dir_all(parent)?;
    let lock = File::create(template.with_added_extension("lock"))?;
    lock.lock()?;
    if template.exists() {
        return Ok(());
    }
    // The server's user may not be able to enter the cache: it works in a run folder, we copy.
    let workshop = RunFolder::create(user)?;
    workshop.hand_to(user)?;
    initdb(binaries, &workshop.data(), user)?;
    let unnamed = tempfile::Builder::new().prefix(".new-").tempdir_in(parent)?;
    folder::copy(&workshop.data(), &unnamed.path().join("data"))?;
    fs::rename(unnamed.path().join("data"), template)
}

fn initdb(binaries: &Binaries, data: &Path, user: Option<Unprivileged>) -> io::Result<()> {
    let output = command(&binaries.initdb(), user).args(INITDB).arg("-D").arg(data).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(format!("initdb ended with {}: {said}", output.status)))
}
