use super::laying::Laying;
use crate::schema::{Constraint, ConstraintKind, Fact, ForeignKey, Index, Object, Table};

/// The constraints that are there and stay, as the models want them. `kept` says whether a column stays.
pub(super) fn lay(
    current: &Table,
    declared: &Table,
    kept: &impl Fn(&str) -> bool,
    laying: &mut Laying<'_>,
) -> Vec<Constraint> {
    let mut wanted = Vec::new();
    for constraint in &current.constraints {
        let object = Object::Constraint(current.name.clone(), constraint.name.clone());
        if let Some(model) = meant(constraint, declared, laying) {
            wanted.push(lay_over(&object, constraint, model, current, laying));
        } else if declared_by_index(constraint, declared, laying) {
            laying.declare(object);
            wanted.push(constraint.clone());
        } else if !constraint.columns().into_iter().all(kept) || replaced(&constraint.name, current, declared, laying) {
            // It falls with its column, or its name is declared for something else.
        } else if laying.keeps(object) {
            wanted.push(constraint.clone());
        }
    }
    wanted
}

/// Declared constraints that nothing there satisfies.
pub(super) fn missing(current: &Table, declared: &Table, laying: &mut Laying<'_>) -> Vec<Constraint> {
    let missing: Vec<Constraint> =
        declared.constraints.iter().filter(|model| !is_satisfied(model, current, laying)).cloned().collect();
    for constraint in &missing {
        let object = Object::Constraint(current.name.clone(), constraint.name.clone());
        for fact in [Fact::OnUpdate, Fact::OnDelete] {
            if laying.states(&object, fact) {
                laying.declare_fact(object.clone(), fact);
            }
        }
        laying.declare(object);
    }
    missing
}

/// The declared constraint that means the one that is there: by its name where it is stated in full.
fn meant<'a>(constraint: &Constraint, declared: &'a Table, laying: &Laying<'_>) -> Option<&'a Constraint> {
    let named = declared.constraint(&constraint.name).filter(|model| is_whole(model, declared, laying));
    named.or_else(|| {
        declared.constraints.iter().find(|it| !is_whole(it, declared, laying) && recognises(it, constraint))
    })
}

fn is_whole(model: &Constraint, declared: &Table, laying: &Laying<'_>) -> bool {
    laying.states(&Object::Constraint(declared.name.clone(), model.name.clone()), Fact::Whole)
}

/// Whether a declared constraint is there already, itself or as an index.
fn is_satisfied(model: &Constraint, current: &Table, laying: &Laying<'_>) -> bool {
    if is_whole(model, current, laying) {
        return current.constraint(&model.name).is_some();
    }
    current.constraints.iter().any(|it| recognises(model, it)) || satisfied_by_index(model, current)
}

/// Whether a declared constraint means the one that is there: keys by their columns, checks by their name.
fn recognises(model: &Constraint, current: &Constraint) -> bool {
    match (&model.kind, &current.kind) {
        (ConstraintKind::PrimaryKey { .. }, ConstraintKind::PrimaryKey { .. }) => true,
        (ConstraintKind::Unique { columns: a, .. }, ConstraintKind::Unique { columns: b, .. }) => same_set(a, b),
        (ConstraintKind::ForeignKey(a), ConstraintKind::ForeignKey(b)) => {
            a.references == b.references && pairs(a) == pairs(b)
        }
        (ConstraintKind::Check { .. }, ConstraintKind::Check { .. })
        | (ConstraintKind::Exclusion { .. }, ConstraintKind::Exclusion { .. }) => model.name == current.name,
        _ => false,
    }
}

fn pairs(key: &ForeignKey) -> Vec<(&String, &String)> {
    let mut pairs: Vec<_> = key.columns.iter().zip(&key.referenced_columns).collect();
    pairs.sort();
    pairs
}

/// A unique index of the models over the same columns.
fn declared_by_index(current: &Constraint, declared: &Table, laying: &Laying<'_>) -> bool {
    let ConstraintKind::Unique { columns, .. } = &current.kind else { return false };
    let is_whole =
        |model: &Index| laying.states(&Object::Index(declared.name.clone(), model.name.clone()), Fact::Whole);
    declared.indexes.iter().any(|model| {
        !is_whole(model)
            && model.unique
            && model.is_full()
            && model.column_keys().is_some_and(|keys| same_set(&keys, columns))
    })
}

/// A unique index that is there satisfies a declared unique constraint.
fn satisfied_by_index(model: &Constraint, current: &Table) -> bool {
    let ConstraintKind::Unique { columns, .. } = &model.kind else { return false };
    current.indexes.iter().any(|index| {
        index.unique && index.is_full() && index.column_keys().is_some_and(|keys| same_set(&keys, columns))
    })
}

/// Whether the name is declared for a constraint that nothing there satisfies: the old bearer of the name goes.
fn replaced(name: &str, current: &Table, declared: &Table, laying: &Laying<'_>) -> bool {
    declared.constraint(name).is_some_and(|model| !is_satisfied(model, current, laying))
}

fn lay_over(
    object: &Object,
    current: &Constraint,
    model: &Constraint,
    table: &Table,
    laying: &mut Laying<'_>,
) -> Constraint {
    let declared_as = Object::Constraint(table.name.clone(), model.name.clone());
    if laying.states(&declared_as, Fact::Whole) {
        laying.declare(declared_as);
        return model.clone();
    }
    // Of several that satisfy it, one bears the name: the one that has it, else the first.
    let alike = || table.constraints.iter().filter(|it| recognises(model, it));
    let bearer = alike().find(|it| it.name == model.name).or_else(|| alike().next());
    let renames = laying.states(&declared_as, Fact::Name) && bearer.is_some_and(|it| it.name == current.name);
    let name = if renames { model.name.clone() } else { current.name.clone() };
    let object_after = Object::Constraint(table.name.clone(), name.clone());
    laying.declare(object_after.clone());
    let kind = match (&current.kind, &model.kind) {
        (ConstraintKind::PrimaryKey { columns: here, .. }, ConstraintKind::PrimaryKey { columns: there, .. }) => {
            if same_set(here, there) {
                current.kind.clone()
            } else {
                model.kind.clone()
            }
        }
        (ConstraintKind::ForeignKey(here), ConstraintKind::ForeignKey(there)) => {
            let mut key = here.clone();
            for fact in [Fact::OnUpdate, Fact::OnDelete] {
                let stated = laying.states(&declared_as, fact);
                let goes = !stated && (laying.strict || laying.ledger.owns_fact(object, fact));
                if stated {
                    laying.declare_fact(object_after.clone(), fact);
                }
                if stated || goes {
                    take_action(&mut key, there, fact);
                }
            }
            ConstraintKind::ForeignKey(key)
        }
        (ConstraintKind::Check { .. }, ConstraintKind::Check { .. }) => model.kind.clone(),
        _ => current.kind.clone(),
    };
    Constraint { name, kind, ..current.clone() }
}

fn take_action(key: &mut ForeignKey, model: &ForeignKey, fact: Fact) {
    match fact {
        Fact::OnUpdate => key.on_update = model.on_update,
        Fact::OnDelete if key.on_delete != model.on_delete => {
            key.on_delete = model.on_delete;
            key.on_delete_columns = model.on_delete_columns.clone();
        }
        Fact::OnDelete | Fact::Type | Fact::Default | Fact::Comment | Fact::Name | Fact::Whole => {}
    }
}

pub(super) fn same_set<A: AsRef<str>, B: AsRef<str>>(a: &[A], b: &[B]) -> bool {
    a.len() == b.len() && a.iter().all(|name| b.iter().any(|other| other.as_ref() == name.as_ref()))
}
