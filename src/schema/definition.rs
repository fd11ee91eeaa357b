use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Kept, Object, QualifiedName};

/// Something that Postgres prints whole and nothing in it is compared part by part: a view, a function, a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its kind and name.
    pub name: DefinitionName,
    /// The statement that makes it, in Postgres' words.
    pub create: String,
    /// The statement that takes it away.
    pub drop: String,
    /// What is said of it afterwards, in this order: comments, options, a domain's constraints.
    pub parts: Vec<Part>,
    /// What others see of it: the columns of a view, the parameters and the result of a function. A definition with
    /// the same shape can take the place of this one while others stand on it.
    pub shape: Vec<String>,
    /// Owner and privileges.
    pub kept: Kept,
}

/// Something that is said of a [`Definition`] and can be taken back while it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `COMMENT ON VIEW v IS 'for the shop'`.
    pub make: String,
    /// `COMMENT ON VIEW v IS NULL`.
    pub undo: String,
}

impl Definition {
    /// Whether `other` can take its place, and it the other's, while both keep what stands on them.
    #[must_use]
    pub fn gives_way_to(&self, other: &Self) -> bool {
        let replaceable = match self.name.kind {
            DefinitionKind::Sequence
            | DefinitionKind::Function
            | DefinitionKind::Procedure
            | DefinitionKind::View
            | DefinitionKind::Domain => self.shape == other.shape,
            DefinitionKind::Extension
            | DefinitionKind::CompositeType
            | DefinitionKind::MaterializedView
            | DefinitionKind::ViewIndex
            | DefinitionKind::Statistics
            | DefinitionKind::Rule
            | DefinitionKind::Trigger
            | DefinitionKind::Policy
            | DefinitionKind::RowSecurity => false,
        };
        replaceable || self.create == other.create
    }
}

/// The kind and the name of a [`Definition`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DefinitionName {
    /// What it is.
    pub kind: DefinitionKind,
    /// Its own name; of something that stands on a table or view, the name of that.
    pub name: QualifiedName,
    /// Its own name on that table or view; the types of a function's arguments.
    pub part: Option<String>,
}

/// What a [`Definition`] is. The variants stand in the order in which one may need another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefinitionKind {
    /// `CREATE EXTENSION`; the name's namespace is where its objects are.
    Extension,
    /// A sequence that no column owns.
    Sequence,
    /// `CREATE DOMAIN`.
    Domain,
    /// `CREATE TYPE .. AS (..)`.
    CompositeType,
    /// `CREATE FUNCTION`; the part is the types of its arguments.
    Function,
    /// `CREATE PROCEDURE`; likewise.
    Procedure,
    /// `CREATE VIEW`.
    View,
    /// `CREATE MATERIALIZED VIEW`.
    MaterializedView,
    /// An index of a materialized view.
    ViewIndex,
    /// `CREATE STATISTICS`, on a table.
    Statistics,
    /// `CREATE RULE`, on a table or view.
    Rule,
    /// `CREATE TRIGGER`, on a table or view.
    Trigger,
    /// `CREATE POLICY`, on a table.
    Policy,
    /// `ENABLE ROW LEVEL SECURITY`, on a table.
    RowSecurity,
}

impl DefinitionKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Extension,
        Self::Sequence,
        Self::Domain,
        Self::CompositeType,
        Self::Function,
        Self::Procedure,
        Self::View,
        Self::MaterializedView,
        Self::ViewIndex,
        Self::Statistics,
        Self::Rule,
        Self::Trigger,
        Self::Policy,
        Self::RowSecurity,
    ];

    /// As people say it, and as the catalogs of [`crate::reflect`] have it: `materialized view`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Sequence => "sequence",
            Self::Domain => "domain",
            Self::CompositeType => "composite type",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::ViewIndex => "view index",
            Self::Statistics => "statistics",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::RowSecurity => "row security",
        }
    }

    /// The words for several: `materialized views`.
    #[must_use]
    pub fn many(self) -> String {
        match self {
            Self::Statistics | Self::RowSecurity => self.words().to_owned(),
            Self::ViewIndex => "view indexes".to_owned(),
            Self::Policy => "policies".to_owned(),
            Self::Extension
            | Self::Sequence
            | Self::Domain
            | Self::CompositeType
            | Self::Function
            | Self::Procedure
            | Self::View
            | Self::MaterializedView
            | Self::Rule
            | Self::Trigger => format!("{}s", self.words()),
        }
    }

    /// The kind of these words.
    #[must_use]
    pub fn of_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words() == words)
    }

    /// Whether it stands on a table or view and goes with it.
    #[must_use]
    pub fn has_host(self) -> bool {
        match self {
            Self::ViewIndex | Self::Statistics | Self::Rule | Self::Trigger | Self::Policy | Self::RowSecurity => true,
            Self::Extension
            | Self::Sequence
            | Self::Domain
            | Self::CompositeType
            | Self::Function
            | Self::Procedure
            | Self::View
            | Self::MaterializedView => false,
        }
    }
}

impl DefinitionName {
    /// For people: `view active_users`, `trigger users.touch`, `function slug(text)`.
    #[must_use]
    pub fn display(&self, default_namespace: &str) -> String {
        format!("{} {}", self.kind.words(), self.own(&self.name.display(default_namespace)))
    }

    /// Its name behind that of its table, or before its arguments.
    fn own(&self, name: &str) -> String {
        match (self.kind, &self.part) {
            (DefinitionKind::Extension, _) => self.name.name.clone(),
            (DefinitionKind::Function | DefinitionKind::Procedure, part) => {
                format!("{name}({})", part.as_deref().unwrap_or_default())
            }
            (_, Some(part)) => format!("{name}.{part}"),
            (_, None) => name.to_owned(),
        }
    }

    /// Whether it stands on this table or view.
    #[must_use]
    pub fn is_on(&self, host: &QualifiedName) -> bool {
        self.kind.has_host() && &self.name == host
    }
}

/// `view public.active_users`.
impl fmt::Display for DefinitionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.words(), self.own(&self.name.to_string()))
    }
}

/// That one thing stands on another: a view on a column, a column's default on a function. One of the two is a
/// [`Definition`]; `pg_depend` has the rest of what stands on what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Need {
    /// What stands on the other.
    pub of: Object,
    /// What it needs.
    pub needs: Object,
}
