use schemars::JsonSchema;
use serde::Serialize;

/// By which rule something was found. Its name is stable: others filter by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Declared, and the migrations do not make it.
    Missing,
    /// Declared, and the migrations make it otherwise.
    Different,
    /// Declared once and no longer, or never and `--strict`; the migrations still make it.
    Undeclared,
    /// A NOT NULL column without a default that the entity does not know: inserts through the entity fail.
    BlocksInserts,
    /// The database was changed beside its history.
    Drift,
    /// The database is not at head.
    NotAtHead,
    /// A revision's file is no longer what was proved.
    Edited,
    /// A revision's file was changed after it was applied.
    EditedAfterApplied,
    /// The file of a migration lies beside the others, and the Migrator does not list it.
    Unlisted,
    /// Something looks wrong in the sources of the entities.
    Source,
    /// It is there and nobody ever declared it.
    LeftAlone,
    /// A unique group of an entity names a part of the columns of the unique of its name, and is taken for that.
    Widened,
    /// The sources of the entities cannot be read; nothing was compared.
    Unreadable,
    /// Nothing was compared, for another reason.
    Failed,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run fails.
    Error,
    /// Worth a look.
    Warning,
    /// Good to know.
    Note,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 14] = [
        Self::Missing,
        Self::Different,
        Self::Undeclared,
        Self::BlocksInserts,
        Self::Drift,
        Self::NotAtHead,
        Self::Edited,
        Self::EditedAfterApplied,
        Self::Unlisted,
        Self::Source,
        Self::LeftAlone,
        Self::Widened,
        Self::Unreadable,
        Self::Failed,
    ];

    /// Its name in every form.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Undeclared => "undeclared",
            Self::BlocksInserts => "blocks-inserts",
            Self::Drift => "drift",
            Self::NotAtHead => "not-at-head",
            Self::Edited => "edited",
            Self::EditedAfterApplied => "edited-after-applied",
            Self::Unlisted => "unlisted",
            Self::Source => "source",
            Self::LeftAlone => "left-alone",
            Self::Widened => "widened",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }

    /// What it looks for, in a sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Missing => "The entities declare it, and the migrations do not make it.",
            Self::Different => "The entities declare it, and the migrations make it otherwise.",
            Self::Undeclared => "The entities no longer declare it, and the migrations still make it.",
            Self::BlocksInserts => {
                "The table has a NOT NULL column without a default that the entity does not know: inserts through the \
                 entity fail."
            }
            Self::Drift => "The database was changed beside its history.",
            Self::NotAtHead => "The database is not at head.",
            Self::Edited => "A revision's file was edited after it was written, and is no longer what was proved.",
            Self::EditedAfterApplied => "A revision's file was edited after it was applied.",
            Self::Unlisted => "The file of a migration lies beside the others, and the Migrator does not list it.",
            Self::Source => "The sources of the entities may not say what is meant.",
            Self::Widened => {
                "A unique_key group names a part of the columns that the unique of its name has; it is taken for the same."
            }
            Self::Unreadable => "The sources of the entities do not say what the tables are: nothing was compared.",
            Self::Failed => "Nothing was compared.",
            Self::LeftAlone => "It is there, and nobody declares it or ever did; it is left alone.",
        }
    }

    /// How much it weighs.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Missing
            | Self::Different
            | Self::Undeclared
            | Self::BlocksInserts
            | Self::Drift
            | Self::NotAtHead
            | Self::Unreadable
            | Self::Failed => Severity::Error,
            Self::Edited | Self::EditedAfterApplied | Self::Unlisted | Self::Source => Severity::Warning,
            Self::LeftAlone | Self::Widened => Severity::Note,
        }
    }

    /// Whether it compares entities with migrations.
    #[must_use]
    pub fn is_about_models(self) -> bool {
        match self {
            Self::Missing | Self::Different | Self::Undeclared | Self::BlocksInserts | Self::Unreadable => true,
            Self::Drift
            | Self::NotAtHead
            | Self::Edited
            | Self::EditedAfterApplied
            | Self::Unlisted
            | Self::Source
            | Self::LeftAlone
            | Self::Widened
            | Self::Failed => false,
        }
    }
}

impl Severity {
    /// `error`, `warning`, `note`: as SARIF has it too.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}
