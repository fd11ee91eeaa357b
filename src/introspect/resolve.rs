//! What a path means, as rustc would find it: the module's own names, its imports, globs, crates, the prelude.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::crate_tree::{Definition, ModuleId, Tree};
use super::item::{Import, Item, ItemKind, plain};
use super::known;

/// What a path leads to.
#[derive(Clone)]
pub(super) enum Resolved {
    Module(ModuleId),
    Item(Rc<Item>),
    /// A type that SeaORM's macros make beside this model.
    Generated(Rc<Item>),
    /// Into a crate that is not read, by its real name: `["sea_orm", "prelude", "Uuid"]`.
    Foreign(Vec<String>),
}

/// More re-exports than this from crate to crate are a circle.
const MOST_CRATES: usize = 32;

/// What one question has looked up so far: by module, name, and whether private names are seen. Modules that import
/// each other with globs would otherwise be walked again and again.
#[derive(Default)]
struct Seen {
    found: HashMap<(ModuleId, String, bool), Option<Resolved>>,
    /// Imports that are being followed.
    depth: usize,
}

/// Longer than this is no chain of imports that somebody wrote.
const MOST_IMPORTS: usize = 500;

impl Tree {
    /// What a path means in a module.
    pub(super) fn resolve(&self, module: ModuleId, path: &[String], of_crate: bool) -> Option<Resolved> {
        self.walk(module, path, of_crate, &mut Seen::default())
    }

    /// What a path means inside of a crate that is read only when asked for: `["my_kinds", "Amount"]`.
    pub(super) fn enter(&self, path: &[String]) -> Option<Resolved> {
        let (krate, rest) = path.split_first()?;
        let root = self.open_fetched(krate)?.root_module;
        self.descend(Resolved::Module(root), rest, self.home(), &mut Seen::default())
    }

    /// Modules of other crates that these hand on: a crate that only re-exports entities declares them too. What lies
    /// in the cargo registry is not looked at.
    pub(super) fn handed_on(&self, modules: &[ModuleId]) -> Vec<ModuleId> {
        let mut reached: HashSet<ModuleId> = modules.iter().copied().collect();
        let mut open = modules.to_vec();
        let mut found = Vec::new();
        while let Some(module) = open.pop() {
            let root = self.owner(module).root_module;
            let content = self.content(module);
            let exports = content.imports.values().flatten().chain(&content.globs).filter(|import| import.exported);
            for export in exports {
                let inner = match self.resolve(module, &export.path, export.of_crate) {
                    Some(Resolved::Module(inner)) => self.subtree(inner),
                    Some(Resolved::Item(item) | Resolved::Generated(item)) => vec![item.module],
                    Some(Resolved::Foreign(_)) | None => continue,
                };
                let inner = inner.into_iter().filter(|inner| self.owner(*inner).root_module != root);
                for module in inner.filter(|inner| reached.insert(*inner)).collect::<Vec<_>>() {
                    open.push(module);
                    found.push(module);
                }
            }
        }
        found
    }

    /// The same as [`Tree::resolve_path`], into crates that are read only when asked for.
    pub(super) fn resolve_deep(&self, module: ModuleId, path: &syn::Path) -> Option<Resolved> {
        let mut found = self.resolve_path(module, path)?;
        for _ in 0..MOST_CRATES {
            match &found {
                Resolved::Foreign(path) => match self.enter(path) {
                    Some(deeper) => found = deeper,
                    None => break,
                },
                Resolved::Module(_) | Resolved::Item(_) | Resolved::Generated(_) => break,
            }
        }
        Some(found)
    }

    /// The same for a path as it is written; generic arguments are not looked at.
    pub(super) fn resolve_path(&self, module: ModuleId, path: &syn::Path) -> Option<Resolved> {
        let segments: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
        self.resolve(module, &segments, path.leading_colon.is_some())
    }

    fn walk(&self, module: ModuleId, path: &[String], of_crate: bool, seen: &mut Seen) -> Option<Resolved> {
        let (first, rest) = path.split_first()?;
        let start = match first.as_str() {
            _ if of_crate => self.foreign_crate(module, first)?,
            "crate" | "$crate" => Resolved::Module(self.owner(module).root_module),
            "self" => Resolved::Module(module),
            "super" => Resolved::Module(self.parent(module)?),
            name => self
                .lookup(module, name, module, seen)
                .or_else(|| self.foreign_crate(module, name))
                .or_else(|| known::in_prelude(name).then(|| Resolved::Foreign(vec![name.to_owned()])))?,
        };
        self.descend(start, rest, module, seen)
    }

    /// From a start down a path, as seen from a module.
    fn descend(&self, start: Resolved, path: &[String], module: ModuleId, seen: &mut Seen) -> Option<Resolved> {
        path.iter().try_fold(start, |found, name| match found {
            Resolved::Module(inner) if name == "super" => self.parent(inner).map(Resolved::Module),
            Resolved::Module(inner) if name == "self" => Some(Resolved::Module(inner)),
            Resolved::Module(inner) => self.lookup(inner, name, module, seen),
            Resolved::Foreign(mut path) => {
                path.push(name.clone());
                Some(Resolved::Foreign(path))
            }
            // An enum's variant or an associated item is no type.
            Resolved::Item(_) | Resolved::Generated(_) => None,
        })
    }

    /// A name in a module's scope, as far as it may be seen from another module.
    fn lookup(&self, module: ModuleId, name: &str, from: ModuleId, seen: &mut Seen) -> Option<Resolved> {
        let key = (module, name.to_owned(), self.is_within(from, module));
        if let Some(found) = seen.found.get(&key) {
            return found.clone();
        }
        if seen.depth == MOST_IMPORTS {
            return None;
        }
        // Until it is known, a way that leads back here leads nowhere.
        seen.found.insert(key.clone(), None);
        seen.depth += 1;
        let found = self.lookup_unguarded(module, name, from, seen);
        seen.depth -= 1;
        seen.found.insert(key, found.clone());
        found
    }

    fn lookup_unguarded(&self, module: ModuleId, name: &str, from: ModuleId, seen: &mut Seen) -> Option<Resolved> {
        let content = self.content(module);
        // Private names are seen from the module itself and below it.
        let inside = self.is_within(from, module);
        let visible = |import: &&Import| import.public || inside;
        match content.names.get(name) {
            Some(Definition::Module(id)) => return Some(Resolved::Module(*id)),
            Some(Definition::Item(item)) if item.public || inside => return Some(Resolved::Item(Rc::clone(item))),
            Some(Definition::Generated(model)) => return Some(Resolved::Generated(Rc::clone(model))),
            Some(Definition::Item(_)) | None => {}
        }
        let mut named = content.imports.get(name).into_iter().flatten().filter(visible).peekable();
        // A name that is imported from somewhere unknown is that, and not what a glob has under the same name.
        if named.peek().is_some() {
            return named.find_map(|import| self.walk(module, &import.path, import.of_crate, seen));
        }
        content.globs.iter().filter(visible).find_map(|glob| self.through_glob(module, glob, name, seen))
    }

    fn through_glob(&self, module: ModuleId, glob: &Import, name: &str, seen: &mut Seen) -> Option<Resolved> {
        match self.walk(module, &glob.path, glob.of_crate, seen)? {
            Resolved::Module(inner) => self.lookup(inner, name, module, seen),
            Resolved::Foreign(mut path) => {
                path.push(name.to_owned());
                if known::knows(&path) { Some(Resolved::Foreign(path)) } else { self.enter(&path) }
            }
            Resolved::Item(_) | Resolved::Generated(_) => None,
        }
    }

    fn is_within(&self, module: ModuleId, outer: ModuleId) -> bool {
        module == outer || self.parent(module).is_some_and(|parent| self.is_within(parent, outer))
    }

    /// A crate by the name it has in paths. Path dependencies are read; of all others the name is enough at first.
    fn foreign_crate(&self, module: ModuleId, name: &str) -> Option<Resolved> {
        let owner = self.owner(module);
        match owner.manifest.dependencies.get(name) {
            Some(dependency) => match &dependency.path {
                Some(folder) if !known::is_crate(&dependency.package) => {
                    self.open_crate(folder).ok().map(|opened| Resolved::Module(opened.root_module))
                }
                Some(_) | None => {
                    if !known::is_crate(&dependency.package) {
                        self.note_fetched(&owner, dependency);
                    }
                    Some(Resolved::Foreign(vec![dependency.package.clone()]))
                }
            },
            // The library beside a binary, under its own name.
            None if owner.manifest.name.as_deref() == Some(name) => {
                self.open_crate(&owner.folder).ok().map(|library| Resolved::Module(library.root_module))
            }
            None => known::is_crate(name).then(|| Resolved::Foreign(vec![name.to_owned()])),
        }
    }

    /// The type's path as `[entities.types]` names it.
    pub(super) fn item_path(&self, item: &Item) -> String {
        format!("{}::{}", self.module_path(item.module), item.name)
    }

    /// Follows a type alias without parameters to what it stands for.
    pub(super) fn alias_target(item: &Item) -> Option<&syn::Type> {
        match &item.kind {
            ItemKind::Alias(alias) if alias.generics.params.is_empty() => Some(&alias.ty),
            ItemKind::Alias(_) | ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::Other => None,
        }
    }
}
