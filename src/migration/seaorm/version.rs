//! The version of sea-orm-migration that a crate is built with.

use std::path::Path;

use toml::{Table, Value};

/// A version as the lock file or, where there is none, the manifest says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// `2.0.4`, `1.1`.
    pub text: String,
    /// Whether a lock file says it.
    pub locked: bool,
}

impl Version {
    /// The version for the crate in this folder; none where nobody says any.
    #[must_use]
    pub fn of(folder: &Path, package: &str) -> Option<Self> {
        let demanded = demanded(folder, package);
        let absolute = std::path::absolute(folder).ok()?;
        let lock = absolute.ancestors().find_map(|above| table(&above.join("Cargo.lock")));
        let versions = lock.iter().flat_map(|lock| locked(lock, package)).collect::<Vec<_>>();
        let major = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
        let fits = |it: &&String| demanded.as_ref().is_none_or(|demanded| major(demanded) == major(it));
        match versions.iter().find(fits).or_else(|| versions.first()) {
            Some(version) => Some(Self { text: version.clone(), locked: true }),
            None => demanded.map(|text| Self { text, locked: false }),
        }
    }

    /// Whether a migration may say that it runs outside of a transaction: since 2.0.
    #[must_use]
    pub fn has_use_transaction(&self) -> bool {
        self.text.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_none_or(|major| major >= 2)
    }
}

fn table(path: &Path) -> Option<Table> {
    std::fs::read_to_string(path).ok()?.parse().ok()
}

fn locked(lock: &Table, package: &str) -> Vec<String> {
    let packages = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    let named = packages.filter(|it| it.get("name").and_then(Value::as_str) == Some(package));
    named.filter_map(|it| Some(it.get("version")?.as_str()?.to_owned())).collect()
}

/// What the manifest, or that of the workspace, asks for, without the signs in front.
fn demanded(folder: &Path, package: &str) -> Option<String> {
    let own = table(&folder.join("Cargo.toml"))?;
    let written = |table: &Table, keys: &[&str]| -> Option<String> {
        let mut value = table.get(keys[0])?;
        for key in &keys[1..] {
            value = value.get(key)?;
        }
        let entry = value.get(package)?;
        let text = entry.as_str().or_else(|| entry.get("version")?.as_str())?;
        Some(text.trim_start_matches(['^', '~', '=', '>', ' ']).to_owned())
    };
    written(&own, &["dependencies"]).or_else(|| {
        let absolute = std::path::absolute(folder).ok()?;
        let mut above = absolute.ancestors().filter_map(|folder| table(&folder.join("Cargo.toml")));
        above.find_map(|manifest| written(&manifest, &["workspace", "dependencies"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(files: &[(&str, &str)]) -> Option<Version> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            std::fs::write(path, text).expect("it is written");
        }
        Version::of(&folder.path().join("m"), "sea-orm-migration")
    }

    #[test]
    fn the_lock_file_wins() {
        let manifest = "[package]\nname = \"m\"\n[dependencies.sea-orm-migration]\nversion = \"^1.1\"\n";
        let lock = "[[package]]\nname = \"sea-orm-migration\"\nversion = \"2.0.1\"\n[[package]]\nname = \
                    \"sea-orm-migration\"\nversion = \"1.1.20\"\n";
        let found = version(&[("m/Cargo.toml", manifest), ("Cargo.lock", lock)]).expect("it is found");
        assert_eq!((found.text.as_str(), found.locked, found.has_use_transaction()), ("1.1.20", true, false));
        let found = version(&[("m/Cargo.toml", manifest)]).expect("it is found");
        assert_eq!((found.text.as_str(), found.locked), ("1.1", false));
    }

    #[test]
    fn a_workspace_may_say_it() {
        let member = "[dependencies]\nsea-orm-migration.workspace = true\n";
        let above = "[workspace.dependencies]\nsea-orm-migration = \"2\"\n";
        let found = version(&[("m/Cargo.toml", member), ("Cargo.toml", above)]).expect("it is found");
        assert_eq!((found.text.as_str(), found.has_use_transaction()), ("2", true));
        assert_eq!(version(&[("m/Cargo.toml", "")]), None);
    }
}
