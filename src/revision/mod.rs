//! The graph of revisions. Pure: it knows neither files nor a database.
//!
//! Words as in Alembic: a *base* has no parent, a *head* has no child, a merge has several parents. What is applied is a
//! plain set of ids, so that every path is a question to the graph and nothing else.

mod target;
mod problem;
mod graph;
mod find;
mod path;
mod range;
mod line;
mod next;

pub use graph::RevisionGraph;
pub use range::Range;
pub use target::{Anchor, Target};

use crate::error::{Error, Kind, Result};

/// The id of a revision: by default 12 hex digits.
pub type Id = String;

/// One revision, as its file's header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: Id,
    /// Revisions that it comes after; none for a base, several for a merge.
    pub parents: Vec<Id>,
    /// Names of the branch that begins here.
    pub branch_labels: Vec<String>,
    /// Revisions of other branches that must be applied before it.
    pub depends_on: Vec<Id>,
    /// Revisions whose place it took: `autogen squash`.
    pub replaces: Vec<Id>,
    /// What it does, in one line.
    pub message: String,
    /// When it was made, as the header says: `2024-12-11 14:30:00 UTC`.
    pub create_date: String,
}

impl Revision {
    /// For people: `abc123def456 (add user profile fields)`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} ({})", self.id, self.message)
    }
}

/// Refuses a branch label that could not be named on a command line, or that means something else there.
///
/// # Errors
/// [`Kind::Usage`] as for [`check_id`].
pub fn check_label(label: &str) -> Result<()> {
    check_id(label).map_err(|_| {
        Error::new(Kind::Usage, format!("`{label}` cannot be a branch label")).hint(
            "a label has 1 to 64 letters, digits, _ or ., such as billing, and is no word of targets such as head",
        )
    })
}

/// Refuses an id that could not be named on a command line: letters, digits, `_` and `.` only, as in Alembic, which
/// keeps `@`, `-`, `+` and `:` for targets.
///
/// # Errors
/// [`Kind::Usage`] when it is empty, longer than 64 characters, a word of targets, or has another character.
pub fn check_id(id: &str) -> Result<()> {
    let wrong = |what: &str| {
        Err(Error::new(Kind::Usage, format!("`{id}` cannot be a revision id: {what}"))
            .hint("an id has 1 to 64 letters, digits, _ or ., such as abc123def456"))
    };
    if id.is_empty() || id.len() > 64 {
        return wrong("it is empty or too long");
    }
    if ["head", "heads", "base", "current", "baseline"].contains(&id) {
        return wrong("the word has a meaning of its own");
    }
    match id.chars().find(|c| !(c.is_ascii_alphanumeric() || *c == '_' || *c == '.')) {
        Some(other) => wrong(&format!("it holds `{}`", other.escape_debug())),
        None => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A graph from a drawing: `"a:, b:a, c:a, d:b+c"`; a `!x` after the parents is a dependency, `#x` a label.
    pub(crate) fn graph(drawing: &str) -> Result<RevisionGraph> {
        RevisionGraph::new(drawing.split(',').map(revision).collect())
    }

    fn revision(drawing: &str) -> Revision {
        let (id, rest) = drawing.trim().split_once(':').expect("id:parents");
        let (rest, label) = rest.split_once('#').unwrap_or((rest, ""));
        let (parents, depends_on) = rest.split_once('!').unwrap_or((rest, ""));
        let list = |text: &str| text.split('+').filter(|id| !id.is_empty()).map(str::to_owned).collect();
        Revision {
            id: id.to_owned(),
            parents: list(parents),
            depends_on: list(depends_on),
            replaces: Vec::new(),
            branch_labels: list(label),
            message: format!("message of {id}"),
            create_date: String::new(),
        }
    }

    #[test]
    fn ids_that_targets_need_are_refused() {
        for id in ["", "a-1", "a+1", "a@b", "a:b", "head", "../x", "ä"] {
            assert_eq!(check_id(id).expect_err(id).kind(), Kind::Usage);
        }
        assert!(check_id("abc123def456").is_ok());
    }
}
