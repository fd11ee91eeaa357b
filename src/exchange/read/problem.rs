use std::fmt;

use super::VERSION;
use crate::error::{Error, Kind};

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the document: `line 3, column 12, tables[0].columns[1].type`. Empty for the whole.
    pub place: String,
    /// What is wrong, without a final period.
    pub message: String,
    /// What to do.
    pub help: Vec<String>,
}

impl Problem {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: path.into(), message: message.into(), help: Vec::new() }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// What the JSON parser complains about.
    pub(super) fn of_json(path: &str, error: &serde_json::Error) -> Self {
        let message = error.to_string();
        // The parser puts its place at the end; ours stands where those of all others do.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        // What ended too early has a last part that nobody knows.
        let path = path.trim_end_matches(['?', '.']);
        let path = if path.is_empty() { String::new() } else { format!(", {path}") };
        let place = format!("line {}, column {}{path}", error.line(), error.column());
        let help = if error.is_eof() && error.line() <= 1 && error.column() == 0 {
            format!("print the declared schema: {{\"version\": {VERSION}, \"tables\": [..]}}")
        } else if error.is_data() {
            "docs/models-json.md describes the format, docs/models-1.schema.json is its JSON Schema".to_owned()
        } else {
            "stdout must hold the JSON and nothing else; what is for people goes to stderr".to_owned()
        };
        Self::new(place, message).help(help)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// Everything that is wrong with a document, in its order. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// The error of a run; `source` says where the document came from.
    #[must_use]
    pub fn into_error(self, source: &str) -> Error {
        let count = match self.0.len() {
            1 => "one thing".to_owned(),
            count => format!("{count} things"),
        };
        let mut text = format!("the models cannot be read: {count} to settle in the output of {source}");
        for problem in &self.0 {
            text.push_str(&format!("\n\n{problem}"));
        }
        Error::new(Kind::Usage, text)
    }
}

/// In the form of the reader's diagnostics.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if !self.place.is_empty() {
            write!(f, "\n --> {}", self.place)?;
        }
        self.help.iter().try_for_each(|help| write!(f, "\nhelp: {help}"))
    }
}
