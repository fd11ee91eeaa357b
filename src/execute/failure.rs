//! Why a step failed, with everything that Postgres says about it.

use std::fmt;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use super::{Direction, Run};
use crate::error::{Error, Kind};
use crate::expectation::is_guard;
use crate::schema::QualifiedName;

/// The way out where a file's statement is refused.
pub const CORRECT_FILE: &str = "nothing of it stays; correct the file, and run the same command again";

/// A step that failed and was taken back.
#[derive(Debug)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The revision.
    pub revision: String,
    /// Which way it was run.
    pub direction: Direction,
    /// The step, counted from 1.
    pub step: usize,
    /// How many there are.
    pub of: usize,
    /// The statement that failed; none where it is the journal's own.
    pub statement: Option<String>,
    /// What Postgres or the connection says.
    pub cause: Box<Cause>,
}

/// What Postgres or the connection says.
#[derive(Debug, Default)]
pub struct Cause {
    /// SQLSTATE.
    pub code: Option<String>,
    /// Postgres' message, or the connection's.
    pub message: String,
    /// Postgres' DETAIL.
    pub detail: Option<String>,
    /// Postgres' HINT.
    pub hint: Option<String>,
    /// The table whose rows are at fault, where Postgres names it.
    pub table: Option<QualifiedName>,
    /// The character of the statement, counted from 1.
    pub position: Option<usize>,
    /// Sessions that hold locks on what the statement names.
    pub blockers: Vec<String>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The server refused the statement.
    Refused,
    /// A lock was not to be had.
    Locked,
    /// The connection is lost.
    Lost,
    /// Somebody asked to stop.
    Interrupted,
    /// The steps are not those that were begun.
    Changed,
}

/// What is said when somebody asked to stop.
pub(super) const INTERRUPTED: &str = "interrupted; the step was taken back";

impl Failure {
    pub(super) fn new(run: &Run<'_>, index: usize, kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            revision: run.revision.to_owned(),
            direction: run.direction,
            step: index + 1,
            of: run.steps.len(),
            statement: None,
            cause: Box::new(Cause { message: message.into(), ..Cause::default() }),
        }
    }

    pub(super) fn of(run: &Run<'_>, index: usize, statement: Option<&str>, cause: &sqlx::Error) -> Self {
        let database = match cause {
            sqlx::Error::Database(refusal) => refusal.try_downcast_ref::<PgDatabaseError>(),
            _ => None,
        };
        let kind = match database.map(PgDatabaseError::code) {
            None => FailureKind::Lost,
            Some("55P03") => FailureKind::Locked,
            Some("57014") if run.stop.is_asked() => FailureKind::Interrupted,
            Some(code) if code.starts_with("57P") => FailureKind::Lost,
            Some(_) => FailureKind::Refused,
        };
        if kind == FailureKind::Interrupted {
            return Self::new(run, index, kind, INTERRUPTED);
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let said = Cause {
            code: text(database.map(PgDatabaseError::code)),
            message: database.map_or_else(|| cause.to_string(), |refusal| refusal.message().to_owned()),
            detail: text(database.and_then(PgDatabaseError::detail)),
            hint: text(database.and_then(PgDatabaseError::hint)),
            position: database.and_then(PgDatabaseError::position).and_then(|position| match position {
                PgErrorPosition::Original(position) => Some(position),
                PgErrorPosition::Internal { .. } => None,
            }),
            table: database.and_then(|it| Some(QualifiedName::new(it.schema()?, it.table()?))),
            blockers: Vec::new(),
        };
        Self { statement: text(statement), cause: Box::new(said), ..Self::new(run, index, kind, "") }
    }

    /// Whether the same step may well succeed in a moment: a lock, a deadlock, a serialization failure.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.cause.code.as_deref(), Some("55P03" | "40P01" | "40001"))
    }

    /// Whether Postgres only runs the statement outside of a transaction.
    pub(super) fn needs_no_transaction(&self) -> bool {
        matches!(self.cause.code.as_deref(), Some("25001" | "2D000"))
    }

    /// What to do, by SQLSTATE (appendix A of the manual).
    fn remedy(&self) -> Option<&'static str> {
        match self.cause.code.as_deref()? {
            "25001" => Some("write `-- autogen: autocommit` on the line above this statement"),
            "55P04" => Some("write `-- autogen: autocommit` on the line above the ALTER TYPE .. ADD VALUE"),
            "3F000" => Some("autogen db init   creates the namespace"),
            "42501" => Some("the role needs this privilege, or to own the object"),
            "55P03" => Some("end these sessions, or try again when they are done"),
            "23000" | "23505" | "23502" | "23503" | "23514" => {
                Some("correct the rows first, in a revision of their own or by hand")
            }
            "2BP01" => Some(
                "what depends on it is not declared: drop it in a revision of its own first \
                 (autogen create --no-autogenerate), or declare it",
            ),
            "0A000" => Some(
                "drop what uses the column before this statement and create it again after it, in a revision written \
                 by hand (autogen create --no-autogenerate)",
            ),
            "25006" => Some("the database takes no writes: is it a standby, or default_transaction_read_only set?"),
            _ => None,
        }
    }

    /// The line of the statement in which the position lies, with a mark below it.
    fn marked(&self) -> Option<String> {
        // What a guard found stands in its message, and how to find it in its hint.
        let statement = self.statement.as_deref().filter(|sql| !is_guard(sql))?;
        let Some(position) = self.cause.position else { return Some(indented(statement)) };
        let before: String = statement.chars().take(position.saturating_sub(1)).collect();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count());
        let mut lines: Vec<String> = statement.lines().map(str::to_owned).collect();
        lines.insert((line + 1).min(lines.len()), format!("{}^", " ".repeat(column)));
        Some(indented(&lines.join("\n")))
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("\n    {line}")).collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { direction, revision, step, of, cause, .. } = self;
        let verb = if self.kind == FailureKind::Interrupted { "stopped" } else { "failed" };
        write!(f, "{direction} of {revision} {verb}")?;
        if *of > 1 {
            write!(f, " in step {step} of {of}")?;
        }
        write!(f, ": {}", cause.message)?;
        if let Some(code) = &cause.code {
            write!(f, " ({code})")?;
        }
        if let Some(statement) = self.marked() {
            f.write_str(&statement)?;
        }
        if let Some(detail) = &cause.detail {
            write!(f, "\n  DETAIL: {detail}")?;
        }
        cause.blockers.iter().try_for_each(|blocker| write!(f, "\n  blocked by {blocker}"))
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::Refused | FailureKind::Lost | FailureKind::Changed => Kind::Error,
            FailureKind::Locked => Kind::Locked,
            FailureKind::Interrupted => Kind::Interrupted,
        };
        let mut error = Self::new(kind, failure.to_string());
        for hint in failure.cause.hint.as_deref().into_iter().chain(failure.remedy()) {
            error = error.hint(hint);
        }
        match failure.kind {
            FailureKind::Lost => error.hint(format!("autogen {}   goes on where it stopped", failure.direction)),
            FailureKind::Refused | FailureKind::Locked | FailureKind::Interrupted if failure.step > 1 => error.hint(
                format!("{} of {} steps are done; the same command goes on from there", failure.step - 1, failure.of),
            ),
            // Cancelled, no writes, no privilege: the file is as good as before.
            FailureKind::Refused if matches!(failure.cause.code.as_deref(), Some("57014" | "25006" | "42501")) => {
                error.hint("nothing of it stays; the same command runs it again")
            }
            FailureKind::Refused => error.hint(CORRECT_FILE),
            FailureKind::Locked | FailureKind::Interrupted | FailureKind::Changed => error,
        }
    }
}
