//! After which revisions a new one comes.

use super::problem::{not_a_head, several_heads};
use super::{Anchor, Id, Revision, RevisionGraph, Target};
use crate::error::{Error, Kind, Result};

impl RevisionGraph {
    /// The parents of the next revision: the head, or nothing where there is no revision.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] with the command that merges them.
    pub fn parents_of_next(&self) -> Result<Vec<Id>> {
        self.parents_at(&Target::head(), false)
    }

    /// The parents of a revision that is to come after a target: a head of it, all heads, or none for a base. With
    /// `splice` the target may have children already; a new branch begins there.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] for an ambiguous target, [`Kind::Usage`] for one that is no head, [`Kind::Error`] for an
    /// unknown one.
    pub fn parents_at(&self, target: &Target, splice: bool) -> Result<Vec<Id>> {
        if target.offset != 0 || target.anchor == Anchor::Current {
            return Err(Error::new(Kind::Usage, format!("`{target}` is no head to come after"))
                .hint("--head takes head, heads, base, an id or its beginning, LABEL@head or LABEL@base"));
        }
        if let (Anchor::Base, Some(label)) = (&target.anchor, &target.label) {
            self.lineage(label)?;
        }
        let parents = self.anchor(target)?;
        self.must_be_heads(&parents, splice)?;
        Ok(parents.iter().map(|revision| revision.id.clone()).collect())
    }

    /// The parents of a revision that joins these: ids or their beginnings, labels, or `heads`. Each once, sorted.
    ///
    /// # Errors
    /// [`Kind::Usage`] for fewer than two, or for one that is no head unless with `splice`; else as
    /// [`RevisionGraph::find`].
    pub fn parents_of_merge(&self, targets: &[Target], splice: bool) -> Result<Vec<Id>> {
        let mut parents: Vec<&Revision> = Vec::new();
        for target in targets {
            parents.extend(self.anchor(target)?);
        }
        self.must_be_heads(&parents, splice)?;
        let mut ids: Vec<Id> = parents.iter().map(|revision| revision.id.clone()).collect();
        ids.sort();
        ids.dedup();
        if ids.len() < 2 {
            return Err(Error::new(Kind::Usage, "there is nothing to join: a merge needs two revisions or more")
                .hint("autogen heads   lists them"));
        }
        Ok(ids)
    }

    /// What a revision is to depend on: a branch label as it is, for it moves with its branch; anything else as the id.
    ///
    /// # Errors
    /// As [`RevisionGraph::find`]; [`Kind::SeveralHeads`] for `LABEL@head` with several.
    pub fn dependencies(&self, targets: &[Target]) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for target in targets {
            let found = self.anchor(target)?;
            let [single] = found.as_slice() else {
                return Err(if found.is_empty() { no_dependency(target) } else { several_heads(&found, None) });
            };
            let is_label = matches!(&target.anchor, Anchor::Name(name) if single.branch_labels.contains(name));
            ids.push(if is_label { target.to_string() } else { single.id.clone() });
        }
        Ok(ids)
    }

    fn must_be_heads(&self, parents: &[&Revision], splice: bool) -> Result<()> {
        let has_child = |revision: &&&Revision| self.children(&revision.id).next().is_some();
        match parents.iter().find(has_child) {
            Some(inner) if !splice => Err(not_a_head(inner)),
            Some(_) | None => Ok(()),
        }
    }
}

fn no_dependency(target: &Target) -> Error {
    Error::new(Kind::Usage, format!("`{target}` is no revision to depend on"))
        .hint("--depends-on takes an id or its beginning, or a branch label")
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    fn parents(drawing: &str, target: &str, splice: bool) -> String {
        let target = Target::parse(target).expect("a target");
        match graph(drawing).and_then(|graph| graph.parents_at(&target, splice)) {
            Ok(ids) => ids.concat(),
            Err(error) => format!("{error}; {}", error.hints()[0]),
        }
    }

    #[test]
    fn the_next_revision_comes_after_the_head() {
        assert_eq!(graph("a:, b:a").and_then(|g| g.parents_of_next()).expect("one head"), ["b"]);
        let error = graph("a:, b:a, c:a").and_then(|g| g.parents_of_next()).expect_err("two heads");
        assert_eq!(error.kind(), Kind::SeveralHeads);
        assert_eq!(error.to_string(), "there are several heads: b (message of b), c (message of c)");
        assert_eq!(error.hints()[0], "autogen merge -m \"merge heads\" b c   joins them");
    }

    #[test]
    fn a_branch_begins_where_it_is_told_to() {
        assert_eq!(parents("a:, b:a#left, c:a", "left@head", false), "b");
        assert_eq!(parents("a:, b:a#left, c:a", "base", false), "");
        assert_eq!(parents("a:, b:a", "a", true), "a");
        assert_eq!(
            parents("a:, b:a", "a", false),
            "revision a (message of a) is not a head; --splice   begins a new branch there"
        );
        assert!(parents("a:, b:a", "+1", false).starts_with("`+1` is no head to come after; --head takes"));
    }

    #[test]
    fn dependencies_are_ids_or_labels() {
        let graph = graph("abc1:#one, abd2:abc1, x:").expect("it is sound");
        let targets = |text: &str| vec![Target::parse(text).expect("a target")];
        assert_eq!(graph.dependencies(&targets("abd")).expect("it is one"), ["abd2"]);
        assert_eq!(graph.dependencies(&targets("one")).expect("it is a label"), ["one"]);
        assert_eq!(graph.dependencies(&targets("one@head")).expect("it is one"), ["abd2"]);
        assert!(graph.dependencies(&targets("base")).is_err());
    }
}
