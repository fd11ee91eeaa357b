//! Names made into revisions: ids, their beginnings, labels, heads.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::{ambiguous_prefix, not_of_the_branch, several_heads, unknown, unknown_branch};
use super::{Anchor, Revision, RevisionGraph, Target};
use crate::error::Result;

impl RevisionGraph {
    /// The revision of an id, of the only id that begins so, or the one that carries a branch label. With a label only
    /// the beginnings of ids of its branch count.
    ///
    /// # Errors
    /// [`crate::error::Kind::SeveralHeads`] when several ids begin so, [`crate::error::Kind::Error`] when none does.
    pub fn find(&self, name: &str, label: Option<&str>) -> Result<&Revision> {
        let members = label.map(|label| self.lineage(label)).transpose()?;
        let is_member = |revision: &&Revision| members.as_ref().is_none_or(|it| it.contains(revision.id.as_str()));
        match (self.get(name).or_else(|| self.labelled(name)), label) {
            (Some(revision), Some(label)) if !is_member(&revision) => return Err(not_of_the_branch(revision, label)),
            (Some(revision), _) => return Ok(revision),
            (None, _) => {}
        }
        let candidates: Vec<&Revision> =
            self.oldest_first().filter(|revision| revision.id.starts_with(name)).filter(is_member).collect();
        match candidates.as_slice() {
            [single] => Ok(single),
            [] => Err(unknown(name)),
            several => Err(ambiguous_prefix(name, several)),
        }
    }

    /// The revision that carries a label.
    fn labelled(&self, label: &str) -> Option<&Revision> {
        self.oldest_first().find(|revision| revision.branch_labels.iter().any(|l| l == label))
    }

    /// Where a branch begins: the revision of a label, or as in Alembic of an id.
    pub(super) fn start_of(&self, label: &str) -> Result<&Revision> {
        self.find(label, None).map_err(|error| {
            let is_ambiguous = error.kind() == crate::error::Kind::SeveralHeads;
            if is_ambiguous { error } else { unknown_branch(label, &self.labels()) }
        })
    }

    fn labels(&self) -> Vec<&str> {
        self.oldest_first().flat_map(|revision| &revision.branch_labels).map(String::as_str).collect()
    }

    /// A branch and the way to it: where it begins, its children and theirs, its parents and theirs.
    pub(super) fn lineage(&self, label: &str) -> Result<BTreeSet<&str>> {
        let start = self.start_of(label)?.id.as_str();
        let mut members = self.children_of_all([start]);
        members.extend(self.parents_of_all([start]));
        Ok(members)
    }

    /// What is a branch's own: where it begins, its children and theirs, and its parents up to where it forked off.
    ///
    /// # Errors
    /// [`crate::error::Kind::Error`] when there is no such label or revision.
    pub fn branch(&self, label: &str) -> Result<BTreeSet<&str>> {
        let mut at = self.start_of(label)?;
        let mut members = self.children_of_all([at.id.as_str()]);
        while let [parent] = at.parents.as_slice() {
            let Some(above) = self.get(parent).filter(|it| !self.is_branch_point(&it.id)) else { break };
            members.insert(above.id.as_str());
            at = above;
        }
        Ok(members)
    }

    /// The labels of the branches that each revision belongs to.
    #[must_use]
    pub fn branch_names(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for label in self.labels() {
            for id in self.branch(label).unwrap_or_default() {
                names.entry(id).or_default().push(label);
            }
        }
        names
    }

    /// The revisions that an anchor names, without its offset: none for what lies before the first.
    pub(super) fn anchor(&self, target: &Target) -> Result<Vec<&Revision>> {
        let label = target.label.as_deref();
        match &target.anchor {
            Anchor::Current | Anchor::Base => Ok(Vec::new()),
            Anchor::Head => match self.heads_of(label)?.as_slice() {
                heads @ ([] | [_]) => Ok(heads.to_vec()),
                heads => Err(several_heads(heads, label)),
            },
            // As in Alembic, what another head depends on is meant with that one.
            Anchor::Heads if label.is_none() => Ok(self.real_heads()),
            Anchor::Heads => self.heads_of(label),
            Anchor::Name(name) => self.find(name, label).map(|revision| vec![revision]),
        }
    }

    /// The heads, or those of a branch.
    pub(super) fn heads_of(&self, label: Option<&str>) -> Result<Vec<&Revision>> {
        let Some(label) = label else { return Ok(self.heads()) };
        let members = self.children_of_all([self.start_of(label)?.id.as_str()]);
        Ok(self.heads().into_iter().filter(|head| members.contains(head.id.as_str())).collect())
    }

    /// The revisions, their children and theirs; dependents do not count.
    pub(super) fn children_of_all<'a>(&'a self, of: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        self.closure(of, |id| self.children(id).map(|child| child.id.as_str()).collect())
    }

    /// The revisions, their parents and theirs; dependencies do not count.
    pub(super) fn parents_of_all<'a>(&'a self, of: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        self.closure(of, |id| self.get(id).into_iter().flat_map(|it| &it.parents).map(String::as_str).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use crate::error::Kind;

    #[test]
    fn names() {
        let graph = graph("ab1:, ab2:ab1, cd:ab2").expect("it is sound");
        assert_eq!(graph.find("c", None).expect("it is unique").id, "cd");
        let error = graph.find("ab", None).expect_err("it is not");
        assert_eq!(error.kind(), Kind::SeveralHeads);
        assert_eq!(error.to_string(), "several revisions begin with `ab`");
        assert_eq!(error.hints(), ["name one of: ab1 (message of ab1), ab2 (message of ab2)"]);
        let error = graph.find("x", None).expect_err("it is not there");
        assert_eq!(error.to_string(), "there is no revision `x`");
        assert_eq!(error.hints(), ["autogen history   lists them all"]);
    }

    #[test]
    fn a_branch_reaches_up_to_its_fork() {
        let graph = graph("a:, b:a, c:a, d:c#left, e:d").expect("it is sound");
        assert_eq!(graph.branch("left").expect("it exists").into_iter().collect::<String>(), "cde");
        assert_eq!(graph.lineage("left").expect("it exists").into_iter().collect::<String>(), "acde");
        let error = graph.branch("right").expect_err("it does not");
        assert_eq!(
            (error.to_string().as_str(), error.hints()[0].as_str()),
            ("there is no branch `right`", "branches: left")
        );
    }
}
