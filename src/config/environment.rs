//! Variables: the process's own, then those of a `.env` file. The process wins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// Variables and where they come from.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    process: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    file_name: Option<PathBuf>,
}

impl Environment {
    /// The process's variables, and those of `env_file`, or of the nearest `.env` from `root` upward.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the file is named and missing, or a line of it cannot be understood. The line itself may hold
    /// a password and is never shown.
    pub fn read(root: &Path, env_file: Option<&Path>) -> Result<Self> {
        let process = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let file_name = match env_file {
            Some(file) if !file.is_file() => {
                return Err(Error::new(Kind::Usage, format!("there is no file {}", file.display()))
                    .hint("--env-file FILE names a file of NAME=value lines"));
            }
            Some(file) => Some(file.to_path_buf()),
            None => root.ancestors().map(|folder| folder.join(".env")).find(|file| file.is_file()),
        };
        let file = match &file_name {
            Some(file) => read_file(file)?,
            None => BTreeMap::new(),
        };
        Ok(Self { process, file, file_name })
    }

    /// These variables and no file.
    #[must_use]
    pub fn from_pairs(variables: &[(&str, &str)]) -> Self {
        let process = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { process, ..Self::default() }
    }

    /// The value of a variable. An empty one counts as unset, as in libpq.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.process.get(name).or_else(|| self.file.get(name)).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// For messages: `DATABASE_URL in .env`, or the name alone.
    #[must_use]
    pub fn source(&self, name: &str) -> String {
        match &self.file_name {
            Some(file) if !self.process.contains_key(name) && self.file.contains_key(name) => {
                let shown = file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into());
                format!("{name} in {shown}")
            }
            Some(_) | None => name.to_owned(),
        }
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>> {
    let unreadable = |message: String| {
        Error::new(Kind::Usage, message).hint("write one NAME=value a line; a value with spaces or # stands in quotes")
    };
    let lines = dotenvy::from_path_iter(path)
        .map_err(|cause| unreadable(format!("cannot read {}", path.display())).caused_by(cause))?;
    let mut variables = BTreeMap::new();
    for (index, line) in lines.enumerate() {
        // dotenvy's message quotes the line, which may hold a password.
        let (name, value) =
            line.map_err(|_| unreadable(format!("{}: entry {} cannot be understood", path.display(), index + 1)))?;
        // The first one counts, as when dotenvy fills the environment.
        variables.entry(name).or_insert(value);
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_wins_over_the_file() {
        let environment = Environment {
            process: BTreeMap::from([("A".to_owned(), "1".to_owned())]),
            file: BTreeMap::from([("A".to_owned(), "2".to_owned()), ("B".to_owned(), "3".to_owned())]),
            file_name: Some("/x/.env".into()),
        };
        assert_eq!((environment.get("A"), environment.source("A")), (Some("1"), "A".to_owned()));
        assert_eq!((environment.get("B"), environment.source("B")), (Some("3"), "B in .env".to_owned()));
    }

    #[test]
    fn a_broken_line_is_not_shown() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(".env");
        std::fs::write(&file, "A=1\nDATABASE_PASSWORD secret\n").expect("it is written");
        let error = Environment::read(folder.path(), Some(&file)).expect_err("it is broken");
        let text = format!("{error} {:?}", std::error::Error::source(&error));
        assert!(text.contains("entry 2") && !text.contains("secret"), "{text}");
    }
}
