//! A file's text made into a migration; `render` is the mirror.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::{Migration, Statement, split};
use crate::error::{Error, Kind, Result};
use crate::revision::{Revision, check_id};

impl Migration {
    /// Reads the text of a revision's file; `shown` is the file's name in messages.
    ///
    /// # Errors
    /// [`Kind::Error`] with file and line: a broken header, an unknown or missing marker, a quote that is not closed,
    /// a statement that opens or ends a transaction.
    pub fn parse(path: &Path, shown: &str, text: &str) -> Result<Self> {
        let text = normalised(text);
        let (revision, header_lines) = header(shown, &text)?;
        let mut sections = Sections::read(shown, &text, header_lines)?;
        let upgrade = sections.take(Section::Upgrade)?;
        let downgrade = sections.take(Section::Downgrade)?;
        Ok(Self {
            revision,
            path: path.to_path_buf(),
            upgrade,
            downgrade,
            renames: sections.renames,
            hash: hash(&text),
            upgrade_text: lines(&text, sections.upgrade_line, sections.downgrade_line.saturating_sub(1)),
            downgrade_text: lines(&text, sections.downgrade_line, usize::MAX),
            text,
            by_hand: false,
        })
    }
}

/// The lines from behind one number to another, counted from 1.
fn lines(text: &str, behind: usize, to: usize) -> String {
    text.lines().take(to).skip(behind).map(|line| format!("{line}\n")).collect()
}

/// Reads the statements of one section, as [`Migration::downgrade_text`] holds them.
///
/// # Errors
/// As [`Migration::parse`].
pub fn parse_statements(shown: &str, text: &str) -> Result<Vec<Statement>> {
    let text = format!("-- autogen: upgrade\n{text}\n-- autogen: downgrade\n");
    Sections::read(shown, &text, 0)?.take(Section::Upgrade)
}

/// The same bytes whatever an editor or git made of the line ends.
pub(super) fn normalised(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

/// SHA-256 in hex digits.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn broken(shown: &str, line: usize, what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Error, format!("{shown}:{line}: {what}"))
}

/// The comment lines at the top: the message, then `Key: value` lines; other lines are remarks.
fn header(shown: &str, text: &str) -> Result<(Revision, usize)> {
    let mut lines = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("--") {
            Some(comment) if marker(comment.trim()).is_none() => lines.push(comment.trim()),
            Some(_) | None => break,
        }
    }
    let Some(message) = lines.first().filter(|message| !message.is_empty()) else {
        return Err(
            broken(shown, 1, "the header is missing").hint("the first line is `-- MESSAGE`, what the revision does")
        );
    };
    let value = |key: &str| {
        let found = |(index, line): (usize, &&str)| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(key).then(|| (index + 1, value.trim().to_owned()))
        };
        lines.iter().enumerate().skip(1).find_map(found)
    };
    let last = lines.len();
    let missing = |key: &str, example: &str| {
        broken(shown, last, format!("the header has no line `-- {key}:`")).hint(format!("write `-- {key}: {example}`"))
    };
    let (id_line, id) = value("Revision ID").ok_or_else(|| missing("Revision ID", "abc123def456"))?;
    check_id(&id).map_err(|cause| broken(shown, id_line, &cause).hint("write `-- Revision ID: abc123def456`"))?;
    let (parents_line, parents) =
        value("Revises").ok_or_else(|| missing("Revises", "ID").hint("leave it empty for the first revision"))?;
    let parents = list(&parents);
    for parent in &parents {
        check_id(parent).map_err(|cause| broken(shown, parents_line, &cause).hint("write `-- Revises: ID, ID`"))?;
    }
    let optional = |key: &str| value(key).map(|(_, value)| value).unwrap_or_default();
    let revision = Revision {
        id,
        parents,
        branch_labels: list(&optional("Branch Labels")),
        depends_on: list(&optional("Depends On")),
        replaces: list(&optional("Replaces")),
        message: (*message).to_owned(),
        create_date: optional("Create Date"),
    };
    Ok((revision, last))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn marker(comment: &str) -> Option<&str> {
    comment.strip_prefix("autogen:").map(str::trim)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Upgrade,
    Downgrade,
}

/// What stands below the header.
struct Sections<'a> {
    shown: &'a str,
    upgrade: Option<Vec<Statement>>,
    downgrade: Option<Vec<Statement>>,
    /// The line of the first marker.
    upgrade_line: usize,
    /// The line of the second marker.
    downgrade_line: usize,
    renames: Vec<String>,
}

impl<'a> Sections<'a> {
    fn read(shown: &'a str, text: &str, header_lines: usize) -> Result<Self> {
        let mut sections =
            Self { shown, upgrade: None, downgrade: None, upgrade_line: 0, downgrade_line: 0, renames: Vec::new() };
        let texts = split(text)
            .map_err(|error| broken(shown, error.line, &error).hint("close it, or double a quote inside a text: ''"))?;
        for sql in texts {
            let mut autocommit = None;
            for (line, comment) in sql.comments.iter().filter(|(line, _)| *line > header_lines) {
                if let Some(marker) = marker(comment) {
                    sections.marker(*line, marker, &mut autocommit)?;
                }
            }
            if sql.sql.is_empty() {
                autocommit.map_or(Ok(()), |line| Err(stray_autocommit(shown, line)))?;
            } else {
                refuse_inner_markers(shown, sql.line, &sql.sql)?;
                refuse_transactions(shown, sql.line, &sql.sql)?;
                let statement = Statement { sql: sql.sql, autocommit: autocommit.is_some() };
                sections.current(sql.line)?.push(statement);
            }
        }
        Ok(sections)
    }

    fn marker(&mut self, line: usize, marker: &str, autocommit: &mut Option<usize>) -> Result<()> {
        if let Some(line) = autocommit.filter(|_| marker == "upgrade" || marker == "downgrade") {
            return Err(stray_autocommit(self.shown, line));
        }
        match marker {
            "upgrade" if self.upgrade.is_none() => {
                self.upgrade = Some(Vec::new());
                self.upgrade_line = line;
            }
            "downgrade" if self.upgrade.is_some() && self.downgrade.is_none() => {
                self.downgrade = Some(Vec::new());
                self.downgrade_line = line;
            }
            "upgrade" | "downgrade" => {
                return Err(broken(
                    self.shown,
                    line,
                    format!("`-- autogen: {marker}` stands twice, or at the wrong place"),
                )
                .hint("a file has one `-- autogen: upgrade`, and below it one `-- autogen: downgrade`"));
            }
            "autocommit" => *autocommit = Some(line),
            other => match other.strip_prefix("rename ") {
                Some(rename) => self.renames.push(rename.trim().to_owned()),
                None => {
                    return Err(broken(self.shown, line, format!("`-- autogen: {other}` is no marker"))
                        .hint("the markers are upgrade, downgrade, autocommit and rename A -> B"));
                }
            },
        }
        Ok(())
    }

    fn current(&mut self, line: usize) -> Result<&mut Vec<Statement>> {
        let section = if self.downgrade.is_some() { self.downgrade.as_mut() } else { self.upgrade.as_mut() };
        section.ok_or_else(|| {
            broken(self.shown, line, "a statement stands above `-- autogen: upgrade`")
                .hint("write `-- autogen: upgrade` on a line of its own before the first statement")
        })
    }

    fn take(&mut self, section: Section) -> Result<Vec<Statement>> {
        let (statements, word) = match section {
            Section::Upgrade => (self.upgrade.take(), "upgrade"),
            Section::Downgrade => (self.downgrade.take(), "downgrade"),
        };
        statements.ok_or_else(|| {
            Error::new(Kind::Error, format!("{}: the marker `-- autogen: {word}` is missing", self.shown))
                .hint(format!("write `-- autogen: {word}` on a line of its own; nothing need follow it"))
        })
    }
}

fn stray_autocommit(shown: &str, line: usize) -> Error {
    broken(shown, line, "`-- autogen: autocommit` stands before no statement")
        .hint("it belongs directly above the statement that runs outside of a transaction")
}

/// A marker inside of a statement means that the semicolon before it was forgotten.
fn refuse_inner_markers(shown: &str, line: usize, sql: &str) -> Result<()> {
    let inner =
        sql.lines().position(|line| line.strip_prefix("--").is_some_and(|c| marker(c.trim()) == Some("autocommit")));
    match inner {
        Some(index) => Err(broken(shown, line + index, "`-- autogen: autocommit` stands inside of a statement")
            .hint("close the statement above it with a semicolon")),
        None => Ok(()),
    }
}

/// Steps are transactions; a statement that ends one would leave a failed step half done.
fn refuse_transactions(shown: &str, line: usize, sql: &str) -> Result<()> {
    let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let word = words.next().unwrap_or_default().to_ascii_uppercase();
    let second = words.next().unwrap_or_default().to_ascii_uppercase();
    let ends = match word.as_str() {
        "BEGIN" | "COMMIT" | "END" | "ABORT" => true,
        "START" | "PREPARE" => second == "TRANSACTION",
        "ROLLBACK" => !sql.to_ascii_uppercase().split_whitespace().any(|word| word == "TO"),
        "COPY" if ["STDIN", "STDOUT"].iter().any(|stream| sql.to_ascii_uppercase().contains(stream)) => {
            return Err(broken(shown, line, "COPY from or to the client does not work in a revision")
                .hint("write INSERT INTO .. VALUES .., or COPY from a file of the server"));
        }
        _ => false,
    };
    if ends {
        return Err(broken(shown, line, format!("{word} does not belong into a revision"))
            .hint("consecutive statements are one transaction already; `-- autogen: autocommit` above a statement takes it out"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

    use super::super::{Block, Plan, render};
    use super::*;

    const HEADER: &str = "-- m\n--\n-- Revision ID: abc\n-- Revises: x, y\n-- Create Date: 2024-12-11 14:30:00 UTC\n";

    fn parse(text: &str) -> Result<Migration> {
        Migration::parse(Path::new("m.sql"), "m.sql", text)
    }

    fn message(text: &str) -> String {
        parse(text).expect_err("it is broken").to_string()
    }

    #[test]
    fn line_ends_change_nothing() {
        let text = format!("{HEADER}\n-- autogen: upgrade\nSELECT 1;\n-- autogen: downgrade\nSELECT 2;\n");
        let unix = parse(&text).expect("it is sound");
        let windows = parse(&format!("\u{feff}{}", text.replace('\n', "\r\n"))).expect("it is sound");
        assert_eq!(unix, windows);
        assert_eq!(unix.revision.parents, ["x", "y"]);
        assert_eq!(unix.downgrade_text, "SELECT 2;\n");
    }

    #[test]
    fn a_forgotten_semicolon_does_not_mix_directions() {
        let migration = parse(&format!("{HEADER}-- autogen: upgrade\nSELECT 1\n-- autogen: downgrade\nSELECT 2"));
        let migration = migration.expect("it is sound");
        assert_eq!(migration.upgrade, [Statement::new("SELECT 1")]);
        assert_eq!(migration.downgrade, [Statement::new("SELECT 2")]);
    }

    #[test]
    fn broken_headers_have_their_line() {
        assert_eq!(message(""), "m.sql:1: the header is missing");
        assert_eq!(message("SELECT 1;"), "m.sql:1: the header is missing");
        assert_eq!(message("-- m\n-- Revises:\n"), "m.sql:2: the header has no line `-- Revision ID:`");
        assert_eq!(message("-- m\n-- Revision ID: a\n"), "m.sql:2: the header has no line `-- Revises:`");
        assert!(message("-- m\n-- Revision ID: a-b\n-- Revises:\n").starts_with("m.sql:2: `a-b` cannot be"));
    }

    #[test]
    fn broken_bodies_have_their_line() {
        let body = |body: &str| message(&format!("{HEADER}{body}"));
        assert_eq!(body("SELECT 1;"), "m.sql:6: a statement stands above `-- autogen: upgrade`");
        assert_eq!(body("-- autogen: upgrade\n"), "m.sql: the marker `-- autogen: downgrade` is missing");
        assert_eq!(
            body("-- autogen: downgrade\n"),
            "m.sql:6: `-- autogen: downgrade` stands twice, or at the wrong place"
        );
        assert_eq!(body("-- autogen: upgarde\n"), "m.sql:6: `-- autogen: upgarde` is no marker");
        assert_eq!(body("-- autogen: upgrade\n\nSELECT 'x;"), "m.sql:8: a quote that opens in line 8 is not closed");
        assert_eq!(body("-- autogen: upgrade\nCOMMIT;"), "m.sql:7: COMMIT does not belong into a revision");
        assert!(body("-- autogen: upgrade\n-- autogen: autocommit\n-- autogen: downgrade\n").starts_with("m.sql:7: "));
        assert!(body("-- autogen: upgrade\nSELECT 1\n-- autogen: autocommit\nVACUUM;").starts_with("m.sql:8: "));
    }

    fn sql() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("'it''s; -- autogen: upgrade'".to_owned()),
            Just("\"na;me\"".to_owned()),
            Just("$x$ ; ' $x$".to_owned()),
            Just("/* ; /* nested */ */".to_owned()),
            Just("-- remark;\n  + 1".to_owned()),
            Just("E'\\';'".to_owned()),
            Just("(1; 2)".to_owned()),
            Just("'two\nlines'".to_owned()),
            "[a-z]{1,5}",
            Just("-- at the end".to_owned()),
        ];
        proptest::collection::vec(piece, 0..5).prop_map(|pieces| {
            let mut text = "SELECT".to_owned();
            for piece in pieces {
                text.push(if text.ends_with("end") { '\n' } else { ' ' });
                text.push_str(&piece);
            }
            text
        })
    }

    fn blocks() -> impl Strategy<Value = Vec<Block>> {
        let statement = (sql(), any::<bool>()).prop_map(|(sql, autocommit)| Statement { sql, autocommit });
        let block = (
            "[a-z ;'\n]{0,12}",
            proptest::option::of("[a-z:/.]{1,9}"),
            proptest::collection::vec("[a-z: ;\"']{1,9}", 0..3),
            proptest::collection::vec(statement, 0..4),
        );
        let block = block.prop_map(|(title, place, hazards, statements)| Block { title, place, hazards, statements });
        proptest::collection::vec(block, 0..4)
    }

    fn plans() -> impl Strategy<Value = Plan> {
        let ids = || proptest::collection::vec("[a-z0-9_.]{9,12}", 0..3);
        let revision = ("[0-9a-f]{12}", ids(), ids(), ids(), ids(), "[A-Za-z0-9äß:;' -]{0,20}[a-z]").prop_map(
            |(id, parents, branch_labels, depends_on, replaces, message)| Revision {
                id,
                parents,
                branch_labels,
                depends_on,
                replaces,
                message: message.trim_start_matches(['-', ' ']).to_owned(),
                create_date: "2024-12-11 14:30:00 UTC".to_owned(),
            },
        );
        let renames = proptest::collection::vec("[a-z.]{1,5} -> [a-z.]{1,5}", 0..3);
        (revision, blocks(), blocks(), renames).prop_map(|(revision, upgrade, downgrade, renames)| Plan {
            revision,
            upgrade,
            downgrade,
            renames,
        })
    }

    proptest! {
        #[test]
        fn what_is_rendered_is_what_is_read(plan in plans()) {
            let text = render(&plan).expect("it renders");
            let migration = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            prop_assert_eq!(&migration.revision, &plan.revision);
            prop_assert_eq!(migration.upgrade, plan.upgrade_statements().cloned().collect::<Vec<_>>());
            let downgrade: Vec<Statement> = plan.downgrade_statements().cloned().collect();
            prop_assert_eq!(&migration.downgrade, &downgrade);
            prop_assert_eq!(parse_statements("x", &migration.downgrade_text).expect("it parses"), downgrade);
            prop_assert_eq!(migration.renames, plan.renames);
        }
    }
}
