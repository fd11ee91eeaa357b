//! Which server the tests run on: the newest that is installed, or the major that `AUTOGEN_TEST_MAJOR` names, fetched
//! by the product's own fetch (pinned, checked by hash, kept in the cache).
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use autogen::scratch::{Options, fetch_server};

/// What `AUTOGEN_TEST_MAJOR` asks for.
pub(crate) fn wanted_major() -> Option<u32> {
    std::env::var("AUTOGEN_TEST_MAJOR").ok().and_then(|major| major.parse().ok())
}

/// Scratch on that server: the cache may hold newer ones.
pub(crate) async fn options() -> Options {
    let major = wanted_major().or_else(newest_installed_major);
    let options = Options { major, ..Options::new(Options::user_cache()) };
    if wanted_major().is_some_and(|major| installed(major).is_none()) {
        fetch_server(&options, &|_| {}).await.expect("the server can be fetched");
    }
    options
}

/// The folder that `initdb` and `postgres` of that server are in. `AUTOGEN_TEST_PG_BIN` names another.
pub(crate) fn binaries() -> Result<PathBuf> {
    if let Some(bin) = std::env::var_os("AUTOGEN_TEST_PG_BIN") {
        return Ok(bin.into());
    }
    let Some(major) = wanted_major() else {
        return newest_installed().map_or_else(from_pg_config, Ok);
    };
    if let Some(installed) = installed(major) {
        return Ok(installed);
    }
    let options = Options { major: Some(major), ..Options::new(Options::user_cache()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(fetch_server(&options, &|_| {}))?)
}

/// `psql` or `pg_dump`: the installed ones, or those of tests/servers.sh where the server is newer, since a dump refuses
/// what is newer than itself.
pub(crate) fn client(program: &str) -> Result<PathBuf> {
    let fetched = clients().join(program);
    let named = std::env::var_os("AUTOGEN_TEST_PG_BIN").map(PathBuf::from);
    let installed = named.or_else(newest_installed).map_or_else(from_pg_config, Ok).map(|bin| bin.join(program));
    let is_new_enough = |path: &PathBuf| {
        path.exists() && wanted_major().is_none_or(|wanted| major_of(path).is_ok_and(|major| major >= wanted))
    };
    match installed {
        Ok(installed) if is_new_enough(&installed) => Ok(installed),
        _ if fetched.exists() => Ok(fetched),
        _ => bail!("no {program} that is as new as the server: tests/servers.sh fetches one"),
    }
}

/// Where tests/servers.sh puts the clients.
fn clients() -> PathBuf {
    Options::user_cache().join("test-clients/bin")
}

fn major_of(program: &Path) -> Result<u32> {
    let output = Command::new(program).arg("--version").output().with_context(|| program.display().to_string())?;
    let text = String::from_utf8(output.stdout)?;
    let version = text.split_whitespace().nth(2).context("a version")?;
    version.split('.').next().and_then(|major| major.parse().ok()).with_context(|| text.clone())
}

fn installed(major: u32) -> Option<PathBuf> {
    let bin = PathBuf::from(format!("/usr/lib/postgresql/{major}/bin"));
    bin.join("initdb").exists().then_some(bin)
}

fn newest_installed() -> Option<PathBuf> {
    newest_installed_major().and_then(installed)
}

fn newest_installed_major() -> Option<u32> {
    let majors = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    majors
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|major| installed(*major).is_some())
        .max()
}

fn from_pg_config() -> Result<PathBuf> {
    match Command::new("pg_config").arg("--bindir").output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8(output.stdout)?.trim().into()),
        _ => bail!(
            "no PostgreSQL server found; install one (`apt-get install -y postgresql`), or name a major that \
             tests/servers.sh has fetched: AUTOGEN_TEST_MAJOR=17"
        ),
    }
}
