//! A schema as text, object by object, as the statements that would make it.

use std::collections::BTreeMap;

use super::Effect;
use crate::diff::diff;
use crate::operation::display_object;
use crate::render::{Words, render};
use crate::schema::{Object, Rename, Schema};

/// Each object that is there before or after and not in a table, with its text at both times.
pub(super) fn pairs(effect: &Effect<'_>, namespace: &str) -> Vec<(String, String, String)> {
    let words = Words::new(namespace);
    let before = texts(effect.before, &words, effect.renames);
    let mut after = texts(effect.after, &words, &[]);
    let mut pairs: Vec<(Object, String, String)> = before
        .into_iter()
        .map(|(object, text)| {
            let then = after.remove(&object).unwrap_or_default();
            (object, text, then)
        })
        .collect();
    pairs.extend(after.into_iter().map(|(object, text)| (object, String::new(), text)));
    pairs.sort_by(|a, b| (rank(&a.0), &a.0).cmp(&(rank(&b.0), &b.0)));
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(object, before, after)| (display_object(&object, namespace), before, after)).collect()
}

/// The text of each, by the name that it has after these renames.
fn texts(schema: &Schema, words: &Words, renames: &[Rename]) -> BTreeMap<Object, String> {
    let tops = schema.objects().filter(|it| match it {
        Object::Namespace(_) | Object::EnumType(_) | Object::Table(_) | Object::Definition(_) => true,
        Object::EnumLabel(..) | Object::Column(..) | Object::Constraint(..) | Object::Index(..) => false,
    });
    tops.map(|object| {
        let text = text(&alone(schema, &object), words);
        (object.renamed(renames), text)
    })
    .collect()
}

/// The schema with nothing but this in it.
fn alone(schema: &Schema, object: &Object) -> Schema {
    let keep = |other: Object| &other == object;
    Schema {
        namespaces: schema.namespaces.iter().filter(|it| keep(Object::Namespace(it.name.clone()))).cloned().collect(),
        enum_types: schema.enum_types.iter().filter(|it| keep(Object::EnumType(it.name.clone()))).cloned().collect(),
        tables: schema.tables.iter().filter(|it| keep(Object::Table(it.name.clone()))).cloned().collect(),
        definitions: schema
            .definitions
            .iter()
            .filter(|it| keep(Object::Definition(it.name.clone())))
            .cloned()
            .collect(),
        needs: Vec::new(),
    }
}

/// Every statement, a blank line between two. The lines of a table have no commas at their ends: a column that comes
/// last would else change the line above it too.
fn text(schema: &Schema, words: &Words) -> String {
    let statements = render(&diff(&Schema::default(), schema), words);
    let line = |line: &str| {
        let kept = line.strip_suffix(',').filter(|it| it.starts_with("    ")).unwrap_or(line);
        format!("{kept}\n")
    };
    let texts = statements.into_iter().flatten().map(|it| format!("{};", it.sql).lines().map(line).collect::<String>());
    texts.collect::<Vec<_>>().join("\n")
}

fn rank(object: &Object) -> u8 {
    match object {
        Object::Namespace(_) => 0,
        Object::EnumType(_) | Object::EnumLabel(..) => 1,
        Object::Table(_) | Object::Column(..) | Object::Constraint(..) | Object::Index(..) => 2,
        Object::Definition(_) => 3,
    }
}
