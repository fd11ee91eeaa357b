//! Which SeaORM the crate is built with, and what that changes.

use std::path::PathBuf;

use super::crate_tree::{Crate, ModuleId, Tree};
use super::diagnostic::Diagnostic;
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
    /// `rename_all` of a model is understood; before it was silently ignored.
    pub(super) rename_all: bool,
    /// `VarBinary(n)` is a bit string instead of bytea, and `Bit(Some(n))` one of any length up to n.
    pub(super) binary_as_bits: bool,
    /// Some types go by their text, whatever they are.
    pub(super) textual_types: bool,
    /// A key whose type's text ends with `String` or `Uuid` does not count up.
    pub(super) text_stops_counting: bool,
}

impl Rules {
    const V2: Self = Self {
        version: "2",
        narrow_unsigned: false,
        serial: false,
        index_beside_unique: false,
        newer_keys: true,
        rename_all: true,
        binary_as_bits: false,
        textual_types: false,
        text_stops_counting: true,
    };
    const V1: Self = Self {
        version: "1",
        narrow_unsigned: true,
        serial: true,
        index_beside_unique: true,
        newer_keys: false,
        rename_all: true,
        binary_as_bits: false,
        textual_types: true,
        text_stops_counting: false,
    };
    const V0_12: Self = Self { version: "0.12", binary_as_bits: true, rename_all: false, ..Self::V1 };
}

/// The rules of the SeaORM that all places are built with: one history cannot follow several.
pub(super) fn common_rules(tree: &Tree, starts: &[ModuleId]) -> Result<Rules, Diagnostic> {
    let rules = starts.iter().map(|start| rules(tree, *start)).collect::<Result<Vec<_>, _>>()?;
    let Some((first, others)) = rules.split_first() else { return Ok(Rules::V2) };
    match others.iter().find(|it| *it != first) {
        None => Ok(*first),
        Some(other) => Err(about_path(
            PathBuf::from("autogen.toml"),
            format!(
                "the places of `[entities]` `path` are built with SeaORM {} and {}, which make other tables of the same entity",
                first.version, other.version
            ),
        )
        .help("bring them to one version")
        .help("or give each a folder with an autogen.toml of its own, and name the tables of the other under `[unmanaged]`")),
    }
}

/// The rules of the SeaORM that the crate is built with: by Cargo.lock, else by the manifest. Sources without either
/// are read as SeaORM 2.
fn rules(tree: &Tree, start: ModuleId) -> Result<Rules, Diagnostic> {
    let owner = tree.owner(start);
    let Some((file, version)) = locked(tree, &owner).or_else(|| demanded(&owner)) else { return Ok(Rules::V2) };
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
    // Features of other members count too: cargo builds one SeaORM for all.
    let serial =
        tree.turns_on("sea_orm", "postgres-use-serial-pk") || tree.turns_on("sea_query", "option-postgres-use-serial");
    Ok(Rules { serial: rules.serial || serial, ..rules })
}

/// The version in the nearest Cargo.lock. Where it holds several, the one that the crate depends on.
fn locked(tree: &Tree, owner: &Crate) -> Option<(PathBuf, String)> {
    let lock = tree.lock()?;
    let version = match lock.versions("sea-orm").as_slice() {
        [] => return None,
        [one] => (*one).to_owned(),
        [first, ..] => {
            let own = owner.manifest.package.as_deref().and_then(|name| lock.depends(name, "sea-orm"));
            let demanded = || demanded(owner).map(|(_, version)| version);
            own.map(str::to_owned).or_else(demanded).unwrap_or_else(|| (*first).to_owned())
        }
    };
    Some((lock.file.clone(), version))
}

/// What the manifest demands.
fn demanded(owner: &Crate) -> Option<(PathBuf, String)> {
    let found = owner.manifest.dependencies.values().find(|dependency| dependency.package == "sea_orm")?;
    Some((owner.folder.join("Cargo.toml"), found.version.clone()?))
}
