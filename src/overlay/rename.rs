use crate::schema::{Rename, Schema};

/// The renames that still have to happen: the old name is there and the new one is not.
#[must_use]
pub fn applicable(renames: &[Rename], current: &Schema) -> Vec<Rename> {
    let mut names = current.clone();
    renames.iter().filter(|rename| rename.follow(&mut names)).cloned().collect()
}
