//! Where a command goes, and for a script also where it begins.

use std::str::FromStr;

use super::global::Global;
use super::report;
use crate::config::Running;
use crate::error::{Error, Kind, Result, WithHints};
use crate::execute::Direction;
use crate::migration::Folder;
use crate::revision::Target;
use crate::runner::{Script, stamp_script, walk_script};

/// `head`, or for a script `abc123:head`.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Where the database is, where that is said.
    pub(crate) from: Option<Target>,
    /// Where it is to go.
    pub(crate) to: Target,
}

impl FromStr for Span {
    type Err = WithHints;

    fn from_str(text: &str) -> std::result::Result<Self, WithHints> {
        match text.split_once(':') {
            Some((from, to)) => Ok(Self { from: Some(from.parse()?), to: to.parse()? }),
            None => Ok(Self { from: None, to: text.parse()? }),
        }
    }
}

impl Span {
    /// The target of a run: only a script begins elsewhere than the database is.
    pub(crate) fn target(self) -> Result<Target> {
        match self.from {
            None => Ok(self.to),
            Some(from) => Err(Error::new(Kind::Usage, format!("a range {from}:{} is for --sql only", self.to))
                .hint("without --sql the database says where it begins: leave the first part out")
                .hint("--sql   prints a script instead of running it")),
        }
    }
}

/// What a script is to do.
pub(crate) enum Scripted {
    /// Apply or take back.
    Walk(Direction),
    /// Mark.
    Stamp,
}

/// Prints the script; it needs no database.
pub(crate) fn print_script(
    global: &Global,
    span: &Span,
    what: &Scripted,
    running: impl FnOnce(&Running) -> Running,
) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let running = running(&config.runner);
    let script = Script {
        folder: &folder,
        from: span.from.as_ref(),
        to: &span.to,
        default_namespace: &config.default_namespace,
        running: &running,
    };
    let text = match what {
        Scripted::Walk(direction) => walk_script(&script, *direction)?,
        Scripted::Stamp => stamp_script(&script)?,
    };
    report::data(&text);
    Ok(())
}
