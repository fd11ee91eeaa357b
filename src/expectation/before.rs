//! What something was before the first operation ran: under which name, of which type, whether at all.

use super::sentence::Names;
use super::type_change::keeps_values;
use crate::operation::{Change, Layer, Operation};
use crate::render::{Words, identifier, literal};
use crate::schema::{Column, DataType, Expression, QualifiedName, Rename};

/// What came before an operation, to look back through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    earlier: &'a [Operation],
    pub(super) words: &'a Words,
}

/// A table that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name before.
    pub(super) name: QualifiedName,
    /// Its name at the operation.
    at: QualifiedName,
    /// Columns that got another name: before, and at the operation.
    renamed: Vec<(String, String)>,
}

/// Where the values of a column come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin<'a> {
    /// It was there.
    There {
        /// Its name before.
        name: String,
        /// Its type before, where an operation gave it another.
        retyped: Option<(&'a DataType, &'a DataType)>,
    },
    /// An operation adds it, or makes it again.
    Added(&'a Column),
}

impl<'a> Before<'a> {
    pub(super) fn new(earlier: &'a [Operation], words: &'a Words) -> Self {
        Self { earlier, words }
    }

    /// The table of this name; `None` where an operation makes it.
    pub(super) fn table(&self, name: &QualifiedName) -> Option<Table> {
        let mut table = Table { name: name.clone(), at: name.clone(), renamed: Vec::new() };
        for operation in self.earlier.iter().rev() {
            match operation {
                Operation::Table(Change::Add(made)) if made.name == table.name => return None,
                Operation::Rename(Rename::Table { from, to }) if *to == table.name => table.name = from.clone(),
                Operation::Rename(Rename::Column { table: owner, from, to }) if *owner == table.name => {
                    match table.renamed.iter_mut().find(|(before, _)| before == to) {
                        Some((before, _)) => before.clone_from(from),
                        None => table.renamed.push((from.clone(), to.clone())),
                    }
                }
                Operation::Rename(_)
                | Operation::Namespace(_)
                | Operation::EnumType(..)
                | Operation::Table(_)
                | Operation::Column(..)
                | Operation::Constraint(..)
                | Operation::Index(..)
                | Operation::Definition(..) => {}
            }
        }
        Some(table)
    }

    /// The column of this name, of a table that was there.
    pub(super) fn column(&self, table: &QualifiedName, column: &str) -> Origin<'a> {
        let (mut owner, mut name, mut retyped) = (table.clone(), column.to_owned(), None);
        for operation in self.earlier.iter().rev() {
            match operation {
                Operation::Rename(Rename::Table { from, to }) if *to == owner => owner = from.clone(),
                Operation::Rename(Rename::Column { table, from, to }) if *table == owner && *to == name => {
                    name.clone_from(from);
                }
                Operation::Column(table, change) if *table == owner && change.subject().name == name => match change {
                    Change::Add(added) => return Origin::Added(added),
                    Change::Alter { from, to } if from.regenerates_as(to) => return Origin::Added(to),
                    Change::Alter { from, to } if from.data_type != to.data_type => {
                        retyped = Some((&from.data_type, &to.data_type));
                    }
                    Change::Alter { .. } | Change::Drop(_) => {}
                },
                Operation::Rename(_)
                | Operation::Namespace(_)
                | Operation::EnumType(..)
                | Operation::Table(_)
                | Operation::Column(..)
                | Operation::Constraint(..)
                | Operation::Index(..)
                | Operation::Definition(..) => {}
            }
        }
        Origin::There { name, retyped }
    }

    /// The name before, as SQL, of a column whose values are the same before; `None` of any other.
    pub(super) fn kept(&self, table: &QualifiedName, column: &str) -> Option<String> {
        match self.column(table, column) {
            Origin::There { name, retyped } if retyped.is_none_or(|(from, to)| keeps_values(from, to)) => {
                Some(identifier(&name))
            }
            Origin::There { .. } | Origin::Added(_) => None,
        }
    }

    /// The names before, as SQL, of columns that all have the same values before.
    pub(super) fn all_kept<S: AsRef<str>>(&self, table: &QualifiedName, columns: &[S]) -> Option<Vec<String>> {
        columns.iter().map(|column| self.kept(table, column.as_ref())).collect()
    }

    /// The name of an enum type before; `None` where an operation makes it.
    pub(super) fn enum_type(&self, name: &QualifiedName) -> Option<QualifiedName> {
        let mut name = name.clone();
        for operation in self.earlier.iter().rev() {
            match operation {
                Operation::EnumType(Change::Add(made), _) if made.name == name => return None,
                Operation::Rename(Rename::EnumType { from, to }) if *to == name => name = from.clone(),
                Operation::Rename(_)
                | Operation::Namespace(_)
                | Operation::EnumType(..)
                | Operation::Table(_)
                | Operation::Column(..)
                | Operation::Constraint(..)
                | Operation::Index(..)
                | Operation::Definition(..) => {}
            }
        }
        Some(name)
    }

    /// A label of an enum type before.
    pub(super) fn label(&self, enum_type: &QualifiedName, label: &str) -> String {
        let (mut owner, mut label) = (enum_type.clone(), label.to_owned());
        for operation in self.earlier.iter().rev() {
            match operation {
                Operation::Rename(Rename::EnumType { from, to }) if *to == owner => owner = from.clone(),
                Operation::Rename(Rename::EnumLabel { enum_type, from, to }) if *enum_type == owner && *to == label => {
                    label.clone_from(from);
                }
                Operation::Rename(_)
                | Operation::Namespace(_)
                | Operation::EnumType(..)
                | Operation::Table(_)
                | Operation::Column(..)
                | Operation::Constraint(..)
                | Operation::Index(..)
                | Operation::Definition(..) => {}
            }
        }
        label
    }

    /// Whether a label of the type gets another name.
    pub(super) fn relabels(&self, name: &QualifiedName) -> bool {
        self.any(|it| matches!(it, Operation::Rename(Rename::EnumLabel { enum_type, .. }) if enum_type == name))
    }

    /// The labels that the operations know of the type; `None` where none of them touches its labels.
    pub(super) fn labels(&self, enum_type: &QualifiedName) -> Option<&'a [String]> {
        self.earlier.iter().rev().find_map(|operation| match operation {
            Operation::EnumType(Change::Add(it) | Change::Alter { to: it, .. }, _) if it.name == *enum_type => {
                Some(it.labels.as_slice())
            }
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => None,
        })
    }

    /// Whether an expression means the same over the rows before: every column that it mentions has the same values,
    /// and nothing else in it is only made by an operation.
    pub(super) fn can_ask(&self, table: &QualifiedName, expression: &Expression) -> bool {
        self.all_kept(table, &expression.columns).is_some() && !self.mentions_what_is_made(&expression.sql)
    }

    /// By the text: a name that happens to stand in it for something else costs no more than a query.
    fn mentions_what_is_made(&self, sql: &str) -> bool {
        self.earlier.iter().any(|operation| match operation {
            Operation::EnumType(Change::Add(made), _) => sql.contains(&made.name.name),
            Operation::EnumType(Change::Alter { from, to }, _) => {
                to.labels.iter().any(|label| !from.labels.contains(label) && sql.contains(&literal(label)))
            }
            Operation::Rename(Rename::EnumType { to, .. }) => sql.contains(&to.name),
            Operation::Rename(Rename::EnumLabel { to, .. }) => sql.contains(&literal(to)),
            Operation::Definition(Change::Add(made) | Change::Alter { to: made, .. }, Layer::Below) => {
                sql.contains(&made.name.name.name)
            }
            Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Column(..)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => false,
        })
    }

    /// Whether one of the operations is such.
    pub(super) fn any(&self, is: impl Fn(&Operation) -> bool) -> bool {
        self.earlier.iter().any(is)
    }

    /// A table and columns of it, as people called them before; what was not there goes by its new name.
    pub(super) fn names<S: AsRef<str>>(&self, table: &QualifiedName, columns: &[S]) -> Names {
        let before = self.table(table).map_or_else(|| table.clone(), |table| table.name);
        let column = |column: &S| match self.column(table, column.as_ref()) {
            Origin::There { name, .. } => name,
            Origin::Added(added) => added.name.clone(),
        };
        Names { table: before.display(&self.words.default_namespace), columns: columns.iter().map(column).collect() }
    }

    /// The same as people call them at the operation.
    pub(super) fn names_at<S: AsRef<str>>(&self, table: &QualifiedName, columns: &[S]) -> Names {
        Names {
            table: table.display(&self.words.default_namespace),
            columns: columns.iter().map(|column| column.as_ref().to_owned()).collect(),
        }
    }
}

impl Table {
    /// As SQL.
    pub(super) fn sql(&self, words: &Words) -> String {
        words.name(&self.name)
    }

    /// What stands behind FROM so that an expression in the operation's names finds its columns; `system` are columns
    /// that `*` leaves out. `None` where two columns would go by one name.
    pub(super) fn source(&self, words: &Words, system: &[&str]) -> Option<String> {
        let (sql, alias) = (self.sql(words), identifier(&self.at.name));
        if self.renamed.is_empty() {
            return Some(if self.name == self.at { sql } else { format!("{sql} AS {alias}") });
        }
        if self.renamed.iter().any(|(_, to)| self.renamed.iter().any(|(from, _)| from == to)) {
            return None;
        }
        let names = self.renamed.iter().map(|(from, to)| format!("{} AS {}", identifier(from), identifier(to)));
        let columns: Vec<String> =
            system.iter().map(|&it| it.to_owned()).chain(["*".to_owned()]).chain(names).collect();
        Some(format!("(SELECT {} FROM {sql}) AS {alias}", columns.join(", ")))
    }
}
