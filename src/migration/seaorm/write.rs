//! What is written into a project with a Migrator.

use std::path::{Path, PathBuf};

use super::render::render;
use super::tree::parse;
use super::{Migrator, edit, migration, name};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::folder::{read, replace};
use crate::migration::{Migration, Plan};
use crate::revision::{Id, Revision};

impl Migrator {
    /// A new revision behind the last one.
    ///
    /// # Errors
    /// [`Kind::Usage`] when message or id cannot be used.
    pub fn new_revision(&self, config: &Config, message: &str, id: Option<&str>, parents: Vec<Id>) -> Result<Revision> {
        name::new_revision(config, self, message, id, parents)
    }

    /// The text of a plan's file.
    ///
    /// # Errors
    /// [`Kind::Refused`] or [`Kind::Error`] when a statement cannot stand in one.
    pub fn text(&self, plan: &Plan) -> Result<String> {
        let plan = &in_transaction(plan);
        let text = render(plan, self.version.as_ref())?;
        let path = PathBuf::from(format!("{}.rs", plan.revision.id));
        let migration = parsed(&path, &text);
        let same = migration.is_some_and(|read| {
            read.revision.id == plan.revision.id
                && read.revision.message == plan.revision.message
                && (read.upgrade.iter().eq(plan.upgrade_statements()))
                && (read.downgrade.iter().eq(plan.downgrade_statements()))
                && read.renames == plan.renames
        });
        if same {
            return Ok(text);
        }
        Err(Error::new(Kind::Error, format!("revision {} reads otherwise than it was planned", plan.revision.title()))
            .hint("this is a defect of autogen; please report it with the entities that led to it"))
    }

    /// Reads a migration's file again.
    ///
    /// # Errors
    /// [`Kind::Error`] when it is no migration.
    pub fn read_file(path: &Path, shown: &str) -> Result<Migration> {
        parsed(path, &read(path)?).ok_or_else(|| {
            Error::new(Kind::Error, format!("{shown} holds no `Migration` with a name"))
                .hint("#[derive(DeriveMigrationName)] pub struct Migration;")
        })
    }

    /// Writes the file, then the two lines that list it. Whoever dies in between leaves a file that nothing knows, or a
    /// module that nothing uses.
    pub(in crate::migration) fn write(&self, config: &Config, revision: &Revision, text: &str) -> Result<PathBuf> {
        let place = edit::place(self, &revision.id).ok_or_else(|| gone(config, self))?;
        if read(&self.host.file)? != self.host.text {
            return Err(gone(config, self));
        }
        replace(&place.file, text, false)?;
        match place.texts {
            Some(texts) => {
                for (path, text) in texts {
                    replace(&path, &text, true)?;
                }
                Ok(place.file)
            }
            None => {
                let why = self.unusual.as_deref().unwrap_or("it does not read like others");
                let shown = config.shown_path(&self.host.file);
                Err(Error::new(
                    Kind::Refused,
                    format!("{} is written, but {shown} is left alone: {why}", config.shown_path(&place.file)),
                )
                .hint(format!("write into {}:   {}", config.shown_path(&place.host), place.declaration))
                .hint(format!("write at the end of the list of `migrations()` in {shown}:   {},", place.entry)))
            }
        }
    }

    /// Where the file of a new revision will be.
    pub(in crate::migration) fn path_of(&self, revision: &Revision) -> Option<PathBuf> {
        edit::place(self, &revision.id).map(|place| place.file)
    }
}

/// What needs no transaction of its own here: ANALYZE stands alone in SQL files only to hold no lock for long.
fn in_transaction(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for statement in plan.upgrade.iter_mut().chain(&mut plan.downgrade).flat_map(|block| &mut block.statements) {
        statement.autocommit &= !statement.sql.starts_with("ANALYZE ");
    }
    plan
}

fn parsed(path: &Path, text: &str) -> Option<Migration> {
    let (source, file) = parse(path, text.to_owned())?;
    migration::of_file(&source, &file.items)
}

fn gone(config: &Config, migrator: &Migrator) -> Error {
    Error::new(Kind::Error, format!("{} was changed while autogen ran", config.shown_path(&migrator.host.file)))
        .hint("run it again; nothing was written")
}
