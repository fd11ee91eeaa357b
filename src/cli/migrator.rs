//! What commands do otherwise in a project whose migrations a Migrator of SeaORM lists and runs.

use std::collections::BTreeSet;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::global::Global;
use super::hooks::Hooks;
use super::interruptible;
use super::report::{self, Walk};
use super::work::Work;
use crate::config::{Config, Running, connect};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::execute::Direction;
use crate::migration::{Folder, Migration, Migrator};
use crate::reflect::{Scope, reflect};
use crate::revision::{Anchor, Id, Target};
use crate::runner;
use crate::schema::Schema;
use crate::scratch::{Database, Scratch};

/// Refuses a command whose work a Migrator has no place for.
///
/// # Errors
/// [`Kind::Usage`] with what to do instead.
pub(super) fn sql_only(config: &Config, what: &str, instead: &str) -> Result<()> {
    match config.format {
        crate::config::Format::Sql => Ok(()),
        crate::config::Format::SeaOrm => Err(Error::new(
            Kind::Usage,
            format!("{what}, and with format = \"seaorm\" the Migrator of the project is the history"),
        )
        .hint(instead)),
    }
}

/// What the database holds, where a Migrator's history is read from there; it must be at head.
pub(super) async fn live_schema(
    folder: &Folder,
    live: Option<&mut PgConnection>,
    scope: &Scope,
) -> Result<Option<Schema>> {
    let (Some(conn), Some(_)) = (live, folder.migrator()) else { return Ok(None) };
    runner::require_head(conn, folder, &scope.default_namespace).await?;
    reflect(conn, scope).await.map(Some)
}

/// The history on scratch, and what is in it. What Rust does, only its own program knows: with a database at head, that
/// tells what the history makes; without one, the program runs on scratch.
pub(super) async fn replay(
    scratch: &Scratch,
    folder: &Folder,
    scope: &Scope,
    live: Option<&Schema>,
    quiet: bool,
) -> Result<(Database, Schema)> {
    let Some(migrator) = folder.migrator() else { return scratch.replay(folder, scope).await };
    let database = scratch.database().await?;
    match live {
        Some(live) => {
            let nothing = scratch.settle(&database, scope).await?;
            scratch.lift(&database, &diff(&nothing, live), live, scope).await?;
            Ok((database, live.clone()))
        }
        None => {
            if !migrator.listed.is_empty() || migrator.unusual.is_some() {
                run(folder, migrator, &database.options(), &["up"], quiet).await?;
                must_be_there(folder, &database, scope).await?;
            }
            let schema = scratch.settle(&database, scope).await?;
            Ok((database, schema))
        }
    }
}

/// A program that does not look at DATABASE_URL has migrated another database.
async fn must_be_there(folder: &Folder, database: &Database, scope: &Scope) -> Result<()> {
    let mut conn = database.connect().await?;
    let at_head = runner::require_head(&mut conn, folder, &scope.default_namespace).await;
    let _ = conn.close().await;
    at_head.map_err(|cause| {
        Error::new(Kind::Error, "the migrations were run, but not on the scratch database")
            .caused_by(cause)
            .hint("the program must take its database from DATABASE_URL, and its namespace from DATABASE_SCHEMA")
            .hint("[seaorm] command = [..] in autogen.toml names another")
    })
}

/// Applies what comes before a revision on scratch. A Migrator counts from where its own table says, so its database
/// holds nothing else.
pub(super) async fn apply_to(
    scratch: &Scratch,
    database: &Database,
    folder: &Folder,
    missing: &BTreeSet<Id>,
    applied: &mut BTreeSet<Id>,
    given: &Scope,
) -> Result<()> {
    let Some(migrator) = folder.migrator() else {
        return scratch.apply_to(database, folder, missing, applied, given).await;
    };
    if !missing.is_empty() {
        let count = missing.len().to_string();
        run(folder, migrator, &database.options(), &["up", "-n", &count], true).await?;
        applied.extend(missing.iter().cloned());
    }
    Ok(())
}

/// Refuses a migration that is Rust: its statements are not in the text.
///
/// # Errors
/// [`Kind::Usage`] with what to do instead.
pub(super) fn refuse_by_hand(folder: &Folder, migration: &Migration) -> Result<()> {
    if !migration.by_hand {
        return Ok(());
    }
    let title = migration.revision.title();
    Err(Error::new(Kind::Usage, format!("{title} is Rust that somebody wrote: what it does, its text does not tell"))
        .hint(format!("read {}", folder.shown(migration)))
        .hint("autogen upgrade, autogen downgrade -1, autogen upgrade   tries it on a database"))
}

/// Runs the project's own program, and hands on what it says.
async fn run(
    folder: &Folder,
    migrator: &Migrator,
    database: &PgConnectOptions,
    arguments: &[&str],
    quiet: bool,
) -> Result<()> {
    let mut first = true;
    let mut kept = Vec::new();
    let mut say = |line: &str| {
        let line = if first { format!("running {line}") } else { format!("  {line}") };
        first = false;
        if quiet { kept.push(line) } else { report::talk(&line) }
    };
    let outcome = runner::Runner::new(folder.config(), migrator).run(database, arguments, &mut say).await;
    if outcome.is_err() {
        kept.iter().for_each(|line| report::talk(line));
    }
    outcome
}

/// `upgrade` and `downgrade` by the project's own program, with the target made into a count.
pub(super) async fn walk(
    work: &Work,
    direction: Direction,
    target: &Target,
    running: &Running,
    global: &Global,
) -> Result<()> {
    let Some(migrator) = work.folder.migrator() else { return Ok(()) };
    if !global.quiet {
        report::unlisted(&work.folder.unlisted());
    }
    let namespace = &work.config.default_namespace;
    let mut events = Walk::new(global);
    let lock = {
        let database = work.database(running, false);
        interruptible(runner::Held::obtain(&database, &mut |event| events.event(&event))).await?
    };
    let mut conn = interruptible(connect(&work.target)).await?;
    let before = runner::known_applied(&mut conn, &work.folder, namespace).await?;
    let listed: Vec<&Id> = work.folder.graph().oldest_first().map(|it| &it.id).collect();
    let (path, order): (Vec<&Id>, Vec<&Id>) = match direction {
        _ if migrator.unusual.is_some() => (Vec::new(), Vec::new()),
        Direction::Upgrade => (
            work.folder.graph().upgrade_path(&before, target)?.iter().map(|it| &it.id).collect(),
            listed.into_iter().filter(|it| !before.contains(*it)).collect(),
        ),
        Direction::Downgrade => (
            work.folder.graph().downgrade_path(&before, target)?.iter().map(|it| &it.id).collect(),
            listed.into_iter().rev().filter(|it| before.contains(*it)).collect(),
        ),
    };
    if path.is_empty() && migrator.unusual.is_none() {
        events.finished(direction, &[]);
        return Ok(());
    }
    let arguments = match migrator.unusual {
        Some(_) => uncounted(direction, target, before.len())?,
        None => arguments(migrator, direction, &path, &order)?,
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let hooks = Hooks::new(&work.config, &work.target, direction, global.quiet);
    let ids: Vec<Id> = path.iter().map(|it| (*it).clone()).collect();
    hooks.before(&ids)?;
    let outcome = interruptible(run(&work.folder, migrator, &work.target.options, &arguments, global.quiet)).await;
    let after = runner::known_applied(&mut conn, &work.folder, namespace).await?;
    // Everything is read; a server that is gone needs no goodbye.
    let _ = conn.close().await;
    lock.release().await;
    outcome?;
    let done: Vec<Id> = match direction {
        Direction::Upgrade => after.difference(&before).cloned().collect(),
        Direction::Downgrade => before.difference(&after).cloned().collect(),
    };
    events.finished(direction, &done);
    hooks.after(&done)?;
    match migrator.unusual {
        Some(_) => Ok(()),
        None => must_be_done(direction, &ids, &done, migrator),
    }
}

/// A program does what it is written to do with its arguments: what came of it is looked at.
/// A build may leave out what stands under a `cfg`.
fn must_be_done(direction: Direction, wanted: &[Id], done: &[Id], migrator: &Migrator) -> Result<()> {
    let names = |of: &[Id], without: &[Id]| {
        let counts = |it: &&Id| !without.contains(it) && !migrator.is_conditional(it);
        let left: Vec<&str> = of.iter().filter(counts).map(Id::as_str).collect();
        (!left.is_empty()).then(|| left.join(", "))
    };
    let (undone, verb) = match direction {
        Direction::Upgrade => ("not applied", "applied"),
        Direction::Downgrade => ("not taken back", "taken back"),
    };
    let what = match (names(wanted, done), names(done, wanted)) {
        (None, None) => return Ok(()),
        (Some(missing), _) => format!("the program ended without an error, and {missing} is {undone}"),
        (None, Some(more)) => format!("the program did more than it was told: {more} is {verb} too"),
    };
    Err(Error::new(Kind::Error, what)
        .hint("autogen current   shows what is applied")
        .hint("its arguments are those of sea-orm-migration's cli; [seaorm] command = [..] in autogen.toml names another program"))
}

/// The same where the text does not tell all that the Migrator lists: only what needs no name.
fn uncounted(direction: Direction, target: &Target, applied: usize) -> Result<Vec<String>> {
    let steps = target.offset.unsigned_abs().to_string();
    let words: &[&str] = match (direction, &target.anchor, target.offset) {
        (Direction::Upgrade, Anchor::Head | Anchor::Heads, 0) => &["up"],
        (Direction::Upgrade, Anchor::Current, 1..) => &["up", "-n", &steps],
        (Direction::Downgrade, Anchor::Current, ..0) => &["down", "-n", &steps],
        (Direction::Downgrade, Anchor::Base, 0) => &["down", "-n", &applied.to_string()],
        (Direction::Upgrade | Direction::Downgrade, ..) => {
            return Err(Error::new(
                Kind::Refused,
                format!("where {target} is, the Migrator's text does not tell: it is not one `vec![Box::new(..), ..]`"),
            )
            .hint("head, base, +1 and -1 need no name"));
        }
    };
    Ok(words.iter().map(|it| (*it).to_owned()).collect())
}

/// `up`, `up -n 2`, `down -n 1`: a Migrator goes its list along and knows nothing but numbers.
fn arguments(migrator: &Migrator, direction: Direction, path: &[&Id], order: &[&Id]) -> Result<Vec<String>> {
    if order.get(..path.len()) != Some(path) {
        let first = order.iter().find(|it| !path.contains(it)).map_or("", |it| it.as_str());
        return Err(Error::new(
            Kind::Refused,
            format!("the Migrator goes its list along, and {first} comes before the target"),
        )
        .hint(format!("autogen {direction} {first}   goes there first"))
        .hint("autogen history -i   shows what is applied"));
    }
    let word = match direction {
        Direction::Upgrade if path.len() == order.len() => return Ok(vec!["up".to_owned()]),
        Direction::Upgrade => "up",
        Direction::Downgrade => "down",
    };
    match path.iter().find(|it| migrator.is_conditional(it) && direction == Direction::Upgrade) {
        Some(unsure) => Err(Error::new(
            Kind::Refused,
            format!("{unsure} stands under a `cfg`: whether it counts, only a build tells"),
        )
        .hint("autogen upgrade   goes to the head without counting")),
        None => Ok(vec![word.to_owned(), "-n".to_owned(), path.len().to_string()]),
    }
}
