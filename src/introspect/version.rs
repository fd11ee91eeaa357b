/// Rules that differ between the versions of SeaORM, in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    /// `u16` is smallint and `u32` integer, one size less than they need (sea-query before 1.0).
    pub(super) narrow_unsigned: bool,
    /// Keys are `serial` instead of identity (sea-query before 1.0).
    pub(super) serial: bool,
    /// `indexed` makes an index also where `unique` stands.
    pub(super) index_beside_unique: bool,
    /// `unique_key` makes a unique index.
    pub(super) unique_key: bool,
}

impl Rules {
    /// SeaORM 2.x.
    pub(super) const V2: Self =
        Self { narrow_unsigned: false, serial: false, index_beside_unique: false, unique_key: true };
}

use super::crate_tree::{ModuleId, Tree};
use super::diagnostic::Diagnostic;

/// The rules of the SeaORM that the crate is built with.
pub(super) fn rules(_tree: &Tree, _start: ModuleId) -> Result<Rules, Diagnostic> {
    Ok(Rules::V2)
}
