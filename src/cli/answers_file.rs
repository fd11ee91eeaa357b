//! `--answers FILE`: what the flags and prompts of `create` ask, in a file that can be committed.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;

use super::answers::{ExpressionAnswer, OldName, RenameAnswer};
use crate::error::{Error, Kind, Result};

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    yes: bool,
    allow_drops: bool,
    no_rename: Vec<String>,
    renames: BTreeMap<String, String>,
    fill: BTreeMap<String, String>,
    using: BTreeMap<String, String>,
    using_down: BTreeMap<String, String>,
}

/// What it answers.
#[derive(Debug, Default)]
pub(super) struct AnswersFile {
    pub(super) yes: bool,
    pub(super) allow_drops: bool,
    pub(super) no_rename: Vec<OldName>,
    pub(super) rename: Vec<RenameAnswer>,
    pub(super) fill: Vec<ExpressionAnswer>,
    pub(super) using: Vec<ExpressionAnswer>,
    pub(super) using_down: Vec<ExpressionAnswer>,
}

impl AnswersFile {
    /// Reads it; the path is one from this folder.
    ///
    /// # Errors
    /// [`Kind::Usage`] with line and column where it is no such file.
    pub(super) fn read(folder: &Path, path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = std::fs::read_to_string(folder.join(path)).map_err(|cause| {
            Error::new(Kind::Usage, format!("--answers {shown}: the file cannot be read")).caused_by(cause)
        })?;
        Self::parse(&text).map_err(|problem| {
            Error::new(Kind::Usage, format!("--answers {shown}: {problem}"))
                .hint("[renames] \"users.name\" = \"full_name\"")
                .hint("[fill], [using], [using_down] \"users.bio\" = \"''\"")
                .hint("no_rename = [\"users.nick\"], or [\"*\"] for all; allow_drops = true; yes = true")
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|cause| cause.to_string().trim_end().to_owned())?;
        Ok(Self {
            yes: file.yes,
            allow_drops: file.allow_drops,
            no_rename: file.no_rename.iter().map(|it| it.parse()).collect::<Result<_, _>>()?,
            rename: answers(&file.renames)?,
            fill: answers(&file.fill)?,
            using: answers(&file.using)?,
            using_down: answers(&file.using_down)?,
        })
    }
}

/// As the flags have them.
fn answers<T: FromStr<Err = String>>(lines: &BTreeMap<String, String>) -> Result<Vec<T>, String> {
    lines.iter().map(|(name, value)| format!("{name}={value}").parse()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_as_the_flags_do() {
        let file = AnswersFile::parse(
            "yes = true\nno_rename = [\"*\"]\n[renames]\n\"users.name\" = \"full_name\"\n[fill]\n\"users.bio\" = \"'='\"\n",
        )
        .unwrap();
        assert!(file.yes && file.no_rename[0].is_all());
        assert_eq!(file.rename, ["users.name=full_name".parse().unwrap()]);
        assert_eq!(file.fill, ["users.bio='='".parse().unwrap()]);
        assert!(AnswersFile::parse("rename = {}").is_err_and(|it| it.contains("unknown field")));
        assert!(AnswersFile::parse("[fill]\nbio = \"\"").is_err_and(|it| it.contains("lacks its right side")));
    }
}
