use anstream::eprintln;
use anstyle::{AnsiColor, Style};

use super::paint;
use crate::error::Error;

/// What happened, its causes, and what to do.
pub(crate) fn failure(error: &Error) {
    eprintln!("{} {error}", paint(AnsiColor::Red.on_default().bold(), "error:"));
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        let text = current.to_string();
        // Many errors repeat the text of the one below them.
        if !said.contains(&text) {
            for (number, line) in text.lines().enumerate() {
                eprintln!("  {} {line}", if number == 0 { "caused by:" } else { "          " });
            }
            said = text;
        }
        cause = current.source();
    }
    for hint in error.hints() {
        let mut lines = hint.lines();
        eprintln!("{} {}", paint(AnsiColor::Cyan.on_default().bold(), "hint:"), lines.next().unwrap_or_default());
        for line in lines {
            eprintln!("      {}", paint(Style::new(), line));
        }
    }
}
