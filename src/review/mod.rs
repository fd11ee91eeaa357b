//! A migration as a reviewer reads it: what changes, what may go wrong, the schema before and after, the SQL of both
//! directions. A [`Review`] is a value; [`html`] makes a page of it that needs nothing else. Pure.

mod diagram;
mod html;
mod remarks;
mod schema_text;

pub use html::html;

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::expectation::{Probe, expectations};
use crate::hazard::Hazard;
use crate::migration::{Migration, plan_hazards};
use crate::operation::{Operation, Sign, reverse};
use crate::render::Words;
use crate::schema::{Rename, Schema};
use diagram::Diagram;
use remarks::Remarks;

/// Everything that is to be known of one revision.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// Its id.
    pub revision: String,
    /// What it says it does.
    pub message: String,
    /// What it comes after.
    pub parents: Vec<String>,
    /// When it was written.
    pub create_date: String,
    /// Its file, from the folder of autogen.toml.
    pub file: String,
    /// What was proved of it.
    pub proof: Proof,
    /// What it changes, in order.
    pub changes: Vec<Change>,
    /// What its downgrade cannot bring back, or may fail on.
    pub downgrade_hazards: Vec<Hazard>,
    /// The schema before and after, object by object.
    pub schema: Vec<ObjectDiff>,
    /// The statements up, as the file has them.
    pub upgrade: String,
    /// The statements down, as the file has them.
    pub downgrade: String,
    #[serde(skip)]
    diagram: Option<Diagram>,
}

/// What the ledger says of the file.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// Versions of Postgres that it was proved on.
    pub versions: Vec<String>,
    /// Whether the file was edited after it was written.
    pub edited: bool,
}

/// One operation.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// `+`, `-`, `~`.
    pub sign: char,
    /// `column users.bio`.
    pub object: String,
    /// What it becomes, or what changes.
    pub detail: String,
    /// Where the entities declared it when the file was written.
    pub place: Option<String>,
    /// What may go wrong, worst first.
    pub hazards: Vec<String>,
    /// What must hold of the rows.
    pub expects: Vec<Expected>,
}

/// What must hold of the rows.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    /// `no row of users holds NULL in name`.
    pub holds: String,
    /// The query that finds what is in the way.
    pub query: Option<String>,
}

/// How the text of one object changes.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectDiff {
    /// `table users`.
    pub object: String,
    /// The lines of a unified diff, `…` between two parts of it.
    pub lines: Vec<DiffLine>,
}

/// A line of a unified diff.
#[derive(Debug, Clone, Serialize)]
pub struct DiffLine {
    /// `+`, `-`, a space, or `…`.
    pub sign: char,
    /// Its text.
    pub text: String,
}

/// What a revision's file does, as scratch saw it.
#[derive(Debug, Clone, Copy)]
pub struct Effect<'a> {
    /// Before the file.
    pub before: &'a Schema,
    /// After it.
    pub after: &'a Schema,
    /// What it renames.
    pub renames: &'a [Rename],
    /// What it does, in order.
    pub operations: &'a [Operation],
}

/// Lines that stand around a change.
const CONTEXT: usize = 3;

impl Review {
    /// The review of a file with this effect.
    #[must_use]
    pub fn new(migration: &Migration, file: String, proof: Proof, effect: &Effect<'_>, namespace: &str) -> Self {
        let words = Words::new(namespace);
        let text = migration.sql_text();
        let remarks = Remarks::of(&text);
        let reversed = reverse(effect.operations);
        let mut downgrade_hazards: Vec<Hazard> = plan_hazards(&reversed, &words).into_iter().flatten().collect();
        downgrade_hazards.sort_by_key(|it| it.kind);
        let (upgrade, downgrade) = remarks::sections(&text);
        Self {
            revision: migration.revision.id.clone(),
            message: migration.revision.message.clone(),
            parents: migration.revision.parents.clone(),
            create_date: migration.revision.create_date.clone(),
            file,
            proof,
            changes: changes(effect.operations, &remarks, &words),
            downgrade_hazards,
            schema: schema_diff(effect, namespace),
            upgrade,
            downgrade,
            diagram: Diagram::of(effect, namespace),
        }
    }
}

fn changes(operations: &[Operation], remarks: &Remarks, words: &Words) -> Vec<Change> {
    let hazards = plan_hazards(operations, words);
    let all = operations.iter().zip(hazards).zip(expectations(operations, words));
    all.map(|((operation, hazards), expectations)| {
        let description = operation.describe(&words.default_namespace);
        let said = remarks.get(&description.title());
        Change {
            sign: match description.sign {
                Sign::Add => '+',
                Sign::Drop => '-',
                Sign::Alter => '~',
            },
            place: said.and_then(|it| it.place.clone()),
            // The file knows the answers that were given when it was written.
            hazards: match said {
                Some(said) => said.hazards.clone(),
                None => hazards.iter().map(ToString::to_string).collect(),
            },
            expects: expectations.into_iter().map(|it| Expected { holds: it.holds, query: query(it.probe) }).collect(),
            object: description.object,
            detail: description.detail,
        }
    })
    .collect()
}

fn query(probe: Probe) -> Option<String> {
    match probe {
        Probe::Rows(query) => Some(query.find),
        Probe::Values(_) | Probe::Later => None,
    }
}

fn schema_diff(effect: &Effect<'_>, namespace: &str) -> Vec<ObjectDiff> {
    let pairs = schema_text::pairs(effect, namespace);
    let diffs = pairs.into_iter().map(|(object, before, after)| ObjectDiff { object, lines: unified(&before, &after) });
    diffs.filter(|it| !it.lines.is_empty()).collect()
}

fn unified(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            lines.push(DiffLine { sign: '…', text: String::new() });
        }
        for change in group.iter().flat_map(|it| diff.iter_changes(it)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(DiffLine { sign, text: change.value().trim_end_matches('\n').to_owned() });
        }
    }
    lines
}

#[cfg(test)]
mod tests;
