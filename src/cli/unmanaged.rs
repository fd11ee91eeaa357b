//! What is left alone, and what of it is referred to.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use crate::config::{Config, Format};
use crate::error::{Error, Kind, Result};
use crate::migration::Migrator;
use crate::operation::display_object;
use crate::reflect::{self, Scope};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, DefinitionKind, DefinitionName, ForeignKey, Models, Object,
    Place, QualifiedName, Rule, RuleOf, Table, Unmanaged,
};
use crate::scratch::{Extras, Statement};

/// `[unmanaged]`, and the namespaces of hosted services that the configuration does not call ours.
///
/// # Errors
/// [`Kind::Usage`] where a namespace is both ours and left alone.
pub(super) fn unmanaged(config: &Config) -> Result<Unmanaged> {
    let written = &config.unmanaged;
    let tables = [written.tables.clone(), migrator_table(config)?.into_iter().collect()].concat();
    let patterns = [
        (RuleOf::Namespaces, written.namespaces.as_slice()),
        (RuleOf::Tables, &tables),
        (RuleOf::Columns, &written.columns),
        (RuleOf::Indexes, &written.indexes),
        (RuleOf::Constraints, &written.constraints),
        (RuleOf::Objects, &written.objects),
    ];
    let ours: Vec<String> = config.namespaces.iter().chain([&config.default_namespace]).cloned().collect();
    let unmanaged = Unmanaged::new(&patterns, written.hosted, ours.clone());
    let both = ours.iter().find_map(|it| Some((it, unmanaged.rule(&Object::Namespace(it.clone()))?)));
    match both {
        Some((name, rule)) => Err(Error::new(
            Kind::Usage,
            format!("autogen.toml calls the namespace {name} ours, and leaves it alone: {}", shown(rule)),
        )
        .hint("take it out of one of the two: `schema` and `namespaces`, or [unmanaged]")),
        None => Ok(unmanaged),
    }
}

/// What a Migrator calls its own table, where that is not the usual name, which nobody looks at anyway.
fn migrator_table(config: &Config) -> Result<Option<String>> {
    match config.format {
        Format::Sql => Ok(None),
        Format::SeaOrm => {
            let table = Migrator::configured(config)?.table;
            Ok(table.filter(|it| !reflect::IGNORED_TABLES.contains(&it.as_str())))
        }
    }
}

/// `namespaces = "auth*" under [unmanaged]`.
fn shown(rule: &Rule) -> String {
    match rule.hosted {
        true => format!("a hosted service calls its namespaces {}", rule.pattern),
        false => format!("{} = [\"{}\"] under [unmanaged]", rule.of.key(), rule.pattern),
    }
}

/// Refuses what is declared and left alone.
///
/// # Errors
/// [`Kind::Usage`] with its place and the pattern.
pub(super) fn refuse_unmanaged(models: &Models, extras: &Extras, default_namespace: &str) -> Result<()> {
    // The table says it for all that is in it.
    let rank = |object: &Object| !matches!(object, Object::Table(_));
    let mut declared: Vec<(Object, Option<Place>)> =
        models.schema.objects().map(|it| (it.clone(), models.places.get(&it).cloned())).collect();
    declared.sort_by_key(|(object, _)| rank(object));
    declared.extend(extras.statements().filter_map(|it| Some((object_of(&it)?, Some(it.place.clone())))));
    let found = declared.into_iter().find_map(|(object, place)| {
        let rule = models.unmanaged.rule(&object)?.clone();
        Some((object, place, rule))
    });
    let Some((object, place, rule)) = found else { return Ok(()) };
    let place = place.map(|place| format!("{place}: ")).unwrap_or_default();
    let name = display_object(&object, default_namespace);
    let error = Error::new(Kind::Usage, format!("{place}{name} is declared, and left alone: {}", shown(&rule)));
    Err(match (rule.hosted, &object) {
        (true, _) => error
            .hint(format!(
                "if the service makes it, leave it out: ignore = [\"{}\"] under [entities]",
                ignored(&object)
            ))
            .hint(format!("if it is yours: namespaces = [\"{}\"] at the top of autogen.toml", object.namespace())),
        (false, Object::Table(_)) => error
            .hint(format!(
                "leave the entity out: ignore = [\"{}\"] under [entities]; others may still refer to it",
                ignored(&object)
            ))
            .hint("or take the pattern out of [unmanaged]"),
        (false, _) => error.hint("take the declaration out, or the pattern"),
    })
}

fn ignored(object: &Object) -> String {
    object.host().map_or_else(|| object.namespace().to_owned(), ToString::to_string)
}

/// What a statement of extras.sql is about, as far as its first words say.
fn object_of(statement: &Statement<'_>) -> Option<Object> {
    let name = statement.name?;
    let (verb, kind) = statement.verb.split_once(' ')?;
    let definition = |kind, name: &QualifiedName, part: Option<String>| {
        Object::Definition(DefinitionName { kind, name: name.clone(), part })
    };
    match (kind, statement.on) {
        ("table", _) => Some(Object::Table(name.clone())),
        ("schema", _) => Some(Object::Namespace(name.name.clone())),
        ("type", _) => Some(Object::EnumType(name.clone())),
        ("index", Some(on)) => Some(Object::Index(on.clone(), name.name.clone())),
        (kind, on) if verb == "create" => {
            let kind = DefinitionKind::of_words(kind)?;
            Some(match on.filter(|_| kind.has_host()) {
                Some(on) => definition(kind, on, Some(name.name.clone())),
                None => definition(kind, name, None),
            })
        }
        _ => None,
    }
}

/// The tables that declared foreign keys refer to and that are not looked at, as far as the keys tell.
pub(super) fn strangers(models: &Models, scope: &Scope) -> Vec<Table> {
    let mut strangers: BTreeMap<QualifiedName, Table> = BTreeMap::new();
    let referring = foreign_keys(models).filter(|(_, key)| scope.is_stranger(&key.references));
    for (number, (table, key)) in referring.enumerate() {
        let stranger = strangers.entry(key.references.clone()).or_insert_with(|| Table::new(key.references.clone()));
        for (from, to) in key.columns.iter().zip(&key.referenced_columns) {
            if let (Some(column), None) = (table.column(from), stranger.column(to)) {
                let column =
                    Column { name: to.clone(), nullable: true, default: ColumnDefault::None, ..column.clone() };
                stranger.columns.push(Column { comment: None, ..column });
            }
        }
        // Names of keys are unique in a namespace.
        let (name, columns) = (format!("autogen_stranger_{number}"), key.referenced_columns.clone());
        let kind = ConstraintKind::Unique { columns, include: Vec::new(), nulls_not_distinct: false };
        stranger.constraints.push(Constraint::new(name, kind));
    }
    strangers.into_values().collect()
}

fn foreign_keys(models: &Models) -> impl Iterator<Item = (&Table, &ForeignKey)> {
    models.schema.tables.iter().flat_map(|table| {
        table.constraints.iter().filter_map(move |it| match &it.kind {
            ConstraintKind::ForeignKey(key) => Some((table, key)),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => None,
        })
    })
}

/// The scope with these tables as the database has them, and those that its own foreign keys refer to.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) async fn known_strangers(mut scope: Scope, live: Option<&mut PgConnection>) -> Result<Scope> {
    let Some(conn) = live else { return Ok(scope) };
    let named: BTreeSet<QualifiedName> = scope.strangers.iter().map(|it| it.name.clone()).collect();
    let known = reflect::strangers(conn, &scope, &named).await?;
    scope.strangers.retain(|it| known.iter().all(|known| known.name != it.name));
    scope.strangers.extend(known);
    Ok(scope)
}
