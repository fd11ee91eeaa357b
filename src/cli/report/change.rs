use anstyle::{AnsiColor, Style};

use super::{dim, expectation, paint};
use crate::expectation::Expectation;
use crate::hazard::{Hazard, HazardKind};
use crate::migration::plan_hazards;
use crate::operation::{Change, Description, Operation, Sign};
use crate::render::Words;
use crate::schema::{Place, Places, QualifiedName};
use crate::survey::Answer;

/// One operation as the terminal and the JSON show it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) description: Description,
    /// `models/src/user.rs:21`.
    pub(crate) place: Option<String>,
    /// The same as a place.
    pub(crate) at: Option<Place>,
    /// The table that it is a part of.
    pub(crate) host: Option<QualifiedName>,
    pub(crate) hazards: Vec<Hazard>,
    /// What must hold of the rows, and what the rows of the database say; nothing where none was asked.
    pub(crate) expectations: Vec<(Expectation, Option<Answer>)>,
    /// A foreign key of a table that the same plan creates; the table's line counts it.
    pub(crate) folded: bool,
}

impl Line {
    /// The operations of a plan, a line each.
    pub(crate) fn of(operations: &[Operation], words: &Words, places: &Places) -> Vec<Self> {
        let hazards = plan_hazards(operations, words);
        let line = |(operation, hazards): (&Operation, Vec<Hazard>)| {
            let mut description = operation.describe(&words.default_namespace);
            if let Operation::Table(Change::Add(table)) = operation {
                let keys = operations.iter().filter(|it| is_foreign_key_of(it, &table.name)).count();
                if keys > 0 {
                    let noun = if keys == 1 { "foreign key" } else { "foreign keys" };
                    description.detail.push_str(&format!(", {keys} {noun}"));
                }
            }
            let object = operation.object();
            let at = places.get(&object).cloned();
            Self {
                description,
                place: at.as_ref().map(ToString::to_string),
                at,
                host: object.host().cloned(),
                hazards,
                expectations: Vec::new(),
                folded: is_folded(operation, operations),
            }
        };
        operations.iter().zip(hazards).map(line).collect()
    }

    /// The lines with what must hold of the rows for each, and what the rows say where they were asked.
    pub(crate) fn expecting(
        lines: Vec<Self>,
        expectations: Vec<Vec<Expectation>>,
        answers: Option<Vec<Vec<Answer>>>,
    ) -> Vec<Self> {
        let mut answers = answers.into_iter().flatten();
        let line = |(line, expectations): (Self, Vec<Expectation>)| {
            let mut answers = answers.next().unwrap_or_default().into_iter();
            let expectations = expectations.into_iter().map(|it| (it, answers.next())).collect();
            Self { expectations, ..line }
        };
        lines.into_iter().zip(expectations).map(line).collect()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "change": match self.description.sign { Sign::Add => "add", Sign::Drop => "drop", Sign::Alter => "alter" },
            "verb": self.description.verb,
            "object": self.description.object,
            "detail": self.description.detail,
            "place": self.place,
            "hazards": self.hazards,
            "expectations": self.expectations.iter().map(expectation::json).collect::<Vec<_>>(),
        })
    }
}

fn is_folded(operation: &Operation, all: &[Operation]) -> bool {
    all.iter().any(|it| match it {
        Operation::Table(Change::Add(table)) => is_foreign_key_of(operation, &table.name),
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

fn is_foreign_key_of(operation: &Operation, table: &QualifiedName) -> bool {
    matches!(operation, Operation::Constraint(owner, Change::Add(_)) if owner == table)
}

/// Sign, object, detail and place in columns of the terminal, or of 80 characters; hazards below, indented.
pub(super) fn render(lines: &[Line], width: Option<usize>) -> String {
    let lines: Vec<&Line> = lines.iter().filter(|line| !line.folded).collect();
    let objects = lines.iter().map(|line| line.description.object.chars().count());
    // One long name must not push all others to the right.
    let object_width = objects.filter(|length| *length <= 34).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        text.push_str(&operation(line, object_width, width));
        for hazard in line.hazards.iter().filter(|hazard| shows(hazard.kind)) {
            text.push_str(&format!("      {}\n", paint(hazard_style(hazard.kind), &hazard.to_string())));
        }
        text.extend(line.expectations.iter().map(expectation::render));
    }
    text
}

/// The least that is shown of a detail beside a place.
const DETAIL: usize = 14;

fn operation(line: &Line, object_width: usize, terminal: Option<usize>) -> String {
    let Description { sign, object, detail, .. } = &line.description;
    let (character, style) = match sign {
        Sign::Add => ("+", AnsiColor::Green.on_default()),
        Sign::Drop => ("-", AnsiColor::Red.on_default()),
        Sign::Alter => ("~", AnsiColor::Yellow.on_default()),
    };
    let place = line.place.as_deref().unwrap_or_default();
    let length = object.chars().count();
    let padding = " ".repeat(object_width.saturating_sub(length));
    let room = terminal.unwrap_or(80).saturating_sub(4 + length.max(object_width) + 2);
    let beside = room.saturating_sub(place.chars().count() + 2);
    // On a terminal a long detail is shortened; in a file or a log nothing is lost.
    let least = if terminal.is_some() { DETAIL } else { usize::MAX };
    let fits = !place.is_empty() && place.chars().count() + 2 <= room && beside >= detail.chars().count().min(least);
    let detail = match terminal {
        Some(_) => shorten(detail, if fits { beside } else { room.max(DETAIL) }),
        None => detail.clone(),
    };
    let head = format!("  {} {object}{padding}  {detail}", paint(style, character));
    match (place, fits) {
        ("", _) => format!("{}\n", head.trim_end()),
        (place, true) => {
            let gap = " ".repeat(room - detail.chars().count() - place.chars().count());
            format!("{head}{gap}{}\n", dim(place))
        }
        (place, false) => format!("{}\n      {}\n", head.trim_end(), dim(place)),
    }
}

/// On one line, and with an ellipsis where it is longer.
pub(super) fn shorten(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= width {
        return text;
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Locks of milliseconds and index builds stand in the file; the terminal shows what can lose data or fail.
fn shows(kind: HazardKind) -> bool {
    match kind {
        HazardKind::LosesData | HazardKind::MayFail | HazardKind::Rewrites | HazardKind::Stale => true,
        HazardKind::Blocks => false,
    }
}

fn hazard_style(kind: HazardKind) -> Style {
    match kind {
        HazardKind::LosesData => AnsiColor::Red.on_default().bold(),
        HazardKind::MayFail | HazardKind::Rewrites | HazardKind::Stale => AnsiColor::Yellow.on_default(),
        HazardKind::Blocks => Style::new(),
    }
}
