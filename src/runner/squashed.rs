//! Databases that have several revisions which the folder has as one.

use super::Applied;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, Migration};

/// What is applied, with the revisions that another replaces taken for that one. The rows of all of them stay in
/// `autogen_history`, so that who has the old files sees the same database.
///
/// # Errors
/// [`Kind::Refused`] when the database stands in the middle of what a revision replaces.
pub(super) fn as_squashed(applied: Vec<Applied>, folder: &Folder) -> Result<Vec<Applied>> {
    folder.migrations().iter().filter(|it| !it.revision.replaces.is_empty()).try_fold(applied, taken_for)
}

fn taken_for(mut applied: Vec<Applied>, squashed: &Migration) -> Result<Vec<Applied>> {
    let revision = &squashed.revision;
    let is_replaced = |it: &Applied| revision.replaces.contains(&it.revision);
    let Some(row) = applied.iter().position(|it| it.revision == revision.id) else {
        return match applied.iter().rfind(|it| is_replaced(it)) {
            None => Ok(applied),
            Some(last) => Err(in_the_middle(squashed, last)),
        };
    };
    // Rows of its own run have no hash; those of the old files have, and what the last of them holds is no edit.
    if applied.iter().any(|it| is_replaced(it) && !it.hash.is_empty()) {
        let row = &mut applied[row];
        row.parents.clone_from(&revision.parents);
        row.message.clone_from(&revision.message);
        row.hash.clone_from(&squashed.hash);
        row.downgrade.clone_from(&squashed.downgrade_text);
        row.source = Some(squashed.text.clone());
    }
    applied.retain(|it| !is_replaced(it));
    Ok(applied)
}

fn in_the_middle(squashed: &Migration, last: &Applied) -> Error {
    let revision = &squashed.revision;
    let title = revision.title();
    let what =
        format!("the database is at {} ({}), in the middle of what {title} replaces", last.revision, last.message);
    Error::new(Kind::Refused, what)
        .hint(format!("go on with the files as they were before the squash: autogen upgrade {}", revision.id))
        .hint("git log --diff-filter=D   finds the commit that took them away")
        .hint(format!(
            "or bring the schema there by hand, and let the database forget the rest: autogen stamp --purge {}",
            revision.id
        ))
}
