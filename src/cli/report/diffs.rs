//! How files change.

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::out::print;
use super::paint;

/// A unified diff of each: its name, its text before and its text after.
pub(crate) fn diffs(files: &[(String, &str, &str)]) {
    for (name, before, after) in files {
        let diff = TextDiff::from_lines(*before, *after);
        let (old, new) =
            (if before.is_empty() { "/dev/null".to_owned() } else { format!("a/{name}") }, format!("b/{name}"));
        let text = diff.unified_diff().context_radius(2).header(&old, &new).to_string();
        for line in text.lines() {
            let style = match line.chars().next() {
                Some('+') => AnsiColor::Green.on_default(),
                Some('-') => AnsiColor::Red.on_default(),
                Some('@') => Style::new().dimmed(),
                _ => Style::new(),
            };
            print!("{}\n", paint(style, line));
        }
        print!("\n");
    }
}
