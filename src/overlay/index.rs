use super::constraint::same_set;
use super::laying::Laying;
use crate::schema::{Constraint, ConstraintKind, Fact, Index, IndexKey, Object, Table, Widened};

/// The table with every unique group that names a part of the unique of its name as all of that one. SeaORM makes
/// `idx-table-group` of a group, so that a unique called `group` is somebody else's, whom the entity was generated from.
pub(super) fn with_whole_groups(current: &Table, declared: &Table, laying: &mut Laying<'_>) -> Table {
    let mut whole = declared.clone();
    let prefix = format!("idx-{}-", declared.name.name);
    for model in &mut whole.indexes {
        let Some(group) = model.name.strip_prefix(&prefix).filter(|_| model.unique) else { continue };
        if is_whole(model, declared, laying) || is_satisfied(model, current, laying) {
            continue;
        }
        let (Some(columns), Some(part)) = (unique_columns(group, current), model.column_keys()) else { continue };
        if part.iter().all(|column| columns.iter().any(|it| it == column)) {
            laying.widened.push(Widened {
                table: current.name.clone(),
                name: group.to_owned(),
                declared: part.into_iter().map(str::to_owned).collect(),
                columns: columns.clone(),
            });
            model.keys = columns.into_iter().map(IndexKey::column).collect();
        }
    }
    whole
}

/// The columns of the unique constraint or the unique index of this name.
fn unique_columns(name: &str, table: &Table) -> Option<Vec<String>> {
    let constraint = table.constraint(name).and_then(|it| match &it.kind {
        ConstraintKind::Unique { columns, .. } => Some(columns.clone()),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    });
    let index = || {
        let index = table.index(name).filter(|it| it.unique && it.is_full())?;
        Some(index.column_keys()?.into_iter().map(str::to_owned).collect())
    };
    constraint.or_else(index)
}

/// The indexes that are there and stay. `kept` says whether a column stays.
pub(super) fn lay(
    current: &Table,
    declared: &Table,
    kept: &impl Fn(&str) -> bool,
    laying: &mut Laying<'_>,
) -> Vec<Index> {
    let mut wanted = Vec::new();
    for index in &current.indexes {
        let object = Object::Index(current.name.clone(), index.name.clone());
        if let Some(model) = declared.index(&index.name).filter(|model| is_whole(model, declared, laying)) {
            laying.declare(object);
            wanted.push(model.clone());
        } else if let Some(name) = declared_name(index, current, declared, laying) {
            laying.declare(Object::Index(current.name.clone(), name.clone()));
            wanted.push(Index { name, ..index.clone() });
        } else if !index.columns().into_iter().all(kept) || replaced(&index.name, current, declared, laying) {
            // It falls with its column, or its name is declared for something else.
        } else if laying.keeps(object) {
            wanted.push(index.clone());
        }
    }
    wanted
}

/// Declared indexes that nothing there satisfies.
pub(super) fn missing(current: &Table, declared: &Table, laying: &mut Laying<'_>) -> Vec<Index> {
    let missing: Vec<Index> =
        declared.indexes.iter().filter(|model| !is_satisfied(model, current, laying)).cloned().collect();
    for index in &missing {
        laying.declare(Object::Index(current.name.clone(), index.name.clone()));
    }
    missing
}

/// The name that an index has to bear if the models declare it, as an index or as a unique.
fn declared_name(index: &Index, current: &Table, declared: &Table, laying: &Laying<'_>) -> Option<String> {
    let open = |model: &&Index| !is_whole(model, declared, laying);
    let models: Vec<&Index> = declared.indexes.iter().filter(open).filter(|model| satisfies(index, model)).collect();
    // Of several that satisfy it, the models mean the one that bears their name.
    let meant = models.iter().find(|model| {
        model.name == index.name || !current.indexes.iter().any(|it| it.name == model.name && satisfies(it, model))
    });
    if let Some(model) = meant {
        let stated = laying.states(&Object::Index(current.name.clone(), model.name.clone()), Fact::Name);
        return Some(if stated { model.name.clone() } else { index.name.clone() });
    }
    let whole =
        |model: &Constraint| laying.states(&Object::Constraint(declared.name.clone(), model.name.clone()), Fact::Whole);
    let unique = declared.constraints.iter().any(|model| match &model.kind {
        ConstraintKind::Unique { columns, .. } => {
            !whole(model)
                && index.unique
                && index.is_full()
                && index.column_keys().is_some_and(|keys| same_set(&keys, columns))
        }
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => false,
    });
    unique.then(|| index.name.clone())
}

/// Whether an index does what a declared one is for: a unique one over the same set of columns, a plain one over the
/// same list.
fn satisfies(index: &Index, model: &Index) -> bool {
    let (Some(here), Some(there)) = (index.column_keys(), model.column_keys()) else { return false };
    index.is_full() && if model.unique { index.unique && same_set(&here, &there) } else { here == there }
}

/// Whether it is stated in full: then it is found by its name and compared in every part.
fn is_whole(model: &Index, declared: &Table, laying: &Laying<'_>) -> bool {
    laying.states(&Object::Index(declared.name.clone(), model.name.clone()), Fact::Whole)
}

fn is_satisfied(model: &Index, current: &Table, laying: &Laying<'_>) -> bool {
    if is_whole(model, current, laying) {
        return current.index(&model.name).is_some();
    }
    let by_key = |columns: &[String]| {
        let keys = model.column_keys().unwrap_or_default();
        if model.unique { same_set(&keys, columns) } else { keys.iter().eq(columns.iter()) }
    };
    current.indexes.iter().any(|index| satisfies(index, model))
        || current.constraints.iter().any(|constraint| match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => !model.unique && by_key(columns),
            ConstraintKind::Unique { columns, .. } => by_key(columns),
            ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => false,
        })
}

fn replaced(name: &str, current: &Table, declared: &Table, laying: &Laying<'_>) -> bool {
    declared.index(name).is_some_and(|model| !is_satisfied(model, current, laying))
}
