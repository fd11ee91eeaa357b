use serde::{Deserialize, Serialize};

use super::Expression;

/// An index that no constraint owns. Names are unique within a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Unquoted name.
    pub name: String,
    /// UNIQUE.
    pub unique: bool,
    /// `btree`, `gin`, `gist`, ..
    pub method: String,
    /// Key columns or expressions, in order.
    pub keys: Vec<IndexKey>,
    /// INCLUDE columns.
    pub include: Vec<String>,
    /// WHERE, without the parentheses that the clause adds.
    pub predicate: Option<Expression>,
    /// NULLS NOT DISTINCT (15 and newer).
    pub nulls_not_distinct: bool,
    /// Storage parameters as `name=value`, sorted.
    pub options: Vec<String>,
    /// False for what a failed CREATE INDEX CONCURRENTLY left behind (`pg_index.indisvalid`).
    pub valid: bool,
    /// `COMMENT ON INDEX`.
    pub comment: Option<String>,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// A column or an expression.
    pub target: KeyTarget,
    /// A collation other than the column's own, quoted and qualified as SQL.
    pub collation: Option<String>,
    /// An operator class other than the method's default for the type, with its parameters, as SQL.
    pub operator_class: Option<String>,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST; by default true for DESC and false for ASC.
    pub nulls_first: bool,
}

/// What an index key is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyTarget {
    /// A column.
    Column(String),
    /// An expression, without the outer parentheses that the key list adds.
    Expression(Expression),
}

impl Index {
    /// A plain btree over columns: what an entity can declare.
    pub fn plain<S: Into<String>>(name: impl Into<String>, unique: bool, columns: impl IntoIterator<Item = S>) -> Self {
        Self {
            name: name.into(),
            unique,
            method: "btree".to_owned(),
            keys: columns.into_iter().map(|column| IndexKey::column(column)).collect(),
            include: Vec::new(),
            predicate: None,
            nulls_not_distinct: false,
            options: Vec::new(),
            valid: true,
            comment: None,
        }
    }

    /// Key columns when every key is a plain column, in order.
    #[must_use]
    pub fn column_keys(&self) -> Option<Vec<&str>> {
        self.keys
            .iter()
            .map(|key| match &key.target {
                KeyTarget::Column(name) => Some(name.as_str()),
                KeyTarget::Expression(_) => None,
            })
            .collect()
    }

    /// Whether it covers every row (no predicate), may be used (valid), and every key is a plain column.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.predicate.is_none() && self.valid && self.column_keys().is_some()
    }

    /// Every column of the table that it mentions, in keys, INCLUDE, expressions and predicate.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for key in &self.keys {
            match &key.target {
                KeyTarget::Column(name) => columns.push(name),
                KeyTarget::Expression(expression) => columns.extend(expression.columns.iter().map(String::as_str)),
            }
        }
        columns.extend(self.include.iter().map(String::as_str));
        columns.extend(self.predicate.iter().flat_map(|predicate| predicate.columns.iter().map(String::as_str)));
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

impl IndexKey {
    /// A column, ascending, with the defaults of its type.
    pub fn column(name: impl Into<String>) -> Self {
        Self {
            target: KeyTarget::Column(name.into()),
            collation: None,
            operator_class: None,
            descending: false,
            nulls_first: false,
        }
    }
}
