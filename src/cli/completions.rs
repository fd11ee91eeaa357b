//! `autogen completions`: what a shell completes.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, report};
use crate::error::Result;

/// Print the completions of a shell
///
/// bash: `autogen completions bash > ~/.local/share/bash-completion/completions/autogen`; zsh: into a file `_autogen` of
/// a folder of $fpath; fish: `autogen completions fish > ~/.config/fish/completions/autogen.fish`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Completions) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "autogen", &mut text);
    report::data(&String::from_utf8_lossy(&text));
    Ok(())
}
