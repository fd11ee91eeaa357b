//! The part of the models that a user names: `users`, `user*`, `billing.*`.

use std::collections::BTreeSet;

use crate::error::{Error, Kind, Result};
use crate::schema::{Models, Object, QualifiedName, Rename, Stated};

/// The tables and enums of these names, and the enums that these tables use. Without names, everything.
///
/// # Errors
/// [`Kind::Usage`] when a name matches nothing.
pub(super) fn select(models: Models, names: &[String]) -> Result<Models> {
    if names.is_empty() {
        return Ok(models);
    }
    let schema = &models.schema;
    let all = || schema.tables.iter().map(|it| &it.name).chain(schema.enum_types.iter().map(|it| &it.name));
    let mut kept: BTreeSet<QualifiedName> = BTreeSet::new();
    for pattern in names {
        let matching: Vec<&QualifiedName> = all().filter(|name| matches(pattern, name)).collect();
        if matching.is_empty() {
            return Err(unknown(pattern, &all().collect::<Vec<_>>()));
        }
        kept.extend(matching.into_iter().cloned());
    }
    let columns = schema.tables.iter().filter(|it| kept.contains(&it.name)).flat_map(|it| &it.columns);
    let used: Vec<QualifiedName> = columns.filter_map(|it| it.data_type.enum_name()).cloned().collect();
    kept.extend(used);
    Ok(part(models, &kept))
}

fn part(models: Models, kept: &BTreeSet<QualifiedName>) -> Models {
    let Models { mut schema, stated, mut places, mut renames, borrowed } = models;
    schema.tables.retain(|it| kept.contains(&it.name));
    schema.enum_types.retain(|it| kept.contains(&it.name));
    schema.namespaces.retain(|it| kept.iter().any(|name| name.namespace == it.name));
    let is_kept = |object: &Object| match object {
        Object::Namespace(name) => kept.iter().any(|kept| &kept.namespace == name),
        Object::Definition(_) => false,
        Object::EnumType(owner)
        | Object::Table(owner)
        | Object::EnumLabel(owner, _)
        | Object::Column(owner, _)
        | Object::Constraint(owner, _)
        | Object::Index(owner, _) => kept.contains(owner),
    };
    places.retain(|object, _| is_kept(object));
    renames.retain(|rename| match rename {
        Rename::Table { to: owner, .. }
        | Rename::EnumType { to: owner, .. }
        | Rename::Column { table: owner, .. }
        | Rename::EnumLabel { enum_type: owner, .. }
        | Rename::Constraint { table: owner, .. }
        | Rename::Index { table: owner, .. } => kept.contains(owner),
    });
    let mut part = Stated::default();
    for (object, fact) in stated.iter().filter(|(object, _)| is_kept(object)) {
        part.insert(object.clone(), *fact);
    }
    Models { schema, stated: part, places, renames, borrowed }
}

/// A name alone stands for that name in every namespace.
fn matches(pattern: &str, name: &QualifiedName) -> bool {
    glob(pattern, &name.name) || glob(pattern, &name.to_string())
}

/// `*` is any text, `?` any character; all else is itself, for names may hold what other globs give a meaning to.
fn glob(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let ends = text.char_indices().map(|(index, _)| index).chain([text.len()]);
            ends.into_iter().any(|index| glob(rest.as_str(), &text[index..]))
        }
        Some(first) => {
            let mut text = text.chars();
            text.next().is_some_and(|it| first == '?' || it == first) && glob(rest.as_str(), text.as_str())
        }
    }
}

fn unknown(pattern: &str, all: &[&QualifiedName]) -> Error {
    let error = Error::new(Kind::Usage, format!("no table or enum is called {pattern}"));
    let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
    match similar::get_close_matches(pattern, &names, 3, 0.6).as_slice() {
        [] => error.hint("autogen models   shows all of them"),
        close => error.hint(format!("there is {}", close.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        let users = QualifiedName::new("billing", "users");
        for pattern in ["users", "billing.users", "billing.*", "us*", "*", "*s", "user?", "u*e*s"] {
            assert!(matches(pattern, &users), "{pattern}");
        }
        for pattern in ["user", "public.users", "Users", "users?", "", "[u]sers", "billing"] {
            assert!(!matches(pattern, &users), "{pattern}");
        }
    }

    #[test]
    fn a_name_that_matches_nothing_is_refused_with_those_close_to_it() {
        let mut models = Models::default();
        models.schema.tables.push(crate::schema::Table::new(QualifiedName::new("public", "users")));
        let error = select(models, &["user".to_owned()]).expect_err("there is none");
        assert_eq!(error.hints(), ["there is users"]);
    }
}
