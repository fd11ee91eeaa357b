//! What the runner would do, as a script for psql; needs no database.

use std::collections::BTreeSet;

use super::{history, walk};
use crate::config::{Running, Transaction};
use crate::error::{Error, Kind, Result};
use crate::execute::{Direction, Record, Run, Stop, forget_records, journal_script, script, session_script, steps};
use crate::migration::{Folder, Migration};
use crate::revision::{Id, Revision, RevisionGraph, Target};

/// From where to where, and how.
#[derive(Debug)]
pub struct Script<'a> {
    /// The revisions.
    pub folder: &'a Folder,
    /// Where the database is when the script begins; base where that is not said.
    pub from: Option<&'a Target>,
    /// Where it is to go.
    pub to: &'a Target,
    /// The namespace of unqualified names, of history and journal.
    pub default_namespace: &'a str,
    /// Locks and transactions.
    pub running: &'a Running,
}

/// What applies or takes back the revisions between the two.
///
/// # Errors
/// What the graph says of the targets; [`Kind::Refused`] where one transaction cannot hold the revisions.
pub fn walk_script(span: &Script<'_>, direction: Direction) -> Result<String> {
    let applied = start(span)?;
    let graph = span.folder.graph();
    let path = match direction {
        Direction::Upgrade => graph.upgrade_path(&applied, span.to)?,
        Direction::Downgrade => graph.downgrade_path(&applied, span.to)?,
    };
    let ids: BTreeSet<Id> = path.iter().map(|revision| revision.id.clone()).collect();
    let (present, absent) = match direction {
        Direction::Upgrade => (applied, with_replaced(graph, ids)),
        Direction::Downgrade => (ids, BTreeSet::new()),
    };
    let mut text = head(span, &direction.to_string(), &present, &absent);
    let (stop, together) = (Stop::default(), span.running.transaction == Transaction::All);
    if together {
        walk::refuse_autocommit(span.folder, &path, direction)?;
        text.push_str("BEGIN;\n\n");
    }
    for revision in path {
        let migration = file(span.folder, revision)?;
        let (statements, records) = match direction {
            Direction::Upgrade => (&migration.upgrade, history::insert(migration)),
            Direction::Downgrade => (&migration.downgrade, history::delete(migration)),
        };
        let steps = steps(statements);
        let run = Run {
            records: &records,
            ..walk::patient(Run::new(&revision.id, direction, &steps, span.default_namespace, &stop), span.running)
        };
        text.push_str(&title(revision, direction));
        text.push_str(&script(&run, together));
    }
    text.push_str(if together { "COMMIT;\n" } else { "" });
    Ok(text)
}

/// What marks the target as applied, without running anything.
///
/// # Errors
/// What the graph says of the targets.
pub fn stamp_script(span: &Script<'_>) -> Result<String> {
    let before = start(span)?;
    let after = span.folder.graph().stamped(&before, std::slice::from_ref(span.to))?;
    let absent: BTreeSet<Id> = after.difference(&before).cloned().collect();
    let mut text = head(span, "stamp", &before, &with_replaced(span.folder.graph(), absent.clone()));
    text.push_str("BEGIN;\n\n");
    for gone in before.difference(&after) {
        let records = span.folder.migration(gone).map_or_else(|| vec![history::forget(gone)], history::delete);
        records.iter().for_each(|record| text.push_str(&record.script()));
    }
    for revision in span.folder.graph().oldest_first().filter(|revision| absent.contains(&revision.id)) {
        history::insert(file(span.folder, revision)?).iter().for_each(|record| text.push_str(&record.script()));
    }
    for revision in before.symmetric_difference(&after) {
        forget_records(revision).iter().for_each(|record| text.push_str(&record.script()));
    }
    text.push_str("\nCOMMIT;\n");
    Ok(text)
}

/// A database in the middle of what a revision replaces does not lack it.
fn with_replaced(graph: &RevisionGraph, ids: BTreeSet<Id>) -> BTreeSet<Id> {
    let replaced: Vec<Id> = ids.iter().filter_map(|id| graph.get(id)).flat_map(|it| it.replaces.clone()).collect();
    ids.into_iter().chain(replaced).collect()
}

fn start(span: &Script<'_>) -> Result<BTreeSet<Id>> {
    match span.from {
        Some(from) => span.folder.graph().stamped(&BTreeSet::new(), std::slice::from_ref(from)),
        None => Ok(BTreeSet::new()),
    }
}

fn head(span: &Script<'_>, command: &str, present: &BTreeSet<Id>, absent: &BTreeSet<Id>) -> String {
    let from = span.from.map_or_else(|| "base".to_owned(), ToString::to_string);
    let guard = Record::new(
        include_str!("sql/script_guard.sql"),
        &[("default_namespace", span.default_namespace), ("present", &array(present)), ("absent", &array(absent))],
    );
    let (guard, quote) = (guard.script(), dollar_quote(&guard.script()));
    [
        &format!("-- autogen {command} --sql {from}:{}\n", span.to),
        "-- For psql: psql -X -f FILE DATABASE. It stops at the first error; what is committed by then stays, and\n\
         -- `autogen status` shows how far it came.\n\n\
         \\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\\encoding UTF8\n\n",
        &session_script(span.default_namespace),
        &format!("\nDO {quote}\n{guard}{quote};\n\nSET client_min_messages = warning;\n\n"),
        &Record::new(include_str!("sql/create_history.sql"), &[]).script(),
        &Record::new(include_str!("sql/alter_history.sql"), &[]).script(),
        "\n",
        &journal_script(),
        "\nRESET client_min_messages;\n\n",
    ]
    .concat()
}

fn title(revision: &Revision, direction: Direction) -> String {
    let parents = if revision.parents.is_empty() { "base".to_owned() } else { revision.parents.join(", ") };
    let message = revision.message.replace('\n', " ");
    match direction {
        Direction::Upgrade => format!("-- Running upgrade {parents} -> {}, {message}\n\n", revision.id),
        Direction::Downgrade => format!("-- Running downgrade {} -> {parents}, {message}\n\n", revision.id),
    }
}

/// Ids have no characters that would have to be escaped.
fn array(ids: &BTreeSet<Id>) -> String {
    format!("{{{}}}", ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(","))
}

/// A dollar quote that the body does not hold.
fn dollar_quote(body: &str) -> String {
    let mut quote = "$guard$".to_owned();
    while body.contains(&quote) {
        quote.insert(quote.len() - 1, '_');
    }
    quote
}

/// The file of a revision of the folder.
pub(super) fn file<'a>(folder: &'a Folder, revision: &Revision) -> Result<&'a Migration> {
    folder
        .migration(&revision.id)
        .ok_or_else(|| Error::new(Kind::Error, format!("the folder has no file of revision {}", revision.title())))
}
