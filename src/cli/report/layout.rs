//! Text in columns, by the width that a terminal gives it.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::paint;

/// A piece of a line: text, and how it is painted. The text has no line breaks and no other control characters.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    text: String,
    style: Style,
}

impl Piece {
    /// Text from anywhere: what would move the cursor is written out.
    pub(super) fn new(text: &str) -> Self {
        Self::styled(text, Style::new())
    }

    /// The same, dim.
    pub(super) fn dim(text: &str) -> Self {
        Self::styled(text, Style::new().dimmed())
    }

    /// The same, painted.
    pub(super) fn styled(text: &str, style: Style) -> Self {
        let text = text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] });
        Self { text: text.collect(), style }
    }

    /// Its text, not painted.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Columns of the terminal that it takes.
    pub(super) fn width(&self) -> usize {
        self.text.width()
    }

    fn painted(&self) -> String {
        if self.style == Style::new() { self.text.clone() } else { paint(self.style, &self.text) }
    }
}

/// What stands left and what stands right of a line of so many columns; on two lines if it is too long.
pub(super) fn left_and_right(left: &Piece, right: &Piece, width: usize) -> String {
    if right.width() == 0 {
        return format!("{}\n", left.painted());
    }
    match width.checked_sub(left.width() + right.width()) {
        Some(gap) if gap >= 2 => format!("{}{}{}\n", left.painted(), " ".repeat(gap), right.painted()),
        Some(_) | None => format!("{}\n    {}\n", left.painted(), right.painted()),
    }
}

/// Rows in columns, two spaces in front and between. A cell wider than `widest` pushes the rest of its row and no
/// other. What does not fit into `width` goes on below; without a width every row is one line.
pub(super) fn rows(rows: &[Vec<Piece>], widest: usize, width: Option<usize>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(Piece::width);
            cells.filter(|width| *width <= widest).max().unwrap_or(0)
        })
        .collect();
    rows.iter().map(|cells| row(cells, &widths, width)).collect()
}

fn row(cells: &[Piece], widths: &[usize], width: Option<usize>) -> String {
    // The continuation begins below the second column, unless that leaves too little room.
    let below = 2 + widths.first().copied().unwrap_or(0) + 2;
    let below = if width.is_some_and(|width| below + 30 > width) { 6 } else { below };
    let (mut line, mut at, mut owed) = (String::new(), 0, 2);
    for (cell, column) in cells.iter().zip(widths) {
        let taken = cell.width();
        if taken > 0 {
            if width.is_some_and(|width| at + owed + taken > width) && at > below {
                line.push_str(&format!("\n{}", " ".repeat(below)));
                (at, owed) = (below, 0);
            }
            line.push_str(&" ".repeat(owed));
            line.push_str(&broken(cell, at + owed, width));
            at += owed + taken;
            owed = 0;
        }
        owed += column.saturating_sub(taken) + 2;
    }
    line.push('\n');
    line
}

/// A cell that is wider than the terminal even on a line of its own goes on below itself.
fn broken(cell: &Piece, at: usize, width: Option<usize>) -> String {
    match width {
        Some(width) if at + cell.width() > width => {
            let lines = wrap(&cell.text, width.saturating_sub(at).max(20));
            let lines: Vec<String> =
                lines.into_iter().map(|text| Piece { text, style: cell.style }.painted()).collect();
            lines.join(&format!("\n{}", " ".repeat(at)))
        }
        Some(_) | None => cell.painted(),
    }
}

/// Text behind an indent, broken at spaces where there is a width.
pub(super) fn paragraph(text: &Piece, indent: usize, width: Option<usize>) -> String {
    format!("{}{}\n", " ".repeat(indent), broken(text, indent, width))
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rows_of: &[&[&str]], width: Option<usize>) -> String {
        let cells: Vec<Vec<Piece>> = rows_of.iter().map(|row| row.iter().map(|it| Piece::new(it)).collect()).collect();
        rows(&cells, 24, width).concat()
    }

    #[test]
    fn columns_stand_below_each_other_by_what_the_terminal_shows() {
        let text = plain(&[&["größe", "integer", "x"], &["名前", "text", "y"]], Some(80));
        assert_eq!(text, "  größe  integer  x\n  名前   text     y\n");
    }

    #[test]
    fn an_empty_cell_leaves_its_place_and_nothing_at_the_end() {
        assert_eq!(plain(&[&["a", "", "x"], &["b", "null", ""]], None), "  a        x\n  b  null\n");
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let long = "one two three four five six seven eight nine ten eleven twelve";
        let text = plain(&[&["name", "text", long]], Some(50));
        assert_eq!(
            text,
            "  name  text\n        one two three four five six seven eight\n        nine ten eleven twelve\n"
        );
        assert_eq!(plain(&[&["name", "text", long]], None), format!("  name  text  {long}\n"));
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(Piece::new("a\u{1b}[31m\nb").painted(), "a\\u{1b}[31m\\nb");
    }
}
