//! docs/guide.md: from an empty server through every command of the guide, in one go.
//!
//! In blocks marked `console`, `$ ` begins a command, and the lines below it are what it says on both streams. A block whose
//! mark names a file (`rust models.rs`) is written into it, with `@head@` for the head. `UPDATE_EXPECT=1` writes anew what the
//! commands say. The SQL of its patterns stands in docs/patterns, which is applied, taken back and applied again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::project::{NOW, Project};
use crate::readme::normalise;
use crate::{Case, Suite, dump};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SHOWN_URL: &str = "postgresql://app@localhost:5432/app";

pub(crate) fn trials() -> Vec<Case> {
    vec![
        Case::new("guide::transcript", transcript),
        Case::new("guide::patterns", patterns),
        Case::new("guide::patterns_are_shown", patterns_are_shown),
        Case::new("guide::make_targets", make_targets),
    ]
}

/// A part of the guide.
enum Part {
    Prose(String),
    File { fence: String, path: String, text: String },
    Console(String),
}

fn parts(guide: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let mark = line.strip_prefix("```").unwrap_or_default();
        let file = mark.split_once(' ').map(|(_, path)| path.to_owned());
        if mark != "console" && file.is_none() {
            parts.push(Part::Prose(line.to_owned()));
            continue;
        }
        let text: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        parts.push(match file {
            Some(path) => Part::File { fence: line.to_owned(), path, text },
            None => Part::Console(text),
        });
    }
    parts
}

fn transcript(suite: &Suite) -> Result<()> {
    let path = Path::new(ROOT).join("docs/guide.md");
    let expected = fs::read_to_string(&path)?;
    let server = suite.server()?;
    let run = Run { folder: tempfile::tempdir()?, url: server.url("app"), scratch: server.url("postgres") };
    fs::create_dir(run.folder.path().join("bin"))?;
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_autogen"), run.folder.path().join("bin/autogen"))?;
    fs::create_dir(run.folder.path().join("app"))?;
    let mut actual = String::new();
    // Ids are random: those that the guide shows stand for those that came out, in this order.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for part in parts(&expected) {
        match part {
            Part::Prose(line) => actual.push_str(&format!("{line}\n")),
            Part::File { fence, path, text } => {
                let head = run.say("autogen heads | head -1 | cut -d' ' -f1")?;
                let file = run.folder.path().join("app").join(&path);
                let is_filled_in = text.contains("@head@");
                let parent = fs::read_to_string(&file).ok().filter(|_| is_filled_in).and_then(|text| revises(&text));
                fs::write(&file, text.replace("@head@", &parent.unwrap_or(head)))?;
                actual.push_str(&format!("{fence}\n{text}```\n"));
            }
            Part::Console(text) => {
                actual.push_str("```console\n");
                for (command, shown) in commands(&text) {
                    let said = run.say(&command)?;
                    if let (Some(shown), Some(now)) = (created(&shown), created(&said)) {
                        ids.insert(now, shown);
                    }
                    let said = ids.iter().fold(said, |said, (now, shown)| said.replace(now, shown));
                    // What differs every time stays as the guide has it.
                    let same = normalise(&said) == normalise(&shown);
                    actual.push_str(&format!("$ {command}\n{}", if same { &shown } else { &said }));
                }
                actual.push_str("```\n");
            }
        }
    }
    server.psql("postgres", "DROP DATABASE app")?;
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, &actual)?;
        return Ok(());
    }
    ensure!(actual == expected, "the guide shows what does not happen:\n{}", dump::difference(&expected, &actual));
    Ok(())
}

struct Run {
    folder: tempfile::TempDir,
    url: String,
    scratch: String,
}

impl Run {
    /// What a command says on both streams, and how it ended where it did not end well.
    fn say(&self, command: &str) -> Result<String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1; {command}"))
            .current_dir(self.folder.path().join("app"))
            .env_clear()
            .env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()))
            .env("HOME", self.folder.path())
            .env("SOURCE_DATE_EPOCH", NOW)
            .env("NO_COLOR", "1")
            .env("DATABASE_URL", &self.url)
            .env("AUTOGEN_SCRATCH_URL", &self.scratch)
            .stdin(Stdio::null())
            .output()?;
        let said = String::from_utf8(output.stdout)?.replace(&self.url, SHOWN_URL);
        let lines: String = said.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        let is_scratch = |line: &&str| !line.starts_with("scratch: ");
        let lines: String = lines.lines().filter(is_scratch).map(|line| format!("{line}\n")).collect();
        let ended = match output.status.code() {
            Some(0) => String::new(),
            // make says it by itself.
            Some(2) if command.starts_with("make") => String::new(),
            code => format!("exit code {}\n", code.context("ended by a signal")?),
        };
        Ok(lines + &ended)
    }
}

/// Commands, each with what stands below it.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, said))) => said.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    commands
}

/// The id of the file that was created.
fn created(said: &str) -> Option<String> {
    let line = said.lines().find_map(|line| line.strip_prefix("ok created migrations/"))?;
    line.split('_').nth(2).map(str::to_owned)
}

fn revises(file: &str) -> Option<String> {
    file.lines().find_map(|line| line.strip_prefix("-- Revises: ")).map(str::to_owned)
}

fn patterns(suite: &Suite) -> Result<()> {
    let database = suite.database()?;
    let project = database.project(Project::new("", "models.rs")?);
    project.copy(&Path::new(ROOT).join("docs/patterns"), "migrations")?;
    let empty = database.dump()?;
    project.ok(&["upgrade", "a10000000001"])?;
    database.psql(
        "INSERT INTO users SELECT FROM generate_series(1, 10);
         INSERT INTO sessions (user_id) SELECT id FROM users;
         INSERT INTO memories (session_id) SELECT id FROM sessions;",
    )?;
    let count =
        || database.psql("SELECT count(*), (SELECT count(*) FROM memories), min(status), max(status) FROM sessions");
    project.ok(&["upgrade"])?;
    let above = database.dump()?;
    ensure!(count()? == "10|10|new_status|new_status", "{}", count()?);
    ensure!(database.psql("SELECT count(*) FROM users WHERE mood = 'away'")? == "5");
    project.ok(&["downgrade", "a10000000001"])?;
    ensure!(count()? == "10|10|old_status|old_status", "{}", count()?);
    project.ok(&["upgrade"])?;
    database.must_be(&above, "up, down and up again is not up")?;
    project.ok(&["downgrade", "base", "--yes"])?;
    database.must_be(&empty, "the way back leaves something")
}

fn patterns_are_shown(_: &Suite) -> Result<()> {
    let guide = fs::read_to_string(Path::new(ROOT).join("docs/guide.md"))?;
    let (_, shown) = guide.split_once("## Patterns").context("the guide has patterns")?;
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join("docs/patterns"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let (_, body) = text.split_once("-- autogen: upgrade").context("a section")?;
        files.push((path, format!("-- autogen: upgrade{body}"), false));
    }
    for block in shown.split("```sql\n").skip(1) {
        let block = block.split("\n```").next().unwrap_or_default();
        let file = files.iter_mut().find(|(_, body, _)| body.starts_with(block));
        file.with_context(|| format!("no file of docs/patterns holds\n{block}"))?.2 = true;
    }
    // The first makes the tables that the others change.
    let unseen: Vec<_> =
        files.iter().filter(|(path, _, seen)| !seen && !path.to_string_lossy().contains("_0100_")).collect();
    ensure!(unseen.is_empty(), "the guide does not show {unseen:?}");
    Ok(())
}

fn make_targets(_: &Suite) -> Result<()> {
    let project = Project::new("", "models.rs")?;
    project.ok(&["init"])?;
    let make = |folder: &Path, arguments: &[&str]| -> Result<(Option<i32>, String)> {
        let mut command = Command::new("make");
        command.args(arguments).current_dir(folder).env_remove("MESSAGE").env_remove("MAKEFLAGS").env_remove("AUTOGEN");
        let output = command.output().context("make")?;
        Ok((output.status.code(), String::from_utf8([output.stdout, output.stderr].concat())?))
    };
    for (folder, program) in [(project.path(""), "autogen"), (ROOT.into(), "cargo run --quiet --")] {
        for (target, command) in [
            ("db-init", "db init"),
            ("db-upgrade", "upgrade"),
            ("db-downgrade", "downgrade base"),
            ("db-current", "current"),
            ("db-history", "history"),
            ("db-reset", "db reset"),
        ] {
            let (code, said) = make(&folder, &["-n", target])?;
            ensure!(code == Some(0) && said.trim_end() == format!("{program} {command}"), "make -n {target}: {said}");
        }
        let (_, said) = make(&folder, &["-n", "db-create", "MESSAGE=x"])?;
        ensure!(said.contains(&format!("{program} create \"$MESSAGE\"")), "{said}");
        let (code, said) = make(&folder, &["db-create"])?;
        ensure!(code == Some(2) && said.contains("say what changes: make db-create MESSAGE="), "{said}");
        let (_, said) = make(&folder, &["-n", "db-reset", "ARGS=--yes"])?;
        ensure!(said.trim_end() == format!("{program} db reset --yes"), "{said}");
    }
    // A message is a text, whatever stands in it.
    let message = r#"it's "a" $(touch owned) `touch owned`"#;
    let (_, said) = make(
        &project.path(""),
        &["db-create", &format!("MESSAGE={}", message.replace('$', "$$")), "AUTOGEN=printf '<%s>'"],
    )?;
    ensure!(said.contains(&format!("<create><{message}>")), "{said}");
    ensure!(!project.path("owned").exists(), "a message was run");
    Ok(())
}
