//! What `check` found: as text, and in the forms of others.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anstyle::AnsiColor;
use clap::ValueEnum;

use super::layout::{Piece, left_and_right, paragraph};
use super::out::print;
use super::{data, edited, edited_since, heading, left_alone, operations, success, talk, unlisted, width};
use crate::cli::check::{Checked, Live};
use crate::cli::global::Global;
use crate::cli::unknown::Unknown;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::finding::{Findings, github, gitlab, junit, markdown, sarif};

/// The forms of what `check` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people
    Text,
    /// For programs; docs/check.schema.json is its schema
    Json,
    /// For a comment on a pull request
    Markdown,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's Code Quality
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML
    Junit,
}

/// `FORM=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct ReportFile {
    form: Form,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let forms = || "write FORM=FILE, with json, markdown, github, gitlab, sarif or junit: sarif=autogen.sarif";
        let (form, path) = text.split_once('=').ok_or_else(|| format!("`{text}` names no file; {}", forms()))?;
        let form = Form::from_str(form, false).map_err(|_| format!("`{form}` is no form; {}", forms()))?;
        match (form, path) {
            (_, "") => Err(format!("`{text}` names no file; {}", forms())),
            (Form::Text, _) => Err(format!("the text is for stdout: autogen check > {path}; {}", forms())),
            (form, path) => Ok(Self { form, path: PathBuf::from(path) }),
        }
    }
}

/// As text: what differs, then what is good to know.
pub(crate) fn checked(checked: &Checked, global: &Global, config: &Config) {
    if !checked.models.is_empty() {
        heading("models and migrations differ; the next migration would be");
        operations(&checked.models);
    } else {
        success("models and migrations agree");
    }
    unknown(&checked.unknown);
    match &checked.database {
        None => {}
        Some(Live { behind: Some(error), .. }) if !checked.models.is_empty() => talk(&error.to_string()),
        Some(Live { behind: Some(_), .. }) => {}
        Some(live) if live.drift.is_empty() => success("the database is at head and agrees"),
        Some(live) => {
            heading("database drift: beside its history, the database has these changes");
            operations(&live.drift);
        }
    }
    if !global.quiet {
        let comparison = &checked.comparison;
        left_alone(&comparison.overlay, &comparison.renamed, global.verbose > 0, &config.default_namespace);
        edited(&checked.edited);
        unlisted(&checked.unlisted);
        checked.database.iter().for_each(|live| edited_since(&live.edited));
    }
}

fn unknown(columns: &[Unknown]) {
    if columns.is_empty() {
        return;
    }
    heading("inserts through these entities fail: the column must have a value, and the entity does not know it");
    for Unknown { object, detail, place, trigger } in columns {
        let left = Piece::new(&format!("  ! {object}  {detail}"));
        let place = place.as_ref().map(ToString::to_string).unwrap_or_default();
        print!("{}", left_and_right(&left, &Piece::dim(&place), width().unwrap_or(80)));
        if let Some(trigger) = trigger {
            let note =
                Piece::styled(&format!("the trigger {trigger} may fill it: no error"), AnsiColor::Yellow.on_default());
            print!("{}", paragraph(&note, 6, width()));
        }
    }
}

/// In a form for others.
pub(crate) fn findings(form: Form, found: &Findings, config: &Config) -> Result<()> {
    data(&rendered(form, found, config)?);
    Ok(())
}

/// Into a file, which is there whole or as it was before.
pub(crate) fn write_findings(file: &ReportFile, found: &Findings, config: &Config, global: &Global) -> Result<()> {
    let text = rendered(file.form, found, config)?;
    write_whole(&global.folder()?.join(&file.path), &text)
}

/// Writes a file by renaming one beside it; folders are made. What is there keeps its permissions, and a link leads to the
/// same file as before.
///
/// # Errors
/// When the folder cannot be written to.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<()> {
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let written = || -> std::io::Result<()> {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut beside = tempfile::Builder::new().prefix(".autogen-").tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        match std::fs::metadata(path) {
            Ok(there) => beside.as_file().set_permissions(there.permissions())?,
            Err(_) => readable(beside.as_file())?,
        }
        beside.persist(path)?;
        Ok(())
    };
    written().map_err(|cause| Error::new(Kind::Error, format!("cannot write {}", path.display())).caused_by(cause))
}

/// A temporary file is its owner's alone; a report is for the next step of a job, whoever runs that.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

fn rendered(form: Form, found: &Findings, config: &Config) -> Result<String> {
    let rooted = || found.clone().from_root(&from_repository(&config.root));
    match form {
        Form::Text => Ok(String::new()),
        Form::Json => Ok(found.json()),
        Form::Markdown => Ok(markdown(&rooted())),
        Form::Github => Ok(github(&rooted())),
        Form::Gitlab => Ok(gitlab(&rooted())),
        Form::Sarif => Ok(sarif(&rooted())),
        Form::Junit => junit(&rooted()),
    }
}

/// The way from the root of the repository to a folder; none where there is no repository.
fn from_repository(folder: &Path) -> String {
    let root = folder.ancestors().find(|it| it.join(".git").exists());
    let inner = root.and_then(|root| folder.strip_prefix(root).ok());
    inner.map(|it| it.to_string_lossy().replace('\\', "/")).unwrap_or_default()
}
