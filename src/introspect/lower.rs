//! Entities → [`Models`].

use std::collections::{BTreeMap, HashMap};

use super::diagnostic::Diagnostic;
use super::entity::{Entity, EntityColumn};
use super::extra::Extra;
use super::item::{Item, ItemKey};
use super::known::Exact;
use super::name::{LONGEST, given};
use super::types::Declaration;
use super::version::Rules;
use super::{active_enum, sql_type};
use crate::schema::{
    BaseType, Column, ColumnDefault, DataType, EnumType, Expression, Fact, Generated, IGNORED_TABLES, Identity, Kept,
    Models, Namespace, Object, Place, QualifiedName, Rename, Sequence, SequenceOptions, Table,
};

/// Puts the entities together. `all` also holds ignored entities, which others may refer to.
pub(super) fn lower(
    all: &[Entity],
    wanted: &[usize],
    rules: Rules,
    default_namespace: &str,
) -> Result<Models, Vec<Diagnostic>> {
    let mut lowering = Lowering {
        // The first of several under one name, as they were found.
        all: all.iter().rev().map(|entity| (entity.key(), entity)).collect(),
        rules,
        models: Models::default(),
        enums: enums(all, default_namespace),
        problems: Vec::new(),
    };
    for index in wanted {
        lowering.add(&all[*index]);
    }
    lowering.add_namespaces(default_namespace);
    if !lowering.problems.is_empty() {
        return Err(lowering.problems);
    }
    let mut models = lowering.models;
    models.schema = models.schema.sorted();
    models.renames.sort();
    Ok(models)
}

/// Enum types by the name that columns write: a `Custom("mood")` column is of the enum `mood` if there is one.
fn enums(all: &[Entity], default_namespace: &str) -> BTreeMap<String, QualifiedName> {
    let columns = all.iter().flat_map(|entity| entity.columns.iter().map(move |column| (entity, column)));
    let mut found = BTreeMap::new();
    for (entity, column) in columns {
        if let Some((name, _)) = column.declared.native_enum() {
            let namespace = &entity.table.namespace;
            if namespace == default_namespace {
                found.insert(name.clone(), QualifiedName::new(namespace, name.clone()));
            }
            found.insert(format!("{namespace}.{name}"), QualifiedName::new(namespace, name));
        }
    }
    found
}

/// The models so far.
pub(super) struct Lowering<'a> {
    pub(super) all: HashMap<ItemKey, &'a Entity>,
    pub(super) rules: Rules,
    pub(super) models: Models,
    enums: BTreeMap<String, QualifiedName>,
    pub(super) problems: Vec<Diagnostic>,
}

impl Lowering<'_> {
    fn add(&mut self, entity: &Entity) {
        self.check_version(entity);
        self.check_bookkeeping(entity);
        self.check_defaults(entity);
        self.check_names(entity);
        let mut table = Table { comment: entity.comment.clone(), ..Table::new(entity.table.clone()) };
        table.columns = entity.columns.iter().map(|column| self.column(entity, column)).collect();
        self.keys(entity, &mut table);
        self.checks(entity, &mut table);
        self.foreign_keys(entity, &mut table);
        self.indexes(entity, &mut table);

        let object = Object::Table(table.name.clone());
        if self.models.places.contains_key(&object) {
            if self.models.schema.table(&table.name).is_none_or(|other| *other != table) {
                self.refuse_second(entity);
            }
            return;
        }
        self.models.places.insert(object.clone(), entity.place.clone());
        if table.comment.is_some() {
            self.models.stated.insert(object, Fact::Comment);
        }
        if let Some(from) = &entity.renamed_from {
            let from = QualifiedName::new(&table.name.namespace, from);
            self.models.renames.push(Rename::Table { from, to: table.name.clone() });
        }
        self.models.schema.tables.push(table);
    }

    /// Refuses what this SeaORM would ignore without a word.
    fn check_version(&mut self, entity: &Entity) {
        for column in entity.columns.iter().filter(|_| !self.rules.newer_keys) {
            let newer = [("unique_key", column.unique_key.is_some()), ("extra", column.extra != Extra::default())];
            for (key, _) in newer.into_iter().filter(|(_, written)| *written) {
                let message = format!("SeaORM {} ignores `{key}`", self.rules.version);
                let problem = entity.item.file.error_at(&column.place, message);
                self.problems
                    .push(problem.help("remove it and write the SQL by hand (autogen create --no-autogenerate \"..\"), or update SeaORM to 2"));
            }
        }
    }

    /// Refuses tables that belong to a migration tool: they are never looked at, so they would be created for ever.
    fn check_bookkeeping(&mut self, entity: &Entity) {
        let name = entity.table.name.as_str();
        if IGNORED_TABLES.contains(&name) {
            let owner = if name.starts_with("autogen_") { "autogen itself" } else { "a migration tool" };
            let problem = entity
                .item
                .file
                .error_at(&entity.place, format!("the table `{name}` belongs to {owner}, and is never touched"))
                .help(format!("leave the entity out in autogen.toml: `[entities]` `ignore = [\"{name}\"]`"));
            self.problems.push(problem);
        }
    }

    /// Refuses what Postgres would refuse of SeaORM's statement: a column has one default, or is generated.
    fn check_defaults(&mut self, entity: &Entity) {
        for column in &entity.columns {
            let Extra { default, generated, identity, .. } = &column.extra;
            let all = [column.default.is_some(), default.is_some(), generated.is_some(), identity.is_some()];
            if all.iter().filter(|said| **said).count() > 1 {
                let message = format!("the column `{}` says twice where its values come from", column.name);
                let problem = entity.item.file.error_at(&column.place, message);
                self.problems
                    .push(problem.help("keep one of `default_value`, `default_expr` and the clause of `extra`"));
            }
        }
    }

    fn check_names(&mut self, entity: &Entity) {
        let file = &entity.item.file;
        let columns = entity.columns.iter().map(|column| (&column.name, &column.place));
        for (name, place) in std::iter::once((&entity.table.name, &entity.place)).chain(columns.clone()) {
            if name.len() > LONGEST {
                let problem = file
                    .error_at(place, format!("`{name}` is longer than the {LONGEST} bytes of a name in Postgres"))
                    .help("write a shorter one: `#[sea_orm(table_name = \"..\")]` on the model, `#[sea_orm(column_name = \"..\")]` on a field");
                self.problems.push(problem);
            }
        }
        for (number, (name, place)) in columns.clone().enumerate() {
            if columns.clone().take(number).any(|(earlier, _)| earlier == name) {
                let problem =
                    file.error_at(place, format!("two columns of `{}` are called `{name}`", entity.table.name)).help(
                        "rename one with `#[sea_orm(column_name = \"..\")]`, or take it out with `#[sea_orm(ignore)]`",
                    );
                self.problems.push(problem);
            }
        }
    }

    fn refuse_second(&mut self, entity: &Entity) {
        let first = self.models.places.get(&Object::Table(entity.table.clone())).map(ToString::to_string);
        let (table, first) = (&entity.table, first.unwrap_or_default());
        let message = format!("a second entity for table `{table}`, and it differs from the one in {first}");
        let problem = entity.item.file.error_at(&entity.place, message).help(format!(
            "make them agree, or leave one out in autogen.toml: `[entities]` `ignore = [\"{}\"]`",
            entity.module
        ));
        self.problems.push(problem);
    }

    fn column(&mut self, entity: &Entity, column: &EntityColumn) -> Column {
        let object = Object::Column(entity.table.clone(), column.name.clone());
        self.models.places.insert(object.clone(), column.place.clone());
        let data_type = self.data_type(entity, column);
        let in_key = entity.primary_key.contains(&column.variant);
        let default = default_of(entity, column, &data_type, in_key, self.rules);
        let mut state = |fact: Fact, stated: bool| {
            if stated {
                self.models.stated.insert(object.clone(), fact);
            }
        };
        state(Fact::Type, column.declared.exact == Exact::Yes);
        state(
            Fact::Default,
            default != ColumnDefault::None && !matches!(default, ColumnDefault::Identity(_) | ColumnDefault::Serial(_)),
        );
        state(
            Fact::Default,
            entity.primary_key.len() == 1 && in_key && entity.auto_increment.stated || column.extra.identity.is_some(),
        );
        state(Fact::Comment, column.comment.is_some());
        if let Some(from) = &column.renamed_from {
            let (table, from, to) = (entity.table.clone(), from.clone(), column.name.clone());
            self.models.renames.push(Rename::Column { table, from, to });
        }
        Column {
            name: column.name.clone(),
            data_type,
            nullable: column.nullable && !in_key,
            default,
            collation: column.extra.collation.clone(),
            comment: column.comment.clone(),
        }
    }

    fn data_type(&mut self, entity: &Entity, column: &EntityColumn) -> DataType {
        let data_type = column.declared.data_type(&entity.table.namespace, self.rules);
        if let (Some((_, labels)), Some(name)) = (column.declared.native_enum(), data_type.enum_name()) {
            self.enum_type(name.clone(), labels, column.declared.enum_item.as_deref(), entity, column);
        }
        // `custom("mood")` names an enum that another column declares.
        let named = match (&data_type.base, &column.declared.sql) {
            (BaseType::Other(name), Declaration::Column(_) | Declaration::Sql(_)) => self.enums.get(name).cloned(),
            (BaseType::Builtin(_) | BaseType::Enum(_), Declaration::Column(_) | Declaration::Sql(_)) => None,
        };
        match named {
            Some(name) => DataType { base: BaseType::Enum(name), ..data_type },
            None => data_type,
        }
    }

    fn enum_type(
        &mut self,
        name: QualifiedName,
        labels: Vec<String>,
        item: Option<&Item>,
        entity: &Entity,
        column: &EntityColumn,
    ) {
        if self.models.places.contains_key(&Object::EnumType(name.clone())) {
            if self.models.schema.enum_type(&name).is_none_or(|known| known.labels != labels) {
                let first = self.models.places.get(&Object::EnumType(name.clone())).map(ToString::to_string);
                let problem = entity
                    .item
                    .file
                    .error_at(
                        &column.place,
                        format!(
                            "a second enum `{name}`, with other labels than the one in {}",
                            first.unwrap_or_default()
                        ),
                    )
                    .help("give one of the two another name: `#[sea_orm(enum_name = \"..\")]` on the enum");
                self.problems.push(problem);
            }
            return;
        }
        let place = item.map_or_else(|| column.place.clone(), |item| item.file.place(item.span));
        let places: BTreeMap<String, Place> = item.map(active_enum::label_places).into_iter().flatten().collect();
        for label in &labels {
            let place = places.get(label).unwrap_or(&place).clone();
            self.models.places.insert(Object::EnumLabel(name.clone(), label.clone()), place);
        }
        self.models.places.insert(Object::EnumType(name.clone()), place);
        self.models.schema.enum_types.push(EnumType { name, labels, comment: None });
    }

    /// Namespaces other than the default one.
    fn add_namespaces(&mut self, default_namespace: &str) {
        for table in &self.models.schema.tables {
            let name = &table.name.namespace;
            if name != default_namespace && self.models.schema.namespaces.iter().all(|known| known.name != *name) {
                let place = self.models.places.get(&Object::Table(table.name.clone())).cloned();
                self.models.places.extend(place.map(|place| (Object::Namespace(name.clone()), place)));
                self.models.schema.namespaces.push(Namespace { name: name.clone(), comment: None });
            }
        }
    }
}

fn default_of(
    entity: &Entity,
    column: &EntityColumn,
    data_type: &DataType,
    in_key: bool,
    rules: Rules,
) -> ColumnDefault {
    let expression = |sql: &String| ColumnDefault::Expression(Expression::new(sql.as_str()));
    if let Some((sql, stored)) = &column.extra.generated {
        let expression = Expression::new(sql.as_str());
        return ColumnDefault::Generated(Generated { expression, stored: *stored });
    }
    if let Some(always) = column.extra.identity {
        return ColumnDefault::Identity(Identity { always, options: SequenceOptions::default() });
    }
    if let Some(sql) = column.default.as_ref().or(column.extra.default.as_ref()) {
        return expression(sql);
    }
    // SeaORM panics on what is no integer; a key of another type simply does not count up.
    if !(in_key && entity.auto_increment.on && sql_type::counts(data_type)) {
        return ColumnDefault::None;
    }
    match rules.serial {
        true => ColumnDefault::Serial(Sequence {
            name: QualifiedName::new(&entity.table.namespace, given(&entity.table.name, Some(&column.name), "seq")),
            data_type: data_type.clone(),
            options: SequenceOptions::default(),
            kept: Kept::default(),
        }),
        false => ColumnDefault::Identity(Identity { always: false, options: SequenceOptions::default() }),
    }
}
