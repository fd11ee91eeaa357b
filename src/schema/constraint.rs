use serde::{Deserialize, Serialize};

use super::{Expression, QualifiedName};

/// A constraint of a table. Names are unique within a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Unquoted name.
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// When it is checked. Always `NotDeferrable` for checks.
    pub deferrability: Deferrability,
    /// False for NOT VALID: rows from before it are not checked.
    pub validated: bool,
    /// `COMMENT ON CONSTRAINT`.
    pub comment: Option<String>,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstraintKind {
    /// `PRIMARY KEY (columns)`, columns in key order.
    PrimaryKey {
        /// Key columns.
        columns: Vec<String>,
        /// INCLUDE columns.
        include: Vec<String>,
    },
    /// `UNIQUE (columns)`.
    Unique {
        /// Key columns.
        columns: Vec<String>,
        /// INCLUDE columns.
        include: Vec<String>,
        /// NULLS NOT DISTINCT (15 and newer).
        nulls_not_distinct: bool,
    },
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `CHECK (expression)`.
    Check {
        /// The condition, without the parentheses that CHECK adds.
        expression: Expression,
        /// NO INHERIT.
        no_inherit: bool,
    },
    /// `EXCLUDE ..`, as `pg_get_constraintdef` prints it, deferrability left out.
    Exclusion {
        /// `EXCLUDE USING gist (..) WHERE (..)`.
        definition: Expression,
    },
}

/// `FOREIGN KEY (columns) REFERENCES table (columns)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Referencing columns.
    pub columns: Vec<String>,
    /// The referenced table.
    pub references: QualifiedName,
    /// Referenced columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// ON UPDATE.
    pub on_update: Action,
    /// ON DELETE.
    pub on_delete: Action,
    /// The column list of `ON DELETE SET NULL|DEFAULT (columns)` (15 and newer); empty for all.
    pub on_delete_columns: Vec<String>,
    /// MATCH FULL instead of MATCH SIMPLE.
    pub match_full: bool,
}

/// What happens to referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// NO ACTION, Postgres' default.
    NoAction,
    /// RESTRICT.
    Restrict,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
    /// SET DEFAULT.
    SetDefault,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Deferrability {
    /// At the end of each statement.
    NotDeferrable,
    /// DEFERRABLE INITIALLY IMMEDIATE.
    InitiallyImmediate,
    /// DEFERRABLE INITIALLY DEFERRED.
    InitiallyDeferred,
}

impl Constraint {
    /// A valid constraint checked at once, without a comment: what most are.
    pub fn new(name: impl Into<String>, kind: ConstraintKind) -> Self {
        Self { name: name.into(), kind, deferrability: Deferrability::NotDeferrable, validated: true, comment: None }
    }

    /// Whether it refers to another table; what has no structure here (PERIOD, NOT ENFORCED) tells by its first words.
    #[must_use]
    pub fn is_foreign_key(&self) -> bool {
        match &self.kind {
            ConstraintKind::ForeignKey(_) => true,
            ConstraintKind::Exclusion { definition } => definition.sql.starts_with("FOREIGN KEY "),
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Check { .. } => false,
        }
    }

    /// The columns of its own table that it mentions; for an exclusion or check those of its expression.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        match &self.kind {
            ConstraintKind::PrimaryKey { columns, include } | ConstraintKind::Unique { columns, include, .. } => {
                columns.iter().chain(include).map(String::as_str).collect()
            }
            ConstraintKind::ForeignKey(key) => key.columns.iter().map(String::as_str).collect(),
            ConstraintKind::Check { expression, .. } => expression.columns.iter().map(String::as_str).collect(),
            ConstraintKind::Exclusion { definition } => definition.columns.iter().map(String::as_str).collect(),
        }
    }
}
