//! Files for tables that have no entity.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::facts::default_of;
use super::files::Files;
use crate::cli::adopt::Looked;
use crate::error::Result;
use crate::introspect::{Edit, ImportedEnum, Surroundings, Words, edit, enum_ident, field_name, generate};
use crate::schema::{ConstraintKind, EnumType, ForeignKey, Models, Object, Place, QualifiedName, Table};

/// Adds a file and its `mod` line for each table. Gives back those that must be written by hand, and why.
pub(super) fn add(tables: &[&Table], looked: &Looked, files: &mut Files<'_>) -> Result<Vec<String>> {
    let Some(home) = Home::find(looked) else {
        let name = |it: &&Table| it.name.display(&looked.config.default_namespace);
        let why = "the entities are not in a folder of modules: sea-orm-cli generate entity";
        return Ok(tables.iter().map(|it| format!("table {}: {why}", name(it))).collect());
    };
    let name = |table: &Table| table.name.display(&looked.config.default_namespace);
    let (mut left, mut tables) = (Vec::new(), tables.to_vec());
    tables.sort_by_key(|it| module(it));
    let written = loop {
        let sources = Sources::new(&home, &tables, looked);
        let (mut written, mut refused) = (Vec::new(), Vec::new());
        for table in &tables {
            match sources.of(table) {
                Ok(text) => written.push((*table, text)),
                Err(why) => refused.push((*table, why)),
            }
        }
        if refused.is_empty() {
            break written;
        }
        left.extend(refused.iter().map(|(it, why)| format!("table {}: {why}", name(it))));
        // What the others say of those that nobody writes, they must not say.
        tables.retain(|table| refused.iter().all(|(it, _)| it.name != table.name));
    };
    for (table, text) in written {
        files.create(&home.file(table), text);
        files.add_module(&home.root, &module(table))?;
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
    /// The folder that most entities are in, where a file names its modules; where there are none, the first that
    /// entities are looked for in.
    fn find(looked: &Looked) -> Option<Self> {
        let (models, base) = (&looked.declared.models, looked.config.root.as_path());
        if models.schema.tables.is_empty() {
            return Self::of_nothing(looked.config.entities.path.first()?, base);
        }
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

    /// The folder below the root file of a crate, or below a module.
    fn of_nothing(path: &Path, base: &Path) -> Option<Self> {
        if base.join(path).is_dir() {
            let root =
                ["src/lib.rs", "src/main.rs"].map(|it| path.join(it)).into_iter().find(|it| base.join(it).is_file())?;
            return Some(Self { folder: path.join("src"), root });
        }
        let folder = if is_root(path) { path.parent()?.to_path_buf() } else { path.with_extension("") };
        Some(Self { folder, root: path.to_path_buf() })
    }

    /// Whether a file is a module here.
    fn has(&self, file: &Path) -> bool {
        file.parent() == Some(self.folder.as_path()) && !is_root(file)
    }

    /// The file of a table's entity.
    fn file(&self, table: &Table) -> PathBuf {
        self.folder.join(format!("{}.rs", module(table)))
    }

    /// The modules of the entities that are here.
    fn modules(&self, models: &Models) -> BTreeMap<Object, String> {
        let module = |(object, place): (&Object, &Place)| {
            let is_here = self.has(&place.file);
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

/// What the new files know of each other and of what is there.
struct Sources<'a> {
    home: &'a Home,
    tables: &'a [&'a Table],
    looked: &'a Looked,
    /// Modules of entities: each may refer to the others.
    modules: BTreeMap<Object, String>,
}

impl<'a> Sources<'a> {
    fn new(home: &'a Home, tables: &'a [&'a Table], looked: &'a Looked) -> Self {
        let mut modules = home.modules(&looked.declared.models);
        modules.extend(tables.iter().map(|it| (Object::Table(it.name.clone()), module(it))));
        Self { home, tables, looked, modules }
    }

    /// The file of a table, or why there is none.
    fn of(&self, table: &Table) -> Result<String, String> {
        let path = self.home.file(table);
        // Tables of two namespaces may have one name.
        let is_taken = self.tables.iter().take_while(|it| it.name != table.name).any(|it| self.home.file(it) == path);
        if is_taken || self.looked.config.root.join(&path).exists() {
            return Err(format!("{} is there already", path.display()));
        }
        let default = &self.looked.config.default_namespace;
        let mut around = Surroundings {
            namespace: (table.name.namespace != *default).then(|| table.name.namespace.clone()),
            keys: keys(table, &self.modules),
            ..Surroundings::default()
        };
        self.add_enums(table, &mut around)?;
        let text = generate(table, &around)?;
        let edits = facts(table, &text);
        Ok(edit(&text, &edits)?.text)
    }

    /// Enums of its columns: the first of the tables that has one declares it, where nobody does yet.
    fn add_enums(&self, table: &Table, around: &mut Surroundings) -> Result<(), String> {
        let names: BTreeSet<&QualifiedName> = enums_of(table).collect();
        for name in names {
            let first = self.tables.iter().find(|it| enums_of(it).any(|other| other == name));
            let declared = self.looked.declared.models.schema.enum_type(name).is_some();
            let imported = match first {
                _ if declared => self.declared(name)?,
                Some(first) if first.name != table.name => (module(first), enum_ident(&name.name)),
                Some(_) | None => {
                    around.enums.extend(self.looked.current.enum_type(name).map(|it| self.shortest(table, it)));
                    continue;
                }
            };
            let (module, ident) = imported;
            around.imported.push(ImportedEnum { name: name.name.clone(), module, ident });
        }
        Ok(())
    }

    /// Without a namespace where an entity of this table means that one, and SeaORM's casts find it.
    fn shortest(&self, table: &Table, enum_type: &EnumType) -> EnumType {
        let default = &self.looked.config.default_namespace;
        let is_plain = enum_type.name.namespace == *default && table.name.namespace == *default;
        let namespace = if is_plain { String::new() } else { enum_type.name.namespace.clone() };
        EnumType { name: QualifiedName { namespace, ..enum_type.name.clone() }, ..enum_type.clone() }
    }

    /// Module and name of an enum that the entities declare.
    fn declared(&self, name: &QualifiedName) -> Result<(String, String), String> {
        let place = self.looked.declared.models.places.get(&Object::EnumType(name.clone()));
        let found = place.filter(|place| self.home.has(&place.file)).and_then(|place| {
            let text = std::fs::read_to_string(self.looked.config.root.join(&place.file)).ok()?;
            let line = text.lines().nth(place.line - 1)?;
            let ident: String =
                line.get(place.column - 1..)?.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            let module = place.file.file_stem()?.to_string_lossy().into_owned();
            ident.starts_with(char::is_alphabetic).then_some((module, ident))
        });
        let where_ = place.map(|it| format!(" in {}", it.file.display())).unwrap_or_default();
        found.ok_or_else(|| format!("its enum {} is declared{where_}: sea-orm-cli generate entity", name.name))
    }
}

/// The enums of its columns.
fn enums_of(table: &Table) -> impl Iterator<Item = &QualifiedName> {
    table.columns.iter().filter_map(|it| it.data_type.enum_name())
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
