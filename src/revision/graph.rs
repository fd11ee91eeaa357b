use std::collections::{BTreeMap, BTreeSet};

use super::{Id, Revision};
use crate::error::{Error, Kind, Result};

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
    /// [`Kind::Error`] naming the revisions and files: an id that is there twice, a parent or dependency that is
    /// missing, a revision that is its own parent, a cycle.
    pub fn from_files(files: Vec<(Revision, String)>) -> Result<Self> {
        let mut graph = Self::default();
        let mut names: BTreeMap<Id, String> = BTreeMap::new();
        for (revision, file) in files {
            if let Some(first) = names.insert(revision.id.clone(), file.clone()) {
                return Err(duplicate(&revision.id, &first, &file));
            }
            graph.revisions.insert(revision.id.clone(), revision);
        }
        graph.resolve_dependencies();
        graph.link(&names)?;
        graph.sort(&names)?;
        Ok(graph)
    }

    /// `Depends On:` may name a branch label.
    fn resolve_dependencies(&mut self) {
        let labels: BTreeMap<String, Id> = self
            .revisions
            .values()
            .flat_map(|revision| revision.branch_labels.iter().map(|label| (label.clone(), revision.id.clone())))
            .collect();
        for revision in self.revisions.values_mut() {
            for name in &mut revision.depends_on {
                if let Some(id) = labels.get(name) {
                    name.clone_from(id);
                }
            }
        }
    }

    fn link(&mut self, names: &BTreeMap<Id, String>) -> Result<()> {
        for revision in self.revisions.values() {
            for before in revision.parents.iter().chain(&revision.depends_on) {
                let in_file = in_file(names.get(&revision.id));
                if before == &revision.id {
                    return Err(Error::new(Kind::Error, format!("revision {before}{in_file} comes after itself"))
                        .hint("correct the line `-- Revises:` or `-- Depends On:` of that file"));
                }
                if !self.revisions.contains_key(before) {
                    let what = format!("revision {}{in_file} comes after {before}, which is not there", revision.id);
                    return Err(Error::new(Kind::Error, what)
                        .hint("bring the missing file back, or correct the line `-- Revises:`"));
                }
            }
            for parent in &revision.parents {
                self.children.entry(parent.clone()).or_default().insert(revision.id.clone());
            }
            for before in &revision.depends_on {
                self.dependents.entry(before.clone()).or_default().insert(revision.id.clone());
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
            let members: Vec<String> = waiting.keys().map(|id| format!("{id}{}", in_file(names.get(*id)))).collect();
            return Err(Error::new(Kind::Error, format!("revisions come after each other: {}", members.join(", ")))
                .hint(
                    "correct the line `-- Revises:` of one of them, so that the first has none of the others above it",
                ));
        }
        self.order = order;
        Ok(())
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

    /// The revisions and all that come after them, dependents included.
    #[must_use]
    pub fn descendants<'a>(&'a self, of: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        self.closure(of, |id| self.after(id).into_iter().map(String::as_str).collect())
    }

    fn closure<'a>(
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

    /// The branch of a label: the revision that carries it, all below it, and above it up to where it forked off.
    #[must_use]
    pub fn branch(&self, label: &str) -> Option<BTreeSet<&str>> {
        let start = self.revisions.values().find(|revision| revision.branch_labels.iter().any(|l| l == label))?;
        let mut members = self.closure([start.id.as_str()], |id| self.children(id).map(|c| c.id.as_str()).collect());
        let mut at = start;
        while let [parent] = at.parents.as_slice() {
            if self.is_branch_point(parent) {
                break;
            }
            at = &self.revisions[parent];
            members.insert(at.id.as_str());
        }
        Some(members)
    }

    /// Those of the applied revisions after which none is applied, oldest first.
    #[must_use]
    pub fn applied_heads(&self, applied: &BTreeSet<Id>) -> Vec<&Revision> {
        self.oldest_first()
            .filter(|revision| applied.contains(&revision.id))
            .filter(|revision| !self.after(&revision.id).into_iter().any(|next| applied.contains(next)))
            .collect()
    }

    /// The parents of the next revision: the head, or nothing where there is no revision.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] with the command that merges them.
    pub fn parents_of_next(&self) -> Result<Vec<Id>> {
        match self.heads().as_slice() {
            [] => Ok(Vec::new()),
            [head] => Ok(vec![head.id.clone()]),
            heads => Err(several_heads(heads)),
        }
    }
}

pub(super) fn several_heads(heads: &[&Revision]) -> Error {
    let titles: Vec<String> = heads.iter().map(|head| head.title()).collect();
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    Error::new(Kind::SeveralHeads, format!("there are several heads: {}", titles.join(", ")))
        .hint(format!("autogen merge -m \"merge heads\" {}   joins them", ids.join(" ")))
        .hint("or name one revision, or `heads` for all of them")
}

fn before(revision: &Revision) -> impl Iterator<Item = &Id> {
    // A dependency on a parent would count twice.
    let extra = revision.depends_on.iter().filter(|id| !revision.parents.contains(id));
    revision.parents.iter().chain(extra)
}

fn in_file(file: Option<&String>) -> String {
    file.filter(|file| !file.is_empty()).map(|file| format!(" ({file})")).unwrap_or_default()
}

fn duplicate(id: &str, first: &str, second: &str) -> Error {
    let files = if first.is_empty() { String::new() } else { format!(": {first} and {second}") };
    Error::new(Kind::Error, format!("revision {id} is there twice{files}"))
        .hint("remove one of them, or give it another `-- Revision ID:`")
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
        for (drawing, message) in [
            ("a:, a:", "revision a is there twice"),
            ("a:z", "revision a comes after z, which is not there"),
            ("a:a", "revision a comes after itself"),
            ("a:b, b:a", "revisions come after each other: a, b"),
            ("a:, b:a!c, c:b", "revisions come after each other: b, c"),
        ] {
            assert_eq!(graph(drawing).expect_err(drawing).to_string(), message);
        }
    }

    #[test]
    fn files_are_named() {
        let revision = Revision { id: "a".to_owned(), ..Revision::default() };
        let files = vec![(revision.clone(), "1_a.sql".to_owned()), (revision, "2_a.sql".to_owned())];
        let error = RevisionGraph::from_files(files).expect_err("a is there twice");
        assert_eq!(error.to_string(), "revision a is there twice: 1_a.sql and 2_a.sql");
    }

    #[test]
    fn the_next_revision_comes_after_the_head() {
        assert_eq!(graph("a:, b:a").and_then(|g| g.parents_of_next()).expect("one head"), ["b"]);
        let error = graph("a:, b:a, c:a").and_then(|g| g.parents_of_next()).expect_err("two heads");
        assert_eq!(error.kind(), Kind::SeveralHeads);
        assert!(error.hints()[0].starts_with("autogen merge -m \"merge heads\" b c"));
    }

    #[test]
    fn a_branch_reaches_up_to_its_fork() {
        let graph = graph("a:, b:a, c:a, d:c#left, e:d").expect("it is sound");
        assert_eq!(graph.branch("left").expect("it exists").into_iter().collect::<String>(), "cde");
        assert!(graph.branch("right").is_none());
    }
}
