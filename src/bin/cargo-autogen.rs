//! `cargo autogen ..`: cargo runs this program, which becomes the `autogen` beside it, or the one that PATH knows.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    // cargo passes the name of the subcommand first.
    let arguments = std::env::args_os().skip(1).enumerate();
    let arguments = arguments.filter(|(number, text)| *number > 0 || text != "autogen").map(|(_, text)| text);
    let mut command = Command::new(program());
    command.args(arguments);
    let problem = run(command);
    // Nobody can be told where even that cannot be written.
    let _ = writeln!(std::io::stderr(), "error: cannot start autogen: {problem}\nhint: cargo install autogen");
    ExitCode::FAILURE
}

fn program() -> PathBuf {
    let name = format!("autogen{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(&name));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

/// Comes back only where the program could not be started.
#[cfg(unix)]
fn run(mut command: Command) -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    command.exec()
}

#[cfg(not(unix))]
fn run(mut command: Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(cause) => cause,
    }
}
