//! Fills a module from its items: child modules, types, imports, impls, and what macros make.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::condition::conditioned;
use super::crate_tree::{Content, Definition, ModuleId, Source, Tree};
use super::diagnostic::Diagnostic;
use super::item::{Import, Item, imports, plain};
use super::macro_rules::MacroRules;
use super::nesting;
use super::source_file::{SourceFile, relative};
use super::unreached::mentions_entity;

/// More calls than this in one module are a macro that calls itself for ever.
const MOST_EXPANSIONS: usize = 2_000;

/// More than this are files that include each other for ever.
const MOST_INCLUDES: usize = 100;

/// Fills one module from its items.
pub(super) struct Filler<'a> {
    tree: &'a Tree,
    module: ModuleId,
    file: Rc<SourceFile>,
    /// Where child modules lie.
    folder: PathBuf,
    content: Draft,
    /// Macro calls so far.
    expansions: usize,
    /// Files that `include!` brought in so far: each once, since a second time would define everything twice.
    includes: Vec<PathBuf>,
}

#[derive(Default)]
struct Draft {
    items: Vec<Rc<Item>>,
    impls: Vec<Rc<syn::ItemImpl>>,
    names: HashMap<String, Definition>,
    imports: Vec<Import>,
    unexpanded: Vec<String>,
    hidden: Vec<Diagnostic>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(tree: &'a Tree, module: ModuleId, file: Rc<SourceFile>, folder: PathBuf) -> Self {
        Self { tree, module, file, folder, content: Draft::default(), expansions: 0, includes: Vec::new() }
    }
}

impl Filler<'_> {
    pub(super) fn fill(&mut self, items: Vec<syn::Item>) {
        for item in items {
            self.add(item);
        }
    }

    pub(super) fn finish(self) -> Content {
        let Draft { items, impls, mut names, imports, unexpanded, hidden } = self.content;
        for item in &items {
            for generated in item.generated_names() {
                names.entry((*generated).to_owned()).or_insert_with(|| Definition::Generated(Rc::clone(item)));
            }
        }
        let mut by_name: HashMap<String, Vec<Import>> = HashMap::new();
        let mut globs = Vec::new();
        for import in imports {
            match &import.name {
                Some(name) => by_name.entry(name.clone()).or_default().push(import),
                None => globs.push(import),
            }
        }
        Content { file: self.file, items, impls, names, imports: by_name, globs, unexpanded, hidden }
    }

    fn add(&mut self, item: syn::Item) {
        let owner = self.tree.owner(self.module);
        let features = &owner.features;
        match item {
            syn::Item::Mod(item) => match conditioned(&item.attrs, features) {
                Some(attributes) => self.add_module(item, &attributes),
                None => self.leave_out(&item),
            },
            syn::Item::Use(item) if conditioned(&item.attrs, features).is_some() => {
                let found = imports(&item);
                self.refuse_renamed_derives(&item, &found);
                self.content.imports.extend(found);
            }
            syn::Item::ExternCrate(item) if conditioned(&item.attrs, features).is_some() => {
                if let Some((_, name)) = item.rename {
                    self.content.imports.push(Import::of_crate(name.to_string(), item.ident.to_string()));
                }
            }
            syn::Item::Impl(mut item) if conditioned(&item.attrs, features).is_some() => {
                item.items.retain(|part| match part {
                    syn::ImplItem::Fn(method) => conditioned(&method.attrs, features).is_some(),
                    _ => true,
                });
                self.content.impls.push(Rc::new(item));
            }
            syn::Item::Macro(item) if conditioned(&item.attrs, features).is_some() => self.add_macro(&item),
            other => {
                if let Some(item) = Item::new(other, self.module, &self.file, features).map(Rc::new) {
                    self.content.names.insert(item.name.clone(), Definition::Item(Rc::clone(&item)));
                    self.content.items.push(item);
                }
            }
        }
    }

    /// Derives are known by their names.
    fn refuse_renamed_derives(&mut self, item: &syn::ItemUse, imports: &[Import]) {
        for import in imports {
            let derive =
                import.path.last().filter(|last| ["DeriveEntityModel", "DeriveEntity"].contains(&last.as_str()));
            if let (Some(derive), Some(name)) = (derive, import.name.as_ref().filter(|name| Some(*name) != derive)) {
                let problem = self
                    .file
                    .error(
                        syn::spanned::Spanned::span(item),
                        format!("`{derive}` is called `{name}` here, and looked for by its own name"),
                    )
                    .help(format!("write `use` without `as {name}`, and `#[derive({derive})]`"));
                self.content.hidden.push(problem);
            }
        }
    }

    fn add_module(&mut self, item: syn::ItemMod, attributes: &[syn::Attribute]) {
        let name = plain(&item.ident);
        let written = attributes.iter().find(|attribute| attribute.path().is_ident("path")).and_then(path_value);
        let inline_folder = match &written {
            Some(written) => self.file.path.parent().unwrap_or(Path::new("")).join(written),
            None => self.folder.join(&name),
        };
        if let Some((_, items)) = item.content {
            let Some(id) = self.declare(&item.ident, &name, Source::Inline) else { return };
            let mut inner = Filler {
                tree: self.tree,
                module: id,
                file: Rc::clone(&self.file),
                folder: inline_folder,
                content: Draft::default(),
                expansions: self.expansions,
                includes: self.includes.clone(),
            };
            inner.fill(items);
            self.expansions = inner.expansions;
            self.tree.set_content(id, inner.finish());
            return;
        }
        let (path, children) = match written {
            // A file named by `#[path]` has its children beside it, as a mod.rs has.
            Some(_) => (inline_folder.clone(), inline_folder.parent().unwrap_or(Path::new("")).to_owned()),
            None => (self.file_of(&name), self.folder.join(&name)),
        };
        if !path.is_file() {
            let shown = |path: &Path| relative(self.tree.root(), path).display().to_string();
            let problem = self
                .file
                .error(item.ident.span(), format!("the file of module `{name}` is missing: {}", shown(&path)))
                .help(format!("create {}, or remove `mod {name};`", shown(&path)));
            self.tree.note_below(self.module, &name, problem);
            return;
        }
        let id = self.declare(&item.ident, &name, Source::File { path, children });
        // What it defines is visible below it in the text, so it is read now.
        if let Some(id) = id.filter(|_| attributes.iter().any(|attribute| attribute.path().is_ident("macro_use"))) {
            self.tree.content(id);
        }
    }

    /// Where a module's text lies.
    fn file_of(&self, name: &str) -> PathBuf {
        let flat = self.folder.join(format!("{name}.rs"));
        let nested = self.folder.join(name).join("mod.rs");
        if !flat.is_file() && nested.is_file() { nested } else { flat }
    }

    /// A module that a `cfg` takes away. Its files are known and not read.
    fn leave_out(&self, item: &syn::ItemMod) {
        let name = plain(&item.ident);
        match item.attrs.iter().find(|attribute| attribute.path().is_ident("path")).and_then(path_value) {
            Some(written) => {
                self.tree.leave_out(self.file.path.parent().unwrap_or(Path::new("")).join(written), None);
            }
            None => self.tree.leave_out(self.file_of(&name), Some(self.folder.join(&name))),
        }
    }

    fn declare(&mut self, ident: &syn::Ident, name: &str, source: Source) -> Option<ModuleId> {
        match self.tree.declare(self.module, name, source) {
            Ok(id) => {
                self.content.names.insert(name.to_owned(), Definition::Module(id));
                Some(id)
            }
            Err(reason) => {
                let problem = self.file.error(ident.span(), reason).help(format!("remove `mod {name}`"));
                self.tree.note_below(self.module, name, problem);
                None
            }
        }
    }

    /// The text of another file, as if it stood here.
    fn include(&mut self, written: &str) {
        let path = self.file.path.parent().unwrap_or(Path::new("")).join(written);
        if self.includes.len() >= MOST_INCLUDES || self.includes.contains(&path) {
            return;
        }
        let (file, items) = self.tree.include(self.module, &path);
        self.includes.push(path);
        let around = std::mem::replace(&mut self.file, file);
        self.fill(items);
        self.file = around;
    }

    fn add_macro(&mut self, item: &syn::ItemMacro) {
        let path = &item.mac.path;
        let Some(name) = path.segments.last().map(|segment| segment.ident.to_string()) else { return };
        if let (true, Some(defined)) = (path.is_ident("macro_rules"), &item.ident) {
            let rules = MacroRules::parse(item.mac.tokens.clone());
            self.tree.define_macro(self.module, defined.to_string(), rules, mentions_entity(item.mac.tokens.clone()));
            return;
        }
        if let (true, Ok(written)) = (path.is_ident("include"), item.mac.parse_body::<syn::LitStr>()) {
            self.include(&written.value());
            return;
        }
        let span = path.segments.last().map_or_else(proc_macro2::Span::call_site, |segment| segment.ident.span());
        self.expansions += 1;
        let own = self.tree.macro_rules(self.module, &name).map(|rules| (rules, None));
        let rules = own.or_else(|| self.macro_of_other_crate(path)).filter(|_| self.expansions < MOST_EXPANSIONS);
        let expanded = rules.and_then(|(rules, of)| rules.expand(item.mac.tokens.clone(), span, of.as_deref()));
        match expanded.and_then(|tokens| nesting::tokens::<syn::File>(tokens).ok()) {
            Some(expanded) => self.fill(expanded.items),
            None => {
                if mentions_entity(item.mac.tokens.clone()) || self.tree.makes_entities(self.module, &name) {
                    let problem = self
                        .file
                        .error(span, format!("the macro `{name}!` makes entities and cannot be expanded here"))
                        .help("write out what it makes: `cargo expand` prints it");
                    self.content.hidden.push(problem);
                }
                self.content.unexpanded.push(name);
            }
        }
    }
}

impl Filler<'_> {
    /// A macro that another crate exports, with the name of that crate: `kinds::newtype!`, or `newtype!` after
    /// `use kinds::newtype;`. Or one that stands in a module of this crate which is not read yet.
    fn macro_of_other_crate(&self, path: &syn::Path) -> Option<(Rc<MacroRules>, Option<String>)> {
        let segments: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        let written = match segments.as_slice() {
            [name] => self.content.imports.iter().find(|import| import.name.as_ref() == Some(name))?.path.clone(),
            _ => segments,
        };
        let (krate, name) = (written.first()?, written.last()?);
        if matches!(krate.as_str(), "crate" | "self" | "super") {
            return Some((self.tree.unread_macro(self.module, name)?, None));
        }
        Some((self.tree.exported_macro(self.module, krate, name)?, Some(krate.clone())))
    }
}

fn path_value(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
