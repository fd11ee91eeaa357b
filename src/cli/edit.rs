//! `autogen edit`: a revision's file in the editor.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use editor_command::Editor;

use super::global::Global;
use super::history::applied;
use super::report;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::Folder;
use crate::revision::{Anchor, Target};

/// Open a revision's file in $VISUAL or $EDITOR, and look at it afterwards
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// An id or its beginning, head, heads, current, LABEL@head
    #[arg(value_name = "REVISION", default_value = "head", allow_hyphen_values = true, value_parser = Target::parse_with_current)]
    target: Target,
}

/// Runs the command; it needs a database for `current` alone.
pub(crate) async fn run(args: Edit, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let applied =
        if args.target.anchor == Anchor::Current { applied(&config, &folder).await? } else { BTreeSet::new() };
    let revisions = folder.graph().named(&applied, &args.target)?;
    if revisions.is_empty() {
        return Err(Error::new(Kind::Usage, format!("`{}` is no revision that has a file", args.target))
            .hint("autogen history   lists them all"));
    }
    for migration in revisions.iter().filter_map(|revision| folder.migration(&revision.id)) {
        open(&config, &migration.path, &migration.revision.id)?;
    }
    Ok(())
}

/// Opens a file, waits for the editor, and tells what is wrong with the file then.
pub(super) fn open(config: &Config, path: &Path, id: &str) -> Result<()> {
    let shown = config.shown_path(path);
    let none = || Error::new(Kind::Usage, "no editor is named").hint("set VISUAL or EDITOR: EDITOR=vim autogen edit");
    let before = std::fs::read(path).ok();
    let editor = Editor::new().map_err(|cause| none().caused_by(cause))?;
    let status = editor.open(path).status().map_err(|cause| none().caused_by(cause))?;
    if !status.success() {
        return Err(Error::new(Kind::Error, format!("the editor failed on {shown}: {status}")));
    }
    if std::fs::read(path).ok() == before {
        report::talk(&format!("{shown} is as it was"));
        return Ok(());
    }
    let folder = Folder::load(config)
        .map_err(|problem| problem.hint(format!("autogen edit cannot find it until then; open {shown} itself")))?;
    if folder.graph().get(id).is_none() {
        report::talk(&format!("warning: {shown} no longer says `-- Revision ID: {id}`"));
    }
    report::success(&format!("edited {shown}"));
    report::talk(&format!("whether it does what it says, in both directions: autogen prove {id}"));
    Ok(())
}
