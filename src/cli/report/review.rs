//! A revision as its reviewer reads it, on a terminal.

use anstyle::{AnsiColor, Style};

use super::layout::{Piece, left_and_right, paragraph};
use super::out::{print, println};
use super::{dim, heading, paint, width};
use crate::review::{Change, Review};

/// What changes, what may go wrong, the schema before and after, the SQL of both directions.
pub(crate) fn review(review: &Review) {
    let columns = width().unwrap_or(80);
    let head = Piece::styled(&review.message, Style::new().bold());
    print!("{}", left_and_right(&head, &Piece::dim(&review.revision), columns));
    println!("{}", dim(&review.file));
    let proof = &review.proof;
    let (style, word, text) = match (proof.edited, proof.versions.as_slice()) {
        (true, _) => (AnsiColor::Yellow, "!", "edited since it was proved: autogen prove".to_owned()),
        (false, []) => (AnsiColor::Yellow, "!", "not proved: autogen prove".to_owned()),
        (false, versions) => (AnsiColor::Green, "ok", format!("proved on PostgreSQL {}", versions.join(", "))),
    };
    println!("{} {text}\n", paint(style.on_default().bold(), word));
    if review.changes.is_empty() {
        println!("no table, column, key, index or view changes: read the statements");
    }
    review.changes.iter().for_each(|it| change(it, columns));
    for hazard in &review.downgrade_hazards {
        let text = format!("the downgrade {hazard}");
        print!("{}", paragraph(&Piece::styled(&text, AnsiColor::Yellow.on_default()), 2, width()));
    }
    if !review.schema.is_empty() {
        println!();
        heading("the schema before and after");
    }
    for object in &review.schema {
        println!("  {}", object.object);
        for line in &object.lines {
            let style = match line.sign {
                '+' => AnsiColor::Green.on_default(),
                '-' => AnsiColor::Red.on_default(),
                _ => Style::new().dimmed(),
            };
            println!("    {}", paint(style, format!("{} {}", line.sign, visible(&line.text)).trim_end()));
        }
    }
    for (name, sql) in [("upgrade", &review.upgrade), ("downgrade", &review.downgrade)] {
        println!();
        heading(name);
        for line in sql.lines() {
            let line = visible(line);
            println!("  {}", if line.starts_with("--") { dim(&line) } else { line });
        }
    }
    println!();
}

fn change(change: &Change, columns: usize) {
    let style = match change.sign {
        '+' => AnsiColor::Green,
        '-' => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    };
    let left = format!("{}  {}", change.object, change.detail);
    let place = Piece::dim(change.place.as_deref().unwrap_or_default());
    let line = left_and_right(&Piece::new(left.trim_end()), &place, columns.saturating_sub(4));
    print!("  {} {line}", paint(style.on_default(), &change.sign.to_string()));
    for hazard in &change.hazards {
        let style = if hazard.starts_with("loses-data") { AnsiColor::Red } else { AnsiColor::Yellow };
        print!("{}", paragraph(&Piece::styled(hazard, style.on_default()), 6, width()));
    }
    for expected in &change.expects {
        print!("{}", paragraph(&Piece::dim(&format!("must hold: {}", expected.holds)), 6, width()));
    }
}

/// What a file holds must not steer the terminal.
fn visible(line: &str) -> String {
    line.chars()
        .flat_map(|c| if c.is_control() && c != '\t' { c.escape_default().collect() } else { vec![c] })
        .collect()
}
