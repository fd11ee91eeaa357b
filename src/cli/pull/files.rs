//! The files that change: all at once, or none.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::cli::report;
use crate::config::{Config, FILE_NAME};
use crate::error::{Error, Kind, Result};
use crate::introspect::{Edit, edit};

/// What is written where nothing else is named.
pub(super) const EXTRAS: &str = "extras.sql";

/// Texts before and after, by path from autogen.toml.
pub(super) struct Files<'a> {
    config: &'a Config,
    changed: BTreeMap<PathBuf, Change>,
}

struct Change {
    /// Nothing for a file that is not there.
    before: Option<String>,
    after: String,
}

impl<'a> Files<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self { config, changed: BTreeMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Their names, as messages show them.
    pub(super) fn names(&self) -> Vec<String> {
        self.changed.keys().map(|it| it.display().to_string()).collect()
    }

    /// Name, text before and text after of each.
    pub(super) fn diffs(&self) -> Vec<(String, &str, &str)> {
        let texts = self.changed.iter().map(|(path, change)| {
            (path.display().to_string(), change.before.as_deref().unwrap_or_default(), change.after.as_str())
        });
        texts.collect()
    }

    /// Edits entities; gives back what must be written by hand.
    pub(super) fn edit(&mut self, edits: &[Edit]) -> Result<Vec<Edit>> {
        let mut by_file: BTreeMap<&Path, Vec<Edit>> = BTreeMap::new();
        for edit in edits {
            by_file.entry(&edit.place.file).or_default().push(edit.clone());
        }
        let mut left = Vec::new();
        for (path, edits) in by_file {
            // Somebody else's crate is not ours to change.
            if is_elsewhere(path) {
                left.extend(edits);
                continue;
            }
            let before = self.read(path)?.unwrap_or_default();
            let edited = edit(&before, &edits)
                .map_err(|problem| Error::new(Kind::Usage, format!("{}: not valid Rust: {problem}", path.display())))?;
            left.extend(edited.left);
            self.change(path, edited.text)?;
        }
        Ok(left)
    }

    /// A new file.
    pub(super) fn create(&mut self, path: &Path, text: String) {
        self.changed.insert(path.to_owned(), Change { before: None, after: text });
    }

    /// Writes a `mod` line below the last one, as that is written.
    pub(super) fn add_module(&mut self, root: &Path, module: &str) -> Result<()> {
        let text = self.read(root)?.unwrap_or_default();
        let is_mod = |line: &str| {
            (line.starts_with("pub mod ") || line.starts_with("mod "))
                && line.split("//").next().is_some_and(|it| it.trim_end().ends_with(';'))
        };
        let last = text.lines().enumerate().filter(|(_, line)| is_mod(line)).last();
        let line = match last {
            Some((_, line)) if line.starts_with("mod ") => format!("mod {module};"),
            Some(_) | None => format!("pub mod {module};"),
        };
        let at = last.map(|(at, _)| at);
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let lines = text.split_inclusive('\n').enumerate();
        let mut after: String = lines
            .map(|(number, it)| match at == Some(number) {
                true => format!("{}{newline}{line}{newline}", it.trim_end()),
                false => it.to_owned(),
            })
            .collect();
        if at.is_none() {
            after.push_str(&format!("{line}{newline}"));
        }
        self.change(root, after)
    }

    /// Writes SQL at the end of the file beside the entities, and names a new one in autogen.toml.
    pub(super) fn append_extras(&mut self, lines: &[String]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.config.entities.extras.clone().unwrap_or_else(|| PathBuf::from(EXTRAS));
        let before = self.read(&path)?.unwrap_or_default();
        let gap = match before.as_str() {
            "" => "",
            text if text.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        self.change(&path, format!("{before}{gap}{}\n", lines.join("\n")))?;
        let Some(line) = super::extras_line(self.config) else { return Ok(()) };
        let config = Path::new(FILE_NAME);
        let text = self.read(config)?.unwrap_or_default();
        let section = text.lines().position(|it| it.trim() == "[entities]").ok_or_else(|| {
            Error::new(Kind::Refused, "what entities cannot say goes into a file that autogen.toml does not name yet")
                .hint(format!("write under [entities] in autogen.toml: {line}"))
        })?;
        let lines = text.split_inclusive('\n').enumerate();
        let written =
            lines.map(|(at, it)| if at == section { format!("{}\n{line}\n", it.trim_end()) } else { it.to_owned() });
        self.change(config, written.collect())
    }

    /// Writes all of them.
    pub(super) fn write(&self) -> Result<()> {
        let write =
            |(path, change): (&PathBuf, &Change)| report::write_whole(&self.config.root.join(path), &change.after);
        match self.changed.iter().try_for_each(write) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.restore()?;
                Err(error)
            }
        }
    }

    /// Brings all of them back.
    pub(super) fn restore(&self) -> Result<()> {
        for (path, change) in &self.changed {
            let path = self.config.root.join(path);
            match &change.before {
                Some(text) => report::write_whole(&path, text)?,
                // One that was never written is gone already.
                None => drop(std::fs::remove_file(path)),
            }
        }
        Ok(())
    }

    /// As it will be by what was said so far.
    fn read(&self, path: &Path) -> Result<Option<String>> {
        if let Some(change) = self.changed.get(path) {
            return Ok(Some(change.after.clone()));
        }
        self.read_disk(path)
    }

    fn read_disk(&self, path: &Path) -> Result<Option<String>> {
        match std::fs::read_to_string(self.config.root.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::new(Kind::Error, format!("cannot read {}", path.display())).caused_by(cause)),
        }
    }

    fn change(&mut self, path: &Path, after: String) -> Result<()> {
        let before = self.read_disk(path)?;
        if before.as_ref() != Some(&after) {
            self.changed.insert(path.to_owned(), Change { before, after });
        }
        Ok(())
    }
}

fn is_elsewhere(path: &Path) -> bool {
    path.is_absolute() || path.components().any(|it| it == Component::Normal("registry".as_ref()))
}
