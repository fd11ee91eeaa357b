//! `autogen prove`: that files do what they say, whoever wrote them.

use std::collections::BTreeSet;

use clap::Args;

use super::comparison::start_scratch;
use super::declared::{read_declared, scope};
use super::global::Global;
use super::interruptible;
use super::migrator::{apply_to, refuse_by_hand};
use super::report::{self, Progress, Verdict};
use super::unmanaged::unmanaged;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, Migration, ProofLine};
use crate::reflect::Scope;
use crate::revision::{Id, Revision};
use crate::scratch::{Database, FileProof, Scratch, Way};

/// Prove revisions: upgrade, downgrade, upgrade, on a throwaway Postgres with a few rows a table
///
/// For files that were written or edited by hand: what `create` writes is proved already. Needs neither entities nor a
/// database. What was proved, and the hash of the file that it was proved of, is written into autogen.lock. Fails where
/// a statement fails, where the downgrade does not lead back, or where the second upgrade differs from the first; what
/// becomes of the rows is told.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// Ids or their beginnings, or branch labels; default: the head
    #[arg(value_name = "REVISION")]
    revisions: Vec<String>,
    /// Every revision of the folder
    #[arg(long, conflicts_with = "revisions")]
    all: bool,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Prove, global: &Global) -> Result<()> {
    let config = global.config()?;
    let folder = Folder::load(&config)?;
    let chosen = chosen(&args, &folder)?;
    for migration in chosen.iter().filter_map(|it| folder.migration(&it.id)).filter(|_| !args.all) {
        refuse_by_hand(&folder, migration)?;
    }
    let progress = Progress::new(global.quiet);
    let scratch = interruptible(start_scratch(&config, None, args.scratch_on_target, &progress)).await?;
    if !global.quiet && !global.json {
        progress.clear();
        report::talk(&format!("scratch: {}\n", scratch.origin()));
    }
    let given = given(&config, &folder, global)?;
    let outcome = prove_revisions(&config, &folder, global, &given, &scratch, &progress, &chosen).await;
    progress.clear();
    let stopped = scratch.stop().await;
    outcome.and(stopped)
}

/// Proves these, tells of each, and writes down what was proved.
pub(super) async fn prove_revisions(
    config: &Config,
    folder: &Folder,
    global: &Global,
    given: &Scope,
    scratch: &Scratch,
    progress: &Progress,
    revisions: &[&Revision],
) -> Result<()> {
    let proving = Proving { config, folder, global, given, scratch, progress };
    let verdicts = interruptible(proving.run(revisions)).await?;
    progress.clear();
    folder.record_proofs(&verdicts.iter().filter_map(line).collect::<Vec<_>>())?;
    if global.json {
        report::verdicts_json(&verdicts, &config.default_namespace);
    }
    conclusion(&verdicts)
}

/// What scratch has beside the history: configured extensions, and what the entities refer to and do not declare.
/// Entities that cannot be read are no reason not to prove what stands in files.
pub(super) fn given(config: &Config, folder: &Folder, global: &Global) -> Result<Scope> {
    let quiet = Global { quiet: true, ..global.clone() };
    let strangers = match read_declared(config, &quiet, true) {
        Ok(declared) => scope(config, &declared, &folder.ledger()).strangers,
        Err(_) => Vec::new(),
    };
    let extensions = config.extensions.clone();
    let default_namespace = config.default_namespace.clone();
    Ok(Scope { namespaces: Vec::new(), default_namespace, extensions, unmanaged: unmanaged(config)?, strangers })
}

/// Oldest first.
fn chosen<'a>(args: &Prove, folder: &'a Folder) -> Result<Vec<&'a Revision>> {
    let graph = folder.graph();
    if args.all {
        let is_told = |it: &&Revision| folder.migration(&it.id).is_some_and(|it| !it.by_hand);
        return Ok(graph.oldest_first().filter(is_told).collect());
    }
    if args.revisions.is_empty() {
        let heads = graph.parents_of_next()?;
        return match heads.first() {
            Some(_) => Ok(graph.oldest_first().filter(|it| heads.contains(&it.id)).collect()),
            None => {
                Err(Error::new(Kind::Usage, "there is no revision yet").hint("autogen create MESSAGE   writes one"))
            }
        };
    }
    let named: Vec<&Id> =
        args.revisions.iter().map(|name| graph.find(name, None).map(|it| &it.id)).collect::<Result<_>>()?;
    Ok(graph.oldest_first().filter(|it| named.contains(&&it.id)).collect())
}

/// What goes into the ledger.
fn line(verdict: &Verdict<'_>) -> Option<ProofLine> {
    let proof = verdict.outcome.as_ref().ok()?;
    let one_way = match proof.way {
        Way::Both => false,
        Way::UpOnly(_) => true,
    };
    let revision = verdict.revision.id.clone();
    Some(ProofLine { revision, version: proof.version.clone(), one_way })
}

fn conclusion(verdicts: &[Verdict<'_>]) -> Result<()> {
    let failed = verdicts.iter().filter(|it| it.outcome.is_err()).count();
    match failed {
        0 => Ok(()),
        _ => Err(Error::new(Kind::ProofFailed, format!("{failed} of {} revisions not proved", verdicts.len()))
            .hint("correct the file, and run the same command again")),
    }
}

/// One run of the command.
struct Proving<'a> {
    config: &'a Config,
    folder: &'a Folder,
    global: &'a Global,
    given: &'a Scope,
    scratch: &'a Scratch,
    progress: &'a Progress,
}

impl Proving<'_> {
    async fn run<'f>(&self, revisions: &[&'f Revision]) -> Result<Vec<Verdict<'f>>> {
        let mut verdicts = Vec::new();
        let mut state = State { database: self.scratch.database().await?, applied: BTreeSet::new() };
        for revision in revisions {
            let Some(migration) = self.folder.migration(&revision.id) else { continue };
            self.progress.step(&format!("proving {}", revision.id));
            let outcome = self.prove(&mut state, revision, migration).await;
            self.progress.clear();
            let edited = self.folder.edited().iter().any(|it| it.revision == revision.id);
            let verdict = Verdict { revision, path: self.folder.shown(migration), edited, outcome };
            if !self.global.json {
                report::verdict(&verdict, self.global.quiet, &self.config.default_namespace);
            }
            verdicts.push(verdict);
        }
        Ok(verdicts)
    }

    /// Brings `state` to where the revision begins, and proves it from there.
    async fn prove(&self, state: &mut State, revision: &Revision, migration: &Migration) -> Result<FileProof> {
        let mut before: BTreeSet<Id> =
            self.folder.graph().ancestors([revision.id.as_str()]).into_iter().map(str::to_owned).collect();
        before.remove(&revision.id);
        if !state.applied.is_subset(&before) || self.folder.migrator().is_some() {
            *state = State { database: self.scratch.database().await?, applied: BTreeSet::new() };
        }
        let missing: BTreeSet<Id> = before.difference(&state.applied).cloned().collect();
        // A revision that fails leaves the state where it was, and whatever comes after it fails with it.
        apply_to(self.scratch, &state.database, self.folder, &missing, &mut state.applied, self.given).await?;
        self.scratch.prove_file(&state.database, migration, self.given).await
    }
}

/// A scratch database and what is applied in it.
struct State {
    database: Database,
    applied: BTreeSet<Id>,
}
