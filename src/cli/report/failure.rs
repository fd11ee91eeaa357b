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
        let text = cause_text(current);
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

/// What a cause says. sqlx adds the line of Postgres' own source to what the server says.
pub(crate) fn cause_text(cause: &(dyn std::error::Error + 'static)) -> String {
    match cause.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(refusal)) => refusal.message().to_owned(),
        Some(_) | None => cause.to_string(),
    }
}
