//! Document → models; the mirror of [`super::write`].

mod check;
mod keys;
mod problem;

pub use problem::{Problem, Problems};

use std::path::PathBuf;

use serde::Deserialize;

use self::check::Checking;
use super::VERSION;
use super::format::{Column, ColumnDefault, ColumnFact, Document, EnumType, Identity, Namespace, Place, Table};
use super::names::Names;
use super::sql_type;
use crate::introspect::given_name;
use crate::schema::{
    self, DataType, Expression, Fact, Generated, Kept, Models, Object, QualifiedName, Rename, Sequence, SequenceOptions,
};

/// Reads a document.
///
/// # Errors
/// Everything that is wrong with it, each with its place: line and column where it is no JSON of the format, the path
/// inside of it where the content is not consistent.
pub fn read(text: &str, default_namespace: &str) -> Result<Models, Problems> {
    check_version(text)?;
    let document = parse::<Document>(text)?;
    let mut reading = Reading {
        names: Names { default_namespace },
        enums: Vec::new(),
        models: Models::default(),
        checking: Checking::default(),
    };
    reading.document(document);
    let Reading { mut models, checking, .. } = reading;
    models.schema = models.schema.sorted();
    models.renames.sort();
    checking.finish().map(|()| models)
}

/// Another version may have other fields: it is named before they are looked at.
fn check_version(text: &str) -> Result<(), Problems> {
    #[derive(Deserialize)]
    struct Head {
        version: Option<serde_json::Value>,
    }
    match parse::<Head>(text)?.version {
        Some(version) if version.as_u64() == Some(VERSION) => Ok(()),
        Some(version) => Err(Problem::new("version", format!("version {version} of the format is not known"))
            .help(format!("this autogen reads version {VERSION}; write \"version\": {VERSION}, or update autogen"))
            .into()),
        None => Err(Problem::new("", "the version of the format is missing")
            .help(format!("write \"version\": {VERSION} into the outermost object"))
            .into()),
    }
}

fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Problems> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Problem::of_json(&error.path().to_string(), error.inner()))?;
    deserializer.end().map_err(|error| Problem::of_json("", &error))?;
    Ok(parsed)
}

/// The models so far.
struct Reading<'a> {
    names: Names<'a>,
    enums: Vec<QualifiedName>,
    models: Models,
    checking: Checking,
}

impl Reading<'_> {
    fn document(&mut self, document: Document) {
        let Document { schema: _, version: _, schemas, enums, tables } = document;
        self.checking.tables(&tables, &self.names);
        for (number, namespace) in schemas.into_iter().enumerate() {
            self.namespace(&format!("schemas[{number}]"), namespace);
        }
        self.enums = enums.iter().map(|it| self.names.qualified(it.schema.as_deref(), &it.name)).collect();
        for (number, enum_type) in enums.into_iter().enumerate() {
            self.enum_type(&format!("enums[{number}]"), enum_type);
        }
        for (number, table) in tables.into_iter().enumerate() {
            self.table(&format!("tables[{number}]"), table);
        }
        self.add_namespaces();
    }

    fn namespace(&mut self, path: &str, namespace: Namespace) {
        let Namespace { name, place } = namespace;
        self.checking.name(path, &name);
        let object = Object::Namespace(name.clone());
        self.checking.once(path, object.clone());
        self.place(object, place);
        if name != self.names.default_namespace {
            self.models.schema.namespaces.push(schema::Namespace { name, comment: None });
        }
    }

    /// Namespaces that tables and enums name, and nobody listed.
    fn add_namespaces(&mut self) {
        let schema = &mut self.models.schema;
        let tables = schema.tables.iter().map(|it| &it.name.namespace);
        let named: Vec<String> = tables.chain(schema.enum_types.iter().map(|it| &it.name.namespace)).cloned().collect();
        for name in named {
            if name != self.names.default_namespace && schema.namespace(&name).is_none() {
                schema.namespaces.push(schema::Namespace { name, comment: None });
            }
        }
    }

    fn enum_type(&mut self, path: &str, enum_type: EnumType) {
        let EnumType { schema, name, renamed_from, labels, place } = enum_type;
        let name = self.names.qualified(schema.as_deref(), &name);
        self.checking.qualified_name(path, &name);
        let object = Object::EnumType(name.clone());
        self.checking.once(path, object.clone());
        self.checking.enum_beside_tables(path, &name);
        self.place(object, place);
        if let Some(from) = renamed_from {
            let from = QualifiedName::new(&name.namespace, from);
            self.models.renames.push(Rename::EnumType { from, to: name.clone() });
        }
        let mut written = Vec::new();
        for (number, label) in labels.into_iter().enumerate() {
            let path = format!("{path}.labels[{number}]");
            self.checking.name(&path, &label.name);
            let object = Object::EnumLabel(name.clone(), label.name.clone());
            self.checking.once(&path, object.clone());
            self.place(object, label.place);
            if let Some(from) = label.renamed_from {
                let (enum_type, to) = (name.clone(), label.name.clone());
                self.models.renames.push(Rename::EnumLabel { enum_type, from, to });
            }
            written.push(label.name);
        }
        self.models.schema.enum_types.push(schema::EnumType { name, labels: written, comment: None });
    }

    fn table(&mut self, path: &str, table: Table) {
        self.checking.keys(path, &table, &self.names);
        let Table { schema, name, renamed_from, comment, columns, place, .. } = &table;
        let name = self.names.qualified(schema.as_deref(), name);
        self.checking.qualified_name(path, &name);
        let object = Object::Table(name.clone());
        self.checking.once(path, object.clone());
        self.place_of(object.clone(), place.as_ref());
        if comment.is_some() {
            self.state(object, Fact::Comment);
        }
        if let Some(from) = renamed_from {
            let from = QualifiedName::new(&name.namespace, from);
            self.models.renames.push(Rename::Table { from, to: name.clone() });
        }
        let mut declared = schema::Table { comment: comment.clone().flatten(), ..schema::Table::new(name) };
        for (number, column) in columns.iter().enumerate() {
            let column = self.column(&format!("{path}.columns[{number}]"), &declared.name, column);
            declared.columns.push(column);
        }
        self.constraints(path, &table, &mut declared);
        self.indexes(path, &table, &mut declared);
        self.models.schema.tables.push(declared);
    }

    fn column(&mut self, path: &str, table: &QualifiedName, column: &Column) -> schema::Column {
        let Column { name, renamed_from, data_type, nullable, default, collation, comment, unsaid, place } = column;
        self.checking.name(path, name);
        let object = Object::Column(table.clone(), name.clone());
        self.checking.once(path, object.clone());
        self.place_of(object.clone(), place.as_ref());
        if let Some(from) = renamed_from {
            let (table, from, to) = (table.clone(), from.clone(), name.clone());
            self.models.renames.push(Rename::Column { table, from, to });
        }
        let stated = [
            (Fact::Type, !unsaid.contains(&ColumnFact::Type)),
            (Fact::Default, default.is_some() && !unsaid.contains(&ColumnFact::Default)),
            (Fact::Comment, comment.is_some()),
        ];
        for (fact, _) in stated.into_iter().filter(|(_, stated)| *stated) {
            self.state(object.clone(), fact);
        }
        let data_type = sql_type::read(data_type, &self.names, &self.enums).unwrap_or_else(|| {
            self.checking.found(
                Problem::new(format!("{path}.type"), format!("`{data_type}` is no type"))
                    .help("write it as SQL has it: varchar(20), timestamptz, text[], or the name of an enum"),
            );
            DataType::builtin("text")
        });
        self.checking.column_default(path, column, &data_type);
        if let Some(collation) = collation {
            self.checking.collation(path, collation);
        }
        schema::Column {
            name: name.clone(),
            default: column_default(default.as_ref().and_then(Option::as_ref), table, name, &data_type),
            data_type,
            nullable: *nullable,
            collation: collation.clone(),
            comment: comment.clone().flatten(),
        }
    }

    fn state(&mut self, object: Object, fact: Fact) {
        self.models.stated.insert(object, fact);
    }

    fn place(&mut self, object: Object, place: Option<Place>) {
        self.place_of(object, place.as_ref());
    }

    fn place_of(&mut self, object: Object, place: Option<&Place>) {
        if let Some(Place { file, line, column }) = place {
            let place = schema::Place { file: PathBuf::from(file), line: *line, column: *column };
            self.models.places.insert(object, place);
        }
    }
}

fn column_default(
    default: Option<&ColumnDefault>,
    table: &QualifiedName,
    column: &str,
    data_type: &DataType,
) -> schema::ColumnDefault {
    match default {
        None => schema::ColumnDefault::None,
        Some(ColumnDefault::Expression(sql)) => schema::ColumnDefault::Expression(Expression::new(sql.as_str())),
        Some(ColumnDefault::Generated(sql)) => generated(sql, true),
        Some(ColumnDefault::Virtual(sql)) => generated(sql, false),
        Some(ColumnDefault::Identity(identity)) => schema::ColumnDefault::Identity(schema::Identity {
            always: match identity {
                Identity::Always => true,
                Identity::ByDefault => false,
            },
            options: SequenceOptions::default(),
        }),
        Some(ColumnDefault::Serial) => schema::ColumnDefault::Serial(Sequence {
            name: QualifiedName::new(&table.namespace, given_name(&table.name, Some(column), "seq")),
            data_type: data_type.clone(),
            options: SequenceOptions::default(),
            kept: Kept::default(),
        }),
    }
}

fn generated(sql: &str, stored: bool) -> schema::ColumnDefault {
    schema::ColumnDefault::Generated(Generated { expression: Expression::new(sql), stored })
}
