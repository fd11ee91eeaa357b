//! `--each-schema`, `--each-url`: the same history over many namespaces or servers.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use sqlx::{Connection, Row};
use tokio::task::JoinSet;

use super::confirm::refuse_protected;
use super::fleet_work::{Task, work};
use super::global::Global;
use super::report;
use super::work::{database, stop_on_signals};
use crate::config::{Config, Running, Target, connect};
use crate::error::{Error, Kind, Result};
use crate::execute::Stop;
use crate::migration::Folder;
use crate::schema::Pattern;

/// Over which databases.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Many databases")]
pub(crate) struct Each {
    /// In every namespace whose name matches, such as 'tenant_*'
    #[arg(long, value_name = "PATTERN")]
    each_schema: Option<String>,
    /// On every database of this file: a URL a line, # for remarks; - for stdin
    #[arg(long, value_name = "FILE")]
    each_url: Option<PathBuf>,
    /// So many at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
}

/// One database of many: a namespace, a server, or both.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// As it is shown.
    pub(super) name: String,
    pub(super) target: Target,
    pub(super) default_namespace: String,
}

/// What became of one.
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) result: Result<String>,
    pub(super) took: Duration,
}

/// What all of them share.
pub(super) struct Fleet {
    pub(super) config: Config,
    pub(super) folder: Folder,
    pub(super) stop: Arc<Stop>,
    members: Vec<Member>,
    jobs: usize,
}

impl Each {
    /// Whether many are meant.
    pub(super) fn is_set(&self) -> bool {
        self.each_schema.is_some() || self.each_url.is_some()
    }

    /// Finds the members.
    pub(super) async fn fleet(&self, global: &Global) -> Result<Arc<Fleet>> {
        let config = global.config()?;
        let folder = Folder::load(&config)?;
        let targets = match &self.each_url {
            Some(file) => urls(&config, file)?,
            None => vec![database(&config)?],
        };
        let mut members = Vec::new();
        for target in targets {
            match &self.each_schema {
                None => members.push(Member {
                    name: target.shown.clone(),
                    default_namespace: config.default_namespace.clone(),
                    target,
                }),
                Some(pattern) => {
                    for namespace in namespaces(&target, pattern).await? {
                        let several = self.each_url.is_some();
                        let name = if several { format!("{} {namespace}", target.shown) } else { namespace.clone() };
                        members.push(Member { name, target: target.clone(), default_namespace: namespace });
                    }
                }
            }
        }
        if members.is_empty() {
            let what = self.each_schema.as_deref().unwrap_or("the file");
            return Err(Error::new(Kind::Usage, format!("{what} names no database and no namespace")));
        }
        let stop = Arc::new(Stop::default());
        Ok(Arc::new(Fleet { config, folder, stop, members, jobs: usize::from(self.jobs) }))
    }
}

/// Does a task with each that is meant, and says of each what became of it.
pub(super) async fn run_each(
    global: &Global,
    each: &Each,
    task: Task,
    over: impl Fn(&Running) -> Running,
) -> Result<()> {
    let fleet = each.fleet(global).await?;
    if let Task::Downgrade(..) = &task {
        fleet.members.iter().try_for_each(|it| refuse_protected(&it.target, "downgrade"))?;
    }
    stop_on_signals(&fleet.stop);
    let running = over(&fleet.config.runner);
    run_members(global, &fleet, |fleet, member| work(fleet, member, task.clone(), running.clone())).await
}

/// Does the same with each, so many at once; prints a line for each as it ends.
///
/// # Errors
/// Some failed: with the kind of the first, by name.
async fn run_members<F, Work>(global: &Global, fleet: &Arc<Fleet>, work: F) -> Result<()>
where
    F: Fn(Arc<Fleet>, Member) -> Work,
    Work: Future<Output = Result<String>> + Send + 'static,
{
    let mut waiting = fleet.members.iter().cloned();
    let mut running = JoinSet::new();
    let mut outcomes = Vec::new();
    let widest = fleet.members.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
    loop {
        while running.len() < fleet.jobs
            && let Some(member) = waiting.next()
        {
            let (name, begin) = (member.name.clone(), Instant::now());
            let work = work(Arc::clone(fleet), member);
            running.spawn(async move { Outcome { name, result: work.await, took: begin.elapsed() } });
        }
        match running.join_next().await {
            None => break,
            Some(Ok(outcome)) => {
                if !global.json {
                    report::fleet_line(global.quiet, &outcome.name, widest, &outcome.result, outcome.took);
                }
                outcomes.push(outcome);
            }
            Some(Err(cause)) => return Err(Error::new(Kind::Error, "a part of the run ended badly").caused_by(cause)),
        }
    }
    conclusion(global, outcomes)
}

fn conclusion(global: &Global, mut outcomes: Vec<Outcome>) -> Result<()> {
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    if global.json {
        let lines = outcomes.iter().map(|it| {
            let (said, failure) = match &it.result {
                Ok(said) => (Some(said.clone()), None),
                Err(error) => (None, Some(error.to_string())),
            };
            serde_json::json!({
                "database": it.name, "ok": it.result.is_ok(), "said": said, "error": failure,
                "seconds": it.took.as_secs_f64(),
            })
        });
        report::json(&serde_json::Value::Array(lines.collect()));
    }
    let all = outcomes.len();
    let failed: Vec<Error> = outcomes.into_iter().filter_map(|it| it.result.err()).collect();
    let Some(first) = failed.first() else { return Ok(()) };
    let mut error = Error::new(first.kind(), format!("{} of {all} failed", failed.len()));
    for hint in first.hints() {
        error = error.hint(hint);
    }
    Err(error.hint("the same command does what is missing, and leaves alone what is done"))
}

/// URLs of a file, with their line as their source.
fn urls(config: &Config, file: &Path) -> Result<Vec<Target>> {
    let unreadable = |cause| Error::new(Kind::Usage, format!("cannot read {}", file.display())).caused_by(cause);
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).map_err(unreadable)?
    } else {
        std::fs::read_to_string(file).map_err(unreadable)?
    };
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| config.target_of(line, &format!("{}:{}", file.display(), index + 1)))
        .collect()
}

/// Namespaces that match, by name; Postgres' own are none of them.
async fn namespaces(target: &Target, pattern: &str) -> Result<Vec<String>> {
    let mut conn = connect(target).await?;
    let sql =
        "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1";
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, "cannot list the namespaces").caused_by(cause);
    let rows = sqlx::query(sql).persistent(false).fetch_all(&mut conn).await.map_err(failed)?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    let names = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<String>>>().map_err(failed)?;
    let pattern = Pattern::new(pattern);
    Ok(names.into_iter().filter(|name| pattern.is(name)).collect())
}
