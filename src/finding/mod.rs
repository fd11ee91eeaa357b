//! What `check` found, as values, and the forms in which others read it: one small file a form, each from the same
//! [`Findings`]. Pure.

mod github;
mod gitlab;
mod junit;
mod markdown;
mod rule;
mod sarif;
mod text;

pub use github::github;
pub use gitlab::gitlab;
pub use junit::junit;
pub use markdown::markdown;
pub use rule::{Rule, Severity};
pub use sarif::sarif;
pub use text::text;

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use crate::schema::Place;

/// The version of the JSON. It grows by fields; another number means that one changed or went.
pub const FORMAT: u32 = 1;

/// What one run of `autogen check` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "autogen check", description = "What one run of `autogen check --json` found.")]
pub struct Findings {
    /// The version of this format.
    pub format: u32,
    /// What it all comes to.
    pub verdict: Verdict,
    /// The exit code of the run.
    pub exit_code: u8,
    /// What was compared with what.
    pub compared: Compared,
    /// What was found, errors first.
    pub findings: Vec<Finding>,
    /// What is there, nobody declares and nobody ever declared; it stays as it is.
    pub left_alone: Vec<LeftAlone>,
    /// What to do next, commands first.
    pub hints: Vec<String>,
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything agrees.
    Agree,
    /// Entities, migrations or database differ.
    Different,
    /// The database is not at head; it was not compared.
    NotAtHead,
    /// Nothing was compared: entities that cannot be read, a history that does not replay, a server that is away.
    Failed,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compared {
    /// Tables that are declared.
    pub tables: usize,
    /// Revisions of the history.
    pub revisions: usize,
    /// Whether a database was there to be compared too, at head.
    pub database: bool,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// By which rule.
    pub rule: Rule,
    /// How much it weighs: an error fails the run.
    pub severity: Severity,
    /// What it is about: `column users.bio`; nothing where it is about a file or the whole.
    pub object: Option<String>,
    /// What the next migration would do to it, or somebody did to it in the database.
    pub change: Option<ChangeWord>,
    /// What it becomes, or what changes: `text`, `integer -> bigint`. May be empty.
    pub detail: String,
    /// Where it is declared, or where the declaration would stand.
    pub place: Option<At>,
    /// One sentence without a final period.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// What may go wrong with the change.
    pub hazards: Vec<Risk>,
    /// How many objects it speaks of.
    pub count: usize,
}

/// Whether something comes, goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeWord {
    /// It comes.
    Add,
    /// It goes.
    Drop,
    /// It changes.
    Alter,
}

impl ChangeWord {
    /// `+`, `-`, `~`.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Drop => "-",
            Self::Alter => "~",
        }
    }
}

/// What may go wrong with a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Risk {
    /// `loses-data`, `may-fail`, `rewrites`, `stale`, `blocks`.
    pub kind: String,
    /// One sentence.
    pub message: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct At {
    /// From the folder of autogen.toml, with `/` between its parts.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

/// Something that is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftAlone {
    /// `index`, `check`, `table`, ..
    pub kind: String,
    /// `users.ix_name`.
    pub name: String,
}

impl Findings {
    /// The published schema of the JSON.
    #[must_use]
    pub fn json_schema() -> Schema {
        schema_for!(Findings)
    }

    /// The JSON.
    #[must_use]
    pub fn json(&self) -> String {
        format!("{:#}\n", serde_json::to_value(self).unwrap_or_default())
    }

    /// How many weigh so much.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|it| it.severity == severity).count()
    }

    /// The same with places from the root of the repository, as hosts of code want them. `prefix` leads from there to
    /// the folder of autogen.toml: `backend`, or nothing.
    #[must_use]
    pub fn from_root(mut self, prefix: &str) -> Self {
        for at in self.findings.iter_mut().filter_map(|it| it.place.as_mut()) {
            at.file = joined(prefix, &at.file);
        }
        self
    }

    /// One sentence for a heading.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        match self.verdict {
            Verdict::Agree if self.compared.database => "models, migrations and database agree",
            Verdict::Agree => "models and migrations agree",
            Verdict::Different if self.findings.iter().any(|it| it.rule.is_about_models()) => {
                "models and migrations differ"
            }
            Verdict::Different => "the database differs from its history",
            Verdict::NotAtHead => "the database is not at head",
            Verdict::Failed => "nothing was compared",
        }
    }
}

impl Finding {
    /// One thing, of which nothing is said but this.
    #[must_use]
    pub fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            object: None,
            change: None,
            detail: String::new(),
            place: None,
            message: message.into(),
            remedy: None,
            hazards: Vec::new(),
            count: 1,
        }
    }

    /// Message and remedy in two sentences.
    #[must_use]
    pub fn sentences(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}. {remedy}", self.message),
            None => self.message.clone(),
        }
    }

    /// Where annotations go that need a place: what has none stands at the top of autogen.toml.
    fn somewhere(&self) -> At {
        self.place.clone().unwrap_or(At { file: "autogen.toml".to_owned(), line: 1, column: 1 })
    }
}

impl From<&Place> for At {
    fn from(place: &Place) -> Self {
        let file = place.file.to_string_lossy().replace('\\', "/");
        // A place of line 0 is a whole file.
        Self { file, line: place.line.max(1), column: place.column.max(1) }
    }
}

/// A path behind a folder, `..` resolved as far as that goes.
fn joined(prefix: &str, file: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let all = if file.starts_with('/') { file.to_owned() } else { format!("{prefix}/{file}") };
    for part in all.split('/').filter(|it| !it.is_empty() && *it != ".") {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if file.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests;
