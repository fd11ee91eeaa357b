//! Crates and their modules, read when somebody asks for them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::condition::conditioned;
use super::diagnostic::Diagnostic;
use super::item::{Import, Item, imports};
use super::macro_rules::MacroRules;
use super::manifest::Manifest;
use super::source_file::{SourceFile, about_path, relative};

/// Index of a module in its [`Tree`].
pub(super) type ModuleId = usize;

/// Deeper than this is a module that includes itself.
const DEEPEST_MODULE: usize = 128;

/// More calls than this in one module are a macro that calls itself for ever.
const MOST_EXPANSIONS: usize = 2_000;

/// Every crate and module that was looked at so far.
pub(super) struct Tree {
    root: PathBuf,
    crates: RefCell<Vec<Rc<Crate>>>,
    modules: RefCell<Vec<Module>>,
    problems: RefCell<Vec<Diagnostic>>,
}

/// A crate.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) folder: PathBuf,
    pub(super) root_module: ModuleId,
    pub(super) manifest: Manifest,
    /// Macros by name. Textual order is not kept: a crate that compiles defines before it uses.
    macros: RefCell<HashMap<String, Rc<MacroRules>>>,
}

struct Module {
    name: String,
    parent: Option<ModuleId>,
    owner: Rc<Crate>,
    depth: usize,
    source: Source,
    content: Option<Rc<Content>>,
}

/// Where a module's text comes from.
enum Source {
    /// A file, and the folder where its child modules lie.
    File { path: PathBuf, children: PathBuf },
    /// Read together with its parent.
    Inline,
}

/// What a module holds.
pub(super) struct Content {
    pub(super) file: Rc<SourceFile>,
    /// Structs, enums and aliases, in the order of the text.
    pub(super) items: Vec<Rc<Item>>,
    pub(super) impls: Vec<Rc<syn::ItemImpl>>,
    /// What a name means in the module itself: types and child modules.
    pub(super) names: HashMap<String, Definition>,
    pub(super) imports: Vec<Import>,
    /// Calls of macros that are unknown or too clever: what they define is unknown too.
    pub(super) unexpanded: Vec<String>,
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
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            crates: RefCell::default(),
            modules: RefCell::default(),
            problems: RefCell::default(),
        }
    }

    /// The folder that paths are shown from.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The module that `[entities] path` names: a crate's root, or the module of this file in the crate around it.
    pub(super) fn open(&self, path: &Path) -> Result<ModuleId, Diagnostic> {
        let on_disk = self.root.join(path);
        if on_disk.is_dir() {
            return self.open_crate(&on_disk).map(|opened| opened.root_module);
        }
        if !on_disk.is_file() {
            return Err(about_path(relative(&self.root, &on_disk), "there is no such file or folder")
                .help("name the folder of the entity crate, or a module file, in autogen.toml:\n      [entities]\n      path = \"models\""));
        }
        let folder = on_disk.ancestors().skip(1).find(|above| above.join("Cargo.toml").is_file());
        if let Some(around) = folder.and_then(|folder| self.open_crate(folder).ok()) {
            if let Some(found) = self.find_file(around.root_module, &on_disk) {
                return Ok(found);
            }
        }
        let folder = on_disk.parent().unwrap_or(&self.root).to_owned();
        Ok(self.add_crate(&folder, &on_disk, Manifest::default()).root_module)
    }

    /// The crate in this folder, opened once.
    pub(super) fn open_crate(&self, folder: &Path) -> Result<Rc<Crate>, Diagnostic> {
        if let Some(open) = self.crates.borrow().iter().find(|open| open.folder == folder) {
            return Ok(Rc::clone(open));
        }
        let manifest = Manifest::read(folder);
        let usual = ["src/lib.rs", "src/main.rs", "lib.rs", "mod.rs", "main.rs"];
        let root = manifest.root_file.clone().into_iter().chain(usual.iter().map(|usual| folder.join(usual)));
        match root.into_iter().find(|file| file.is_file()) {
            Some(file) => Ok(self.add_crate(folder, &file, manifest)),
            None => Err(about_path(relative(&self.root, folder), "there is neither src/lib.rs nor src/main.rs here")
                .help("name the folder of the entity crate, or a module file, in autogen.toml:\n      [entities]\n      path = \"src/entities/mod.rs\"")),
        }
    }

    fn add_crate(&self, folder: &Path, file: &Path, manifest: Manifest) -> Rc<Crate> {
        let id = self.modules.borrow().len();
        let owner = Rc::new(Crate { folder: folder.to_owned(), root_module: id, manifest, macros: RefCell::default() });
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

    /// A module and everything below it, parents first.
    pub(super) fn subtree(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut all = vec![module];
        for child in self.children(module) {
            all.extend(self.subtree(child));
        }
        all
    }

    fn children(&self, module: ModuleId) -> Vec<ModuleId> {
        self.content(module);
        let modules = self.modules.borrow();
        (0..modules.len()).filter(|child| modules[*child].parent == Some(module)).collect()
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
            None if modules[module].owner.root_module == 0 => "crate".to_owned(),
            None => modules[module].name.clone(),
            Some(parent) => {
                let name = modules[module].name.clone();
                drop(modules);
                format!("{}::{name}", self.module_path(parent))
            }
        }
    }

    /// Every module that was read so far.
    pub(super) fn read_so_far(&self) -> Vec<ModuleId> {
        let modules = self.modules.borrow();
        (0..modules.len()).filter(|id| modules[*id].content.is_some()).collect()
    }

    /// Notes a problem that belongs to no single entity.
    pub(super) fn note(&self, problem: Diagnostic) {
        self.problems.borrow_mut().push(problem);
    }

    /// What was noted, handed over.
    pub(super) fn into_problems(self) -> Vec<Diagnostic> {
        self.problems.into_inner()
    }

    /// What the module holds, read on the first call. A module that cannot be read is empty and noted.
    pub(super) fn content(&self, module: ModuleId) -> Rc<Content> {
        let (path, children) = {
            let modules = self.modules.borrow();
            match (&modules[module].content, &modules[module].source) {
                (Some(content), _) => return Rc::clone(content),
                (None, Source::File { path, children }) => (path.clone(), children.clone()),
                // Filled by its parent, so this is only seen while the parent is still being read.
                (None, Source::Inline) => (PathBuf::new(), PathBuf::new()),
            }
        };
        let (file, items) = self.parse(&path);
        let mut filler =
            Filler { tree: self, module, file, folder: children, content: Draft::default(), expansions: 0 };
        filler.fill(items);
        let content = Rc::new(filler.finish());
        self.modules.borrow_mut()[module].content = Some(Rc::clone(&content));
        content
    }

    fn parse(&self, path: &Path) -> (Rc<SourceFile>, Vec<syn::Item>) {
        let empty = || SourceFile { shown: relative(&self.root, path), path: path.to_owned(), text: String::new() };
        match SourceFile::read(&self.root, path) {
            Err(problem) => {
                self.note(problem);
                (Rc::new(empty()), Vec::new())
            }
            Ok(file) => match syn::parse_file(&file.text) {
                Ok(parsed) => (Rc::new(file), parsed.items),
                Err(error) => {
                    self.note(file.syntax_error(&error));
                    (Rc::new(file), Vec::new())
                }
            },
        }
    }

    /// The macro of this name in the module's crate.
    pub(super) fn macro_rules(&self, module: ModuleId, name: &str) -> Option<Rc<MacroRules>> {
        self.owner(module).macros.borrow().get(name).map(Rc::clone)
    }
}

/// Fills one module from its items.
struct Filler<'a> {
    tree: &'a Tree,
    module: ModuleId,
    file: Rc<SourceFile>,
    /// Where child modules lie.
    folder: PathBuf,
    content: Draft,
    /// Macro calls so far.
    expansions: usize,
}

#[derive(Default)]
struct Draft {
    items: Vec<Rc<Item>>,
    impls: Vec<Rc<syn::ItemImpl>>,
    names: HashMap<String, Definition>,
    imports: Vec<Import>,
    unexpanded: Vec<String>,
}

impl Filler<'_> {
    fn fill(&mut self, items: Vec<syn::Item>) {
        for item in items {
            self.add(item);
        }
    }

    fn finish(self) -> Content {
        let Draft { items, impls, mut names, imports, unexpanded } = self.content;
        for item in &items {
            for generated in item.generated_names() {
                names.entry((*generated).to_owned()).or_insert_with(|| Definition::Generated(Rc::clone(item)));
            }
        }
        Content { file: self.file, items, impls, names, imports, unexpanded }
    }

    fn add(&mut self, item: syn::Item) {
        let owner = self.tree.owner(self.module);
        let features = &owner.manifest.features;
        match item {
            syn::Item::Mod(item) => {
                if let Some(attributes) = conditioned(&item.attrs, features) {
                    self.add_module(item, &attributes);
                }
            }
            syn::Item::Use(item) if conditioned(&item.attrs, features).is_some() => {
                self.content.imports.extend(imports(&item));
            }
            syn::Item::ExternCrate(item) if conditioned(&item.attrs, features).is_some() => {
                if let Some((_, name)) = item.rename {
                    self.content.imports.push(Import::of_crate(name.to_string(), item.ident.to_string()));
                }
            }
            syn::Item::Impl(item) if conditioned(&item.attrs, features).is_some() => {
                self.content.impls.push(Rc::new(item));
            }
            syn::Item::Macro(item) if conditioned(&item.attrs, features).is_some() => self.add_macro(&item, &owner),
            other => {
                if let Some(item) = Item::new(other, self.module, &self.file, features).map(Rc::new) {
                    self.content.names.insert(item.name.clone(), Definition::Item(Rc::clone(&item)));
                    self.content.items.push(item);
                }
            }
        }
    }

    fn add_module(&mut self, item: syn::ItemMod, attributes: &[syn::Attribute]) {
        let name = item.ident.to_string().trim_start_matches("r#").to_owned();
        let written = attributes.iter().find(|attribute| attribute.path().is_ident("path")).and_then(path_value);
        let inline_folder = match &written {
            Some(written) => self.file.path.parent().unwrap_or(Path::new("")).join(written),
            None => self.folder.join(&name),
        };
        if let Some((_, items)) = item.content {
            let Some(id) = self.declare(&name, Source::Inline) else { return };
            let mut inner = Filler {
                tree: self.tree,
                module: id,
                file: Rc::clone(&self.file),
                folder: inline_folder,
                content: Draft::default(),
                expansions: self.expansions,
            };
            inner.fill(items);
            let content = Rc::new(inner.finish());
            self.tree.modules.borrow_mut()[id].content = Some(content);
            return;
        }
        let flat = self.folder.join(format!("{name}.rs"));
        let nested = self.folder.join(&name).join("mod.rs");
        let (path, children) = match written {
            // A file named by `#[path]` has its children beside it, as a mod.rs has.
            Some(_) => (inline_folder.clone(), inline_folder.parent().unwrap_or(Path::new("")).to_owned()),
            None if nested.is_file() && !flat.is_file() => (nested, self.folder.join(&name)),
            None => (flat, self.folder.join(&name)),
        };
        if !path.is_file() {
            let shown = |path: &Path| relative(&self.tree.root, path).display().to_string();
            let problem = self
                .file
                .error(item.ident.span(), format!("the file of module `{name}` is missing: {}", shown(&path)))
                .help(format!("create {}, or remove `mod {name};`", shown(&path)));
            self.tree.note(problem);
            return;
        }
        let id = self.declare(&name, Source::File { path, children });
        // What it defines is visible below it in the text, so it is read now.
        if let Some(id) = id.filter(|_| attributes.iter().any(|attribute| attribute.path().is_ident("macro_use"))) {
            self.tree.content(id);
        }
    }

    fn declare(&mut self, name: &str, source: Source) -> Option<ModuleId> {
        let mut modules = self.tree.modules.borrow_mut();
        let id = modules.len();
        let depth = modules[self.module].depth + 1;
        if depth > DEEPEST_MODULE {
            return None;
        }
        let owner = Rc::clone(&modules[self.module].owner);
        modules.push(Module { name: name.to_owned(), parent: Some(self.module), owner, depth, source, content: None });
        self.content.names.insert(name.to_owned(), Definition::Module(id));
        Some(id)
    }

    fn add_macro(&mut self, item: &syn::ItemMacro, owner: &Crate) {
        let path = &item.mac.path;
        let Some(name) = path.segments.last().map(|segment| segment.ident.to_string()) else { return };
        if let (true, Some(defined)) = (path.is_ident("macro_rules"), &item.ident) {
            if let Some(rules) = MacroRules::parse(item.mac.tokens.clone()) {
                owner.macros.borrow_mut().insert(defined.to_string(), Rc::new(rules));
            }
            return;
        }
        let span = path.segments.last().map_or_else(proc_macro2::Span::call_site, |segment| segment.ident.span());
        self.expansions += 1;
        let rules = self.tree.macro_rules(self.module, &name).filter(|_| self.expansions < MOST_EXPANSIONS);
        let expanded = rules.and_then(|rules| rules.expand(item.mac.tokens.clone(), span));
        match expanded.and_then(|tokens| syn::parse2::<syn::File>(tokens).ok()) {
            Some(expanded) => self.fill(expanded.items),
            None => self.content.unexpanded.push(name),
        }
    }
}

fn path_value(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
