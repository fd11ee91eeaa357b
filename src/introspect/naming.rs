//! Names by `[naming]` for what the sources give no name.

use std::collections::BTreeMap;

use super::name::fitting;
use crate::config::Naming;
use crate::error::{Error, Kind, Result};
use crate::schema::{Constraint, ConstraintKind, Fact, Index, Models, Object, Place, QualifiedName, Stated, Table};

/// The models with these names. A name that the sources give stays; so does everything where no pattern is set. Only
/// what is new is called so: a constraint or index that is there is recognised by its columns.
///
/// # Errors
/// [`Kind::Usage`] where two things would bear one name.
pub fn named(mut models: Models, naming: &Naming) -> Result<Models> {
    let stated = &models.stated;
    let is_open = |object: &Object| !stated.contains(object, Fact::Name) && !stated.contains(object, Fact::Whole);
    let mut new_names: BTreeMap<Object, Object> = BTreeMap::new();
    for table in &mut models.schema.tables {
        let owner = table.name.clone();
        // What a check mentions is not known before Postgres has read it, but it stands on a field.
        let places = &models.places;
        let fields: Vec<(String, Option<&Place>)> = table
            .columns
            .iter()
            .map(|it| (it.name.clone(), places.get(&Object::Column(owner.clone(), it.name.clone()))))
            .collect();
        let field_of = |object: &Object| {
            let place = places.get(object)?;
            fields.iter().find(|(_, of_it)| *of_it == Some(place)).map(|(name, _)| name.as_str())
        };
        let mut checks: BTreeMap<String, usize> = BTreeMap::new();
        for constraint in &mut table.constraints {
            let object = Object::Constraint(owner.clone(), constraint.name.clone());
            let name = constraint_name(&owner, constraint, naming, field_of(&object)).filter(|_| is_open(&object));
            if let Some(mut name) = name {
                if matches!(constraint.kind, ConstraintKind::Check { .. }) {
                    // As Postgres numbers several of one name.
                    let number = checks.entry(name.clone()).or_default();
                    name = if *number == 0 { name } else { fitting(format!("{name}{number}")) };
                    *number += 1;
                }
                new_names.insert(object, Object::Constraint(owner.clone(), name.clone()));
                constraint.name = name;
            }
        }
        for index in &mut table.indexes {
            let object = Object::Index(owner.clone(), index.name.clone());
            if let Some(name) = index_name(&owner, index, naming).filter(|_| is_open(&object)) {
                new_names.insert(object, Object::Index(owner.clone(), name.clone()));
                index.name = name;
            }
        }
        refuse_twice(table)?;
    }
    let new_name = |object: Object| new_names.get(&object).cloned().unwrap_or(object);
    models.places = models.places.into_iter().map(|(object, place)| (new_name(object), place)).collect();
    let mut stated = Stated::default();
    for (object, fact) in models.stated.iter() {
        stated.insert(new_name(object.clone()), *fact);
    }
    models.stated = stated;
    models.schema = models.schema.sorted();
    Ok(models)
}

fn constraint_name(
    table: &QualifiedName,
    constraint: &Constraint,
    naming: &Naming,
    field: Option<&str>,
) -> Option<String> {
    let columns = constraint.columns();
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => filled(naming.primary_key.as_deref()?, table, &columns, None),
        ConstraintKind::Unique { .. } => filled(naming.unique.as_deref()?, table, &columns, None),
        ConstraintKind::ForeignKey(key) => {
            filled(naming.foreign_key.as_deref()?, table, &columns, Some(&key.references))
        }
        ConstraintKind::Check { .. } => filled(naming.check.as_deref()?, table, &[field?], None),
        ConstraintKind::Exclusion { .. } => None,
    }
}

fn index_name(table: &QualifiedName, index: &Index, naming: &Naming) -> Option<String> {
    filled(naming.index.as_deref()?, table, &index.column_keys()?, None)
}

/// The pattern with its tokens filled in, shortened where it is too long for Postgres.
fn filled(
    pattern: &str,
    table: &QualifiedName,
    columns: &[&str],
    references: Option<&QualifiedName>,
) -> Option<String> {
    let before = pattern.find("{columns}").and_then(|at| pattern[..at].chars().next_back());
    let separator = before.filter(|it| !it.is_alphanumeric() && *it != '}').map_or("_".to_owned(), String::from);
    // A name may look like a token: each is filled in where the pattern has it.
    let mut name = String::new();
    let mut rest = pattern;
    while let Some((text, token)) = rest.split_once('{') {
        let (token, after) = token.split_once('}')?;
        name.push_str(text);
        match token {
            "table" => name.push_str(&table.name),
            "columns" => name.push_str(&columns.join(&separator)),
            "references" => name.push_str(&references?.name),
            _ => return None,
        }
        rest = after;
    }
    name.push_str(rest);
    Some(fitting(name))
}

/// Names of a table's constraints and indexes are one set: keys are indexes too.
fn refuse_twice(table: &Table) -> Result<()> {
    let constraints = table.constraints.iter().map(|it| &it.name);
    let mut names: Vec<&String> = constraints.chain(table.indexes.iter().map(|it| &it.name)).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::new(
            Kind::Usage,
            format!("[naming] in autogen.toml calls two things of {} the same: {}", table.name, pair[0]),
        )
        .hint("keep the kinds apart: unique = \"{table}_{columns}_key\", index = \"{table}_{columns}_idx\"")
        .hint("or name one of them in the entity")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Action, ForeignKey};

    fn models() -> Models {
        let mut posts = Table::new(QualifiedName::new("public", "posts"));
        let (columns, include) = (vec!["id".to_owned()], Vec::new());
        posts.constraints.push(Constraint::new("posts_pkey", ConstraintKind::PrimaryKey { columns, include }));
        let key = ForeignKey {
            columns: vec!["user_id".to_owned()],
            references: QualifiedName::new("public", "users"),
            referenced_columns: vec!["id".to_owned()],
            on_update: Action::NoAction,
            on_delete: Action::NoAction,
            on_delete_columns: Vec::new(),
            match_full: false,
        };
        posts.constraints.push(Constraint::new("fk-posts-user_id", ConstraintKind::ForeignKey(key)));
        posts.indexes.push(Index::plain("idx-posts-a-b", false, ["a", "b"]));
        posts.indexes.push(Index::plain("mine", true, ["c"]));
        let mut models = Models::default();
        models.stated.insert(Object::Index(posts.name.clone(), "mine".to_owned()), Fact::Name);
        models.stated.insert(Object::Constraint(posts.name.clone(), "fk-posts-user_id".to_owned()), Fact::OnDelete);
        models.schema.tables.push(posts);
        models
    }

    fn pattern(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn patterns_name_what_has_no_name() {
        let naming = Naming {
            primary_key: pattern("pk_{table}"),
            foreign_key: pattern("{table}_{columns}_{references}_fkey"),
            index: pattern("ix-{table}-{columns}"),
            ..Naming::default()
        };
        let named = named(models(), &naming).expect("no name is taken twice");
        let posts = &named.schema.tables[0];
        let constraints: Vec<&str> = posts.constraints.iter().map(|it| it.name.as_str()).collect();
        let indexes: Vec<&str> = posts.indexes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(constraints, ["pk_posts", "posts_user_id_users_fkey"]);
        assert_eq!(indexes, ["ix-posts-a-b", "mine"]);
        let key = Object::Constraint(posts.name.clone(), "posts_user_id_users_fkey".to_owned());
        assert!(named.stated.contains(&key, Fact::OnDelete));
    }

    #[test]
    fn long_names_are_the_same_every_time() {
        let naming =
            Naming { index: pattern(&format!("{}{{table}}_{{columns}}", "x".repeat(60))), ..Naming::default() };
        let name = |it: Models| named(it, &naming).expect("one index").schema.tables[0].indexes[1].name.clone();
        assert_eq!(name(models()).len(), 63);
        assert_eq!(name(models()), name(models()));
    }

    #[test]
    fn two_things_of_one_name_are_refused() {
        let naming = Naming { primary_key: pattern("{table}"), foreign_key: pattern("{table}"), ..Naming::default() };
        let error = named(models(), &naming).expect_err("both are called posts");
        assert!(error.to_string().ends_with("calls two things of public.posts the same: posts"), "{error}");
    }
}
