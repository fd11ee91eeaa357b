use std::collections::{BTreeMap, BTreeSet};

use super::Statement;
use super::quote::{identifier, qualified};
use crate::schema::{BaseType, DataType, Kept, Object, QualifiedName, Table};

/// What the statements need and the operations do not hold.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Its names are written unqualified.
    pub default_namespace: String,
    /// How one type becomes another, where that is not by assignment.
    pub casts: BTreeMap<(String, String), Cast>,
    /// What fills a column that becomes NOT NULL, by column (`--fill`).
    pub fills: BTreeMap<Object, Fill>,
    /// The user's own words for a type change, by column (`--using`). They speak of the upgrade; a downgrade takes
    /// them from `reverse_using`.
    pub using: BTreeMap<Object, String>,
    /// What is set on tables and never compared, by their names after renames. What is made again gets it back.
    pub kept: BTreeMap<QualifiedName, Kept>,
    /// Tables whose changed rows wait for a check until the commit.
    pub deferred: BTreeSet<QualifiedName>,
    /// Columns that a check or an index which stays computes with: another type of theirs, however free, has it done anew.
    pub computed_with: BTreeSet<Object>,
    /// Tables that are unlogged before the operations or after them.
    pub unlogged: BTreeSet<QualifiedName>,
    /// Tables that others go on to read and write while indexes are built and constraints validated (`--online`).
    pub online: BTreeSet<QualifiedName>,
}

/// How a value of one type becomes a value of another (chapter CREATE CAST).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// By assignment: no USING, which might turn a free change into a rewrite.
    Assignment,
    /// Only when written: `USING column::type`.
    Explicit,
    /// By way of text, as from one enum type to another: `USING column::text::type`.
    ThroughText,
    /// Not at all: the user has to say how.
    Missing,
}

/// An expression that fills existing rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The user's SQL.
    pub sql: String,
    /// Whether it can stand as a DEFAULT (mentions no column): then filling is free for a constant.
    pub standalone: bool,
}

impl Words {
    /// Only the default namespace.
    pub fn new(default_namespace: impl Into<String>) -> Self {
        Self { default_namespace: default_namespace.into(), ..Self::default() }
    }

    /// A qualified name as SQL.
    #[must_use]
    pub fn name(&self, name: &QualifiedName) -> String {
        qualified(name, &self.default_namespace)
    }

    pub(super) fn table(&self, table: &Table) -> String {
        self.name(&table.name)
    }

    /// The name of an object that lives in the table's namespace (an index, a sequence).
    pub(super) fn sibling(&self, table: &QualifiedName, name: &str) -> String {
        self.name(&QualifiedName::new(&table.namespace, name))
    }

    /// A type as SQL.
    #[must_use]
    pub fn data_type(&self, data_type: &DataType) -> String {
        let name = match &data_type.base {
            BaseType::Builtin(name) | BaseType::Other(name) => name.clone(),
            BaseType::Enum(name) => self.name(name),
        };
        let name = data_type.print(&name);
        if data_type.array { format!("{name}[]") } else { name }
    }

    /// How `from` becomes `to`.
    #[must_use]
    pub fn cast(&self, from: &DataType, to: &DataType) -> Cast {
        let key = (self.data_type(from), self.data_type(to));
        self.casts.get(&key).copied().unwrap_or(Cast::Assignment)
    }

    /// What fills the rows of a column that becomes NOT NULL, where an answer says so.
    #[must_use]
    pub fn fill(&self, table: &QualifiedName, column: &str) -> Option<&Fill> {
        self.fills.get(&Object::Column(table.clone(), column.to_owned()))
    }

    /// An UPDATE that fills a column. No table can be altered while rows of it wait for a deferred check (55006, pending
    /// trigger events): these are checked at once.
    pub(super) fn update(&self, table: &QualifiedName, assignment: &str) -> Vec<Statement> {
        let update = Statement::new(format!("UPDATE {} SET {assignment}", self.name(table)));
        let check = self.deferred.contains(table).then(|| Statement::new("SET CONSTRAINTS ALL IMMEDIATE"));
        [Some(update), check].into_iter().flatten().collect()
    }

    /// The expression that a column's values become in a type change, where they do not by assignment.
    #[must_use]
    pub fn using(&self, table: &QualifiedName, column: &str, from: &DataType, to: &DataType) -> Option<String> {
        if let Some(sql) = self.using.get(&Object::Column(table.clone(), column.to_owned())) {
            return Some(sql.clone());
        }
        match self.cast(from, to) {
            Cast::Assignment | Cast::Missing => None,
            Cast::Explicit => Some(format!("{}::{}", identifier(column), self.data_type(to))),
            Cast::ThroughText => Some(format!("{}::{}::{}", identifier(column), text_of(from), self.data_type(to))),
        }
    }
}

/// Text, or an array of it.
pub(super) fn text_of(data_type: &DataType) -> &'static str {
    if data_type.array { "text[]" } else { "text" }
}

/// A name for what makes way for another of its name, within Postgres' 63 bytes.
pub(super) fn aside(name: &QualifiedName) -> QualifiedName {
    let suffix = "__old";
    let mut end = name.name.len().min(63 - suffix.len());
    while !name.name.is_char_boundary(end) {
        end -= 1;
    }
    QualifiedName::new(&name.namespace, format!("{}{suffix}", &name.name[..end]))
}
