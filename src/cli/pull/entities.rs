//! Files for tables that have no entity.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::facts::default_of;
use super::files::Files;
use crate::cli::adopt::Looked;
use crate::error::Result;
use crate::introspect::{Edit, Surroundings, Words, edit, field_name, generate};
use crate::schema::{ConstraintKind, EnumType, ForeignKey, Models, Object, Place, Schema, Table};

/// Adds a file and its `mod` line for each table. Gives back those that must be written by hand, and why.
pub(super) fn add(tables: &[&Table], looked: &Looked, files: &mut Files<'_>) -> Result<Vec<String>> {
    let Some(home) = Home::find(&looked.declared.models, &looked.config.root) else {
        let name = |it: &&Table| it.name.display(&looked.config.default_namespace);
        let why = "the entities are not in a folder of modules: sea-orm-cli generate entity";
        return Ok(tables.iter().map(|it| format!("table {}: {why}", name(it))).collect());
    };
    let (mut left, mut taken) = (Vec::new(), BTreeSet::new());
    // Each may refer to the others.
    let mut modules = home.modules(&looked.declared.models);
    modules.extend(tables.iter().map(|it| (Object::Table(it.name.clone()), module(it))));
    for table in tables {
        let name = table.name.display(&looked.config.default_namespace);
        match source(table, looked, &modules) {
            Ok(text) => {
                let path = home.folder.join(format!("{}.rs", module(table)));
                // Tables of two namespaces may have one name.
                if !taken.insert(path.clone()) || looked.config.root.join(&path).exists() {
                    left.push(format!("table {name}: {} is there already", path.display()));
                    continue;
                }
                files.create(&path, text);
                files.add_module(&home.root, &module(table))?;
            }
            Err(why) => left.push(format!("table {name}: {why}")),
        }
    }
    Ok(left)
}

/// Where modules of entities are.
struct Home {
    folder: PathBuf,
    /// The file that names them.
    root: PathBuf,
}

impl Home {
    /// The folder that most entities are in, where a file names its modules.
    fn find(models: &Models, base: &Path) -> Option<Self> {
        let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for table in &models.schema.tables {
            let Some(place) = models.places.get(&Object::Table(table.name.clone())) else { continue };
            if !is_root(&place.file) {
                *folders.entry(place.file.parent()?.to_path_buf()).or_default() += 1;
            }
        }
        let (folder, _) = folders.into_iter().max_by_key(|(_, count)| *count)?;
        let beside = folder.with_extension("rs");
        let roots = [folder.join("mod.rs"), folder.join("lib.rs"), beside, folder.join("main.rs")];
        let root = roots.into_iter().find(|it| base.join(it).is_file())?;
        Some(Self { folder, root })
    }

    /// The modules of the entities that are here.
    fn modules(&self, models: &Models) -> BTreeMap<Object, String> {
        let module = |(object, place): (&Object, &Place)| {
            let is_here = place.file.parent() == Some(self.folder.as_path()) && !is_root(&place.file);
            let stem = place.file.file_stem()?.to_string_lossy().into_owned();
            (is_here && matches!(object, Object::Table(_))).then(|| (object.clone(), stem))
        };
        models.places.iter().filter_map(module).collect()
    }
}

fn is_root(file: &Path) -> bool {
    file.file_stem().is_some_and(|it| ["lib", "main", "mod"].contains(&it.to_string_lossy().as_ref()))
}

fn module(table: &Table) -> String {
    field_name(&table.name.name).trim_start_matches("r#").to_owned()
}

fn source(table: &Table, looked: &Looked, modules: &BTreeMap<Object, String>) -> Result<String, String> {
    let default = &looked.config.default_namespace;
    let around = Surroundings {
        namespace: (table.name.namespace != *default).then(|| table.name.namespace.clone()),
        enums: enums(table, looked)?,
        keys: keys(table, modules),
    };
    let text = generate(table, &around)?;
    let edits = facts(table, &text);
    Ok(edit(&text, &edits)?.text)
}

/// Enums of its columns that nobody declares.
fn enums(table: &Table, looked: &Looked) -> Result<Vec<EnumType>, String> {
    let schema: &Schema = &looked.current;
    let mut found: Vec<EnumType> = Vec::new();
    for name in table.columns.iter().filter_map(|it| it.data_type.enum_name()) {
        if looked.declared.models.schema.enum_type(name).is_some() {
            return Err(format!("its enum {} is declared elsewhere: sea-orm-cli generate entity", name.name));
        }
        if let Some(enum_type) = schema.enum_type(name).filter(|it| found.iter().all(|other| other.name != it.name)) {
            found.push(enum_type.clone());
        }
    }
    Ok(found)
}

/// Foreign keys to entities whose module is known.
fn keys(table: &Table, modules: &BTreeMap<Object, String>) -> Vec<(ForeignKey, String)> {
    let key = |kind: &ConstraintKind| match kind {
        ConstraintKind::ForeignKey(key) => {
            let module = modules.get(&Object::Table(key.references.clone()))?;
            // One to itself goes by the table's own name.
            let own = key.references == table.name;
            Some((key.clone(), if own { table.name.name.clone() } else { module.clone() }))
        }
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    };
    table.constraints.iter().filter_map(|it| key(&it.kind)).collect()
}

/// Defaults and plain indexes, on the fields.
fn facts(table: &Table, text: &str) -> Vec<Edit> {
    let place = |column: &str| {
        let field = format!("pub {}: ", field_name(column));
        let (line, found) = text.lines().enumerate().find(|(_, it)| it.trim_start().starts_with(&field))?;
        let column = found.len() - found.trim_start().len() + 5;
        Some(Place { file: PathBuf::new(), line: line + 1, column })
    };
    let defaults = table.columns.iter().filter_map(|it| Some((it.name.clone(), default_of(it)?)));
    let indexes = table.indexes.iter().filter_map(|it| match it.column_keys()?.as_slice() {
        [column] if it.is_full() && it.method == "btree" && it.include.is_empty() => {
            Some(((*column).to_owned(), if it.unique { "unique" } else { "indexed" }.to_owned()))
        }
        _ => None,
    });
    let edit = |(column, words): (String, String)| Some(Edit { place: place(&column)?, words: Words::OfColumn(words) });
    defaults.chain(indexes).filter_map(edit).collect()
}
