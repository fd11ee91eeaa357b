//! What the doctor says.

use anstyle::AnsiColor;

use super::layout::{Piece, paragraph};
use super::out::print;
use super::{paint, width};
use crate::cli::doctor::{Diagnosis, Health};

/// A line each, with a hint below where there is one. `quiet` leaves out what is well.
pub(crate) fn diagnoses(found: &[Diagnosis], quiet: bool) {
    let widest = found.iter().map(|it| it.what.len()).max().unwrap_or_default();
    for Diagnosis { what, health, text, hint } in found.iter().filter(|it| !quiet || it.health != Health::Ok) {
        let (color, word) = match health {
            Health::Ok => (AnsiColor::Green, "ok     "),
            Health::Warning => (AnsiColor::Yellow, "warning"),
            Health::Error => (AnsiColor::Red, "error  "),
        };
        let mut lines = text.lines();
        let first = Piece::new(lines.next().unwrap_or_default());
        let line = paragraph(&first, 11 + widest, width());
        print!("{}  {what:<widest$}  {}", paint(color.on_default().bold(), word), line.trim_start());
        for line in lines.chain(hint.as_deref()) {
            print!("{}", paragraph(&Piece::dim(line), 11 + widest, width()));
        }
    }
}
