//! SeaORM source → [`Models`]: what is declared, where, and what the source spells out. Nothing is compiled.
//!
//! The way of the data: [`crate_tree`] reads modules when somebody asks for them, [`item`] keeps their types with every
//! `cfg` decided ([`condition`]), [`resolve`] says what a path means there, [`types`] what a Rust type is stored as
//! ([`known`], [`active_enum`], [`value_type`], [`column_type`], [`sql_type`]). [`model`] and [`relation`] read an
//! entity as SeaORM's macros do ([`attributes`], [`case`], [`default`], [`extra`]); [`lower`] makes tables of entities.
//!
//! What cannot be known is refused with its place and a remedy, never guessed; all refusals of a run come together.
//! What is read and looks wrong is a warning: files with entities that no `mod` leads to ([`unreached`]).

mod diagnostic;
mod edit;
mod generate;
mod source_file;
mod nesting;
mod manifest;
mod features;
mod lock;
mod version;
mod condition;
mod macro_rules;
mod item;
mod crate_tree;
mod module_filler;
mod known;
mod resolve;
mod attributes;
mod case;
mod sql_type;
mod column_type;
mod active_enum;
mod value_type;
mod types;
mod default;
mod extra;
mod entity;
mod hand_written;
mod model;
mod expanded;
mod real_path;
mod relation;
mod name;
mod naming;
mod lower;
mod lower_keys;
mod unreached;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use edit::{Edit, Edited, Words, edit};
pub use generate::{ImportedEnum, Surroundings, enum_ident, generate};
pub use name::field_name;
pub(crate) use name::{LONGEST as LONGEST_NAME, given as given_name};
pub use naming::named;
pub(crate) use nesting::file as parse_rust;
pub(crate) use sql_type::{counts, parse as parse_sql_type};

use self::crate_tree::{ModuleId, Tree};
use self::entity::Entity;
use self::item::{Item, ItemKey};
use self::types::Types;
use crate::schema::Models;

/// Where entities are, and what the configuration says about them.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The folder of autogen.toml. Places are relative to it.
    pub root: PathBuf,
    /// `[entities] path`, relative to `root`: crates' folders, or module files. All are on one database.
    pub paths: Vec<PathBuf>,
    /// The namespace of entities without a `schema_name`.
    pub default_namespace: String,
    /// `[entities.types]`: Rust types by path, with the SQL type of their columns. `"crate::money::Cents" = "bigint"`
    pub types: BTreeMap<String, String>,
    /// `[entities] ignore`: names of tables or paths of modules.
    pub ignore: Vec<String>,
    /// Where cargo keeps the sources of crates: `$CARGO_HOME`, `~/.cargo`. Without it they are not looked at.
    pub cargo_home: Option<PathBuf>,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What is declared.
    pub models: Models,
    /// What looks wrong in the sources and hinders nobody from reading them.
    pub warnings: Diagnostics,
}

/// Reads every entity below `source.path`.
///
/// # Errors
///
/// Everything that cannot be known, each with its place and a remedy.
pub fn models(source: &Source) -> Result<Reading, Diagnostics> {
    // What nests in the sources nests in calls here. Only what is used of the stack is taken from the system.
    std::thread::scope(|scope| {
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read_all(source)) {
            Ok(reader) => reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => read_all(source),
        }
    })
}

/// Bytes of stack to read with.
const STACK: usize = 512 << 20;

fn read_all(source: &Source) -> Result<Reading, Diagnostics> {
    let tree = Tree::new(&source.root, source.cargo_home.as_deref());
    let read = read(&tree, source);
    let noted = tree.problems_outside(|module| ignores_path(source, module));
    match read {
        Ok(reading) if noted.is_empty() => Ok(reading),
        Ok(_) => Err(Diagnostics::new(noted)),
        Err(problems) => Err(Diagnostics::new(noted.into_iter().chain(problems).collect())),
    }
}

fn read(tree: &Tree, source: &Source) -> Result<Reading, Vec<Diagnostic>> {
    let starts = source.paths.iter().map(|path| tree.open(path)).collect::<Result<Vec<_>, _>>();
    let starts = starts.map_err(|problem| vec![problem])?;
    let rules = version::common_rules(tree, &starts).map_err(|problem| vec![problem])?;
    let memory = types::Memory::default();
    let types = Types::new(tree, &source.types, rules, &memory);

    let mut modules: Vec<ModuleId> = starts.iter().flat_map(|start| tree.subtree(*start)).collect();
    modules.extend(tree.handed_on(&modules));
    // A path may lie below another.
    let mut known = HashSet::new();
    modules.retain(|module| known.insert(*module));
    let seen = |module: &&ModuleId| !ignores_path(source, &tree.module_path(**module));
    let mut problems: Vec<Diagnostic> =
        modules.iter().filter(seen).flat_map(|module| tree.content(*module).hidden.clone()).collect();
    // What is ignored or cannot be read is kept for what refers to it.
    let mut entities = Vec::new();
    let mut wanted = Vec::new();
    let mut warnings = Vec::new();
    for item in modules.iter().flat_map(|module| tree.content(*module).items.clone()) {
        let Some(found) = Found::read(types, &item, &source.default_namespace) else { continue };
        let ignored = match &found.entity {
            Some(entity) => ignores(tree, source, entity),
            None => ignores_module(tree, source, &item),
        };
        if !ignored && found.problems.is_empty() {
            wanted.push(entities.len());
            entities.extend(found.entity);
        } else {
            entities.extend(found.entity.map(Entity::without_relations));
        }
        if !ignored {
            let (errors, others) = found.problems.into_iter().partition(|it| it.severity == Severity::Error);
            problems.extend::<Vec<_>>(errors);
            warnings.extend::<Vec<_>>(others);
        }
    }
    add_targets(types, source, &mut entities, &mut problems);
    match lower::lower(&entities, &wanted, rules, &source.default_namespace) {
        Ok(models) if problems.is_empty() => {
            warnings.extend(starts.iter().flat_map(|start| unreached::warnings(tree, *start, source)));
            Ok(Reading { models, warnings: Diagnostics::new(warnings) })
        }
        Ok(_) => Err(problems),
        Err(found) => Err(problems.into_iter().chain(found).collect()),
    }
}

/// An entity as far as it can be read, and what is wrong with it.
struct Found {
    entity: Option<Entity>,
    problems: Vec<Diagnostic>,
}

impl Found {
    /// The entity that this type declares, if it declares one.
    fn read(types: Types<'_>, item: &Rc<Item>, default_namespace: &str) -> Option<Self> {
        let mut problems = Vec::new();
        let entity = if item.derives("DeriveEntity") {
            expanded::read(types, item, default_namespace, &mut problems)
        } else if item.derives("DeriveEntityModel") && !is_named_beside(types.tree, item) {
            model::read(types, item, default_namespace, &mut problems)
        } else {
            return None;
        };
        // A table that is named at run time has no foreign keys to declare.
        if entity.is_none() && problems.iter().any(|it| it.severity == Severity::Warning) {
            return Some(Self { entity, problems });
        }
        let relations = relation::of_entity(types.tree, item, &mut problems);
        Some(Self { entity: entity.map(|entity| Entity { relations, ..entity }), problems })
    }
}

/// Whether a struct `Entity` beside the model is the entity, and the model its columns.
fn is_named_beside(tree: &Tree, model: &Item) -> bool {
    tree.content(model.module).items.iter().any(|other| other.name == "Entity" && other.derives("DeriveEntity"))
}

/// Entities elsewhere that foreign keys refer to: only their names are needed.
fn add_targets(types: Types<'_>, source: &Source, entities: &mut Vec<Entity>, problems: &mut Vec<Diagnostic>) {
    let mut read: HashSet<ItemKey> = entities.iter().map(Entity::key).collect();
    let mut next = 0;
    while next < entities.len() {
        let entity = &entities[next];
        let unread = entity.relations.iter().filter(|relation| !read.contains(&relation.target.key()));
        let mut found = Vec::new();
        for relation in unread {
            match Found::read(types, &relation.target, &source.default_namespace) {
                // What else is wrong there concerns whoever reads that entity as his own.
                Some(Found { entity: Some(target), .. }) => found.push(target),
                Some(Found { entity: None, problems: in_target }) => problems.extend(in_target),
                None => problems.push(
                    entity
                        .item
                        .file
                        .error_at(&relation.place, format!("`{}` is no entity", types.tree.item_path(&relation.target)))
                        .help("name an entity: `super::user::Entity`")
                        .help("or add `skip_fk` (SeaORM 2), if there is no foreign key"),
                ),
            }
        }
        read.extend(found.iter().map(Entity::key));
        entities.extend(found.into_iter().map(Entity::without_relations));
        next += 1;
    }
}

fn ignores(tree: &Tree, source: &Source, entity: &Entity) -> bool {
    let table = &entity.table;
    source.ignore.iter().any(|name| *name == table.name || *name == table.to_string())
        || ignores_module(tree, source, &entity.item)
}

fn ignores_module(tree: &Tree, source: &Source, item: &Item) -> bool {
    ignores_path(source, &tree.module_path(item.module))
}

/// Whether a module, or one above it, is to be left out.
fn ignores_path(source: &Source, module: &str) -> bool {
    source.ignore.iter().any(|ignored| {
        let ignored = ignored.strip_prefix("crate::").unwrap_or(ignored);
        let path = module.strip_prefix("crate::").unwrap_or(module);
        path == ignored || path.strip_prefix(ignored).is_some_and(|below| below.starts_with("::"))
    })
}
