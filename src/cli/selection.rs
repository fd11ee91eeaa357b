//! The part of the models that a user names: `users`, `user*`, `billing.*`.

use std::collections::BTreeSet;

use crate::error::{Error, Kind, Result};
use crate::schema::{Models, Object, Pattern, QualifiedName, Stated};
use crate::scratch::{Extras, Statement};

/// What a user asked to see.
pub(super) struct Selected<'a> {
    pub(super) models: Models,
    pub(super) statements: Vec<Statement<'a>>,
}

/// The tables and enums of these names, the enums that these tables use, and the statements of extras.sql about any of
/// them. Without names, everything.
///
/// # Errors
/// [`Kind::Usage`] when a name matches nothing.
pub(super) fn select<'a>(models: Models, extras: &'a Extras, names: &[String]) -> Result<Selected<'a>> {
    let mut statements: Vec<Statement<'a>> = extras.statements().collect();
    if names.is_empty() {
        return Ok(Selected { models, statements });
    }
    let schema = &models.schema;
    let mut all: Vec<&QualifiedName> = schema.tables.iter().map(|it| &it.name).collect();
    all.extend(schema.enum_types.iter().map(|it| &it.name));
    all.extend(statements.iter().flat_map(|it| it.name.into_iter().chain(it.on)));
    let mut kept: BTreeSet<QualifiedName> = BTreeSet::new();
    for pattern in names {
        let names = Pattern::new(pattern);
        let matching: Vec<&QualifiedName> = all.iter().copied().filter(|name| names.names(name)).collect();
        if matching.is_empty() {
            return Err(unknown(pattern, &all));
        }
        kept.extend(matching.into_iter().cloned());
    }
    let columns = schema.tables.iter().filter(|it| kept.contains(&it.name)).flat_map(|it| &it.columns);
    let used: Vec<QualifiedName> = columns.filter_map(|it| it.data_type.enum_name()).cloned().collect();
    kept.extend(used);
    statements.retain(|it| it.name.into_iter().chain(it.on).any(|name| kept.contains(name)));
    Ok(Selected { models: part(models, &kept), statements })
}

fn part(models: Models, kept: &BTreeSet<QualifiedName>) -> Models {
    let is_kept = |object: &Object| match object {
        Object::Namespace(name) => kept.iter().any(|kept| &kept.namespace == name),
        Object::EnumType(owner)
        | Object::Table(owner)
        | Object::EnumLabel(owner, _)
        | Object::Column(owner, _)
        | Object::Constraint(owner, _)
        | Object::Index(owner, _) => kept.contains(owner),
        Object::Definition(definition) => kept.contains(&definition.name),
    };
    let mut part = models;
    part.schema.tables.retain(|it| kept.contains(&it.name));
    part.schema.enum_types.retain(|it| kept.contains(&it.name));
    part.schema.namespaces.retain(|it| kept.iter().any(|name| name.namespace == it.name));
    part.places.retain(|object, _| is_kept(object));
    part.renames.retain(|rename| is_kept(&rename.ends().0));
    let mut stated = Stated::default();
    for (object, fact) in part.stated.iter().filter(|(object, _)| is_kept(object)) {
        stated.insert(object.clone(), *fact);
    }
    Models { stated, ..part }
}

/// The objects that the names pick; without names, all.
///
/// # Errors
/// [`Kind::Usage`] when a name picks nothing.
pub(super) fn picked<'a>(names: &[String], all: impl Iterator<Item = &'a Object>) -> Result<BTreeSet<Object>> {
    let all: BTreeSet<&Object> = all.collect();
    if names.is_empty() {
        return Ok(all.into_iter().cloned().collect());
    }
    let mut picked = BTreeSet::new();
    for name in names {
        let pattern = Pattern::new(name);
        let before = picked.len();
        let matching = all.iter().filter(|it| pattern.picks(it));
        picked.extend(matching.map(|it| (*it).clone()));
        if picked.len() == before && !picked.iter().any(|it| pattern.picks(it)) {
            let known: Vec<&QualifiedName> = all.iter().filter_map(|it| it.host()).collect();
            return Err(nothing_called(name, &known).hint("write `table`, `table.part`, or a pattern: \"billing.*\""));
        }
    }
    Ok(picked)
}

fn unknown(pattern: &str, all: &[&QualifiedName]) -> Error {
    let error = nothing_called(pattern, all);
    if error.hints().is_empty() { error.hint("autogen models   shows all of them") } else { error }
}

/// With the names that are most like it.
fn nothing_called(pattern: &str, all: &[&QualifiedName]) -> Error {
    let error = Error::new(Kind::Usage, format!("no table or enum is called {pattern}"));
    let names: BTreeSet<&str> = all.iter().map(|it| it.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    match similar::get_close_matches(pattern, &names, 3, 0.6).as_slice() {
        [] => error,
        close => error.hint(format!("there is {}", close.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_matches_nothing_is_refused_with_those_close_to_it() {
        let mut models = Models::default();
        models.schema.tables.push(crate::schema::Table::new(QualifiedName::new("public", "users")));
        let error = select(models, &Extras::default(), &["user".to_owned()]).err().expect("there is none");
        assert_eq!(error.hints(), ["there is users"]);
    }
}
