//! The folder of the revisions: files, graph, ledger.

#[cfg(feature = "cli")]
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[cfg(feature = "cli")]
use super::Migrator;
use super::lock::{LockFile, Owner, What};
use super::{Migration, rename_line};
use crate::config::{Config, Format};
#[cfg(feature = "cli")]
pub(super) use write::replace;

use crate::error::{Error, Kind, Result};
use crate::revision::RevisionGraph;
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
    /// What lists the revisions, where they are those of a Migrator.
    #[cfg(feature = "cli")]
    migrator: Option<Migrator>,
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
        match config.format {
            Format::Sql => Self::of_files(config),
            #[cfg(feature = "cli")]
            Format::SeaOrm => Self::of_migrator(config, Migrator::configured(config)?),
            #[cfg(not(feature = "cli"))]
            Format::SeaOrm => Err(Error::new(Kind::Usage, "a Migrator runs its migrations itself")),
        }
    }

    fn of_files(config: &Config) -> Result<Self> {
        let mut migrations = Vec::new();
        for path in sql_files(config)? {
            migrations.push(Migration::parse(&path, &config.shown_path(&path), &read(&path)?)?);
        }
        refuse_replaced(&migrations, config)?;
        let files = migrations.iter().map(|m| (m.revision.clone(), config.shown_path(&m.path))).collect();
        Ok(Self::new(config, RevisionGraph::from_files(files)?, migrations, read_lock(config)?))
    }

    /// The migrations that a Migrator lists, in a row.
    #[cfg(feature = "cli")]
    fn of_migrator(config: &Config, migrator: Migrator) -> Result<Self> {
        let migrations: Vec<Migration> = migrator.listed.iter().map(|it| it.migration.clone()).collect();
        let files = migrations.iter().map(|m| (m.revision.clone(), config.shown_path(&m.path))).collect();
        let folder = Self::new(config, RevisionGraph::from_files(files)?, migrations, read_lock(config)?);
        Ok(Self { migrator: Some(migrator), ..folder })
    }

    fn new(config: &Config, graph: RevisionGraph, migrations: Vec<Migration>, lock: LockFile) -> Self {
        Self {
            config: config.clone(),
            graph,
            migrations,
            lock,
            replaces: None,
            #[cfg(feature = "cli")]
            migrator: None,
        }
    }

    /// What lists the revisions, where they are those of a Migrator.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn migrator(&self) -> Option<&Migrator> {
        self.migrator.as_ref()
    }

    /// Files of migrations that nobody lists, as messages show them.
    #[cfg(feature = "cli")]
    #[must_use]
    pub fn unlisted(&self) -> Vec<String> {
        let files = self.migrator.as_ref().map(Migrator::unlisted).unwrap_or_default();
        files.iter().map(|path| self.config.shown_path(path)).collect()
    }

    /// Revisions whose texts a program holds, as files by name.
    ///
    /// # Errors
    /// As [`Folder::load`].
    pub fn of_texts(config: &Config, texts: &[(&str, &str)]) -> Result<Self> {
        let (mut migrations, mut lock) = (Vec::new(), LockFile::default());
        for (name, text) in texts {
            if *name == LEDGER_FILE {
                lock = LockFile::parse(name, text)?;
            } else {
                migrations.push(Migration::parse(Path::new(name), name, text)?);
            }
        }
        let files = migrations.iter().map(|m| (m.revision.clone(), config.shown_path(&m.path))).collect();
        Ok(Self::new(config, RevisionGraph::from_files(files)?, migrations, lock))
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
}

/// Two branches may bring back what one of them made one of; so may a run that died.
fn refuse_replaced(migrations: &[Migration], config: &Config) -> Result<()> {
    for by in migrations.iter().filter(|it| !it.revision.replaces.is_empty()) {
        if let Some(old) = migrations.iter().find(|it| by.revision.replaces.contains(&it.revision.id)) {
            let (old, shown) = (config.shown_path(&old.path), config.shown_path(&by.path));
            return Err(Error::new(Kind::Error, format!("{old} is there beside {shown}, which replaces it"))
                .hint(format!("rm {old}   what it does stands in the other file")));
        }
    }
    Ok(())
}

fn read_lock(config: &Config) -> Result<LockFile> {
    let path = config.script_location.join(LEDGER_FILE);
    match path.is_file() {
        true => LockFile::parse(&config.shown_path(&path), &read(&path)?),
        false => Ok(LockFile::default()),
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

#[cfg(test)]
mod tests {
    use super::super::{Block, Plan, Statement, new_revision};
    use super::*;
    use crate::config::{Environment, FILE_NAME, Overrides};
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
