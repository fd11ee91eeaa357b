//! The README's transcripts: what it shows is what happens.
//!
//! In a fenced block marked `console`, `$ ` begins a command and the lines below it are what it says on both streams.
//! Commands of a block run one after the other in one copy of the repository's fixtures; a block whose first command is
//! neither `autogen` nor `cargo run --` is prose.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::project::NOW;
use crate::{Case, Suite, dump};

pub(crate) fn trials() -> Vec<Case> {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap_or_default();
    blocks(&readme)
        .into_iter()
        .filter(|(_, block)| autogen_arguments(block.lines().next().unwrap_or_default()).is_some())
        .map(|(line, block)| Case::new(format!("readme::line_{line}"), move |suite| run(suite, &block)))
        .collect()
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The blocks marked `console`, each with the line that it begins on.
fn blocks(readme: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for (index, line) in readme.lines().enumerate() {
        match &mut block {
            None if line.trim() == "```console" => block = Some((index + 2, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => blocks.extend(block.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    blocks
}

/// What stands behind `$ autogen` or `$ cargo run --`.
fn autogen_arguments(line: &str) -> Option<&str> {
    let command = line.strip_prefix("$ ")?;
    let command = command.strip_prefix("cargo run -- ").or_else(|| command.strip_prefix("cargo run -q -- "));
    command.or_else(|| line.strip_prefix("$ autogen "))
}

fn run(suite: &Suite, block: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    // The copy keeps the paths that the README writes.
    for name in ["fixtures/quickstart", "models", "migrations", "autogen.toml", "Cargo.toml", "Cargo.lock"] {
        copy(&Path::new(ROOT).join(name), &folder.path().join(name))?;
    }
    let scratch = suite.server()?.url("postgres");
    let mut actual = String::new();
    for line in block.lines().filter(|line| line.starts_with("$ ")) {
        let arguments = autogen_arguments(line).with_context(|| format!("not a command of autogen: {line}"))?;
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1; \"$AUTOGEN\" {arguments}"))
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AUTOGEN", env!("CARGO_BIN_EXE_autogen"))
            .env("HOME", folder.path())
            .env("SOURCE_DATE_EPOCH", NOW)
            .env("NO_COLOR", "1")
            .env("AUTOGEN_SCRATCH_URL", &scratch)
            .stdin(Stdio::null())
            .output()?;
        actual.push_str(line);
        actual.push('\n');
        actual.push_str(&String::from_utf8(output.stdout)?);
    }
    let (expected, actual) = (normalise(block), normalise(&actual));
    ensure!(actual == expected, "the README shows what does not happen:\n{}", dump::difference(&expected, &actual));
    Ok(())
}

/// Takes out what is another every time: ids, dates, durations, versions, where scratch was found.
pub(crate) fn normalise(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.contains("scratch")) {
        let words: Vec<String> = line.split(' ').map(|word| normalise_word(word).to_owned()).collect();
        lines.push(words.join(" "));
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}

fn normalise_word(word: &str) -> String {
    let mut normalised = String::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(length.max(first.len_utf8()));
        let is_hex = piece.len() == 12 && piece.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        let is_number = piece.trim_end_matches("ms").trim_end_matches('s').chars().all(|c| c.is_ascii_digit());
        normalised.push_str(match (is_hex, is_number && length > 0) {
            (true, _) => "<revision>",
            (false, true) => "<number>",
            (false, false) => piece,
        });
        rest = behind;
    }
    normalised
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    } else if from.exists() {
        fs::create_dir_all(to.parent().context("a path without a folder")?)?;
        fs::copy(from, to)?;
    }
    Ok(())
}
