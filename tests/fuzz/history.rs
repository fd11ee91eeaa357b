//! Migrations, the ledger and autogen.toml as soup, for everything that reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use autogen::config::{Config, Environment, Overrides};
use autogen::error::Error;
use autogen::migration::{Folder, LEDGER_FILE, Migration, parse_statements, split};

use crate::random::Random;
use crate::soup::{Kind, stir};

/// The folder of the migrations and the configuration beside it.
#[derive(Debug, Clone)]
pub(crate) struct History {
    files: BTreeMap<String, String>,
}

/// The histories of this repository.
pub(crate) fn histories(repository: &Path) -> std::io::Result<Vec<History>> {
    let read = |folder: &Path| -> std::io::Result<History> {
        let mut files = BTreeMap::new();
        files.insert("autogen.toml".to_owned(), std::fs::read_to_string(folder.join("autogen.toml"))?);
        for entry in std::fs::read_dir(folder.join("migrations"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".sql") || name == LEDGER_FILE {
                files.insert(format!("migrations/{name}"), std::fs::read_to_string(path)?);
            }
        }
        Ok(History { files })
    };
    Ok(vec![read(repository)?, read(&repository.join("fixtures/quickstart"))?])
}

impl History {
    pub(crate) fn changed(&self, random: &mut Random) -> Self {
        let mut changed = self.clone();
        let names: Vec<&String> = self.files.keys().collect();
        for _ in 0..=random.below(2) {
            let (name, other) = (names[random.below(names.len())], names[random.below(names.len())]);
            let kind = if name.ends_with(".toml") { Kind::Toml } else { Kind::History };
            changed.files.insert(name.clone(), stir(&self.files[name], &self.files[other], kind, random));
        }
        changed
    }

    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder.join("migrations"))?;
        self.files.iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
    }

    /// The shapes of the answers, or what is wrong with one.
    pub(crate) fn outcome(&self, folder: &Path) -> Result<BTreeSet<String>, String> {
        let mut shapes = BTreeSet::new();
        for (name, text) in self.files.iter().filter(|(name, _)| name.ends_with(".sql")) {
            shapes.insert(self.migration(folder, name, text)?);
        }
        let config = match Config::resolve(folder.to_owned(), Overrides::default(), Environment::from_pairs(&[])) {
            Ok(config) => config,
            Err(error) => {
                shapes.insert(self.checked(&error, &format!("{}/", folder.display()))?);
                return Ok(shapes);
            }
        };
        shapes.insert(match Folder::load(&config) {
            Ok(loaded) => {
                let _ = (loaded.ledger(), loaded.edited(), loaded.graph().heads().len());
                "a folder is read".to_owned()
            }
            Err(error) => self.checked(&error, "")?,
        });
        Ok(shapes)
    }

    fn migration(&self, folder: &Path, name: &str, text: &str) -> Result<String, String> {
        let split_again = split(text).map(|texts| texts.len());
        match Migration::parse(&folder.join(name), name, text) {
            Ok(migration) => {
                let again = parse_statements(name, &migration.downgrade_text)
                    .map_err(|error| format!("the downgrade's text: {error}"))?;
                if again != migration.downgrade {
                    return Err("the downgrade's text is another downgrade".to_owned());
                }
                Ok("a migration is read".to_owned())
            }
            Err(error) => self.checked(&error, "").map(|shape| format!("{shape} ({})", split_again.is_ok())),
        }
    }

    /// `file:line: what`: the line is one of the file.
    fn checked(&self, error: &Error, before: &str) -> Result<String, String> {
        let message = error.to_string();
        let rest = message.strip_prefix(before).unwrap_or(&message);
        let mut parts = rest.splitn(3, ':');
        let (file, line, what) = (parts.next().unwrap_or_default(), parts.next(), parts.next().unwrap_or_default());
        if let (Some(text), Some(Ok(line))) = (self.files.get(file), line.map(|line| line.trim().parse::<usize>()))
            && (line == 0 || line > text.split('\n').count())
        {
            return Err(format!("a place outside of the file: {message:.200}"));
        }
        let words = what.split('`').step_by(2).collect::<Vec<_>>().join("`..`");
        let shape: String = words.chars().filter(|c| !c.is_ascii_digit()).take(40).collect();
        Ok(if shape.is_empty() {
            rest.chars().filter(|c| c.is_ascii_alphabetic() || *c == ' ').take(20).collect()
        } else {
            shape
        })
    }
}
