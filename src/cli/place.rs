//! Where a new revision stands: after which others, in which folder, on which branch.

use std::path::{Path, PathBuf};

use clap::Args;

use super::edit;
use super::migrator::sql_only;
use crate::config::Config;
use crate::error::{Kind, Result};
use crate::migration::{Folder, LedgerChanges, Plan, new_revision};
use crate::revision::{Revision, Target, check_label};

/// Options of commands that write a revision.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where it stands in the history")]
pub(super) struct Place {
    /// Come after this head: an id or its beginning, LABEL@head; or base, to begin a history of its own
    #[arg(long, value_name = "REVISION", default_value = "head", hide_default_value = true)]
    head: Target,
    /// Allow a head that has revisions after it: a new branch begins there
    #[arg(long)]
    splice: bool,
    /// Name the branch that begins with it
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Revisions of other branches that are to be applied before it
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<Target>,
    /// Write it into this one of version_locations
    #[arg(long, value_name = "FOLDER")]
    version_path: Option<PathBuf>,
    /// Open it in $VISUAL or $EDITOR
    #[arg(long)]
    pub(super) edit: bool,
}

impl Place {
    /// The new revision, which stands there.
    pub(super) fn revision(
        &self,
        config: &Config,
        folder: &Folder,
        message: &str,
        id: Option<&str>,
    ) -> Result<Revision> {
        if let Some(migrator) = folder.migrator() {
            if self.head != Target::head()
                || self.splice
                || !self.branch_label.is_empty()
                || !self.depends_on.is_empty()
            {
                let what = "--head, --splice, --branch-label and --depends-on are for branches";
                sql_only(config, what, "a new migration comes after the last of its list")?;
            }
            if self.version_path.is_some() {
                sql_only(config, "--version-path names a folder", "a new migration's file stands beside the last one")?;
            }
            return migrator.new_revision(config, message, id, folder.graph().parents_of_next()?);
        }
        let graph = folder.graph();
        let parents = graph.parents_at(&self.head, self.splice).map_err(|error| {
            let is_several = error.kind() == Kind::SeveralHeads;
            if is_several { error.hint("--head ID   comes after one of them alone") } else { error }
        })?;
        let revision = new_revision(config, message, id, parents)?;
        self.branch_label.iter().try_for_each(|label| check_label(label))?;
        let revision = Revision {
            branch_labels: self.branch_label.clone(),
            depends_on: graph.dependencies(&self.depends_on)?,
            ..revision
        };
        // Before the work that a proof is, not after it.
        folder.location(&revision, self.version_path.as_deref())?;
        Ok(revision)
    }

    /// Writes it into its folder.
    pub(super) fn write(
        &self,
        folder: &Folder,
        plan: &Plan,
        proved: Option<&str>,
        changes: &LedgerChanges,
    ) -> Result<PathBuf> {
        let location = folder.location(&plan.revision, self.version_path.as_deref())?;
        folder.write_into(&location, plan, proved, changes)
    }

    /// Opens what was written, if that was asked for.
    pub(super) fn open(&self, config: &Config, path: &Path, revision: &Revision) -> Result<()> {
        if self.edit { edit::open(config, path, &revision.id) } else { Ok(()) }
    }
}
