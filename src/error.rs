//! What went wrong, for the person who can act: a kind (the exit code), a message, its causes and hints.

use std::fmt;

/// A result of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is; decides the exit code and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything without a code of its own.
    Error,
    /// Wrong arguments, a wrong configuration, or models that cannot be read.
    Usage,
    /// `check` found differences.
    Different,
    /// The database is not at head.
    NotAtHead,
    /// Refused until answered: a rename, a fill, a cast, a mass drop.
    Refused,
    /// The lock was not obtained.
    Locked,
    /// The proof failed.
    ProofFailed,
    /// Several heads, or an ambiguous target.
    SeveralHeads,
    /// Ctrl-C.
    Interrupted,
}

impl Kind {
    /// The exit code of the process, as the README documents it.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Error => 1,
            Self::Usage => 2,
            Self::Different => 3,
            Self::NotAtHead => 4,
            Self::Refused => 5,
            Self::Locked => 6,
            Self::ProofFailed => 7,
            Self::SeveralHeads => 8,
            Self::Interrupted => 130,
        }
    }
}

/// A failure: what happened and where, its causes, and what to do.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    cause: Option<anyhow::Error>,
}

impl Error {
    /// A failure of this kind. The message says what happened and where; no final period, no "error:".
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), cause: None }
    }

    /// Adds what to do: the command to run or the line to write.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What caused it, to be said of another failure.
    #[must_use]
    pub fn into_cause(self) -> Option<anyhow::Error> {
        self.cause
    }

    /// What to do about it, in the order to try.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause.as_ref() as _)
    }
}

/// The same for whoever prints only what it displays, as clap does of an argument: the hints stand below the message.
#[derive(Debug)]
pub struct WithHints(pub Error);

impl From<Error> for WithHints {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<WithHints> for Error {
    fn from(WithHints(error): WithHints) -> Self {
        error
    }
}

impl fmt::Display for WithHints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        self.0.hints.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for WithHints {}
