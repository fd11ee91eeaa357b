//! What the rows of a database say of a plan.

use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::change::Line;
use super::layout::Piece;
use super::paint;
use crate::expectation::{Expectation, Probe};
use crate::survey::{Answer, SURVEY_SECONDS, Violation};

/// Nothing where it holds; else what is in the way, and the query that finds it on a line of its own.
pub(super) fn render((expectation, answer): &(Expectation, Option<Answer>)) -> String {
    let loud = |text: &str| paint(AnsiColor::Red.on_default().bold(), text);
    match answer {
        None | Some(Answer::Holds | Answer::Later) => String::new(),
        Some(Answer::Violated(violation)) => {
            let what = loud(&in_the_way(expectation, violation));
            format!("      {what}\n        {};\n", violation.find)
        }
        Some(Answer::Unfinished) => {
            let text = format!("not known after {SURVEY_SECONDS} s: whether {}", expectation.holds);
            let query = find(expectation).map(|find| format!("        {find};\n")).unwrap_or_default();
            format!("      {}\n{query}", paint(AnsiColor::Yellow.on_default(), &plain(&text)))
        }
        Some(Answer::Unknown { message }) => {
            let text = format!("not known whether {}: {message}", expectation.holds);
            format!("      {}\n", paint(AnsiColor::Yellow.on_default(), &plain(&text)))
        }
    }
}

/// `2 values are there more than once: a@x, b@x`
fn in_the_way(expectation: &Expectation, violation: &Violation) -> String {
    let (one, many) = &expectation.counted;
    let counted = match violation.count {
        None => format!("at least 1 {one}"),
        Some(1) => format!("1 {one}"),
        Some(count) => format!("{count} {many}"),
    };
    let examples: Vec<String> = violation.examples.iter().map(|example| super::change::shorten(example, 60)).collect();
    match (examples.as_slice(), violation.more) {
        ([], false) => plain(&counted),
        ([], true) => format!("{}; the first of them:", plain(&counted)),
        (examples, more) => plain(&format!("{counted}: {}{}", examples.join(", "), if more { ", .." } else { "" })),
    }
}

/// What would move the cursor is written out.
fn plain(text: &str) -> String {
    Piece::new(text).text().to_owned()
}

fn find(expectation: &Expectation) -> Option<&str> {
    match &expectation.probe {
        Probe::Rows(query) => Some(&query.find),
        Probe::Values(_) | Probe::Later => None,
    }
}

/// One expectation for programs.
pub(super) fn json((expectation, answer): &(Expectation, Option<Answer>)) -> Value {
    json!({
        "holds": expectation.holds,
        "violated": expectation.violated,
        "query": find(expectation),
        "guarded": expectation.guarded,
        "rows": answer,
    })
}

/// What all rows together say; nothing where nothing was asked.
pub(crate) fn rows_looked_at(lines: &[Line]) {
    let answers: Vec<&Answer> =
        lines.iter().flat_map(|line| &line.expectations).filter_map(|(_, answer)| answer.as_ref()).collect();
    let count = |is: fn(&Answer) -> bool| answers.iter().filter(|answer| is(answer)).count();
    let violated = count(|it| matches!(it, Answer::Violated(_)));
    let unknown = count(|it| matches!(it, Answer::Unfinished | Answer::Unknown { .. }));
    let asked = answers.len() - count(|it| matches!(it, Answer::Later));
    if violated > 0 {
        let style = AnsiColor::Yellow.on_default().bold();
        let expectations = if asked == 1 { "expectation" } else { "expectations" };
        eprintln!(
            "{} the rows of this database do not meet {violated} of {asked} {expectations}: the upgrade would stop",
            paint(style, "warning:")
        );
        let style = AnsiColor::Cyan.on_default().bold();
        eprintln!("{} correct them before the upgrade, in a revision of their own or by hand", paint(style, "hint:"));
    } else if asked > 0 {
        let text = if unknown == 0 { "ok".to_owned() } else { format!("{} ok, {unknown} not known", asked - unknown) };
        eprintln!("{}", paint(Style::new().dimmed(), &format!("rows looked at: {text}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_counted_with_examples() {
        let expectation = Expectation {
            holds: "users.email holds no value twice".to_owned(),
            violated: String::new(),
            hazard: String::new(),
            counted: ("value is there twice".to_owned(), "values are there twice".to_owned()),
            probe: Probe::Later,
            guarded: false,
        };
        let said = |count, examples: &[&str], more| {
            let examples = examples.iter().map(|&it| it.to_owned()).collect();
            in_the_way(&expectation, &Violation { count, examples, more, find: String::new() })
        };
        assert_eq!(said(None, &[], false), "at least 1 value is there twice");
        assert_eq!(said(Some(1), &["a\u{1b}"], false), "1 value is there twice: a\\u{1b}");
        assert_eq!(said(Some(3), &["a", "b"], true), "3 values are there twice: a, b, ..");
        assert_eq!(said(Some(9), &[], true), "9 values are there twice; the first of them:");
    }
}
