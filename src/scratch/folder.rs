//! The folder of one run, `ag-XXXXXX`, with the lock that says its owner lives, the data folder, socket and log.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::user::{self, Unprivileged};

/// How every run folder's name begins.
pub(super) const PREFIX: &str = "ag-";
/// Locked for the life of the process that made the folder.
pub(super) const OWNER_LOCK: &str = "owner.lock";

/// A folder of one run. Removed when dropped.
#[derive(Debug)]
pub(super) struct RunFolder {
    folder: TempDir,
    _owner: File,
}

impl RunFolder {
    /// A new folder that only this process and `user` can enter.
    pub(super) fn create(user: Option<Unprivileged>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent(user))?;
        // It gets its name only when it is locked, so that nobody ever finds it unlocked while its owner lives.
        let unnamed = folder.path().join("owner.new");
        let owner = File::create_new(&unnamed)?;
        owner.lock()?;
        fs::rename(unnamed, folder.path().join(OWNER_LOCK))?;
        Ok(Self { folder, _owner: owner })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Postgres' data folder.
    pub(super) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// What the server says.
    pub(super) fn log(&self) -> PathBuf {
        self.path().join("log")
    }

    /// Gives everything in it to the user.
    pub(super) fn hand_to(&self, user: Option<Unprivileged>) -> io::Result<()> {
        user.map_or(Ok(()), |user| chown(self.path(), user))
    }
}

/// Where run folders are made: in memory where there is plenty (six times faster than a disk whose file system has
/// just seen a thousand files go), else in the temporary folder. TMPDIR, where it is set, is the user's word.
fn parent(user: Option<Unprivileged>) -> PathBuf {
    let memory = PathBuf::from(MEMORY);
    let usable =
        std::env::var_os("TMPDIR").is_none() && user::can_reach(user, &memory) && free_bytes(&memory) >= PLENTY;
    if usable { memory } else { temporary(user) }
}

/// Where run folders may have been made.
pub(super) fn parents(user: Option<Unprivileged>) -> [PathBuf; 2] {
    [PathBuf::from(MEMORY), temporary(user)]
}

const MEMORY: &str = "/dev/shm";
/// A cluster is 40 MB and a database 8: room for two hundred.
const PLENTY: u128 = 2 << 30;

fn free_bytes(folder: &Path) -> u128 {
    // Wide enough for what any platform counts blocks in.
    nix::sys::statvfs::statvfs(folder)
        .map_or(0, |free| u128::from(free.blocks_available()) * u128::from(free.fragment_size()))
}

/// A socket's path may have 107 bytes on Linux and 103 on macOS, so a long TMPDIR (or one that the server's user cannot
/// enter) gives way to /tmp.
fn temporary(user: Option<Unprivileged>) -> PathBuf {
    const LONGEST: usize = 103 - "/ag-XXXXXX/.s.PGSQL.5432".len();
    let temporary = std::env::temp_dir();
    if temporary.is_absolute() && temporary.as_os_str().len() <= LONGEST && user::can_reach(user, &temporary) {
        temporary
    } else {
        PathBuf::from("/tmp")
    }
}

/// Copies a data folder: files and folders, no links (a fresh cluster has none).
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn chown(path: &Path, user: Unprivileged) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            chown(&entry?.path(), user)?;
        }
    }
    std::os::unix::fs::lchown(path, Some(user.uid), Some(user.gid))
}
