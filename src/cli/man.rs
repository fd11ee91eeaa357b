//! `autogen man`: the manual's pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use super::global::Global;
use super::{Cli, report};
use crate::error::{Error, Kind, Result};

/// Print the manual page, or write a page for each command into a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write autogen.1, autogen-create.1 and so on into this folder: ~/.local/share/man/man1
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Man, global: &Global) -> Result<()> {
    let failed = |cause: std::io::Error| Error::new(Kind::Error, "the pages cannot be written").caused_by(cause);
    match &args.dir {
        Some(dir) => {
            let dir = global.folder()?.join(dir);
            std::fs::create_dir_all(&dir).map_err(failed)?;
            clap_mangen::generate_to(Cli::command(), &dir).map_err(failed)?;
            report::success(&format!("wrote the pages into {}", dir.display()));
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(failed)?;
            report::data(&String::from_utf8_lossy(&page));
        }
    }
    Ok(())
}
