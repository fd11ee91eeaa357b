use std::collections::{BTreeMap, BTreeSet};

use super::problem::{
    cycle, dependency_cycle, dependency_loop, duplicate, label_is_an_id, label_twice, loops, missing_dependency,
    missing_parent,
};
use super::{Id, Revision};
use crate::error::{Error, Result};

/// All revisions, checked: every id is there once, every parent exists, nothing comes before itself.
#[derive(Debug, Clone, Default)]
pub struct RevisionGraph {
    revisions: BTreeMap<Id, Revision>,
    children: BTreeMap<Id, BTreeSet<Id>>,
    dependents: BTreeMap<Id, BTreeSet<Id>>,
    order: Vec<Id>,
}

impl RevisionGraph {
    /// A graph of revisions that come from no files.
    ///
    /// # Errors
    /// As [`RevisionGraph::from_files`].
    pub fn new(revisions: Vec<Revision>) -> Result<Self> {
        Self::from_files(revisions.into_iter().map(|revision| (revision, String::new())).collect())
    }

    /// A graph of revisions and the files that hold them, for messages.
    ///
    /// # Errors
    /// [`crate::error::Kind::Error`] naming the revisions and files: an id or a branch label that is there twice, a
    /// parent or dependency that is missing, a revision that comes after or depends on itself, a cycle.
    pub fn from_files(files: Vec<(Revision, String)>) -> Result<Self> {
        let mut graph = Self::default();
        let mut names: BTreeMap<Id, String> = BTreeMap::new();
        for (revision, file) in files {
            if let Some(first) = names.insert(revision.id.clone(), file.clone()) {
                return Err(duplicate(&revision.id, &first, &file));
            }
            graph.revisions.insert(revision.id.clone(), revision);
        }
        graph.resolve_dependencies()?;
        graph.link(&names)?;
        graph.sort(&names)?;
        Ok(graph)
    }

    /// `Depends On:` may name a branch label.
    fn resolve_dependencies(&mut self) -> Result<()> {
        let mut labels: BTreeMap<String, Id> = BTreeMap::new();
        for revision in self.revisions.values() {
            for label in &revision.branch_labels {
                if self.revisions.contains_key(label) {
                    return Err(label_is_an_id(label, &revision.id));
                }
                if let Some(first) = labels.insert(label.clone(), revision.id.clone()) {
                    return Err(label_twice(label, &first, &revision.id));
                }
            }
        }
        for name in self.revisions.values_mut().flat_map(|revision| &mut revision.depends_on) {
            if let Some(id) = labels.get(name) {
                name.clone_from(id);
            }
        }
        Ok(())
    }

    fn link(&mut self, names: &BTreeMap<Id, String>) -> Result<()> {
        for Revision { id, parents, depends_on, .. } in self.revisions.values() {
            let file = in_file(names.get(id));
            for parent in parents {
                match self.revisions.contains_key(parent) {
                    true if parent == id => return Err(loops(id, &file)),
                    true => self.children.entry(parent.clone()).or_default().insert(id.clone()),
                    false => return Err(missing_parent(id, &file, parent)),
                };
            }
            for before in depends_on {
                match self.revisions.contains_key(before) {
                    true if before == id => return Err(dependency_loop(id, &file)),
                    true => self.dependents.entry(before.clone()).or_default().insert(id.clone()),
                    false => return Err(missing_dependency(id, &file, before)),
                };
            }
        }
        Ok(())
    }

    /// Kahn's order; among those that are free the older comes first, then the smaller id.
    fn sort(&mut self, names: &BTreeMap<Id, String>) -> Result<()> {
        let mut waiting: BTreeMap<&Id, usize> =
            self.revisions.iter().map(|(id, revision)| (id, before(revision).count())).collect();
        let key = |revision: &Revision| (revision.create_date.clone(), revision.id.clone());
        let mut free: BTreeSet<(String, Id)> =
            self.revisions.values().filter(|revision| before(revision).count() == 0).map(key).collect();
        let mut order = Vec::with_capacity(self.revisions.len());
        while let Some((_, id)) = free.pop_first() {
            for next in self.after(&id) {
                if let Some(count) = waiting.get_mut(next) {
                    *count -= 1;
                    if *count == 0 {
                        free.insert(key(&self.revisions[next]));
                    }
                }
            }
            waiting.remove(&id);
            order.push(id);
        }
        if !waiting.is_empty() {
            return Err(self.circle(&waiting.into_keys().collect(), names));
        }
        self.order = order;
        Ok(())
    }

    /// The revisions that come after each other, among those that no order was found for.
    fn circle(&self, waiting: &BTreeSet<&Id>, names: &BTreeMap<Id, String>) -> Error {
        let of_parents = waiting.iter().find_map(|id| self.way_back(id, |revision| revision.parents.iter().collect()));
        let with_files = |ids: Vec<&Id>| -> Vec<String> {
            ids.into_iter().map(|id| format!("{id}{}", in_file(names.get(id)))).collect()
        };
        match of_parents {
            Some(ids) => cycle(&with_files(ids)),
            None => {
                let way = waiting.iter().find_map(|id| self.way_back(id, |revision| before(revision).collect()));
                dependency_cycle(&with_files(way.unwrap_or_default()))
            }
        }
    }

    /// The way from a revision back to itself, if there is one: each comes after the next.
    fn way_back<'a>(&'a self, start: &'a str, before: impl Fn(&'a Revision) -> Vec<&'a Id>) -> Option<Vec<&'a Id>> {
        let (start, first) = self.revisions.get_key_value(start)?;
        let mut came_from: BTreeMap<&Id, &Id> = BTreeMap::new();
        let mut open: Vec<(&Id, &Revision)> = vec![(start, first)];
        while let Some((id, revision)) = open.pop() {
            for next in before(revision) {
                if next == start {
                    let mut way = vec![id];
                    while let Some(from) = came_from.get(way[way.len() - 1]) {
                        way.push(from);
                    }
                    way.reverse();
                    return Some(way);
                }
                if !came_from.contains_key(next) {
                    came_from.insert(next, id);
                    open.extend(self.revisions.get_key_value(next));
                }
            }
        }
        None
    }

    /// What comes directly after a revision: children and dependents, each once.
    pub(super) fn after(&self, id: &str) -> BTreeSet<&Id> {
        self.children.get(id).into_iter().chain(self.dependents.get(id)).flatten().collect()
    }

    /// The children of a revision; dependents do not count.
    pub fn children(&self, id: &str) -> impl Iterator<Item = &Revision> {
        self.children.get(id).into_iter().flatten().map(|child| &self.revisions[child])
    }

    /// The revision of exactly this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Revision> {
        self.revisions.get(id)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// Every revision, each after all that it comes after.
    pub fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &Revision> {
        self.order.iter().map(|id| &self.revisions[id])
    }

    /// Revisions without a child, oldest first.
    #[must_use]
    pub fn heads(&self) -> Vec<&Revision> {
        self.oldest_first().filter(|revision| !self.children.contains_key(&revision.id)).collect()
    }

    /// Heads on which no other revision depends, oldest first.
    #[must_use]
    pub fn real_heads(&self) -> Vec<&Revision> {
        self.heads().into_iter().filter(|revision| !self.dependents.contains_key(&revision.id)).collect()
    }

    /// Revisions with several children, oldest first.
    #[must_use]
    pub fn branch_points(&self) -> Vec<&Revision> {
        self.oldest_first().filter(|revision| self.is_branch_point(&revision.id)).collect()
    }

    /// Revisions without a parent, oldest first.
    #[must_use]
    pub fn bases(&self) -> Vec<&Revision> {
        self.oldest_first().filter(|revision| revision.parents.is_empty()).collect()
    }

    /// Whether several revisions come directly after this one.
    #[must_use]
    pub fn is_branch_point(&self, id: &str) -> bool {
        self.children.get(id).is_some_and(|children| children.len() > 1)
    }

    /// The revisions and all that come before them, dependencies included.
    #[must_use]
    pub fn ancestors<'a>(&'a self, of: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        self.closure(of, |id| {
            self.revisions.get(id).into_iter().flat_map(|revision| before(revision).map(String::as_str)).collect()
        })
    }

    /// All that comes before these revisions, and they themselves: first what leads to the first, then what the next
    /// needs beside it, and so on.
    #[must_use]
    pub fn in_turn(&self, heads: &[&str]) -> Vec<&Revision> {
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        for head in heads {
            let before = self.ancestors([*head]);
            let next = self.oldest_first().filter(|it| before.contains(it.id.as_str()));
            order.extend(next.filter(|it| done.insert(it.id.as_str())));
        }
        order
    }

    /// The revisions and all that come after them, dependents included.
    #[must_use]
    pub fn descendants<'a>(&'a self, of: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        self.closure(of, |id| self.after(id).into_iter().map(String::as_str).collect())
    }

    pub(super) fn closure<'a>(
        &'a self,
        of: impl IntoIterator<Item = &'a str>,
        next: impl Fn(&str) -> Vec<&'a str>,
    ) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = of.into_iter().collect();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(next(id));
            }
        }
        seen
    }

    /// Those of the applied revisions after which none is applied, oldest first.
    #[must_use]
    pub fn applied_heads(&self, applied: &BTreeSet<Id>) -> Vec<&Revision> {
        self.oldest_first()
            .filter(|revision| applied.contains(&revision.id))
            .filter(|revision| !self.after(&revision.id).into_iter().any(|next| applied.contains(next)))
            .collect()
    }
}

fn before(revision: &Revision) -> impl Iterator<Item = &Id> {
    // A dependency on a parent would count twice.
    let extra = revision.depends_on.iter().filter(|id| !revision.parents.contains(id));
    revision.parents.iter().chain(extra)
}

fn in_file(file: Option<&String>) -> String {
    file.filter(|file| !file.is_empty()).map(|file| format!(" ({file})")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    fn ids(revisions: &[&Revision]) -> String {
        revisions.iter().map(|revision| revision.id.as_str()).collect()
    }

    #[test]
    fn heads_bases_and_order() {
        let graph = graph("a:, b:a, c:a, d:b+c, x:").expect("it is sound");
        assert_eq!(ids(&graph.heads()), "dx");
        assert_eq!(ids(&graph.bases()), "ax");
        assert_eq!(ids(&graph.oldest_first().collect::<Vec<_>>()), "abcdx");
        assert!(graph.is_branch_point("a"));
    }

    #[test]
    fn a_parent_twice_or_also_as_dependency_is_no_cycle() {
        assert!(graph("a:, b:a!a").is_ok());
    }

    #[test]
    fn broken_graphs_are_refused() {
        for (drawing, message, hint) in [
            ("a:, a:", "revision a is there twice", "remove one of them, or give it another `-- Revision ID:`"),
            ("a:z", "revision a comes after z, which is not there", "git log --all --diff-filter=D -- '*z*'   finds"),
            ("a:, b:a!z", "revision b depends on z, which is not there", "git log --all --diff-filter=D -- '*z*'   "),
            ("a:a", "revision a comes after itself", "write another id into the line `-- Revises:`"),
            ("a:!a", "revision a depends on itself", "take a out of the line `-- Depends On:`"),
            ("a:b, b:a", "revisions come after each other: a, b", "correct the line `-- Revises:` of the one"),
            ("a:, b:a+d, c:b, d:c, e:d", "revisions come after each other: b, d, c", "correct the line `-- Revises:`"),
            ("a:, b:a!c, c:b", "revisions depend on each other: b, c", "take the id that closes the circle out of"),
            ("a:#x, b:a#x", "branch label `x` is there twice: of revisions a and b", "take it out of one of the lines"),
            ("a:, b:a#a", "branch label `a` of revision b is the id of a revision", "write another name into the line"),
        ] {
            let error = graph(drawing).expect_err(drawing);
            assert_eq!(error.to_string(), message);
            assert!(error.hints()[0].starts_with(hint), "{:?}", error.hints());
        }
    }

    #[test]
    fn files_are_named() {
        let revision = Revision { id: "a".to_owned(), ..Revision::default() };
        let files = vec![(revision.clone(), "1_a.sql".to_owned()), (revision, "2_a.sql".to_owned())];
        let error = RevisionGraph::from_files(files).expect_err("a is there twice");
        assert_eq!(error.to_string(), "revision a is there twice: 1_a.sql and 2_a.sql");
        assert_eq!(error.hints()[0], "rm 2_a.sql   if it is a copy");
        let looped = Revision { id: "a".to_owned(), parents: vec!["a".to_owned()], ..Revision::default() };
        let error = RevisionGraph::from_files(vec![(looped, "1_a.sql".to_owned())]).expect_err("it is a loop");
        assert_eq!(error.to_string(), "revision a (1_a.sql) comes after itself");
        assert_eq!(error.hints()[0], "write another id into the line `-- Revises:` of 1_a.sql");
    }
}
