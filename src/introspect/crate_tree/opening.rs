//! Crates, opened when somebody asks for them: the one that is asked for, those beside it, those that cargo has fetched.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{Crate, Fetched, Module, ModuleId, Source, Tree};
use crate::introspect::diagnostic::Diagnostic;
use crate::introspect::features::Features;
use crate::introspect::lock::Lock;
use crate::introspect::manifest::{Dependency, Manifest};
use crate::introspect::source_file::{about_path, relative};

impl Tree {
    /// The module that `[entities] path` names: a crate's root, or the module of this file in the crate around it.
    pub(in crate::introspect) fn open(&self, path: &Path) -> Result<ModuleId, Diagnostic> {
        let module = self.find(path)?;
        self.home.set(self.owner(module).root_module);
        Ok(module)
    }

    fn find(&self, path: &Path) -> Result<ModuleId, Diagnostic> {
        let on_disk = self.root.join(path);
        if on_disk.is_dir() {
            return self.open_crate(&on_disk).map(|opened| opened.root_module);
        }
        if !on_disk.is_file() {
            return Err(about_path(relative(&self.root, &on_disk), "there is no such file or folder")
                .help("name the folder of the entity crate, or a module file, in autogen.toml:\n      [entities]\n      path = \"models\""));
        }
        let folder = on_disk.ancestors().skip(1).find(|above| above.join("Cargo.toml").is_file());
        // A binary's modules are not the library's, so both are looked through.
        for file in folder.into_iter().flat_map(root_files) {
            let root = self.open_root(folder.unwrap_or(&self.root), &file).root_module;
            if let Some(found) = self.find_file(root, &on_disk) {
                return Ok(found);
            }
        }
        let folder = on_disk.parent().unwrap_or(&self.root).to_owned();
        Ok(self.add_crate(&folder, &on_disk, Manifest::default(), false).root_module)
    }

    /// The crate in this folder, opened once.
    pub(in crate::introspect) fn open_crate(&self, folder: &Path) -> Result<Rc<Crate>, Diagnostic> {
        if let Some(open) = self.folders.borrow().get(folder) {
            return Ok(Rc::clone(open));
        }
        match root_files(folder).first() {
            Some(file) => {
                let open = self.open_root(folder, file);
                self.folders.borrow_mut().insert(folder.to_owned(), Rc::clone(&open));
                Ok(open)
            }
            None => Err(about_path(relative(&self.root, folder), "there is neither src/lib.rs nor src/main.rs here")
                .help("name the folder of the entity crate, or a module file, in autogen.toml:\n      [entities]\n      path = \"src/entities/mod.rs\"")),
        }
    }

    pub(in crate::introspect) fn open_root(&self, folder: &Path, file: &Path) -> Rc<Crate> {
        let open = self.crates.borrow().iter().find(|open| open.root_file == file).map(Rc::clone);
        open.unwrap_or_else(|| self.add_crate(folder, file, Manifest::read(folder), false))
    }

    /// Notes a crate that no path leads to. It is read when somebody asks what is in it.
    pub(in crate::introspect) fn note_fetched(&self, by: &Rc<Crate>, dependency: &Dependency) {
        let fetched = || Fetched { by: Rc::clone(by), dependency: dependency.clone(), opened: None };
        self.fetched.borrow_mut().entry(dependency.package.clone()).or_insert_with(fetched);
    }

    /// The crate of this name, if cargo has its source.
    pub(in crate::introspect) fn open_fetched(&self, name: &str) -> Option<Rc<Crate>> {
        let Fetched { by, dependency, opened } = self.fetched.borrow().get(name)?.clone();
        if let Some(opened) = opened {
            return opened;
        }
        let opened = self.source_of(&by, &dependency).and_then(|folder| {
            let file = library(&folder)?;
            // What a crate of the workspace asks for is known already.
            if let (true, Some(features)) = (by.fetched, self.features.borrow_mut().as_mut()) {
                features.add(&by.manifest);
            }
            Some(self.add_crate(&folder, &file, Manifest::read(&folder), true))
        });
        if let Some(fetched) = self.fetched.borrow_mut().get_mut(name) {
            fetched.opened = Some(opened.clone());
        }
        opened
    }

    /// Whether this is a dependency whose source is not on this machine.
    pub(in crate::introspect) fn is_not_fetched(&self, name: &str) -> bool {
        self.fetched.borrow().contains_key(name) && self.open_fetched(name).is_none()
    }

    fn source_of(&self, by: &Crate, dependency: &Dependency) -> Option<PathBuf> {
        let project = self.owner(self.home.get()).folder.clone();
        self.lock()?.package(&by.manifest, &dependency.name)?.folder(&project, self.cargo_home.as_deref())
    }

    /// The project's Cargo.lock.
    pub(in crate::introspect) fn lock(&self) -> Option<&Lock> {
        self.lock.get_or_init(|| Lock::read(&self.owner(self.home.get()).folder)).as_ref()
    }

    /// Whether the workspace turns this feature of a package on.
    pub(in crate::introspect) fn turns_on(&self, package: &str, feature: &str) -> bool {
        self.features.borrow().as_ref().is_some_and(|features| features.has(package, feature))
    }

    /// The root of the crate that is asked for.
    pub(in crate::introspect) fn home(&self) -> ModuleId {
        self.home.get()
    }

    /// Where cargo keeps what it has fetched.
    pub(in crate::introspect) fn cargo_home(&self) -> Option<&Path> {
        self.cargo_home.as_deref()
    }

    fn add_crate(&self, folder: &Path, file: &Path, manifest: Manifest, fetched: bool) -> Rc<Crate> {
        let id = self.modules.borrow().len();
        let features = match &manifest.package {
            Some(_) => self.features.borrow_mut().get_or_insert_with(|| Features::of_workspace(folder)).of(&manifest),
            None => BTreeSet::new(),
        };
        let owner = Rc::new(Crate {
            folder: folder.to_owned(),
            root_file: file.to_owned(),
            root_module: id,
            manifest,
            features,
            fetched,
            macros: RefCell::default(),
            entity_macros: RefCell::default(),
        });
        self.crates.borrow_mut().push(Rc::clone(&owner));
        let children = file.parent().unwrap_or(folder).to_owned();
        let source = Source::File { path: file.to_owned(), children };
        let name = owner.manifest.name.clone().unwrap_or_else(|| "crate".to_owned());
        self.modules.borrow_mut().push(Module {
            name,
            parent: None,
            owner: Rc::clone(&owner),
            depth: 0,
            source,
            file: self.real_paths.of(file),
            children: Vec::new(),
            being_read: false,
            content: None,
        });
        owner
    }

    /// The module whose text is this file, searched below another one.
    fn find_file(&self, below: ModuleId, file: &Path) -> Option<ModuleId> {
        let wanted = relative(&self.root, file);
        // Files that cannot hold the module are not read: its path begins with the folder of its parent.
        if self.shown_file(below).is_some_and(|shown| shown == wanted) {
            return Some(below);
        }
        let folder = match &self.modules.borrow()[below].source {
            Source::File { children, .. } => Some(relative(&self.root, children)),
            Source::Inline => None,
        };
        if folder.is_some_and(|folder| folder != Path::new(".") && !wanted.starts_with(folder)) {
            return None;
        }
        self.children(below).into_iter().find_map(|child| self.find_file(child, file))
    }

    fn shown_file(&self, module: ModuleId) -> Option<PathBuf> {
        match &self.modules.borrow()[module].source {
            Source::File { path, .. } => Some(relative(&self.root, path)),
            Source::Inline => None,
        }
    }
}

/// The files that a crate in this folder may begin with, the library's first.
pub(in crate::introspect) fn root_files(folder: &Path) -> Vec<PathBuf> {
    let usual =
        ["lib.rs", "mod.rs", "main.rs"].map(|usual| folder.join(usual)).into_iter().filter(|file| file.is_file());
    library(folder).into_iter().chain(binaries(folder)).chain(usual).collect()
}

fn library(folder: &Path) -> Option<PathBuf> {
    let written = Manifest::read(folder).library;
    written.into_iter().chain([folder.join("src/lib.rs")]).find(|file| file.is_file())
}

/// The files that the binaries of the package in this folder begin with, the main one first.
pub(in crate::introspect) fn binaries(folder: &Path) -> Vec<PathBuf> {
    let mut beside: Vec<PathBuf> =
        folder.join("src/bin").read_dir().into_iter().flatten().flatten().map(|it| it.path()).collect();
    beside.sort();
    let beside = beside.into_iter().map(|path| {
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        if is_source { path } else { path.join("main.rs") }
    });
    let mut found: Vec<PathBuf> = Vec::new();
    for file in [folder.join("src/main.rs")].into_iter().chain(Manifest::read(folder).binaries).chain(beside) {
        if file.is_file() && !found.contains(&file) {
            found.push(file);
        }
    }
    found
}
