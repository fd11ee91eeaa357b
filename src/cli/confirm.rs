//! Questions before something is destroyed.

use inquire::{Confirm, InquireError};

use super::global::Global;
use crate::config::Target;
use crate::error::{Error, Kind, Result};

/// Refuses on a protected database, `--yes` or not.
pub(super) fn refuse_protected(target: &Target, what: &str) -> Result<()> {
    if !target.protected {
        return Ok(());
    }
    Err(Error::new(Kind::Refused, format!("{what} is refused: {} is protected", target.shown))
        .hint("a profile [env.NAME] with protected = true in autogen.toml names this database"))
}

/// Asks, unless the flag has answered; where nobody can be asked, the answer is no.
pub(super) fn confirm(global: &Global, yes: bool, question: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !global.may_ask() {
        return Err(Error::new(Kind::Refused, format!("not answered: {question}")).hint("--yes   answers yes"));
    }
    match Confirm::new(question).with_default(false).prompt() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::new(Kind::Refused, "nothing was done")),
        Err(InquireError::OperationInterrupted) => Err(Error::new(Kind::Interrupted, "interrupted; nothing was done")),
        Err(cause) => Err(Error::new(Kind::Refused, format!("not answered: {question}"))
            .hint("--yes   answers yes")
            .caused_by(cause)),
    }
}
