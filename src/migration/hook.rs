//! `[[post_write_hooks]]`: commands that a new revision's file goes through, a formatter or a linter.

use std::path::Path;
use std::process::{Command, Stdio};

use super::folder::{LEDGER_FILE, read, replace};
use super::lock::{LockFile, Owner, What};
use super::{Folder, Migration, Statement, tokens};
use crate::config::{Config, PostWriteHook};
use crate::error::{Error, Kind, Result};

/// What stands for the file's name in the options, as in Alembic.
const FILE_TOKEN: &str = "REVISION_SCRIPT_FILENAME";

/// What hooks did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hooked {
    /// It is as it was written.
    Unchanged,
    /// Spaces, comments or the case of words are others.
    Formatted,
    /// Statements are others: what was proved is worth nothing.
    Rewritten,
}

impl Folder {
    /// Runs the hooks on a revision's new file, tells the name of each before, and writes down the hash of what they
    /// leave.
    ///
    /// # Errors
    /// [`Kind::Usage`] when a hook cannot be started, [`Kind::Error`] when it fails or leaves what is no migration or
    /// another revision's: the file is then as it was written.
    pub fn run_hooks(&self, path: &Path, on_hook: &mut dyn FnMut(&str)) -> Result<Hooked> {
        let config = self.config();
        if config.post_write_hooks.is_empty() {
            return Ok(Hooked::Unchanged);
        }
        let text = read(path)?;
        let shown = config.shown_path(path);
        let written = self.parse(path, &shown)?;
        for hook in &config.post_write_hooks {
            on_hook(&hook.name);
            let outcome = run(config, hook, path).and_then(|()| self.left(hook, path, &written));
            if let Err(problem) = outcome {
                replace(path, &text, true)?;
                return Err(problem.hint(format!("{shown} stays as it was written")));
            }
        }
        let now = self.parse(path, &shown)?;
        if now.text == written.text {
            return Ok(Hooked::Unchanged);
        }
        let hooked = if same_statements(&written, &now) { Hooked::Formatted } else { Hooked::Rewritten };
        self.record_hooked(&now, hooked)?;
        Ok(hooked)
    }

    /// Reads a revision's file.
    fn parse(&self, path: &Path, shown: &str) -> Result<Migration> {
        match self.migrator() {
            Some(_) => super::Migrator::read_file(path, shown),
            None => Migration::parse(path, shown, &read(path)?),
        }
    }

    /// Refuses what is no longer this revision.
    fn left(&self, hook: &PostWriteHook, path: &Path, written: &Migration) -> Result<()> {
        let shown = self.config().shown_path(path);
        let broke = |what: &str| Error::new(Kind::Error, format!("the hook `{}` {what}", hook.name));
        let now =
            self.parse(path, &shown).map_err(|cause| broke("left a file that is no migration").caused_by(cause))?;
        if now.revision == written.revision && now.renames == written.renames {
            return Ok(());
        }
        Err(broke("changed the header of the file"))
    }

    fn record_hooked(&self, now: &Migration, hooked: Hooked) -> Result<()> {
        let config = self.config();
        let path = config.script_location.join(LEDGER_FILE);
        let mut lock = LockFile::parse(&config.shown_path(&path), &read(&path)?)?;
        let owner = Owner::Revision(now.revision.id.clone());
        let is_proof = |what: &What| matches!(what, What::Proved(_));
        let proofs: Vec<What> = lock.of(&owner).map(|line| line.what.clone()).filter(is_proof).collect();
        lock.forget_proofs(&owner);
        lock.insert(&owner, What::Hash(now.hash.clone()));
        if hooked == Hooked::Formatted {
            proofs.into_iter().for_each(|proof| lock.insert(&owner, proof));
        }
        replace(&path, &lock.to_string(), true)
    }
}

fn run(config: &Config, hook: &PostWriteHook, path: &Path) -> Result<()> {
    let failed = |what: String| Error::new(Kind::Error, format!("the hook `{}` failed: {what}", hook.name));
    let arguments = arguments(hook, path)?;
    // A program of the project is named from its root, whatever folder it is to run in.
    let program = if hook.executable.components().count() > 1 {
        config.root.join(&hook.executable)
    } else {
        hook.executable.clone()
    };
    let output = Command::new(&program)
        .args(&arguments)
        .current_dir(hook.cwd.as_ref().map_or_else(|| config.root.clone(), |cwd| config.root.join(cwd)))
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| {
            Error::new(Kind::Usage, format!("the hook `{}` cannot be started: {}", hook.name, program.display()))
                .hint("correct `executable` under [[post_write_hooks]] in autogen.toml, or install the program")
                .caused_by(cause)
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    let error = failed(output.status.to_string());
    Err(if said.is_empty() { error } else { error.caused_by(anyhow::anyhow!("{said}")) })
}

fn arguments(hook: &PostWriteHook, path: &Path) -> Result<Vec<String>> {
    let file = path.to_string_lossy();
    let words = shell_words::split(&hook.options).map_err(|cause| {
        Error::new(Kind::Usage, format!("the options of the hook `{}` cannot be read: {}", hook.name, hook.options))
            .hint("close the quote in `options` under [[post_write_hooks]] in autogen.toml")
            .caused_by(cause)
    })?;
    let filled: Vec<String> = words.iter().map(|word| word.replace(FILE_TOKEN, &file)).collect();
    // As in Alembic, options without the token stand behind the file.
    let names_file = words.iter().any(|word| word.contains(FILE_TOKEN));
    Ok(if names_file { filled } else { std::iter::once(file.into_owned()).chain(filled).collect() })
}

/// The same words: spaces, comments and the case of what is not quoted do not count.
fn same_statements(one: &Migration, other: &Migration) -> bool {
    let same = |one: &[Statement], other: &[Statement]| {
        one.len() == other.len()
            && one.iter().zip(other).all(|(a, b)| a.autocommit == b.autocommit && words(&a.sql) == words(&b.sql))
    };
    same(&one.upgrade, &other.upgrade) && same(&one.downgrade, &other.downgrade)
}

fn words(sql: &str) -> Option<Vec<String>> {
    let is_quoted = |word: &str| word.contains(['\'', '"', '$']);
    let word = |word: &&str| if is_quoted(word) { (*word).to_owned() } else { word.to_lowercase() };
    tokens(sql).ok().map(|words| words.iter().map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(options: &str) -> PostWriteHook {
        PostWriteHook { name: "h".to_owned(), executable: "x".into(), options: options.to_owned(), cwd: None }
    }

    #[test]
    fn the_file_stands_where_the_options_say() {
        let of = |options: &str| arguments(&hook(options), Path::new("/m/a b.sql")).expect("they can be read");
        assert_eq!(of("-l 79 REVISION_SCRIPT_FILENAME"), ["-l", "79", "/m/a b.sql"]);
        assert_eq!(of("--file=REVISION_SCRIPT_FILENAME 'two words'"), ["--file=/m/a b.sql", "two words"]);
        assert_eq!(of("--fix"), ["/m/a b.sql", "--fix"]);
        assert_eq!(of(""), ["/m/a b.sql"]);
        assert_eq!(arguments(&hook("'open"), Path::new("f")).expect_err("it is open").kind(), Kind::Usage);
    }

    #[test]
    fn what_counts_as_the_same_statement() {
        assert_eq!(words("select  1 -- one"), words("SELECT 1"));
        assert_ne!(words("SELECT 'a'"), words("SELECT 'A'"));
        assert_ne!(words("SELECT \"a\""), words("SELECT \"A\""));
    }
}
