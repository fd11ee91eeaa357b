//! The folder of the revisions: files, graph, ledger; and how a new one is written.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::lock::{LockFile, Owner, What};
use super::template::Template;
use super::{Migration, Plan, name, rename_line};
use crate::config::{Config, FILE_NAME};
use crate::error::{Error, Kind, Result};
use crate::revision::{Revision, RevisionGraph};
use crate::schema::{Entry, Ledger, Rename};

/// The name of the ledger's file in the folder.
pub const LEDGER_FILE: &str = "autogen.lock";

/// Everything in the folder, read and checked.
#[derive(Debug, Clone)]
pub struct Folder {
    config: Config,
    pub(super) graph: RevisionGraph,
    pub(super) migrations: Vec<Migration>,
    pub(super) lock: LockFile,
    /// The file whose place the next revision takes.
    pub(super) replaces: Option<PathBuf>,
}

/// What a revision changes in the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerChanges {
    /// What the models began to declare.
    pub added: Vec<Entry>,
    /// What the models ceased to declare.
    pub removed: Vec<Entry>,
}

/// A file that is no longer what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The revision.
    pub revision: String,
    /// Its file, as messages show it.
    pub path: String,
    /// The hash that was written down with it.
    pub recorded: String,
    /// The hash of what is there now.
    pub actual: String,
}

/// What was proved of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofLine {
    /// The revision.
    pub revision: String,
    /// The version of Postgres.
    pub version: String,
    /// Whether its upgrade alone was proved, since it has no downgrade.
    pub one_way: bool,
}

impl Folder {
    /// Reads `version_locations`, and the ledger in `script_location`. A folder that is not there is an empty one: git keeps no empty folders.
    ///
    /// # Errors
    /// [`Kind::Error`] with file and line: a file that is no migration, a broken graph, a broken ledger.
    pub fn load(config: &Config) -> Result<Self> {
        let mut migrations = Vec::new();
        for path in sql_files(config)? {
            migrations.push(Migration::parse(&path, &config.shown_path(&path), &read(&path)?)?);
        }
        let files = migrations.iter().map(|m| (m.revision.clone(), config.shown_path(&m.path))).collect();
        let lock_path = config.script_location.join(LEDGER_FILE);
        let lock = match lock_path.is_file() {
            true => LockFile::parse(&config.shown_path(&lock_path), &read(&lock_path)?)?,
            false => LockFile::default(),
        };
        Ok(Self { config: config.clone(), graph: RevisionGraph::from_files(files)?, migrations, lock, replaces: None })
    }

    /// The configuration that it was read by.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The graph of the revisions.
    #[must_use]
    pub fn graph(&self) -> &RevisionGraph {
        &self.graph
    }

    /// The files, by name.
    #[must_use]
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The file of a revision.
    #[must_use]
    pub fn migration(&self, id: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.revision.id == id)
    }

    /// A file as messages show it.
    #[must_use]
    pub fn shown(&self, migration: &Migration) -> String {
        self.config.shown_path(&migration.path)
    }

    /// Whether a revision says that it does this rename.
    #[must_use]
    pub fn has_done(&self, rename: &Rename) -> bool {
        let line = rename_line(rename, &self.config.default_namespace);
        self.migrations.iter().any(|migration| migration.renames.contains(&line))
    }

    /// What the models own by now.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.lock.ledger(&self.graph)
    }

    /// Files that were changed after they were written. One that the ledger does not know is none of them.
    #[must_use]
    pub fn edited(&self) -> Vec<Edited> {
        let recorded = |migration: &Migration| -> Vec<String> {
            self.lock
                .of(&Owner::Revision(migration.revision.id.clone()))
                .filter_map(|line| if let What::Hash(hash) = &line.what { Some(hash.clone()) } else { None })
                .collect()
        };
        let edited = |migration: &Migration| {
            let recorded = recorded(migration);
            // Two branches that both wrote the same revision leave two hashes.
            let first = recorded.first().filter(|_| !recorded.contains(&migration.hash))?;
            Some(Edited {
                revision: migration.revision.id.clone(),
                path: self.shown(migration),
                recorded: first.clone(),
                actual: migration.hash.clone(),
            })
        };
        self.migrations.iter().filter_map(edited).collect()
    }

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
        let path = folder.join(name::file_name(&self.config, &plan.revision)?);
        let template = Template::read(&self.config)?;
        let text = template.render(plan)?;
        let migration = self.read_back(plan, &path, &text, &template)?;
        let mut lock = self.lock.clone();
        lock.prune(&self.graph);
        let owner = Owner::Revision(id.clone());
        lock.insert(&owner, What::Hash(migration.hash));
        if let Some(version) = proved {
            lock.insert(&owner, What::Proved(version.to_owned()));
        }
        insert_changes(&mut lock, &owner, changes);
        self.write_lock(&lock)?;
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

    /// The text of a plan's file, by the configured template: what [`Folder::write`] would write.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the template cannot be used, [`Kind::Error`] when a statement cannot stand in a file.
    pub fn text(&self, plan: &Plan) -> Result<String> {
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

    /// What the ledger says was proved of a revision: versions of Postgres, with `one-way` behind where it has no
    /// downgrade. Of a file that was edited since, it says nothing any more.
    #[must_use]
    pub fn proofs(&self, id: &str) -> Vec<String> {
        if self.edited().iter().any(|it| it.revision == id) { Vec::new() } else { self.recorded_proofs(id) }
    }

    /// The same of an edited file too: what was proved of the text that was there.
    #[must_use]
    pub fn recorded_proofs(&self, id: &str) -> Vec<String> {
        let proof = |what: &What| if let What::Proved(version) = what { Some(version.clone()) } else { None };
        self.lock.of(&Owner::Revision(id.to_owned())).filter_map(|line| proof(&line.what)).collect()
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

    pub(super) fn write_lock(&self, lock: &LockFile) -> Result<()> {
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

/// Every file of a revision, by its path; a folder that is named twice, or below another, counts once.
fn sql_files(config: &Config) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for location in &config.version_locations {
        collect(location, config.recursive_version_locations, &mut files)?;
    }
    Ok(files.into_iter().collect())
}

fn collect(folder: &Path, recursive: bool, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(unreadable(folder).caused_by(cause)),
    };
    for entry in entries {
        let path = entry.map_err(|cause| unreadable(folder).caused_by(cause))?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.insert(path);
        } else if recursive && path.is_dir() {
            collect(&path, recursive, files)?;
        }
    }
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|cause| unreadable(path).caused_by(cause))
}

fn unreadable(path: &Path) -> Error {
    Error::new(Kind::Error, format!("cannot read {}", path.display()))
        .hint("is it a readable file of UTF-8 text? script_location in autogen.toml names the folder")
}

/// Writes beside the file and renames, so that a reader sees the old text or the new one.
pub(super) fn replace(path: &Path, text: &str, overwrite: bool) -> Result<()> {
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
        failed(
            Error::new(Kind::Error, format!("cannot rename {} to {}", from.display(), to.display())).caused_by(cause),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Statement, new_revision};
    use super::*;
    use crate::config::{Environment, Overrides};
    use crate::schema::{Object, QualifiedName};

    struct Project {
        folder: tempfile::TempDir,
    }

    impl Project {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join(FILE_NAME), "").expect("autogen.toml is written");
            Self { folder }
        }

        fn config(&self) -> Config {
            let environment = Environment::from_pairs(&[("SOURCE_DATE_EPOCH", "1733927400")]);
            Config::resolve(self.folder.path().to_path_buf(), Overrides::default(), environment).expect("it loads")
        }

        fn load(&self) -> Folder {
            Folder::load(&self.config()).expect("it loads")
        }

        fn plan(&self, id: &str, sql: &str) -> Plan {
            let parents = self.load().graph().parents_of_next().expect("one head");
            let block = Block { statements: vec![Statement::new(sql)], ..Block::default() };
            let revision = new_revision(&self.config(), "add it", Some(id), parents).expect("it is new");
            Plan { revision, upgrade: vec![block], ..Plan::default() }
        }
    }

    fn table(name: &str) -> Entry {
        Entry { object: Object::Table(QualifiedName::new("public", name)), fact: None }
    }

    #[test]
    fn what_is_written_is_there() {
        let project = Project::new();
        assert!(project.load().graph().is_empty());
        let changes = LedgerChanges { added: vec![table("a"), table("b")], removed: Vec::new() };
        let path =
            project.load().write(&project.plan("one", "SELECT 1"), Some("15.18"), &changes).expect("it is written");
        assert!(path.ends_with("migrations/20241211_1430_one_add_it.sql"));
        let changes = LedgerChanges { added: Vec::new(), removed: vec![table("a")] };
        project.load().write(&project.plan("two", "SELECT 2"), None, &changes).expect("it is written");
        let folder = project.load();
        assert_eq!(folder.graph().heads()[0].id, "two");
        assert_eq!(folder.ledger().iter().cloned().collect::<Vec<_>>(), [table("b")]);
        assert_eq!(folder.edited(), []);
    }

    #[test]
    fn an_edited_file_is_known_but_not_for_its_line_ends() {
        let project = Project::new();
        let path = project
            .load()
            .write(&project.plan("one", "SELECT 1"), None, &LedgerChanges::default())
            .expect("it is written");
        let text = std::fs::read_to_string(&path).expect("it is there");
        std::fs::write(&path, text.replace('\n', "\r\n")).expect("it is written");
        assert_eq!(project.load().edited(), []);
        std::fs::write(&path, text.replace("SELECT 1", "SELECT 2")).expect("it is written");
        let edited = project.load().edited();
        assert_eq!(
            (edited[0].revision.as_str(), edited[0].path.as_str()),
            ("one", "migrations/20241211_1430_one_add_it.sql")
        );
    }

    #[test]
    fn a_taken_id_is_refused_and_nothing_written() {
        let project = Project::new();
        project.load().write(&project.plan("one", "SELECT 1"), None, &LedgerChanges::default()).expect("it is written");
        let before = std::fs::read(project.folder.path().join("migrations").join(LEDGER_FILE)).expect("it is there");
        let mut plan = project.plan("one", "SELECT 2");
        plan.revision.parents.clear();
        let error = project.load().write(&plan, None, &LedgerChanges::default()).expect_err("it is taken");
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(
            std::fs::read(project.folder.path().join("migrations").join(LEDGER_FILE)).expect("it is there"),
            before
        );
    }

    #[test]
    fn the_baseline_is_owned_too() {
        let project = Project::new();
        let changes = LedgerChanges { added: vec![table("a")], removed: Vec::new() };
        project.load().record_baseline(&changes).expect("it is written");
        assert!(project.load().ledger().owns(&table("a").object));
    }
}
