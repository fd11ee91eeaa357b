//! Files with entities that no `mod` leads to: rustc does not see them either, and nobody is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::attributes::{Keys, Target};
use super::crate_tree::{ModuleId, Tree, binaries};
use super::diagnostic::Diagnostic;
use super::hand_written::{implements, literal_text, method_value};
use super::nesting;
use super::source_file::{SourceFile, about_path, relative};
use super::{Source, ignores_path};
use crate::schema::IGNORED_TABLES;

/// Folders of a package that are no part of its library or binary.
const OTHER_FOLDERS: [&str; 4] = ["target", "tests", "examples", "benches"];
/// More files than this are counted and not named.
const MOST_NAMED: usize = 3;

/// One warning for each `mod` that is missing, and for each binary beside what is read.
pub(super) fn warnings(tree: &Tree, start: ModuleId, source: &Source) -> Vec<Diagnostic> {
    let Some(folder) = tree.own_folder(start) else { return Vec::new() };
    let reached = tree.files();
    let lost: Vec<Lost> = rust_files(tree, start, &folder)
        .into_iter()
        .filter(|path| !reached.contains(&relative(tree.root(), path)) && !tree.leaves_out(path))
        .filter_map(|path| Lost::read(tree, start, &folder, &path))
        .filter(|lost| !lost.is_ignored(source))
        .collect();
    if lost.is_empty() {
        return Vec::new();
    }
    let binaries = files_of_binaries(tree, start);
    let mut groups: BTreeMap<Reason, Vec<&Lost>> = BTreeMap::new();
    for lost in &lost {
        let binary = binaries.iter().find(|(_, files)| files.contains(&lost.file.shown));
        let reason = match binary {
            Some((root, _)) => Reason::Binary(root.clone()),
            None => lost.missing(tree, start, &folder),
        };
        groups.entry(reason).or_default().push(lost);
    }
    groups.iter().map(|(reason, files)| reason.warning(files)).collect()
}

/// Why a file is not read.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// It belongs to this binary.
    Binary(PathBuf),
    /// This text is missing in this file; the module would be this one.
    Mod { file: PathBuf, text: String, module: String },
    /// The module of its name is another file.
    Shadowed { by: PathBuf, module: String },
}

impl Reason {
    fn warning(&self, files: &[&Lost]) -> Diagnostic {
        let named: Vec<String> =
            files.iter().take(MOST_NAMED).map(|lost| lost.file.shown.display().to_string()).collect();
        let these = match files.len() {
            1 => "this file".to_owned(),
            count if count > MOST_NAMED => format!("these {count} files ({}, ..)", named.join(", ")),
            count => format!("these {count} files ({})", named.join(", ")),
        };
        let Some(first) = files.first() else { return about_path(PathBuf::new(), String::new()).warning() };
        let ignore = |module: &str| format!("or leave it out in autogen.toml: `[entities]` `ignore = [\"{module}\"]`");
        match self {
            Self::Binary(root) => {
                let root = root.display();
                let message = format!("the entities of {these} belong to the binary {root} and are not read");
                let warning = first
                    .warning(message)
                    .help(format!("to read them: `[entities]` `path = \"{root}\"` in autogen.toml"));
                files.iter().fold(warning, |warning, lost| warning.help(ignore(&lost.module)))
            }
            Self::Mod { file, text, module } => {
                let message = format!("no `mod` leads to {these}: the entities there are not read");
                first.warning(message).help(format!("write `{text}` into {}", file.display())).help(ignore(module))
            }
            Self::Shadowed { by, module } => {
                let message = format!("the module `{module}` is read from {}, and not from {these}", by.display());
                first.warning(message).help("remove the file, or give it another name and a `mod`").help(ignore(module))
            }
        }
    }
}

/// A file with entities that was not read.
struct Lost {
    file: SourceFile,
    path: PathBuf,
    /// Names of its modules below the folder: `["billing", "invoice"]`.
    names: Vec<String>,
    /// The path that its module would have.
    module: String,
    entities: Vec<syn::ItemStruct>,
    blocks: Vec<syn::ItemImpl>,
}

impl Lost {
    fn read(tree: &Tree, start: ModuleId, folder: &Path, path: &Path) -> Option<Self> {
        let file = SourceFile::read(relative(tree.root(), path), path).ok()?;
        // Both derives begin like this. Most files end here, unparsed.
        if !file.text.contains("DeriveEntity") {
            return None;
        }
        let mut finder = Finder::default();
        finder.visit_file(&nesting::file(&file.text).ok()?);
        let below = path.strip_prefix(folder).ok()?.with_extension("");
        let mut names: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|last| last == "mod") {
            names.pop();
        }
        let module = std::iter::once(&tree.module_path(start)).chain(&names).cloned().collect::<Vec<_>>().join("::");
        let Finder { entities, blocks } = finder;
        (!entities.is_empty()).then(|| Self { file, path: path.to_owned(), names, module, entities, blocks })
    }

    fn is_ignored(&self, source: &Source) -> bool {
        ignores_path(source, &self.module)
            || self.entities.iter().all(|entity| {
                let keys = Keys::read(&entity.attrs, Target::Model, &self.file, &mut Vec::new());
                let said = |key: &str| {
                    let written = keys.text(key, &self.file, &mut Vec::new()).map(|text| text.value());
                    written.or_else(|| {
                        let mut blocks = self.blocks.iter();
                        let block = blocks.find(|block| implements(block, "EntityName", &entity.ident.to_string()))?;
                        literal_text(method_value(block, key)?)
                    })
                };
                let namespace = said("schema_name").unwrap_or_else(|| source.default_namespace.clone());
                said("table_name").is_some_and(|table| {
                    let full = format!("{namespace}.{table}");
                    // The code generator leaves these beside the others.
                    let of_a_tool = IGNORED_TABLES.contains(&table.as_str());
                    of_a_tool || source.ignore.contains(&table) || source.ignore.contains(&full)
                })
            })
    }

    /// The first `mod` on the way to the file that is not there.
    fn missing(&self, tree: &Tree, start: ModuleId, folder: &Path) -> Reason {
        let mut module = start;
        for (number, name) in self.names.iter().enumerate() {
            if let Some(child) = tree.child(module, name) {
                module = child;
                continue;
            }
            let file = &tree.content(module).file;
            let above = self.names[..number].iter().fold(folder.to_owned(), |path, name| path.join(name));
            return Reason::Mod {
                text: self.text(&above, number, file),
                file: file.shown.clone(),
                module: format!("{}::{name}", tree.module_path(module)),
            };
        }
        Reason::Shadowed { by: tree.content(module).file.shown.clone(), module: self.module.clone() }
    }

    /// `pub mod a;`, or `pub mod a { pub mod b; }` where the folder `a` has no file of its own.
    fn text(&self, above: &Path, number: usize, into: &SourceFile) -> String {
        let name = &self.names[number];
        let last = number + 1 == self.names.len();
        let has_file = above.join(name).with_extension("rs").is_file() || above.join(name).join("mod.rs").is_file();
        match (syn::parse_str::<syn::Ident>(name), syn::parse_str::<syn::Ident>(&format!("r#{name}"))) {
            (Ok(_), _) if last || has_file => format!("pub mod {name};"),
            (Err(_), Ok(_)) if last || has_file => format!("pub mod r#{name};"),
            (Ok(_), _) => format!("pub mod {name} {{ {} }}", self.text(&above.join(name), number + 1, into)),
            // No name of Rust: the file is named by its path.
            (Err(_), _) => {
                let path = relative(into.path.parent().unwrap_or(Path::new("")), &self.path);
                let name = self.names.last().unwrap_or(name);
                let name: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
                let name = if name.starts_with(|c: char| c.is_numeric()) { format!("_{name}") } else { name };
                format!("#[path = \"{}\"] pub mod {name};", path.display())
            }
        }
    }

    fn warning(&self, message: String) -> Diagnostic {
        match self.entities.first() {
            Some(entity) => self.file.error(entity.ident.span(), message),
            None => about_path(self.file.shown.clone(), message),
        }
        .warning()
    }
}

/// Structs that derive an entity, in inline modules too, and what is implemented beside them.
#[derive(Default)]
struct Finder {
    entities: Vec<syn::ItemStruct>,
    blocks: Vec<syn::ItemImpl>,
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if item.attrs.iter().any(|attribute| match &attribute.meta {
            syn::Meta::List(list) => mentions_entity(list.tokens.clone()),
            syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
        }) {
            self.entities.push(item.clone());
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.blocks.push(item.clone());
    }
}

/// Whether one of SeaORM's derives for entities stands there.
pub(super) fn mentions_entity(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "DeriveEntityModel" || ident == "DeriveEntity",
        TokenTree::Group(group) => mentions_entity(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Every source file below the folder that may be a module of the crate, sorted.
fn rust_files(tree: &Tree, start: ModuleId, folder: &Path) -> Vec<PathBuf> {
    let package = tree.owner(start).folder.clone();
    let mut files = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            // Links are not followed: they may lead in circles.
            let (Ok(kind), path) = (entry.file_type(), entry.path()) else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                let other = folder == package && OTHER_FOLDERS.contains(&name.as_str());
                if !other && !name.starts_with('.') && !path.join("Cargo.toml").is_file() {
                    open.push(path);
                }
            } else if name.ends_with(".rs") && !(folder == package && name == "build.rs") {
                files.insert(path);
            }
        }
    }
    files.into_iter().collect()
}

/// The binaries beside what is read, with all of their files.
fn files_of_binaries(tree: &Tree, start: ModuleId) -> Vec<(PathBuf, BTreeSet<PathBuf>)> {
    let owner = tree.owner(start);
    let others = binaries(&owner.folder).into_iter().filter(|file| *file != owner.root_file);
    others
        .map(|root| {
            // A tree of its own: what is wrong in there is nobody's concern here.
            let aside = Tree::new(tree.root(), tree.cargo_home());
            let module = aside.open_root(&owner.folder, &root).root_module;
            aside.subtree(module);
            (relative(tree.root(), &root), aside.files())
        })
        .collect()
}
