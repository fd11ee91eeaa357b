//! SeaORM source → [`Models`]: what is declared, where, and what the source spells out. Nothing is compiled.
//!
//! The way of the data: [`crate_tree`] reads modules when somebody asks for them, [`item`] keeps their types with every
//! `cfg` decided ([`condition`]), [`resolve`] says what a path means there, [`types`] what a Rust type is stored as
//! ([`known`], [`active_enum`], [`value_type`], [`column_type`], [`sql_type`]). [`model`] and [`relation`] read an
//! entity as SeaORM's macros do ([`attributes`], [`case`], [`default`], [`extra`]); [`lower`] makes tables of entities.
//!
//! What cannot be known is refused with its place and a remedy, never guessed; all refusals of a run come together.

mod diagnostic;
mod source_file;
mod manifest;
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
mod relation;
mod name;
mod lower;
mod lower_keys;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

pub use diagnostic::{Diagnostic, Diagnostics};

use self::crate_tree::{ModuleId, Tree};
use self::entity::Entity;
use self::item::Item;
use self::types::Types;
use crate::schema::Models;

/// Where entities are, and what the configuration says about them.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The folder of autogen.toml. Places are relative to it.
    pub root: PathBuf,
    /// `[entities] path`, relative to `root`: a crate's folder, or a module file.
    pub path: PathBuf,
    /// The namespace of entities without a `schema_name`.
    pub default_namespace: String,
    /// `[entities.types]`: Rust types by path, with the SQL type of their columns. `"crate::money::Cents" = "bigint"`
    pub types: BTreeMap<String, String>,
    /// `[entities] ignore`: names of tables or paths of modules.
    pub ignore: Vec<String>,
}

/// Reads every entity below `source.path`.
///
/// # Errors
///
/// Everything that cannot be known, each with its place and a remedy.
pub fn models(source: &Source) -> Result<Models, Diagnostics> {
    let tree = Tree::new(&source.root);
    let read = read(&tree, source);
    let noted = tree.into_problems();
    match read {
        Ok(models) if noted.is_empty() => Ok(models),
        Ok(_) => Err(Diagnostics::new(noted)),
        Err(problems) => Err(Diagnostics::new(noted.into_iter().chain(problems).collect())),
    }
}

fn read(tree: &Tree, source: &Source) -> Result<Models, Vec<Diagnostic>> {
    let start = tree.open(&source.path).map_err(|problem| vec![problem])?;
    let rules = version::rules(tree, start).map_err(|problem| vec![problem])?;
    let types = Types::new(tree, &source.types, rules);

    let mut problems = Vec::new();
    let mut entities = Vec::new();
    for item in items(tree, start) {
        match entity(types, &item, &source.default_namespace) {
            Some(Ok(entity)) => entities.push(entity),
            Some(Err(found)) if !ignores_module(tree, source, &item) => problems.extend(found),
            Some(Err(_)) | None => {}
        }
    }
    let wanted: Vec<usize> = (0..entities.len()).filter(|index| !ignores(tree, source, &entities[*index])).collect();
    if problems.is_empty() {
        add_targets(types, source, &mut entities, &mut problems);
    }
    match lower::lower(&entities, &wanted, rules, &source.default_namespace) {
        Ok(models) if problems.is_empty() => Ok(models),
        Ok(_) => Err(problems),
        Err(found) => Err(problems.into_iter().chain(found).collect()),
    }
}

/// Every type below a module, in the order of the text.
fn items(tree: &Tree, start: ModuleId) -> Vec<Rc<Item>> {
    tree.subtree(start).into_iter().flat_map(|module| tree.content(module).items.clone()).collect()
}

/// The entity that this type declares, if it declares one.
fn entity(types: Types<'_>, item: &Rc<Item>, default_namespace: &str) -> Option<Result<Entity, Vec<Diagnostic>>> {
    let read = if item.derives("DeriveEntity") {
        expanded::read(types, item, default_namespace)
    } else if item.derives("DeriveEntityModel") && !is_named_beside(types.tree, item) {
        model::read(types, item, default_namespace)
    } else {
        return None;
    };
    let relations = relation::of_entity(types.tree, item);
    Some(match (read, relations) {
        (Ok(entity), Ok(relations)) => Ok(Entity { relations, ..entity }),
        (entity, relations) => Err(entity.err().into_iter().chain(relations.err()).flatten().collect()),
    })
}

/// Whether a struct `Entity` beside the model is the entity, and the model its columns.
fn is_named_beside(tree: &Tree, model: &Item) -> bool {
    tree.content(model.module).items.iter().any(|other| other.derives("DeriveEntity"))
}

/// Entities elsewhere that foreign keys refer to: only their names are needed.
fn add_targets(types: Types<'_>, source: &Source, entities: &mut Vec<Entity>, problems: &mut Vec<Diagnostic>) {
    let mut next = 0;
    while next < entities.len() {
        let entity = &entities[next];
        let unread =
            entity.relations.iter().filter(|relation| !entities.iter().any(|other| other.is(&relation.target)));
        let mut found = Vec::new();
        for relation in unread {
            match self::entity(types, &relation.target, &source.default_namespace) {
                Some(Ok(target)) => found.push(target),
                Some(Err(in_target)) => problems.extend(in_target),
                None => problems.push(
                    entity
                        .item
                        .file
                        .error_at(&relation.place, format!("`{}` is no entity", types.tree.item_path(&relation.target)))
                        .help("name an entity, or add `skip_fk` if there is no foreign key"),
                ),
            }
        }
        entities.extend(found.into_iter().map(|target| Entity { relations: Vec::new(), ..target }));
        next += 1;
    }
}

fn ignores(tree: &Tree, source: &Source, entity: &Entity) -> bool {
    let table = &entity.table;
    source.ignore.iter().any(|name| *name == table.name || *name == table.to_string())
        || ignores_module(tree, source, &entity.item)
}

fn ignores_module(tree: &Tree, source: &Source, item: &Item) -> bool {
    let module = tree.module_path(item.module);
    source.ignore.iter().any(|ignored| {
        let ignored = ignored.strip_prefix("crate::").unwrap_or(ignored);
        let path = module.strip_prefix("crate::").unwrap_or(&module);
        path == ignored || path.strip_prefix(ignored).is_some_and(|below| below.starts_with("::"))
    })
}
