//! Compiles entities and asks the runtime about them.

use std::path::PathBuf;
use std::process::Command;

use oracle::answer::Answer;
use oracle_generator::Version;

use crate::{Result, root};

/// A version of SeaORM, and the package that is compiled with it.
pub(crate) struct Runtime {
    pub(crate) version: Version,
    manifest: &'static str,
    lock: &'static str,
    /// Below the target folder.
    target: &'static str,
}

pub(crate) const TWO: Runtime =
    Runtime { version: Version::Two, manifest: "tests/oracle/random/Cargo.toml", lock: "Cargo.lock", target: "" };

pub(crate) const ONE: Runtime = Runtime {
    version: Version::One,
    manifest: "tests/oracle-1.1/Cargo.toml",
    lock: "tests/oracle-1.1/Cargo.lock",
    target: "oracle-1.1",
};

pub(crate) const ZERO_12: Runtime = Runtime {
    version: Version::One,
    manifest: "tests/oracle-0.12/Cargo.toml",
    lock: "tests/oracle-0.12/Cargo.lock",
    target: "oracle-0.12",
};

/// The folder that cargo builds in.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

impl Runtime {
    /// Its version, from the lock file.
    pub(crate) fn seaorm(&self) -> Result<String> {
        locked(&std::fs::read_to_string(root().join(self.lock))?)
    }

    /// A folder for a generated crate, with the lock file of this version.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = target().join(self.target).join(name);
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::copy(root().join(self.lock), folder.join("Cargo.lock"))?;
        Ok(folder)
    }

    /// Compiles and asks. `variables` are those of the build script.
    pub(crate) fn answer(&self, arguments: &[&str], variables: &[(&str, String)]) -> Result<Answer> {
        Ok(serde_json::from_slice(&self.output(arguments, variables)?)?)
    }

    /// What it prints; the error is what the compiler says.
    pub(crate) fn output(&self, arguments: &[&str], variables: &[(&str, String)]) -> Result<Vec<u8>> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(["run", "--quiet", "--locked", "--manifest-path"]).arg(root().join(self.manifest));
        command.arg("--").args(arguments).env("CARGO_TARGET_DIR", target().join(self.target));
        command.envs(variables.iter().map(|(name, value)| (*name, value.as_str())));
        let output = command.output()?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
        }
    }
}

/// The version of SeaORM in a lock file.
pub(crate) fn locked(lock: &str) -> Result<String> {
    let (_, after) = lock.split_once("name = \"sea-orm\"\nversion = \"").ok_or("the lock file has no SeaORM")?;
    Ok(after.split('"').next().unwrap_or_default().to_owned())
}
