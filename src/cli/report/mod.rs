//! The only place that prints. Data goes to stdout, talk to stderr; colours only on a terminal (`anstream` looks, and
//! honours NO_COLOR).

mod change;
mod declared;
mod failure;
mod layout;
mod progress;
mod proof;
mod runner;

pub(crate) use change::Line;
pub(crate) use declared::{models, statement_title};
pub(crate) use failure::failure;
pub(crate) use progress::Progress;
pub(crate) use proof::{Verdict, empty_tables, json_rows, proved, verdict, verdicts_json};
pub(crate) use runner::{AppliedLine, Walk, begun, current, heads, initialised, revisions, written};

use anstream::{eprint, eprintln, print, println};
use anstyle::{AnsiColor, Style};

use crate::introspect::Diagnostics;
use crate::operation::display_object;
use crate::reflect::Beyond;
use crate::schema::{DefinitionKind, Object};

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn dim(text: &str) -> String {
    paint(Style::new().dimmed(), text)
}

/// Columns of the terminal. `None` where there is none: nothing is shortened then.
fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns).clamp(60, 140))
}

/// A sentence about what is going on, for people.
pub(crate) fn talk(text: &str) {
    eprintln!("{text}");
}

/// What looks wrong in the sources, as rustc prints it.
pub(crate) fn warnings(warnings: &Diagnostics) {
    for warning in warnings.iter() {
        let text = warning.to_string();
        let text = text.strip_prefix("warning:").unwrap_or(&text);
        eprintln!("{}{text}\n", paint(AnsiColor::Yellow.on_default().bold(), "warning:"));
    }
}

/// The operations, and hazards below them.
pub(crate) fn operations(lines: &[Line]) {
    print!("{}", change::render(lines, width()));
}

/// The same as talk, where stdout holds something else.
pub(crate) fn operations_as_talk(lines: &[Line]) {
    eprint!("{}", change::render(lines, width()));
}

/// Data as it is.
pub(crate) fn data(text: &str) {
    print!("{text}");
}

/// A heading over a list of operations.
pub(crate) fn heading(text: &str) {
    println!("{}", paint(Style::new().bold(), text));
}

/// One line of good news.
pub(crate) fn success(text: &str) {
    println!("{} {text}", paint(AnsiColor::Green.on_default().bold(), "ok"));
}

/// The same, where stdout may hold something else.
pub(crate) fn good_news(text: &str, as_talk: bool) {
    if as_talk {
        eprintln!("{} {text}", paint(AnsiColor::Green.on_default().bold(), "ok"));
    } else {
        success(text);
    }
}

/// A kind of objects, for one and for many.
type Counted = (fn(&Object) -> bool, &'static str, &'static str);

const KINDS: [Counted; 7] = [
    (|it| matches!(it, Object::Namespace(_)), "schema", "schemas"),
    (|it| matches!(it, Object::Table(_)), "table", "tables"),
    (|it| matches!(it, Object::Column(..)), "column", "columns"),
    (|it| matches!(it, Object::Constraint(..)), "constraint", "constraints"),
    (|it| matches!(it, Object::Index(..)), "index", "indexes"),
    (|it| matches!(it, Object::EnumType(_)), "enum", "enums"),
    (|it| matches!(it, Object::EnumLabel(..)), "enum label", "enum labels"),
];

/// How many objects were left alone, by kind; with `all`, each of them.
pub(crate) fn left_alone(objects: &[Object], all: bool, default_namespace: &str) {
    if objects.is_empty() {
        return;
    }
    if all {
        for object in objects {
            eprintln!("  {}", dim(&format!("left alone: {}", display_object(object, default_namespace))));
        }
        return;
    }
    let counts = KINDS.iter().map(|(is, one, many)| {
        let count = objects.iter().filter(|it| is(it)).count();
        (count, format!("{count} {}", if count == 1 { one } else { many }))
    });
    let definitions = DefinitionKind::ALL.into_iter().map(|kind| {
        let is = |it: &&Object| matches!(it, Object::Definition(name) if name.kind == kind);
        let count = objects.iter().filter(is).count();
        (count, if count == 1 { format!("1 {}", kind.words()) } else { format!("{count} {}", kind.many()) })
    });
    let counts: Vec<String> =
        counts.chain(definitions).filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    eprintln!("{}", dim(&format!("not declared and left alone: {} (-v names them)", counts.join(", "))));
}

/// What a baseline does not hold.
pub(crate) fn not_carried(beyond: &[Beyond], default_namespace: &str) {
    eprintln!("the file does not hold these; add them by hand where a new database needs them:");
    for Beyond { kind, name } in beyond {
        eprintln!("  {kind} {}", name.display(default_namespace));
    }
}

/// One JSON document.
pub(crate) fn json(value: &serde_json::Value) {
    println!("{value:#}");
}

/// The operations as JSON.
pub(crate) fn json_operations(lines: &[Line]) -> serde_json::Value {
    lines.iter().map(Line::json).collect()
}
