//! `[entities] command`: a program whose stdout is the declared schema.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::read;
use crate::error::{Error, Kind, Result};
use crate::schema::Models;

/// Names the folders whose commands are running, so that one that calls autogen again does not do so for ever.
const RUNNING: &str = "AUTOGEN_ENTITIES_COMMAND";

/// Runs the command in the folder of autogen.toml, without a shell, and reads what it prints. Its stderr and its
/// environment are the user's own.
///
/// # Errors
/// [`Kind::Usage`]: it cannot be started, fails, calls autogen in the same folder, or prints what is no declared
/// schema.
pub fn run(command: &[String], root: &Path, default_namespace: &str) -> Result<Models> {
    let shown = shown_command(command);
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::new(Kind::Usage, "[entities] command is empty")
            .hint("write the program and its arguments: command = [\"./dump-schema\", \"--json\"]"));
    };
    let output = Command::new(program_path(program, root))
        .args(arguments)
        .current_dir(root)
        .env(RUNNING, running(root, &shown)?)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|cause| cannot_run(&shown, cause))?;
    if !output.status.success() {
        return Err(Error::new(Kind::Usage, format!("`{shown}` ended with {}", output.status))
            .hint("it is [entities] command in autogen.toml; run it by hand in the folder of autogen.toml"));
    }
    let text = String::from_utf8(output.stdout).map_err(|cause| {
        let at = cause.utf8_error().valid_up_to();
        Error::new(Kind::Usage, format!("`{shown}` printed what is not UTF-8: byte {}", at + 1))
            .hint("stdout must hold the declared schema as JSON and nothing else")
    })?;
    read(&text, default_namespace).map_err(|problems| problems.into_error(&format!("`{shown}`")))
}

/// A path with a `/` starts at the folder of autogen.toml; a bare name is looked for in PATH.
fn program_path(program: &str, root: &Path) -> PathBuf {
    if program.contains(['/', std::path::MAIN_SEPARATOR]) { root.join(program) } else { PathBuf::from(program) }
}

/// The folders whose commands are running, this one included.
fn running(root: &Path, shown: &str) -> Result<OsString> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let running = std::env::var_os(RUNNING).unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&running).filter(|it| !it.as_os_str().is_empty()).collect();
    if folders.contains(&root) {
        return Err(Error::new(Kind::Usage, format!("`{shown}` calls autogen in its own folder, without end"))
            .hint("[entities] command must print the schema itself, or call autogen with -C for another folder"));
    }
    folders.push(root);
    // A folder with a `:` in its name cannot be handed on; then only its own loops are found.
    Ok(std::env::join_paths(folders).unwrap_or(running))
}

fn cannot_run(shown: &str, cause: std::io::Error) -> Error {
    let error = Error::new(Kind::Usage, format!("cannot run `{shown}`: [entities] command in autogen.toml"));
    let hint = match cause.kind() {
        std::io::ErrorKind::NotFound => {
            "it is not there: build it first; a path starts at the folder of autogen.toml, a bare name is looked for in \
             PATH, and there is no shell: every argument is a word of its own"
        }
        std::io::ErrorKind::PermissionDenied => "make it executable: chmod +x",
        _ => "run it by hand in the folder of autogen.toml",
    };
    error.caused_by(cause).hint(hint)
}

/// The command as a person would type it.
#[must_use]
pub fn shown_command(command: &[String]) -> String {
    let word = |word: &String| {
        let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_-./=:,+@%".contains(c));
        if plain { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}
