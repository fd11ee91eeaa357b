//! The command line: one file per command. A command's file holds its help text, its arguments and a function;
//! [`report`] is the only place that prints.

mod global;
mod report;
mod answers;
mod answers_file;
mod unmanaged;
mod unseen;
mod declared;
mod comparison;
mod unanswered;
mod asking;
mod models;
mod selection;
mod declaration;
mod post_write;
mod place;
mod migrator;
mod amend;
mod create;
mod unknown;
mod findings;
mod agreed;
mod check;
mod prove;
mod review;
mod adopt;
mod pull;
mod baseline;
mod work;
mod running;
mod span;
mod status;
mod wait;
mod confirm;
mod found;
mod init;
mod db_init;
mod db_reset;
mod fleet;
mod fleet_work;
mod dry_run;
mod hooks;
mod db_ensure_version;
mod upgrade;
mod downgrade;
mod current;
mod history;
mod heads;
mod branches;
mod show;
mod edit;
mod merge;
mod rebase;
mod squash;
mod stamp;
mod suggestion;
mod doctor;
mod completions;
mod man;

pub(crate) use check::{Quietly as Checking, check_quietly};

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Kind, Result};
use global::Global;

/// PostgreSQL migrations from SeaORM entities: written as SQL, proved on a throwaway Postgres
#[derive(Debug, Parser)]
#[command(name = "autogen", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
    0  ok                               5  refused until answered
    1  error                            6  lock not obtained
    2  usage, or unreadable models      7  proof failed
    3  check found differences          8  several heads, or an ambiguous target
    4  database not at head           130  interrupted";

#[derive(Debug, Subcommand)]
enum Command {
    #[command(alias = "revision")]
    Create(create::Create),
    Check(check::Check),
    Prove(prove::Prove),
    Review(review::ReviewArgs),
    Adopt(adopt::Adopt),
    Pull(pull::Pull),
    Models(models::Models),
    Baseline(baseline::Baseline),
    Upgrade(upgrade::Upgrade),
    Downgrade(downgrade::Downgrade),
    Current(current::Current),
    History(history::History),
    Heads(heads::Heads),
    Branches(branches::Branches),
    Show(show::Show),
    Edit(edit::Edit),
    Merge(merge::Merge),
    Rebase(rebase::Rebase),
    Squash(squash::Squash),
    Stamp(stamp::Stamp),
    Status(status::Status),
    Wait(wait::Wait),
    Init(init::Init),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Man),
    /// The database itself
    #[command(subcommand)]
    Db(Db),
}

#[derive(Debug, Subcommand)]
enum Db {
    Init(db_init::DbInit),
    Reset(db_reset::DbReset),
    EnsureVersion(db_ensure_version::DbEnsureVersion),
}

/// Parses the arguments of the process, runs the command, and says with what code to exit.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&Error::new(Kind::Error, "cannot start").caused_by(cause)),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &Error) -> ExitCode {
    report::failure(error);
    ExitCode::from(error.kind().exit_code())
}

async fn run(cli: Cli) -> Result<()> {
    let Cli { global, command } = cli;
    let global = global.with_logging();
    match command {
        Command::Create(args) => create::run(args, &global).await,
        Command::Check(args) => check::run(args, &global).await,
        Command::Prove(args) => prove::run(args, &global).await,
        Command::Review(args) => review::run(args, &global).await,
        Command::Adopt(args) => adopt::run(args, &global).await,
        Command::Pull(args) => pull::run(args, &global).await,
        Command::Models(args) => models::run(&args, &global),
        // These stop in order: the step at work is taken back.
        Command::Upgrade(args) => upgrade::run(args, &global).await,
        Command::Downgrade(args) => downgrade::run(args, &global).await,
        Command::Stamp(args) => stamp::run(args, &global).await,
        Command::Baseline(args) => baseline::run(args, &global).await,
        Command::Status(args) => interruptible(status::run(&args, &global)).await,
        Command::Wait(args) => interruptible(wait::run(args, &global)).await,
        Command::Current(args) => interruptible(current::run(args, &global)).await,
        Command::History(args) => interruptible(history::run(args, &global)).await,
        Command::Heads(args) => heads::run(&args, &global),
        Command::Branches(args) => branches::run(&args, &global),
        Command::Show(args) => interruptible(show::run(args, &global)).await,
        Command::Edit(args) => edit::run(args, &global).await,
        Command::Merge(args) => merge::run(args, &global).await,
        Command::Rebase(args) => rebase::run(args, &global).await,
        Command::Squash(args) => squash::run(args, &global).await,
        Command::Init(args) => init::run(&args, &global),
        Command::Doctor(args) => doctor::run(args, &global).await,
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args, &global),
        Command::Db(Db::Init(args)) => interruptible(db_init::run(args, &global)).await,
        Command::Db(Db::Reset(args)) => db_reset::run(args, &global).await,
        Command::Db(Db::EnsureVersion(args)) => db_ensure_version::run(args, &global).await,
    }
}

/// Drops the work at Ctrl-C. For what changes nothing until its last step, so that scratch can be put away afterwards.
async fn interruptible<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => Err(Error::new(Kind::Interrupted, "interrupted; nothing was written")),
    }
}

#[cfg(test)]
mod tests;
