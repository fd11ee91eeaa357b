//! What is owned, and what is left alone.

use std::path::Path;

use anstream::{eprintln, print, println};
use anstyle::Style;
use serde_json::{Value, json};

use super::layout::{Piece, left_and_right};
use super::{dim, paint, width};
use crate::cli::declaration::{Declaration, Whereabouts};
use crate::operation::display_object;
use crate::schema::{DefinitionKind, Entry, Fact, Object, Places};

/// A kind of objects, for one and for many.
type Counted = (fn(&Object) -> bool, &'static str, &'static str);

const KINDS: [Counted; 7] = [
    (|it| matches!(it, Object::Namespace(_)), "schema", "schemas"),
    (|it| matches!(it, Object::Table(_)), "table", "tables"),
    (|it| matches!(it, Object::Column(..)), "column", "columns"),
    (|it| matches!(it, Object::Constraint(..)), "constraint", "constraints"),
    (|it| matches!(it, Object::Index(..)), "index", "indexes"),
    (|it| matches!(it, Object::EnumType(_)), "enum", "enums"),
    (|it| matches!(it, Object::EnumLabel(..)), "enum label", "enum labels"),
];

/// How many objects were left alone, by kind; with `all`, each of them.
pub(crate) fn left_alone(objects: &[Object], all: bool, default_namespace: &str) {
    if objects.is_empty() {
        return;
    }
    if all {
        for object in objects {
            eprintln!("  {}", dim(&format!("left alone: {}", display_object(object, default_namespace))));
        }
        return;
    }
    let counts = KINDS.iter().map(|(is, one, many)| {
        let count = objects.iter().filter(|it| is(it)).count();
        (count, format!("{count} {}", if count == 1 { one } else { many }))
    });
    let definitions = DefinitionKind::ALL.into_iter().map(|kind| {
        let is = |it: &&Object| matches!(it, Object::Definition(name) if name.kind == kind);
        let count = objects.iter().filter(is).count();
        (count, if count == 1 { format!("1 {}", kind.words()) } else { format!("{count} {}", kind.many()) })
    });
    let counts: Vec<String> =
        counts.chain(definitions).filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    eprintln!("{}", dim(&format!("not declared and left alone: {} (-v names them)", counts.join(", "))));
}

/// What becomes owned: each object, and with `facts` what is said of it.
pub(crate) fn adopted(entries: &[Entry], places: &Places, facts: bool, default_namespace: &str) {
    for Entry { object, fact } in entries.iter().filter(|entry| facts || entry.fact.is_none()) {
        let of = fact.map(|fact| format!("{} of ", fact_words(fact))).unwrap_or_default();
        let left = Piece::new(&format!("  + {of}{}", display_object(object, default_namespace)));
        let place = places.get(object).map(ToString::to_string).unwrap_or_default();
        print!("{}", left_and_right(&left, &Piece::dim(&place), width().unwrap_or(80)));
    }
}

/// What nobody declares, with the lines that would.
pub(crate) fn undeclared(objects: &[(Object, Declaration)], extras: Option<&Path>, default_namespace: &str) {
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
        let left = Piece::new(&format!("  {}", display_object(object, default_namespace)));
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
pub(crate) fn json_entry(entry: &Entry, default_namespace: &str) -> Value {
    json!({
        "object": display_object(&entry.object, default_namespace),
        "fact": entry.fact.map(fact_words),
    })
}

/// An object, and the lines that would declare it.
pub(crate) fn json_undeclared(object: &Object, declaration: &Declaration, default_namespace: &str) -> Value {
    let (into, place) = match &declaration.whereabouts {
        Whereabouts::Above(place) => ("above", Some(place)),
        Whereabouts::Into(place) => ("into", Some(place)),
        Whereabouts::Extras => ("extras", None),
    };
    json!({
        "object": display_object(object, default_namespace),
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
