//! Models → document.

use std::collections::BTreeMap;

use super::VERSION;
use super::format::{
    Action, Check, Column, ColumnDefault, ColumnFact, Document, EnumType, ForeignKey, Identity, Index, Key, Label,
    NameFact, Namespace, Place, References, Table,
};
use super::names::Names;
use super::sql_type;
use crate::error::{Error, Kind, Result};
use crate::schema::{self, Constraint, ConstraintKind, Fact, Generated, Models, Object, QualifiedName, Schema};

/// The models as JSON text, indented, with a final line break.
///
/// # Errors
/// [`Kind::Error`] for what this version of the format has no words for; entities cannot declare such things.
pub fn write(models: &Models, default_namespace: &str) -> Result<String> {
    let document = Writing { models, old_names: models.old_names(), names: Names { default_namespace } }.document()?;
    serde_json::to_string_pretty(&document)
        .map(|text| text + "\n")
        .map_err(|cause| Error::new(Kind::Error, "cannot write the models as JSON").caused_by(cause))
}

struct Writing<'a> {
    models: &'a Models,
    old_names: BTreeMap<Object, &'a str>,
    names: Names<'a>,
}

impl Writing<'_> {
    fn document(&self) -> Result<Document> {
        // Entities have no definitions; what SQL declares is not in their words.
        let Schema { namespaces, enum_types, tables, definitions: _, needs: _ } = &self.models.schema;
        Ok(Document {
            schema: None,
            version: VERSION,
            schemas: namespaces
                .iter()
                .map(|it| Namespace { name: it.name.clone(), place: self.place(&Object::Namespace(it.name.clone())) })
                .collect(),
            enums: enum_types.iter().map(|it| self.enum_type(it)).collect(),
            tables: tables.iter().map(|it| self.table(it)).collect::<Result<_>>()?,
        })
    }

    fn enum_type(&self, enum_type: &schema::EnumType) -> EnumType {
        let name = &enum_type.name;
        let label = |label: &String| Label {
            name: label.clone(),
            renamed_from: self.renamed_from(&Object::EnumLabel(name.clone(), label.clone())),
            place: self.place(&Object::EnumLabel(name.clone(), label.clone())),
        };
        EnumType {
            schema: self.names.schema_of(name),
            name: name.name.clone(),
            renamed_from: self.renamed_from(&Object::EnumType(name.clone())),
            labels: enum_type.labels.iter().map(label).collect(),
            place: self.place(&Object::EnumType(name.clone())),
        }
    }

    fn table(&self, table: &schema::Table) -> Result<Table> {
        let name = &table.name;
        let object = Object::Table(name.clone());
        let mut written = Table {
            schema: self.names.schema_of(name),
            name: name.name.clone(),
            renamed_from: self.renamed_from(&object),
            comment: self.states(&object, Fact::Comment).then(|| table.comment.clone()),
            columns: table.columns.iter().map(|column| self.column(name, column)).collect(),
            primary_key: None,
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            indexes: table.indexes.iter().map(|index| self.index(name, index)).collect::<Result<_>>()?,
            place: self.place(&object),
        };
        for constraint in &table.constraints {
            let object = Object::Constraint(name.clone(), constraint.name.clone());
            match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } => {
                    written.primary_key = Some(self.key(&object, constraint, columns));
                }
                ConstraintKind::Unique { columns, .. } => written.uniques.push(self.key(&object, constraint, columns)),
                ConstraintKind::ForeignKey(key) => {
                    written.foreign_keys.push(self.foreign_key(&object, constraint, key));
                }
                ConstraintKind::Check { expression, .. } => written.checks.push(Check {
                    name: constraint.name.clone(),
                    expression: expression.sql.clone(),
                    unsaid: self.unsaid_name(&object),
                    place: self.place(&object),
                }),
                ConstraintKind::Exclusion { .. } => return Err(unspeakable(name, &constraint.name)),
            }
        }
        Ok(written)
    }

    fn column(&self, table: &QualifiedName, column: &schema::Column) -> Column {
        let object = Object::Column(table.clone(), column.name.clone());
        let default = match &column.default {
            schema::ColumnDefault::None => None,
            schema::ColumnDefault::Expression(expression) => Some(ColumnDefault::Expression(expression.sql.clone())),
            schema::ColumnDefault::Identity(identity) => {
                Some(ColumnDefault::Identity(if identity.always { Identity::Always } else { Identity::ByDefault }))
            }
            schema::ColumnDefault::Serial(_) => Some(ColumnDefault::Serial),
            schema::ColumnDefault::Generated(Generated { expression, stored }) => {
                let sql = expression.sql.clone();
                Some(if *stored { ColumnDefault::Generated(sql) } else { ColumnDefault::Virtual(sql) })
            }
        };
        let states_default = self.states(&object, Fact::Default);
        let unsaid = [
            (ColumnFact::Type, !self.states(&object, Fact::Type)),
            (ColumnFact::Default, !states_default && default.is_some()),
        ];
        Column {
            name: column.name.clone(),
            renamed_from: self.renamed_from(&object),
            data_type: sql_type::write(&column.data_type, &self.names),
            nullable: column.nullable,
            default: (states_default || default.is_some()).then_some(default),
            collation: column.collation.clone(),
            comment: self.states(&object, Fact::Comment).then(|| column.comment.clone()),
            unsaid: unsaid.into_iter().filter(|(_, unsaid)| *unsaid).map(|(fact, _)| fact).collect(),
            place: self.place(&object),
        }
    }

    fn key(&self, object: &Object, constraint: &Constraint, columns: &[String]) -> Key {
        Key {
            name: Some(constraint.name.clone()),
            columns: columns.to_vec(),
            unsaid: self.unsaid_name(object),
            place: self.place(object),
        }
    }

    fn foreign_key(&self, object: &Object, constraint: &Constraint, key: &schema::ForeignKey) -> ForeignKey {
        ForeignKey {
            name: Some(constraint.name.clone()),
            columns: key.columns.clone(),
            references: References {
                schema: self.names.schema_of(&key.references),
                table: key.references.name.clone(),
                columns: key.referenced_columns.clone(),
            },
            on_update: self.states(object, Fact::OnUpdate).then(|| action(key.on_update)),
            on_delete: self.states(object, Fact::OnDelete).then(|| action(key.on_delete)),
            unsaid: self.unsaid_name(object),
            place: self.place(object),
        }
    }

    fn index(&self, table: &QualifiedName, index: &schema::Index) -> Result<Index> {
        let object = Object::Index(table.clone(), index.name.clone());
        let columns = index.column_keys().filter(|_| index.is_full() && index.method == "btree");
        let columns = columns.ok_or_else(|| unspeakable(table, &index.name))?;
        Ok(Index {
            name: Some(index.name.clone()),
            columns: columns.into_iter().map(str::to_owned).collect(),
            unique: index.unique,
            unsaid: self.unsaid_name(&object),
            place: self.place(&object),
        })
    }

    fn renamed_from(&self, object: &Object) -> Option<String> {
        self.old_names.get(object).map(|&name| name.to_owned())
    }

    fn states(&self, object: &Object, fact: Fact) -> bool {
        self.models.stated.contains(object, fact)
    }

    fn unsaid_name(&self, object: &Object) -> Vec<NameFact> {
        if self.states(object, Fact::Name) { Vec::new() } else { vec![NameFact::Name] }
    }

    fn place(&self, object: &Object) -> Option<Place> {
        self.models.places.get(object).map(|place| Place {
            file: place.file.to_string_lossy().replace('\\', "/"),
            line: place.line,
            column: place.column,
        })
    }
}

fn action(action: schema::Action) -> Action {
    match action {
        schema::Action::NoAction => Action::NoAction,
        schema::Action::Restrict => Action::Restrict,
        schema::Action::Cascade => Action::Cascade,
        schema::Action::SetNull => Action::SetNull,
        schema::Action::SetDefault => Action::SetDefault,
    }
}

fn unspeakable(table: &QualifiedName, name: &str) -> Error {
    Error::new(Kind::Error, format!("version {VERSION} of the JSON format has no words for {name} of table {table}"))
        .hint("autogen models --sql   has it")
}
