use std::collections::BTreeSet;

use crate::schema::{Object, QualifiedName, Rename, Schema};

/// Renames in an order in which they can be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ordered {
    /// What is done, one after the other. Names that change places go by way of a third one.
    pub renames: Vec<Rename>,
    /// Those of the given renames that are done by it.
    pub answered: Vec<Rename>,
    /// Those that are not: the old name is not there, or the new one is.
    pub left: Vec<Rename>,
}

/// The renames that still have to happen: the old name is there and the new one is not, or gives way itself.
#[must_use]
pub fn applicable(renames: &[Rename], current: &Schema) -> Ordered {
    let mut names = current.clone();
    let (mut pending, mut done) = (renames.to_vec(), Vec::new());
    loop {
        let before = done.len();
        pending.retain(|rename| {
            let follows = rename.follow(&mut names);
            done.extend(follows.then(|| rename.clone()));
            !follows
        });
        if done.len() > before {
            continue;
        }
        let Some(position) = circle(&pending, &names) else { break };
        let (first, last) = by_way_of(&pending[position], &between(&names));
        pending[position] = last;
        first.follow(&mut names);
        done.push(first);
    }
    let (left, answered) = renames.iter().cloned().partition(|rename| pending.contains(rename));
    Ordered { renames: done, answered, left }
}

/// The renames without those circles that are done already, as the files of the history say: of two names that changed
/// places both are there before and after, so the database does not tell.
#[must_use]
pub fn without_done_circles(renames: Vec<Rename>, is_done: impl Fn(&Rename) -> bool) -> Vec<Rename> {
    let in_circle: Vec<bool> = renames.iter().map(|rename| leads_back(rename, &renames)).collect();
    let keeps = |(rename, in_circle): &(Rename, bool)| !(*in_circle && is_done(rename));
    renames.into_iter().zip(in_circle).filter(keeps).map(|(rename, _)| rename).collect()
}

/// The first rename whose new name gives way to another of them, and so on until one takes its old name.
fn circle(pending: &[Rename], names: &Schema) -> Option<usize> {
    // Of labels, constraints and indexes `follow` keeps no names.
    let is_followed =
        |it: &Rename| matches!(it, Rename::Table { .. } | Rename::Column { .. } | Rename::EnumType { .. });
    let candidates = pending.iter().enumerate().filter(|(_, it)| is_followed(it) && leads_back(it, pending));
    let candidates: Vec<(usize, &Rename)> = candidates.collect();
    if candidates.is_empty() {
        return None;
    }
    let there: BTreeSet<Object> = names.objects().collect();
    let both = |(_, rename): &(usize, &Rename)| there.contains(&old(rename)) && there.contains(&rename.ends().0);
    candidates.into_iter().find(both).map(|(position, _)| position)
}

fn leads_back(rename: &Rename, all: &[Rename]) -> bool {
    let mut at = rename;
    for _ in 0..all.len() {
        let Some(next) = all.iter().find(|it| old(it) == at.ends().0) else { return false };
        if next == rename {
            return true;
        }
        at = next;
    }
    false
}

fn old(rename: &Rename) -> Object {
    rename.reverse().ends().0
}

/// A name that nothing has.
fn between(names: &Schema) -> String {
    let taken: BTreeSet<String> = names
        .objects()
        .filter_map(|object| match object {
            Object::Table(name) | Object::EnumType(name) => Some(name.name),
            Object::Column(_, name) => Some(name),
            Object::Namespace(_)
            | Object::EnumLabel(..)
            | Object::Constraint(..)
            | Object::Index(..)
            | Object::Definition(_) => None,
        })
        .collect();
    (1..).map(|number| format!("autogen_between_{number}")).find(|it| !taken.contains(it)).unwrap_or_default()
}

/// The rename in two steps.
fn by_way_of(rename: &Rename, between: &str) -> (Rename, Rename) {
    let back = set_new(rename.reverse(), between);
    (set_new(rename.clone(), between), back.reverse())
}

/// The same rename to another name.
fn set_new(mut rename: Rename, name: &str) -> Rename {
    match &mut rename {
        Rename::Table { from, to } | Rename::EnumType { from, to } => {
            *to = QualifiedName::new(from.namespace.clone(), name);
        }
        Rename::Column { to, .. }
        | Rename::EnumLabel { to, .. }
        | Rename::Constraint { to, .. }
        | Rename::Index { to, .. } => name.clone_into(to),
    }
    rename
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, ColumnDefault, DataType, Table};

    fn users(columns: &[&str]) -> Schema {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            data_type: DataType::builtin("text"),
            nullable: true,
            default: ColumnDefault::None,
            collation: None,
            comment: None,
        };
        let mut table = Table::new(QualifiedName::new("public", "users"));
        table.columns = columns.iter().map(column).collect();
        Schema { tables: vec![table], ..Schema::default() }
    }

    fn rename(from: &str, to: &str) -> Rename {
        let table = QualifiedName::new("public", "users");
        Rename::Column { table, from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn what_is_done_is_not_done_again() {
        let ordered = applicable(&[rename("name", "full_name")], &users(&["full_name"]));
        assert_eq!(ordered.renames, []);
        assert_eq!(applicable(&[rename("a", "b")], &users(&["a", "b"])).left, [rename("a", "b")]);
    }

    #[test]
    fn a_name_gives_way_before_it_is_taken() {
        let renames = [rename("a", "b"), rename("b", "c")];
        let ordered = applicable(&renames, &users(&["a", "b"]));
        assert_eq!(ordered.renames, [rename("b", "c"), rename("a", "b")]);
        assert_eq!(ordered.answered, renames);
        assert_eq!(applicable(&renames, &users(&["b", "c"])).renames, []);
    }

    #[test]
    fn names_change_places_by_way_of_a_third() {
        let ordered = applicable(&[rename("a", "b"), rename("b", "a")], &users(&["a", "b", "autogen_between_1"]));
        let third = "autogen_between_2";
        assert_eq!(ordered.renames, [rename("a", third), rename("b", "a"), rename(third, "b")]);
        assert_eq!(ordered.answered, [rename("a", "b"), rename("b", "a")]);
        let three = [rename("a", "b"), rename("b", "c"), rename("c", "a")];
        assert_eq!(applicable(&three, &users(&["a", "b", "c"])).renames.len(), 4);
    }

    #[test]
    fn a_circle_of_the_history_is_done() {
        let renames = vec![rename("a", "b"), rename("b", "a"), rename("c", "d")];
        assert_eq!(without_done_circles(renames.clone(), |_| true), [rename("c", "d")]);
        assert_eq!(without_done_circles(renames.clone(), |_| false), renames);
    }
}
