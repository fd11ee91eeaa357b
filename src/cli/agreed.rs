//! What `check` remembers: that these models, this history and a server of this version agreed. Who runs it again with
//! nothing changed needs no scratch server.
//!
//! Nothing is ever concluded from a part: the name of what is remembered is a hash of everything that goes into the
//! comparison, down to the program itself. Only agreement is remembered; a difference is always found anew.

use std::fmt::{self, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::declared::Declared;
use crate::migration::Folder;
use crate::reflect::Scope;
use crate::schema::{Object, Schema, Widened};
use crate::scratch::{self, Scratch};

/// What is not used for so long goes.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// The state that models and history agree on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Agreed {
    /// What the history makes.
    pub(super) schema: Schema,
    /// What of it nobody declares.
    pub(super) left_alone: Vec<Object>,
    /// Uniques that they name a part of.
    pub(super) widened: Vec<Widened>,
}

/// The place of one comparison among those that are remembered.
#[derive(Debug)]
pub(super) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// For a comparison of exactly this. `None` where the result hangs on what is not in here: a given server, or
    /// migrations that only their own program can tell, unless `at_head` is what they made.
    pub(super) fn of(
        folder: &Folder,
        declared: &Declared,
        scope: &Scope,
        options: &scratch::Options,
        strict: bool,
        at_head: Option<&Schema>,
    ) -> Option<Self> {
        if folder.migrator().is_some() && at_head.is_none() {
            return None;
        }
        let server = Scratch::would_be(options)?;
        let scratch::Options { extensions, setup, .. } = options;
        let renames = &folder.config().renames;
        let Declared { models, extras, warnings: _ } = declared;
        let mut name = Name(Sha256::new());
        let program = (env!("CARGO_PKG_VERSION"), program()?);
        write!(name, "{program:?}{server:?}{extensions:?}{setup:?}{renames:?}{strict}{scope:?}").ok()?;
        for revision in folder.graph().oldest_first() {
            write!(name, "{revision:?}{:?}", folder.migration(&revision.id).map(|it| &it.hash)).ok()?;
        }
        write!(name, "{:?}{at_head:?}{models:?}{extras:?}", folder.ledger()).ok()?;
        let name = name.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        Some(Self { file: options.cache.join("agreed").join(name) })
    }

    /// What was remembered, if this was compared before.
    pub(super) fn recall(&self) -> Option<Agreed> {
        let text = fs::read(&self.file).ok()?;
        let agreed = serde_json::from_slice(&text).ok()?;
        // It was of use today.
        let _ = fs::File::open(&self.file).and_then(|it| it.set_modified(SystemTime::now()));
        Some(agreed)
    }

    /// Remembers, and forgets what is old. A cache that cannot be written to only costs time.
    pub(super) fn keep(&self, agreed: &Agreed) {
        let kept = || -> std::io::Result<()> {
            let folder = self.file.parent().unwrap_or(&self.file);
            fs::create_dir_all(folder)?;
            let mut beside = tempfile::NamedTempFile::new_in(folder)?;
            beside.write_all(&serde_json::to_vec(agreed)?)?;
            beside.persist(&self.file)?;
            for entry in fs::read_dir(folder)?.flatten() {
                let changed = entry.metadata().and_then(|it| it.modified());
                if changed.is_ok_and(|it| it.elapsed().is_ok_and(|age| age > KEPT)) {
                    fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        };
        let _ = kept();
    }
}

/// Another build of the program may compare otherwise.
fn program() -> Option<(u64, SystemTime)> {
    let file = fs::metadata(std::env::current_exe().ok()?).ok()?;
    Some((file.len(), file.modified().ok()?))
}

/// A hash that is written to: what is hashed may be long.
struct Name(Sha256);

impl fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
