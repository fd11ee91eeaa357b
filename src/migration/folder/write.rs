//! What is written into the folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::super::lock::{LockFile, Owner, What};
use super::super::template::Template;
use super::super::{Migration, Plan, hash, name};
use super::{Folder, LEDGER_FILE, LedgerChanges, ProofLine};
use crate::config::FILE_NAME;
use crate::error::{Error, Kind, Result};
use crate::revision::{Revision, RevisionGraph};

impl Folder {
    /// Writes a revision: the ledger's lines first, then the file, each complete or not at all. Lines of a revision
    /// whose file never came mean nothing, so a run that dies in between leaves nothing behind.
    ///
    /// `proved` is the version of Postgres that it was proved on.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the id is taken or the file's name is no name. [`Kind::Error`]: the folder cannot be written.
    pub fn write(&self, plan: &Plan, proved: Option<&str>, changes: &LedgerChanges) -> Result<PathBuf> {
        let folder = self.location(&plan.revision, None)?;
        self.write_into(&folder, plan, proved, changes)
    }

    /// The same into this folder, as [`Folder::location`] gives it.
    ///
    /// # Errors
    /// As [`Folder::write`].
    pub fn write_into(
        &self,
        folder: &Path,
        plan: &Plan,
        proved: Option<&str>,
        changes: &LedgerChanges,
    ) -> Result<PathBuf> {
        let id = &plan.revision.id;
        if let Some(taken) = self.migration(id) {
            return Err(Error::new(Kind::Usage, format!("revision {id} is there already: {}", self.shown(taken)))
                .hint("name another with --rev-id, or leave the flag out"));
        }
        self.joined(&plan.revision)?;
        if let Some(migrator) = self.migrator() {
            let text = migrator.text(plan)?;
            self.record(&plan.revision.id, hash(&text), proved, changes)?;
            return migrator.write(&self.config, &plan.revision, &text);
        }
        let path = folder.join(name::file_name(&self.config, &plan.revision)?);
        let template = Template::read(&self.config)?;
        let text = template.render(plan)?;
        let migration = self.read_back(plan, &path, &text, &template)?;
        self.record(id, migration.hash, proved, changes)?;
        match &self.replaces {
            None => replace(&path, &text, false)?,
            // First the text, then the name: at no time are there two files of the revision, or none.
            Some(old) => {
                replace(old, &text, true)?;
                rename(old, &path)?;
            }
        }
        Ok(path)
    }

    /// Writes down what a new revision is, and what it changes.
    fn record(&self, id: &str, hash: String, proved: Option<&str>, changes: &LedgerChanges) -> Result<()> {
        let mut lock = self.lock.clone();
        lock.prune(&self.graph);
        let owner = Owner::Revision(id.to_owned());
        lock.insert(&owner, What::Hash(hash));
        if let Some(version) = proved {
            lock.insert(&owner, What::Proved(version.to_owned()));
        }
        insert_changes(&mut lock, &owner, changes);
        self.write_lock(&lock)
    }

    /// The text of a plan's file, by the configured template: what [`Folder::write`] would write.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the template cannot be used, [`Kind::Error`] when a statement cannot stand in a file.
    pub fn text(&self, plan: &Plan) -> Result<String> {
        if let Some(migrator) = self.migrator() {
            return migrator.text(plan);
        }
        let template = Template::read(&self.config)?;
        let text = template.render(plan)?;
        self.read_back(plan, Path::new("new.sql"), &text, &template)?;
        Ok(text)
    }

    /// The folder of a new revision: the one that is named, that of its parent, or the only one.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the named one is none of `version_locations`, or when several could be meant.
    pub fn location(&self, revision: &Revision, named: Option<&Path>) -> Result<PathBuf> {
        if let Some(migrator) = self.migrator() {
            let path = migrator.path_of(revision);
            return Ok(path.and_then(|it| it.parent().map(Path::to_path_buf)).unwrap_or_default());
        }
        if let Some(folder) = self.replaces.as_ref().and_then(|old| old.parent()) {
            return Ok(folder.to_path_buf());
        }
        let locations = &self.config.version_locations;
        let list = || locations.iter().map(|it| self.config.shown_path(it)).collect::<Vec<_>>().join(", ");
        if let Some(named) = named {
            let is_meant = |it: &&PathBuf| self.config.root.join(named).components().eq(it.components());
            return locations.iter().find(is_meant).cloned().ok_or_else(|| {
                Error::new(Kind::Usage, format!("{} is no folder of revisions", named.display()))
                    .hint(format!("version_locations in {FILE_NAME}: {}", list()))
            });
        }
        let of_parent =
            revision.parents.first().and_then(|parent| self.migration(parent)).and_then(|it| it.path.parent());
        match (of_parent, locations.as_slice()) {
            (Some(folder), _) => Ok(folder.to_path_buf()),
            (None, [only]) => Ok(only.clone()),
            (None, _) => Err(Error::new(Kind::Usage, "into which folder does the revision belong? it has no parent")
                .hint(format!("--version-path FOLDER   names one of {}", list()))),
        }
    }

    /// The graph with a new revision in it.
    fn joined(&self, revision: &Revision) -> Result<RevisionGraph> {
        let files = self.migrations.iter().map(|it| (it.revision.clone(), self.shown(it)));
        RevisionGraph::from_files(files.chain([(revision.clone(), String::new())]).collect())
    }

    /// Writes down what models and database agree on without a new revision: at the head, whose lines are folded last
    /// and so have the last word, or as the baseline of an empty history.
    ///
    /// # Errors
    /// [`Kind::Error`] when the folder cannot be written.
    pub fn record_baseline(&self, changes: &LedgerChanges) -> Result<()> {
        let mut lock = self.lock.clone();
        lock.prune(&self.graph);
        let head = self.graph.heads().first().map(|head| Owner::Revision(head.id.clone()));
        insert_changes(&mut lock, &head.unwrap_or(Owner::Baseline), changes);
        if lock == self.lock { Ok(()) } else { self.write_lock(&lock) }
    }

    /// Writes down what was proved, and of which text: hashes and proofs of other texts go.
    ///
    /// # Errors
    /// [`Kind::Error`] when the folder cannot be written.
    pub fn record_proofs(&self, proofs: &[ProofLine]) -> Result<()> {
        let mut lock = self.lock.clone();
        for ProofLine { revision, version, one_way } in proofs {
            let Some(migration) = self.migration(revision) else { continue };
            let owner = Owner::Revision(revision.clone());
            lock.forget_proofs(&owner);
            lock.insert(&owner, What::Hash(migration.hash.clone()));
            let way = if *one_way { " one-way" } else { "" };
            lock.insert(&owner, What::Proved(format!("{version}{way}")));
        }
        if lock == self.lock { Ok(()) } else { self.write_lock(&lock) }
    }

    /// What will be read is what was planned: the last guard against a statement that the file's format cannot hold.
    fn read_back(&self, plan: &Plan, path: &Path, text: &str, template: &Template) -> Result<Migration> {
        let shown = self.config.shown_path(template.path().unwrap_or(path));
        let migration = Migration::parse(path, &shown, text)
            .map_err(|cause| template.refusal("what it makes cannot be read as a migration").caused_by(cause))?;
        let same = migration.revision == plan.revision
            && migration.upgrade.iter().eq(plan.upgrade_statements())
            && migration.downgrade.iter().eq(plan.downgrade_statements())
            && migration.renames == plan.renames;
        if same {
            return Ok(migration);
        }
        Err(template.refusal(&format!("revision {} reads otherwise than it was planned", plan.revision.title())))
    }

    pub(in crate::migration) fn write_lock(&self, lock: &LockFile) -> Result<()> {
        replace(&self.config.script_location.join(LEDGER_FILE), &lock.to_string(), true)
    }
}

fn insert_changes(lock: &mut LockFile, owner: &Owner, changes: &LedgerChanges) {
    // What an owner said before of the same thing is taken back; else its additions would outlive its removals.
    for entry in &changes.removed {
        lock.remove(owner, &What::Added(entry.clone()));
        lock.insert(owner, What::Removed(entry.clone()));
    }
    for entry in &changes.added {
        lock.remove(owner, &What::Removed(entry.clone()));
        lock.insert(owner, What::Added(entry.clone()));
    }
}

/// Writes beside the file and renames, so that a reader sees the old text or the new one.
pub(in crate::migration) fn replace(path: &Path, text: &str, overwrite: bool) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |cause: std::io::Error| {
        Error::new(Kind::Error, format!("cannot write {}", path.display()))
            .hint(format!("may you write into {}?", folder.display()))
            .caused_by(cause)
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".autogen-").suffix(".tmp");
    #[cfg(unix)]
    {
        // A file for everybody, as the umask allows: a temporary file would be its owner's alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    let renamed = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    renamed.map(|_| ()).map_err(|error| failed(error.error))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    if from == to {
        return Ok(());
    }
    let failed = |error: Error| error.hint("another message gives the file another name");
    if to.exists() {
        return Err(failed(Error::new(Kind::Error, format!("{} is there already", to.display()))));
    }
    std::fs::rename(from, to).map_err(|cause| {
        let what = format!("cannot rename {} to {}", from.display(), to.display());
        failed(Error::new(Kind::Error, what).caused_by(cause))
    })
}
