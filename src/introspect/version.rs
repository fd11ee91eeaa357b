//! Which SeaORM the crate is built with, and what that changes.

use std::path::Path;

use toml::{Table, Value};

use super::crate_tree::{Crate, ModuleId, Tree};
use super::diagnostic::Diagnostic;
use super::manifest;
use super::source_file::{about_path, relative};

/// Rules that differ between the versions of SeaORM, in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    /// As people call it.
    pub(super) version: &'static str,
    /// `u16` is smallint and `u32` integer, one size less than they need (sea-query before 1.0).
    pub(super) narrow_unsigned: bool,
    /// Keys are `serial` instead of identity (sea-query before 1.0, or its feature `option-postgres-use-serial`).
    pub(super) serial: bool,
    /// `indexed` makes an index also where `unique` stands.
    pub(super) index_beside_unique: bool,
    /// `unique_key` and `extra` are understood; before they were silently ignored.
    pub(super) newer_keys: bool,
    /// The macros look at the text of a type first: `Uuid` is a uuid whatever the name means there.
    pub(super) types_by_text: bool,
    /// `VarBinary(n)` is a bit string instead of bytea.
    pub(super) binary_as_bits: bool,
}

impl Rules {
    const V2: Self = Self {
        version: "2",
        narrow_unsigned: false,
        serial: false,
        index_beside_unique: false,
        newer_keys: true,
        types_by_text: false,
        binary_as_bits: false,
    };
    const V1: Self = Self {
        version: "1",
        narrow_unsigned: true,
        serial: true,
        index_beside_unique: true,
        newer_keys: false,
        types_by_text: true,
        binary_as_bits: false,
    };
    const V0_12: Self = Self { version: "0.12", binary_as_bits: true, ..Self::V1 };
}

/// The rules of the SeaORM that the crate is built with: by Cargo.lock, else by the manifest. Sources without either
/// are read as SeaORM 2.
pub(super) fn rules(tree: &Tree, start: ModuleId) -> Result<Rules, Diagnostic> {
    let owner = tree.owner(start);
    let Some((file, version)) = locked(&owner).or_else(|| demanded(&owner)) else { return Ok(Rules::V2) };
    let number = version.trim_start_matches(['^', '~', '=', ' ']);
    let rules = match (number, number.split(['.', '-']).next().unwrap_or_default()) {
        (_, "2") => Rules::V2,
        (_, "1") => Rules::V1,
        (number, "0") if number.starts_with("0.12") => Rules::V0_12,
        _ => {
            return Err(about_path(
                relative(tree.root(), &file),
                format!("the entities are built with SeaORM {number}, whose rules are not known here"),
            )
            .help("SeaORM 0.12, 1.x and 2.x are read"));
        }
    };
    let features = owner.manifest.dependencies.values().find(|dependency| dependency.package == "sea_orm");
    let serial = features.is_some_and(|found| found.features.iter().any(|feature| feature == "postgres-use-serial-pk"));
    Ok(Rules { serial: rules.serial || serial, ..rules })
}

/// The version in the nearest Cargo.lock. Where it holds several, the one that the crate depends on.
fn locked(owner: &Crate) -> Option<(std::path::PathBuf, String)> {
    let folder = std::path::absolute(&owner.folder).ok()?;
    let file = folder.ancestors().map(|above| above.join("Cargo.lock")).find(|file| file.is_file())?;
    let lock = manifest::table(&file)?;
    let versions: Vec<&str> =
        packages(&lock, "sea-orm").filter_map(|package| package.get("version")?.as_str()).collect();
    match versions.as_slice() {
        [] => None,
        [one] => Some((file, (*one).to_owned())),
        [first, ..] => {
            let own = owner.manifest.package.as_deref().and_then(|name| depends(&lock, name));
            let demanded = || demanded(owner).map(|(_, version)| version);
            let several = own.or_else(demanded).unwrap_or_else(|| (*first).to_owned());
            Some((file, several))
        }
    }
}

/// `1.1.0` of a dependency line `sea-orm 1.1.0`.
fn depends(lock: &Table, package: &str) -> Option<String> {
    let package = packages(lock, package).next()?;
    let lines = package.get("dependencies")?.as_array()?.iter().filter_map(Value::as_str);
    lines
        .filter_map(|line| line.strip_prefix("sea-orm "))
        .map(|rest| rest.split(' ').next().unwrap_or(rest).to_owned())
        .next()
}

fn packages<'a>(lock: &'a Table, name: &'a str) -> impl Iterator<Item = &'a Table> {
    let all = lock.get("package").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_table).filter(move |package| package.get("name").and_then(Value::as_str) == Some(name))
}

/// What the manifest demands.
fn demanded(owner: &Crate) -> Option<(std::path::PathBuf, String)> {
    let found = owner.manifest.dependencies.values().find(|dependency| dependency.package == "sea_orm")?;
    Some((Path::new(&owner.folder).join("Cargo.toml"), found.version.clone()?))
}
