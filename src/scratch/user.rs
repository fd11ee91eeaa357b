//! Who runs the server: Postgres refuses root.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::unistd::{Uid, User, geteuid};

use crate::error::{Error, Kind, Result};

/// Whom a root process hands the server to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unprivileged {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The user `postgres`, else `nobody`, when this process is root; `None` when it is not.
pub(super) fn unprivileged() -> Result<Option<Unprivileged>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .map(|user| Some(Unprivileged { uid: user.uid.as_raw(), gid: user.gid.as_raw() }))
        .ok_or_else(|| {
            Error::new(Kind::Error, "Postgres does not run as root, and there is no user postgres or nobody")
                .hint("useradd --system postgres")
        })
}

/// Whether this process, or the user it hands servers to, owns the folder: nobody else's is ever touched.
pub(super) fn owns(folder: &Path) -> bool {
    let handed_to = unprivileged().ok().flatten().map(|user| user.uid);
    std::fs::symlink_metadata(folder).is_ok_and(|metadata| {
        metadata.is_dir() && (metadata.uid() == Uid::effective().as_raw() || Some(metadata.uid()) == handed_to)
    })
}

/// Whether the user can reach what lies in `folder`: every folder on the way lets others pass. The parts that do not
/// exist yet will be made by this process.
pub(super) fn can_reach(user: Option<Unprivileged>, folder: &Path) -> bool {
    let Some(user) = user else { return true };
    folder.ancestors().filter_map(|ancestor| std::fs::metadata(ancestor).ok()).all(|metadata| {
        metadata.permissions().mode() & 0o001 != 0
            || metadata.uid() == user.uid && metadata.permissions().mode() & 0o100 != 0
    })
}
