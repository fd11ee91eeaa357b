//! The only place that prints. Data goes to stdout, talk to stderr; colours only on a terminal (`anstream` looks, and
//! honours NO_COLOR).

mod out;
mod change;
mod checked;
mod declared;
mod diffs;
mod doctor;
mod expectation;
mod failure;
mod history;
mod layout;
mod loss;
mod notices;
mod ownership;
mod progress;
mod proof;
mod review;
mod runner;
mod status;

pub(crate) use change::Line;
pub(crate) use checked::{Form, ReportFile, checked, findings, write_findings, write_whole};
pub(crate) use declared::{models, statement_title};
pub(crate) use diffs::diffs;
pub(crate) use doctor::diagnoses;
pub(crate) use expectation::rows_looked_at;
pub(crate) use failure::{cause_text, failure};
pub(crate) use history::Revisions;
pub(crate) use loss::rows_to_lose;
pub(crate) use ownership::{
    adopted, edited, json_entry, json_left_alone, json_undeclared, left_alone, left_alone_sentence, named, undeclared,
    unlisted, untold, widened_sentence,
};
pub(crate) use progress::Progress;
pub(crate) use proof::{Verdict, empty_tables, json_rows, proved, verdict, verdicts_json};
pub(crate) use review::review;
pub(crate) use runner::{
    AppliedLine, Walk, begun, begun_beside, current, edited_since, found, initialised, rehearsed, written,
};
pub(crate) use status::{fleet_line, status};

use anstream::{eprint, eprintln};
use anstyle::{AnsiColor, Style};
use out::{print, println};

use crate::introspect::Diagnostics;
use crate::reflect::Beyond;

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
