//! Installed servers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::fetch;
use super::options::Options;
use super::user::{can_reach, unprivileged};

/// A folder with `initdb` and `postgres` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    /// `15.18`.
    pub(super) version: String,
    /// All that `postgres --version` prints.
    pub(super) full_version: String,
    pub(super) major: u32,
    minor: u32,
}

impl Binaries {
    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    /// Asks the binary itself; `None` where there is none that runs and is new enough.
    pub(super) fn in_folder(folder: &Path) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        // Distributions link /usr/bin to the folder that has the rest.
        let folder = fs::canonicalize(folder.join("postgres")).ok()?.parent()?.to_owned();
        let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let full_version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        let (version, major, minor) = parse_version(&full_version)?;
        (major >= 13).then_some(Self { folder, version, full_version, major, minor })
    }
}

/// The wanted major first, else the newest that is installed, else the newest that was fetched.
pub(super) fn find(options: &Options) -> Option<Binaries> {
    let user = unprivileged().ok()?;
    let fetched = fs::canonicalize(fetch::servers(&options.cache)).ok();
    let found: BTreeSet<PathBuf> = folders(options).into_iter().collect();
    let found = found.iter().filter_map(|folder| Binaries::in_folder(folder)).filter(|b| can_reach(user, &b.folder));
    found.max_by_key(|binaries| {
        let is_fetched = fetched.as_ref().is_some_and(|fetched| binaries.folder.starts_with(fetched));
        (Some(binaries.major) == options.major, !is_fetched, binaries.major, binaries.minor)
    })
}

/// Where servers are installed: PATH, what `pg_config` says, and where Debian, Red Hat, Homebrew and Postgres.app put
/// them; then what was fetched before.
fn folders(options: &Options) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    folders.extend(pg_config());
    for (parent, prefix, below) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        folders.extend(children(Path::new(parent), prefix).map(|child| child.join(below)));
    }
    folders.extend(children(&fetch::servers(&options.cache), "").map(|server| server.join("bin")));
    folders
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success())?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

fn children(parent: &Path, prefix: &'static str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix)).map(|entry| entry.path())
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` → `15.18`, 15, 18. A beta is `19beta1`.
fn parse_version(printed: &str) -> Option<(String, u32, u32)> {
    let version = printed.strip_prefix("postgres (PostgreSQL) ")?.split_whitespace().next()?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    let minor = version.split_once('.').and_then(|(_, minor)| minor.parse().ok());
    Some((version.to_owned(), digits.parse().ok()?, minor.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn packagers_and_betas() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(("15.18".to_owned(), 15, 18))
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1"), Some(("19beta1".to_owned(), 19, 0)));
        assert_eq!(parse_version("postgres (EnterpriseDB) 15.1"), None);
    }
}
