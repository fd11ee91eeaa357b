use std::fmt;

use serde::Serialize;

use crate::error::{Error, Kind};
use crate::schema::Place;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The models cannot be read.
    Error,
    /// They are read, and may not be what is meant.
    Warning,
}

/// One thing in the source that the reader cannot know or that looks wrong, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Whether the models can be read all the same.
    pub severity: Severity,
    /// Where it stands. Line 0 for a whole file or folder.
    pub place: Place,
    /// What is wrong, without a final period.
    pub message: String,
    /// The source line; empty for a whole file.
    pub snippet: String,
    /// What to do, each with the exact text to write.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// The same with one more remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Everything that one run found, in the order of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Sorted by place; what was found twice stands once.
    pub(super) fn new(mut found: Vec<Diagnostic>) -> Self {
        found.sort_by(|a, b| (&a.place, &a.message).cmp(&(&b.place, &b.message)));
        found.dedup();
        Self(found)
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As rustc prints them, a blank line between two.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, diagnostic) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column } = &self.place;
        let file = visible(&file.display().to_string());
        write!(f, "{}: {}", self.severity, visible(&self.message))?;
        if *line == 0 {
            write!(f, "\n --> {file}")?;
            return self.help.iter().try_for_each(|help| write!(f, "\nhelp: {}", visible(help)));
        }
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        write!(f, "\n{margin}--> {file}:{line}:{column}")?;
        // A tab stays a tab, so that the caret stands under the right character in every terminal.
        let before: String =
            self.snippet.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        write!(f, "\n{margin} |\n{number} | {}\n{margin} | {before}^", visible(&self.snippet))?;
        self.help.iter().try_for_each(|help| write!(f, "\n{margin} = help: {}", visible(help)))
    }
}

/// What a source holds must not steer the terminal: control characters as their pictures, and marks that turn the
/// direction of text as U+FFFD, each in one column as before.
fn visible(text: &str) -> String {
    let picture = |code: u32| char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER);
    let shown = text.chars().map(|c| match c {
        '\n' | '\t' => c,
        '\0'..='\x1f' => picture(u32::from(c)),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        c => c,
    });
    shown.collect()
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Self {
        let count = match diagnostics.len() {
            1 => "one thing".to_owned(),
            count => format!("{count} things"),
        };
        Self::new(Kind::Usage, format!("the models cannot be read: {count} to settle\n\n{diagnostics}")).hint(
            "what source cannot say, a program can print: `command = [\"..\"]` under [entities] (docs/models-json.md)",
        )
    }
}
