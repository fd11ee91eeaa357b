//! What is owned, and what is left alone.

use std::borrow::Cow;
use std::path::Path;

use anstream::{eprint, eprintln};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::layout::{Piece, left_and_right, paragraph};
use super::out::{print, println};
use super::{dim, paint, width};
use crate::cli::declaration::{Declaration, Whereabouts};
use crate::migration::{Edited, Folder};
use crate::operation::{constraint_kind, display_object};
use crate::overlay::Overlay;
use crate::schema::{Entry, Fact, Object, Places, Schema, Widened};

/// What was taken for something else than the models say, and how many objects were left alone, by kind; with `all`, each
/// of them. `schema` has them.
pub(crate) fn left_alone(overlay: &Overlay, schema: &Schema, all: bool, default_namespace: &str) {
    for widened in &overlay.widened {
        let sentence = format!("taken for the same: {}", widened_sentence(widened, default_namespace));
        eprint!("{}", paragraph(&Piece::dim(&sentence), 0, width()));
    }
    let objects = &overlay.left_alone;
    if objects.is_empty() {
        return;
    }
    if all {
        for object in objects {
            let (kind, name) = (kind(object, schema), name(object, default_namespace));
            eprintln!("  {}", dim(&format!("left alone: {kind} {name}")));
        }
        return;
    }
    let sentence = left_alone_sentence(objects, schema).unwrap_or_default();
    eprint!("{}", paragraph(&Piece::dim(&format!("{sentence} (autogen check -v lists them)")), 0, width()));
}

/// `the unique group place of seats names hall, row, the database's has hall, row, number`.
pub(crate) fn widened_sentence(widened: &Widened, default_namespace: &str) -> String {
    let Widened { table, name, declared, columns } = widened;
    let table = table.display(default_namespace);
    format!(
        "the unique_key group {name} of {table} names {}, the unique of that name has {}",
        declared.join(", "),
        columns.join(", ")
    )
}

/// `left alone: 3 indexes and 1 check that nobody declares`; nothing where there is nothing.
pub(crate) fn left_alone_sentence(objects: &[Object], schema: &Schema) -> Option<String> {
    let mut counts: Vec<(Cow<'_, str>, usize)> = Vec::new();
    for kind in objects.iter().map(|it| kind(it, schema)) {
        match counts.iter_mut().find(|(counted, _)| *counted == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| counted(*count, kind)).collect();
    (!counts.is_empty()).then(|| format!("left alone: {} that nobody declares", listed(&counts)))
}

/// Kind and name of each.
pub(crate) fn named(objects: &[Object], schema: &Schema, default_namespace: &str) -> Vec<(String, String)> {
    objects.iter().map(|it| (kind(it, schema).into_owned(), name(it, default_namespace))).collect()
}

/// The same as JSON, each of them.
pub(crate) fn json_left_alone(objects: &[Object], schema: &Schema, default_namespace: &str) -> Value {
    let one = |it: &Object| json!({ "kind": kind(it, schema), "name": name(it, default_namespace) });
    objects.iter().map(one).collect()
}

/// `check`, `table`, `materialized view`.
fn kind<'a>(object: &Object, schema: &Schema) -> Cow<'a, str> {
    match object {
        Object::Constraint(table, name) => {
            let found = schema.table(table).and_then(|table| table.constraint(name));
            found.map_or("constraint", constraint_kind).into()
        }
        Object::Definition(name) => name.kind.words().into(),
        Object::Namespace(_) => "schema".into(),
        Object::EnumType(_) => "enum".into(),
        Object::EnumLabel(..) => "enum label".into(),
        Object::Table(_) => "table".into(),
        Object::Column(..) => "column".into(),
        Object::Index(..) => "index".into(),
    }
}

/// `users.bio`, without the kind that stands before it.
fn name(object: &Object, default_namespace: &str) -> String {
    let shown = display_object(object, default_namespace);
    let kind = match object {
        Object::Definition(name) => name.kind.words(),
        Object::EnumLabel(..) => "enum label",
        Object::Namespace(_)
        | Object::EnumType(_)
        | Object::Table(_)
        | Object::Column(..)
        | Object::Constraint(..)
        | Object::Index(..) => shown.split(' ').next().unwrap_or_default(),
    };
    shown.strip_prefix(kind).unwrap_or(&shown).trim_start().to_owned()
}

/// `1 policy`, `3 indexes`.
fn counted(count: usize, kind: &str) -> String {
    let many = match kind {
        _ if count == 1 => kind.to_owned(),
        "index" | "view index" => format!("{kind}es"),
        "statistics" | "row security" => kind.to_owned(),
        "policy" => "policies".to_owned(),
        kind => format!("{kind}s"),
    };
    format!("{count} {many}")
}

/// `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// What becomes owned: each object, and with `facts` what is said of it.
pub(crate) fn adopted(entries: &[Entry], schema: &Schema, places: &Places, facts: bool, default_namespace: &str) {
    for Entry { object, fact } in entries.iter().filter(|entry| facts || entry.fact.is_none()) {
        let of = fact.map(|fact| format!("{} of ", fact_words(fact))).unwrap_or_default();
        let (kind, name) = (kind(object, schema), name(object, default_namespace));
        let left = Piece::new(&format!("  + {of}{kind} {name}"));
        let place = places.get(object).map(ToString::to_string).unwrap_or_default();
        print!("{}", left_and_right(&left, &Piece::dim(&place), width().unwrap_or(80)));
    }
}

/// What nobody declares, with the lines that would.
pub(crate) fn undeclared(
    objects: &[(Object, Declaration)],
    schema: &Schema,
    extras: Option<&Path>,
    default_namespace: &str,
) {
    if objects.is_empty() {
        return;
    }
    println!("\n{}", paint(Style::new().bold(), "not declared, so not owned; these lines would declare it"));
    let file = extras.map_or_else(|| "extras.sql".to_owned(), |path| path.display().to_string());
    for (object, Declaration { whereabouts, lines }) in objects {
        let goes = match whereabouts {
            Whereabouts::Above(place) => format!("above {place}"),
            Whereabouts::Into(place) => format!("into {place}"),
            Whereabouts::Extras => format!("into {file}"),
        };
        let left = Piece::new(&format!("  {} {}", kind(object, schema), name(object, default_namespace)));
        print!("{}", left_and_right(&left, &Piece::dim(&goes), width().unwrap_or(80)));
        for line in lines.iter().flat_map(|line| line.lines()) {
            println!("      {line}");
        }
    }
    let needs_extras = objects.iter().any(|(_, it)| it.whereabouts == Whereabouts::Extras);
    if extras.is_none() && needs_extras {
        eprintln!("{}", dim("SQL beside the entities: `extras = \"extras.sql\"` under [entities] in autogen.toml"));
    }
}

/// An object or a fact of one.
pub(crate) fn json_entry(entry: &Entry, schema: &Schema, default_namespace: &str) -> Value {
    json!({
        "kind": kind(&entry.object, schema),
        "name": name(&entry.object, default_namespace),
        "fact": entry.fact.map(fact_words),
    })
}

/// An object, and the lines that would declare it.
pub(crate) fn json_undeclared(
    object: &Object,
    schema: &Schema,
    declaration: &Declaration,
    default_namespace: &str,
) -> Value {
    let (into, place) = match &declaration.whereabouts {
        Whereabouts::Above(place) => ("above", Some(place)),
        Whereabouts::Into(place) => ("into", Some(place)),
        Whereabouts::Extras => ("extras", None),
    };
    json!({
        "kind": kind(object, schema),
        "name": name(object, default_namespace),
        "goes": into,
        "place": place.map(ToString::to_string),
        "lines": declaration.lines,
    })
}

fn fact_words(fact: Fact) -> &'static str {
    match fact {
        Fact::Type => "type",
        Fact::Default => "default",
        Fact::Comment => "comment",
        Fact::OnUpdate => "on update",
        Fact::OnDelete => "on delete",
        Fact::Name => "name",
        Fact::Whole => "whole",
    }
}

/// Files that are no longer what was written down when they were made.
pub(crate) fn edited(files: &[Edited]) {
    for Edited { path, revision, .. } in files {
        let warning = paint(AnsiColor::Yellow.on_default().bold(), "warning:");
        eprintln!("{warning} {path} was edited after it was written, and is no longer what was proved");
        eprintln!("{}", dim(&format!("  what changed: git log -p {path}   (autogen.lock: {revision} = HASH)")));
        eprintln!("{}", dim(&format!("  to prove it again: autogen prove {revision}")));
    }
}

/// Migrations that the project has and does not run.
pub(crate) fn unlisted(files: &[String]) {
    for path in files {
        let warning = paint(AnsiColor::Yellow.on_default().bold(), "warning:");
        eprintln!("{warning} {path} is a migration that the Migrator does not list");
        eprintln!("{}", dim("  put it into `migrations()`, with its `mod` line, or remove the file"));
    }
}

/// That the text of a Migrator does not tell all of its list.
pub(crate) fn untold(folder: &Folder) {
    if let Some((migrator, why)) = folder.migrator().and_then(|it| Some((it, it.unusual.as_ref()?))) {
        let warning = paint(AnsiColor::Yellow.on_default().bold(), "warning:");
        eprintln!("{warning} {}: {why}", folder.config().shown_path(&migrator.file));
        eprintln!(
            "{}",
            dim("  there may be more migrations than its text tells; autogen current lists those of the database")
        );
    }
}
