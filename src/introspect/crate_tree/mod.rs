//! Crates and their modules, read when somebody asks for them.

mod macros;
mod opening;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::condition::conditioned;
use super::diagnostic::Diagnostic;
use super::features::Features;
use super::hand_written::implemented;
use super::item::{Import, Item};
use super::lock::Lock;
use super::macro_rules::MacroRules;
use super::manifest::{Dependency, Manifest};
use super::module_filler::Filler;
use super::nesting;
use super::real_path::RealPaths;

use super::source_file::{SourceFile, relative};

pub(super) use opening::binaries;

/// Index of a module in its [`Tree`].
pub(super) type ModuleId = usize;

/// Deeper than this is a macro that makes module in module.
const DEEPEST_MODULE: usize = 128;
/// More than this are files that name each other again and again.
const MOST_MODULES: usize = 100_000;

/// Every crate and module that was looked at so far.
pub(super) struct Tree {
    root: PathBuf,
    /// Where cargo keeps what it has fetched.
    cargo_home: Option<PathBuf>,
    crates: RefCell<Vec<Rc<Crate>>>,
    modules: RefCell<Vec<Module>>,
    /// By the path of the module that they are about.
    problems: RefCell<Vec<(String, Diagnostic)>>,
    /// The root of the crate that is asked for: `crate` in paths.
    home: Cell<ModuleId>,
    /// Blocks that implement a trait for a type, by the last names of both.
    impls: RefCell<HashMap<(String, String), Vec<Impl>>>,
    /// Roots of crates that were read as a whole.
    whole: RefCell<BTreeSet<ModuleId>>,
    /// Crates by the folders of their packages.
    folders: RefCell<HashMap<PathBuf, Rc<Crate>>>,
    /// Files that an `include!` brought in.
    included: RefCell<BTreeSet<PathBuf>>,
    real_paths: RealPaths,
    /// Files and folders of modules that a `cfg` takes away.
    left_out: RefCell<Vec<PathBuf>>,
    lock: OnceCell<Option<Lock>>,
    /// What the workspace turns on; none before the first crate.
    features: RefCell<Option<Features>>,
    /// Crates that no path leads to, by their names in paths: who depends on them, and what they are, once opened.
    fetched: RefCell<HashMap<String, Fetched>>,
}

/// An `impl` block and the module that it stands in.
type Impl = (ModuleId, Rc<syn::ItemImpl>);

/// A crate from a registry, a vendor folder or git.
#[derive(Clone)]
struct Fetched {
    by: Rc<Crate>,
    dependency: Dependency,
    /// `None` before somebody asks; then whether its source is there.
    opened: Option<Option<Rc<Crate>>>,
}

/// A crate.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) folder: PathBuf,
    pub(super) root_file: PathBuf,
    pub(super) root_module: ModuleId,
    pub(super) manifest: Manifest,
    /// Features that are on.
    pub(super) features: BTreeSet<String>,
    /// Nobody here can mend it, so its faults are nobody's concern; what they hide is unknown.
    pub(super) fetched: bool,
    /// Macros by name, with the modules that define them.
    macros: RefCell<Macros>,
    /// Names of macros in whose definition entities stand.
    entity_macros: RefCell<BTreeSet<String>>,
}

/// Definitions by name, with the modules that hold them.
type Macros = HashMap<String, Vec<(ModuleId, Rc<MacroRules>)>>;

struct Module {
    name: String,
    parent: Option<ModuleId>,
    owner: Rc<Crate>,
    depth: usize,
    source: Source,
    /// Its file by the name that is its own.
    file: Option<PathBuf>,
    /// Child modules, in the order of the text, as soon as it is read.
    children: Vec<ModuleId>,
    being_read: bool,
    content: Option<Rc<Content>>,
}

/// Where a module's text comes from.
pub(super) enum Source {
    /// A file, and the folder where its child modules lie.
    File { path: PathBuf, children: PathBuf },
    /// Read together with its parent.
    Inline,
}

/// What a module holds.
#[derive(Default)]
pub(super) struct Content {
    pub(super) file: Rc<SourceFile>,
    /// Structs, enums and aliases, in the order of the text.
    pub(super) items: Vec<Rc<Item>>,
    pub(super) impls: Vec<Rc<syn::ItemImpl>>,
    /// What a name means in the module itself: types and child modules.
    pub(super) names: HashMap<String, Definition>,
    /// What `use` brings in, by the name it has here.
    pub(super) imports: HashMap<String, Vec<Import>>,
    pub(super) globs: Vec<Import>,
    /// Calls of macros that are unknown or too clever: what they define is unknown too.
    pub(super) unexpanded: Vec<String>,
    /// Those of them that make entities.
    pub(super) hidden: Vec<Diagnostic>,
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Definition {
    Module(ModuleId),
    Item(Rc<Item>),
    /// A type that SeaORM's macros make beside this model: `Entity`, `Column`, `ActiveModel`, ..
    Generated(Rc<Item>),
}

impl Tree {
    pub(super) fn new(root: &Path, cargo_home: Option<&Path>) -> Self {
        Self {
            root: root.to_owned(),
            cargo_home: cargo_home.map(Path::to_owned),
            crates: RefCell::default(),
            modules: RefCell::default(),
            problems: RefCell::default(),
            impls: RefCell::default(),
            whole: RefCell::default(),
            folders: RefCell::default(),
            home: Cell::default(),
            included: RefCell::default(),
            real_paths: RealPaths::default(),
            left_out: RefCell::default(),
            lock: OnceCell::new(),
            features: RefCell::default(),
            fetched: RefCell::default(),
        }
    }

    /// The folder that paths are shown from.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A module and everything below it, parents first.
    pub(super) fn subtree(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut all = Vec::new();
        let mut open = vec![module];
        while let Some(module) = open.pop() {
            all.push(module);
            open.extend(self.children(module).into_iter().rev());
        }
        all
    }

    fn children(&self, module: ModuleId) -> Vec<ModuleId> {
        self.content(module);
        self.modules.borrow()[module].children.clone()
    }

    pub(super) fn owner(&self, module: ModuleId) -> Rc<Crate> {
        Rc::clone(&self.modules.borrow()[module].owner)
    }

    pub(super) fn parent(&self, module: ModuleId) -> Option<ModuleId> {
        self.modules.borrow()[module].parent
    }

    /// Its path as one writes it: `crate::types`, or `other_crate::types` seen from another crate.
    pub(super) fn module_path(&self, module: ModuleId) -> String {
        let modules = self.modules.borrow();
        match modules[module].parent {
            None if module == self.home.get() => "crate".to_owned(),
            None => modules[module].name.clone(),
            Some(parent) => {
                let name = modules[module].name.clone();
                drop(modules);
                format!("{}::{name}", self.module_path(parent))
            }
        }
    }

    /// Every file that a module was made from, as people see it, read or not.
    pub(super) fn files(&self) -> BTreeSet<PathBuf> {
        let modules = self.modules.borrow();
        let of_modules = modules.iter().filter_map(|module| match &module.source {
            Source::File { path, .. } => Some(relative(&self.root, path)),
            Source::Inline => None,
        });
        of_modules.chain(self.included.borrow().iter().cloned()).collect()
    }

    /// The folder where the child modules of a file lie. A file that is no crate's has none: what lies beside it is
    /// not its own.
    pub(super) fn own_folder(&self, module: ModuleId) -> Option<PathBuf> {
        let owner = self.owner(module);
        let modules = self.modules.borrow();
        let Source::File { path, children } = &modules[module].source else { return None };
        let named =
            path.file_name().is_some_and(|name| ["lib.rs", "main.rs", "mod.rs"].iter().any(|usual| name == *usual));
        (named || module != owner.root_module || owner.manifest.package.is_some()).then(|| children.clone())
    }

    /// The child module of this name.
    pub(super) fn child(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        match self.content(module).names.get(name)? {
            Definition::Module(id) => Some(*id),
            Definition::Item(_) | Definition::Generated(_) => None,
        }
    }

    /// Notes that this module, with the folder of its children, is not part of this build.
    pub(super) fn leave_out(&self, file: PathBuf, folder: Option<PathBuf>) {
        self.left_out.borrow_mut().extend(std::iter::once(file).chain(folder));
    }

    /// Whether a `cfg` takes the module of this file away.
    pub(super) fn leaves_out(&self, file: &Path) -> bool {
        self.left_out.borrow().iter().any(|left_out| file.starts_with(left_out))
    }

    /// What an `include!` brings in. A file that cannot be read is empty and noted.
    pub(super) fn include(&self, module: ModuleId, path: &Path) -> (Rc<SourceFile>, Vec<syn::Item>) {
        self.included.borrow_mut().insert(relative(&self.root, path));
        self.parse(module, path)
    }

    /// The blocks read so far that implement a trait for a type, by the last names of both, with their modules.
    pub(super) fn impls(&self, name: &str, for_type: &str) -> Vec<Impl> {
        self.impls.borrow().get(&(name.to_owned(), for_type.to_owned())).cloned().unwrap_or_default()
    }

    /// Reads every module of the crate that this one is in; false if that was done before.
    pub(super) fn read_whole_crate(&self, module: ModuleId) -> bool {
        let root = self.owner(module).root_module;
        let first = self.whole.borrow_mut().insert(root);
        if first {
            self.subtree(root);
        }
        first
    }

    /// Notes a problem of a module that belongs to no single entity.
    pub(super) fn note(&self, module: ModuleId, problem: Diagnostic) {
        self.note_at(module, self.module_path(module), problem);
    }

    /// The same about a module below, which is not there.
    pub(super) fn note_below(&self, module: ModuleId, name: &str, problem: Diagnostic) {
        self.note_at(module, format!("{}::{name}", self.module_path(module)), problem);
    }

    fn note_at(&self, module: ModuleId, path: String, problem: Diagnostic) {
        if !self.owner(module).fetched {
            self.problems.borrow_mut().push((path, problem));
        }
    }

    /// What was noted about modules that are not to be left out.
    pub(super) fn problems_outside(&self, is_left_out: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let problems = self.problems.borrow();
        problems.iter().filter(|(path, _)| !is_left_out(path)).map(|(_, problem)| problem.clone()).collect()
    }

    /// What the module holds, read on the first call. A module that cannot be read is empty and noted.
    pub(super) fn content(&self, module: ModuleId) -> Rc<Content> {
        let (path, children) = {
            let modules = self.modules.borrow();
            match (&modules[module].content, &modules[module].source) {
                (Some(content), _) => return Rc::clone(content),
                // A macro or an import of the module asks while the module is being read.
                (None, _) if modules[module].being_read => return Rc::new(Content::default()),
                (None, Source::File { path, children }) => (path.clone(), children.clone()),
                // Filled by its parent.
                (None, Source::Inline) => return Rc::new(Content::default()),
            }
        };
        self.modules.borrow_mut()[module].being_read = true;
        let (file, items) = self.parse(module, &path);
        let mut filler = Filler::new(self, module, file, children);
        filler.fill(items);
        self.set_content(module, filler.finish())
    }

    fn parse(&self, module: ModuleId, path: &Path) -> (Rc<SourceFile>, Vec<syn::Item>) {
        let shown = self.shown(&self.owner(module), path);
        match SourceFile::read(shown.clone(), path) {
            Err(problem) => {
                self.note(module, problem);
                (Rc::new(SourceFile::new(shown, path, String::new())), Vec::new())
            }
            Ok(file) => match nesting::file(&file.text) {
                // `#![cfg(..)]` at the top of a file takes all of it away.
                Ok(parsed) => match conditioned(&parsed.attrs, &self.owner(module).features) {
                    Some(_) => (Rc::new(file), parsed.items),
                    None => (Rc::new(file), Vec::new()),
                },
                Err(error) => {
                    self.note(module, file.syntax_error(&error));
                    (Rc::new(file), Vec::new())
                }
            },
        }
    }

    /// The path that people see. Where cargo keeps fetched crates differs from machine to machine, so they go by their
    /// own name: `my-kinds-1.2.3/src/lib.rs`.
    fn shown(&self, owner: &Crate, path: &Path) -> PathBuf {
        let shown = relative(&self.root, path);
        let outside = shown.is_absolute() || shown.starts_with("..");
        let (Some(package), Ok(below)) = (&owner.manifest.package, path.strip_prefix(&owner.folder)) else {
            return shown;
        };
        if !(owner.fetched && outside) {
            return shown;
        }
        let folder = owner.folder.file_name().and_then(|name| name.to_str()).filter(|name| name.starts_with(package));
        Path::new(folder.unwrap_or(package)).join(below)
    }

    /// Adds a child module. An error says why there can be none.
    pub(super) fn declare(&self, parent: ModuleId, name: &str, source: Source) -> Result<ModuleId, String> {
        // Links may give a file many names.
        let file = match &source {
            Source::File { path, .. } => self.real_paths.of(path),
            Source::Inline => None,
        };
        if file.is_some() && self.is_inside(parent, file.as_deref()) {
            return Err(format!("the module `{name}` is the file that it stands in, or one above it"));
        }
        let mut modules = self.modules.borrow_mut();
        let id = modules.len();
        let depth = modules[parent].depth + 1;
        if depth > DEEPEST_MODULE {
            return Err(format!("the module `{name}` lies deeper than {DEEPEST_MODULE} modules"));
        }
        if id > MOST_MODULES {
            return Err(format!("there are more than {MOST_MODULES} modules"));
        }
        let owner = Rc::clone(&modules[parent].owner);
        modules[parent].children.push(id);
        let (name, parent, children) = (name.to_owned(), Some(parent), Vec::new());
        modules.push(Module { name, parent, owner, depth, source, file, children, being_read: false, content: None });
        Ok(id)
    }

    /// Whether a module, or one above it, was made from this file.
    fn is_inside(&self, module: ModuleId, file: Option<&Path>) -> bool {
        let modules = self.modules.borrow();
        std::iter::successors(Some(module), |module| modules[*module].parent)
            .any(|module| modules[module].file.as_deref() == file)
    }

    /// Hands over what a module holds.
    pub(super) fn set_content(&self, module: ModuleId, content: Content) -> Rc<Content> {
        let content = Rc::new(content);
        for block in &content.impls {
            if let Some(names) = implemented(block) {
                self.impls.borrow_mut().entry(names).or_default().push((module, Rc::clone(block)));
            }
        }
        self.modules.borrow_mut()[module].content = Some(Rc::clone(&content));
        content
    }
}
