use serde::{Deserialize, Serialize};

use super::{DataType, Kept, QualifiedName};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Unquoted name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Whether it accepts NULL.
    pub nullable: bool,
    /// Where a value comes from when an INSERT names none.
    pub default: ColumnDefault,
    /// A collation other than the type's own, quoted and qualified as SQL.
    pub collation: Option<String>,
    /// `COMMENT ON COLUMN`.
    pub comment: Option<String>,
}

/// Where a column's value comes from when an INSERT names none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnDefault {
    /// NULL.
    None,
    /// `DEFAULT expression`.
    Expression(Expression),
    /// `GENERATED .. AS IDENTITY`.
    Identity(Identity),
    /// `serial`: a default of `nextval` on a sequence that the column owns.
    Serial(Sequence),
    /// `GENERATED ALWAYS AS (expression) STORED | VIRTUAL`.
    Generated(Generated),
}

/// `GENERATED ALWAYS AS (expression)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// What it is made from.
    pub expression: Expression,
    /// STORED: computed when a row is written. Else VIRTUAL (18 and newer): when it is read.
    pub stored: bool,
}

/// SQL text of an expression, and the columns of its own table that it mentions.
///
/// In the models' words `columns` is empty; in Postgres' words it comes from `pg_depend`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// The text as SQL, without outer parentheses that the context adds by itself.
    pub sql: String,
    /// Columns of the same table that it mentions, sorted.
    pub columns: Vec<String>,
}

impl Expression {
    /// An expression in somebody's words; what it mentions is not known yet.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), columns: Vec::new() }
    }
}

/// `GENERATED ALWAYS | BY DEFAULT AS IDENTITY`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// ALWAYS instead of BY DEFAULT.
    pub always: bool,
    /// Options of the sequence that differ from Postgres' defaults for the type.
    pub options: SequenceOptions,
}

/// A sequence that a serial column owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its name, usually `table_column_seq`.
    pub name: QualifiedName,
    /// `smallint`, `integer` or `bigint`.
    pub data_type: DataType,
    /// Options that differ from Postgres' defaults for the type.
    pub options: SequenceOptions,
    /// Privileges; the owner is the table's.
    pub kept: Kept,
}

/// Options of a sequence (chapter CREATE SEQUENCE); `None` is Postgres' default for the type and direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceOptions {
    /// START WITH.
    pub start: Option<i64>,
    /// INCREMENT BY.
    pub increment: Option<i64>,
    /// MINVALUE.
    pub min: Option<i64>,
    /// MAXVALUE.
    pub max: Option<i64>,
    /// CACHE.
    pub cache: Option<i64>,
    /// CYCLE.
    pub cycle: bool,
}

impl Column {
    /// `GENERATED ALWAYS AS (expression)`.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        matches!(self.default, ColumnDefault::Generated(_))
    }

    /// Whether every row gets a value of its own by itself: identity, serial, generated.
    #[must_use]
    pub fn makes_values(&self) -> bool {
        match self.default {
            ColumnDefault::Identity(_) | ColumnDefault::Serial(_) | ColumnDefault::Generated(_) => true,
            ColumnDefault::None | ColumnDefault::Expression(_) => false,
        }
    }

    /// The columns of its table that a generated column is made from, as Postgres says it; none for others.
    #[must_use]
    pub fn made_from(&self) -> &[String] {
        match &self.default {
            ColumnDefault::Generated(generated) => &generated.expression.columns,
            ColumnDefault::None
            | ColumnDefault::Expression(_)
            | ColumnDefault::Identity(_)
            | ColumnDefault::Serial(_) => &[],
        }
    }

    /// Whether it stays and becomes another type: other values, or another order of them.
    #[must_use]
    pub fn is_retyped_as(&self, other: &Self) -> bool {
        let retyped = (&self.data_type, &self.collation) != (&other.data_type, &other.collation);
        retyped && !self.regenerates_as(other)
    }

    /// Whether the column has to be made again to become `other`: it becomes generated, or its expression changes. A
    /// virtual one holds no values that could stay.
    #[must_use]
    pub fn regenerates_as(&self, other: &Self) -> bool {
        match (&self.default, &other.default) {
            (ColumnDefault::Generated(before), ColumnDefault::Generated(after)) => {
                before != after || self.data_type != other.data_type
            }
            (_, ColumnDefault::Generated(_)) => true,
            (ColumnDefault::Generated(before), _) => !before.stored,
            (
                _,
                ColumnDefault::None
                | ColumnDefault::Expression(_)
                | ColumnDefault::Identity(_)
                | ColumnDefault::Serial(_),
            ) => false,
        }
    }
}
