//! `[[post_write_hooks]]` after a file was written.

use std::path::Path;

use super::global::Global;
use super::report;
use crate::error::Result;
use crate::migration::{Folder, Hooked};

/// Runs the hooks, and says what they did.
pub(super) fn run_hooks(folder: &Folder, path: &Path, global: &Global) -> Result<()> {
    let mut say = |name: &str| {
        if !global.quiet {
            report::talk(&format!("running post write hook `{name}`"));
        }
    };
    match folder.run_hooks(path, &mut say)? {
        Hooked::Unchanged | Hooked::Formatted => {}
        Hooked::Rewritten => {
            report::talk("warning: a hook changed statements, so what was proved is worth nothing: autogen prove");
        }
    }
    Ok(())
}
