use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The real paths of files, whatever links lead to them. A folder of a thousand modules is resolved once.
#[derive(Debug, Default)]
pub(super) struct RealPaths(RefCell<HashMap<PathBuf, Option<PathBuf>>>);

impl RealPaths {
    /// `None`: there is no such file.
    pub(super) fn of(&self, file: &Path) -> Option<PathBuf> {
        let (folder, name) = (file.parent()?, file.file_name()?);
        if file.symlink_metadata().ok()?.is_symlink() {
            return file.canonicalize().ok();
        }
        let mut folders = self.0.borrow_mut();
        let real = match folders.get(folder) {
            Some(known) => known,
            None => folders.entry(folder.to_owned()).or_insert(folder.canonicalize().ok()),
        };
        real.as_ref().map(|folder| folder.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_what_they_name() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("real");
        std::fs::create_dir(&real).unwrap();
        std::fs::write(real.join("user.rs"), "").unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join("linked")).unwrap();
        std::os::unix::fs::symlink(real.join("user.rs"), folder.path().join("person.rs")).unwrap();
        let paths = RealPaths::default();
        for name in ["real/user.rs", "linked/user.rs", "person.rs", "linked/../real/user.rs"] {
            assert_eq!(paths.of(&folder.path().join(name)), Some(real.join("user.rs")), "{name}");
        }
        assert_eq!(paths.of(&folder.path().join("real/nobody.rs")), None);
    }
}
