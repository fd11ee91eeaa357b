//! `autogen review`: a revision as its reviewer reads it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::comparison::start_scratch;
use super::global::Global;
use super::interruptible;
use super::migrator::{apply_to, refuse_by_hand};
use super::prove::given;
use super::report::{self, Progress};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, Migration};
use crate::reflect::Scope;
use crate::review::{Effect, Proof, Review, html};
use crate::revision::{Id, Range, Revision};
use crate::scratch::{Database, Scratch};

/// Show what a revision changes: operations, hazards, the schema before and after, the SQL of both directions
///
/// Runs the history up to the revision, and the revision, on scratch; needs neither entities nor a database. With --html,
/// one page that needs no network and no script.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// An id or its beginning, or a range: abc123:head, -3:; default: the head
    #[arg(value_name = "REVISION|RANGE", allow_hyphen_values = true)]
    revisions: Option<String>,
    /// Write one page into this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// Runs the command.
pub(crate) async fn run(args: ReviewArgs, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let chosen = chosen(args.revisions.as_deref(), &folder)?;
    let reviews = reviews(&config, &folder, &chosen, args.scratch_on_target, global).await?;
    if let Some(file) = &args.html {
        report::write_whole(&global.folder()?.join(file), &html(&reviews)?)?;
        if !global.json {
            report::success(&format!("wrote {}", file.display()));
            return Ok(());
        }
    }
    if global.json {
        report::json(&serde_json::json!({ "revisions": reviews }));
    } else {
        reviews.iter().for_each(report::review);
    }
    Ok(())
}

/// Writes the page of a revision that was just written, if it was.
pub(super) async fn page_of(config: &Config, id: &str, file: &Path, on_target: bool, global: &Global) -> Result<()> {
    let folder = Folder::load(config)?;
    let Some(revision) = folder.graph().get(id) else { return Ok(()) };
    let reviews = reviews(config, &folder, &[revision], on_target, global).await?;
    report::write_whole(&global.folder()?.join(file), &html(&reviews)?)?;
    if !global.json && !global.quiet {
        report::talk(&format!("its review: {}", file.display()));
    }
    Ok(())
}

/// Oldest first.
fn chosen<'a>(text: Option<&str>, folder: &'a Folder) -> Result<Vec<&'a Revision>> {
    let graph = folder.graph();
    let named: Vec<Id> = match text {
        None => graph.parents_of_next()?,
        Some(range) if range.contains(':') => {
            let range: Range = range.parse()?;
            if range.needs_database() {
                return Err(Error::new(Kind::Usage, "a review asks no database: `current` means nothing here")
                    .hint("name the revision: autogen current   tells it"));
            }
            graph.range(&BTreeSet::new(), &range)?.into_iter().map(|it| it.id.clone()).collect()
        }
        Some("head") => graph.parents_of_next()?,
        Some(name) => vec![graph.find(name, None)?.id.clone()],
    };
    let chosen: Vec<&Revision> = graph.oldest_first().filter(|it| named.contains(&it.id)).collect();
    if chosen.is_empty() {
        return Err(
            Error::new(Kind::Usage, "there is no revision to review").hint("autogen create MESSAGE   writes one")
        );
    }
    Ok(chosen)
}

/// Each of them, seen on a scratch server of its own.
pub(super) async fn reviews(
    config: &Config,
    folder: &Folder,
    chosen: &[&Revision],
    scratch_on_target: bool,
    global: &Global,
) -> Result<Vec<Review>> {
    let progress = Progress::new(global.quiet);
    let given = given(config, folder, global)?;
    let scratch = interruptible(start_scratch(config, None, scratch_on_target, &progress)).await?;
    let reviewing = Reviewing { config, folder, given: &given, scratch: &scratch };
    let reviews = interruptible(reviewing.run(chosen, &progress)).await;
    progress.clear();
    let stopped = scratch.stop().await;
    let reviews = reviews?;
    stopped?;
    Ok(reviews)
}

/// One run of the command.
struct Reviewing<'a> {
    config: &'a Config,
    folder: &'a Folder,
    given: &'a Scope,
    scratch: &'a Scratch,
}

impl Reviewing<'_> {
    async fn run(&self, chosen: &[&Revision], progress: &Progress) -> Result<Vec<Review>> {
        let mut reviews = Vec::new();
        let mut state = (self.scratch.database().await?, BTreeSet::new());
        for revision in chosen {
            let Some(migration) = self.folder.migration(&revision.id) else { continue };
            progress.step(&format!("looking at {}", revision.id));
            reviews.push(self.review(&mut state, revision, migration).await?);
        }
        Ok(reviews)
    }

    /// Brings the database to where the revision begins, and looks at it from there.
    async fn review(
        &self,
        (database, applied): &mut (Database, BTreeSet<Id>),
        revision: &Revision,
        migration: &Migration,
    ) -> Result<Review> {
        let mut before: BTreeSet<Id> =
            self.folder.graph().ancestors([revision.id.as_str()]).into_iter().map(str::to_owned).collect();
        before.remove(&revision.id);
        refuse_by_hand(self.folder, migration)?;
        if !applied.is_subset(&before) || self.folder.migrator().is_some() {
            *database = self.scratch.database().await?;
            applied.clear();
        }
        let missing: BTreeSet<Id> = before.difference(applied).cloned().collect();
        apply_to(self.scratch, database, self.folder, &missing, applied, self.given).await?;
        let file = self.folder.shown(migration);
        let seen = self.scratch.effect(database, migration, self.given).await.map_err(|cause| {
            Error::new(Kind::Error, format!("{file} does not run on scratch"))
                .caused_by(cause)
                .hint(format!("more about it: autogen prove {}", revision.id))
        })?;
        let operations = seen.operations();
        let effect =
            Effect { before: &seen.before, after: &seen.after, renames: &seen.renames, operations: &operations };
        let proof = Proof {
            versions: self.folder.recorded_proofs(&revision.id),
            edited: self.folder.edited().iter().any(|it| it.revision == revision.id),
        };
        Ok(Review::new(migration, file, proof, &effect, &self.config.default_namespace))
    }
}
