//! From what is applied to a target: which revisions, in which order.

use std::collections::BTreeSet;

use super::problem::{
    ambiguous, before_what_is_applied, not_applied, nothing_of_the_branch, overlap, too_far, too_far_back,
};
use super::{Anchor, Id, Revision, RevisionGraph, Target};
use crate::error::Result;

impl RevisionGraph {
    /// The revisions to apply, each after all that it comes after; empty when the target is reached.
    ///
    /// # Errors
    /// [`crate::error::Kind::SeveralHeads`] for an ambiguous target, [`crate::error::Kind::Error`] for an unknown one or
    /// one that lies before what is applied.
    pub fn upgrade_path(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let goals = self.goals(applied, target)?;
        if goals.is_empty() && !self.is_empty() {
            return Err(before_what_is_applied(target));
        }
        let wanted = self.ancestors(goals.iter().map(|revision| revision.id.as_str()));
        Ok(self
            .oldest_first()
            .filter(|revision| wanted.contains(revision.id.as_str()) && !applied.contains(&revision.id))
            .collect())
    }

    /// The revisions to take back, each before all that it comes after; empty when the target is reached.
    ///
    /// # Errors
    /// [`crate::error::Kind::SeveralHeads`] for an ambiguous target, [`crate::error::Kind::Error`] for an unknown one or
    /// one that is not applied.
    pub fn downgrade_path(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let back: BTreeSet<&str> = match &target.anchor {
            Anchor::Current if target.offset < 0 => self.descendants([self.last_back(applied, target)?.id.as_str()]),
            Anchor::Base if target.offset == 0 => match &target.label {
                None => applied.iter().map(String::as_str).collect(),
                Some(label) => self.descendants(self.branch(label)?),
            },
            Anchor::Current | Anchor::Head | Anchor::Heads | Anchor::Base | Anchor::Name(_) => {
                let goals = self.goals(applied, target)?;
                if goals.is_empty() {
                    self.descendants(self.anchor(target)?.iter().map(|revision| revision.id.as_str()))
                } else {
                    self.after_goals(applied, target, &goals)?
                }
            }
        };
        Ok(self.taken_back(applied, &back))
    }

    /// What counts as applied once targets are stamped: the targets with all before them, and of what was applied all
    /// that does not come after them.
    ///
    /// # Errors
    /// [`crate::error::Kind::SeveralHeads`] for an ambiguous target, [`crate::error::Kind::Error`] for an unknown one,
    /// [`crate::error::Kind::Usage`] when one target comes after another.
    pub fn stamped(&self, applied: &BTreeSet<Id>, targets: &[Target]) -> Result<BTreeSet<Id>> {
        let mut goals: Vec<&Revision> = Vec::new();
        let mut kept = applied.clone();
        for target in targets {
            let named = self.goals(applied, target)?;
            if named.is_empty() {
                for revision in self.downgrade_path(applied, target)? {
                    kept.remove(&revision.id);
                }
            }
            goals.extend(named);
        }
        self.refuse_overlap(&goals)?;
        let ids = || goals.iter().map(|goal| goal.id.as_str());
        let (before, after) = (self.ancestors(ids()), self.descendants(ids()));
        kept.retain(|id| !after.contains(id.as_str()));
        kept.extend(before.into_iter().map(str::to_owned));
        Ok(kept)
    }

    fn refuse_overlap(&self, goals: &[&Revision]) -> Result<()> {
        for (index, goal) in goals.iter().enumerate() {
            let before = self.ancestors([goal.id.as_str()]);
            let others = goals.iter().enumerate().filter(|(other, _)| *other != index);
            if let Some((_, earlier)) = others.into_iter().find(|(_, other)| before.contains(other.id.as_str())) {
                return Err(overlap(goal, earlier));
            }
        }
        Ok(())
    }

    fn taken_back(&self, applied: &BTreeSet<Id>, back: &BTreeSet<&str>) -> Vec<&Revision> {
        self.oldest_first()
            .rev()
            .filter(|revision| back.contains(revision.id.as_str()) && applied.contains(&revision.id))
            .collect()
    }

    /// Everything that comes after the goals, which must be applied themselves. What only depends on a goal may stay.
    fn after_goals<'a>(
        &'a self,
        applied: &BTreeSet<Id>,
        target: &Target,
        goals: &[&'a Revision],
    ) -> Result<BTreeSet<&'a str>> {
        if let Some(missing) = goals.iter().find(|goal| !applied.contains(&goal.id)) {
            return Err(not_applied(target, &missing.id));
        }
        let children = goals.iter().flat_map(|goal| self.children(&goal.id)).map(|child| child.id.as_str());
        let keep = self.ancestors(goals.iter().map(|goal| goal.id.as_str()));
        let mut back = self.descendants(children);
        back.retain(|id| !keep.contains(id));
        Ok(back)
    }

    /// `-N`: the last of so many revisions from the only applied head downwards. Where there are several, which of them
    /// is a question to the user.
    fn last_back(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<&Revision> {
        let mut heads = self.applied_heads(applied);
        if let Some(label) = target.label.as_deref() {
            let members = self.lineage(label)?;
            heads.retain(|head| members.contains(head.id.as_str()));
            if heads.is_empty() {
                // What depends on it stands above the branch's newest.
                heads = self.applied_of_branch(applied, label)?;
            }
            if heads.is_empty() {
                return Err(nothing_of_the_branch(target, label));
            }
        }
        let mut at = match heads.as_slice() {
            [head] => *head,
            [] => return Err(too_far_back(target, 0)),
            several => return Err(ambiguous(target, several)),
        };
        for step in 1..target.offset.unsigned_abs() {
            let parents: Vec<&Revision> = at.parents.iter().filter_map(|id| self.get(id)).collect();
            at = match parents.as_slice() {
                [parent] => parent,
                [] => return Err(too_far_back(target, step)),
                several => return Err(ambiguous(target, several)),
            };
        }
        Ok(at)
    }

    /// The newest that are applied of what a branch's own revisions are.
    fn applied_of_branch(&self, applied: &BTreeSet<Id>, label: &str) -> Result<Vec<&Revision>> {
        let own = self.children_of_all([self.start_of(label)?.id.as_str()]);
        let applied = applied.iter().filter(|id| own.contains(id.as_str())).cloned().collect();
        Ok(self.applied_heads(&applied))
    }

    /// Where a target points to; empty for what lies before every revision.
    pub(super) fn goals(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let start = match target.anchor {
            Anchor::Current => self.current(applied, target)?,
            Anchor::Head | Anchor::Heads | Anchor::Base | Anchor::Name(_) => self.anchor(target)?,
        };
        let [single] = start.as_slice() else {
            return if target.offset > 0 && start.is_empty() { self.forward(None, target) } else { Ok(start) };
        };
        match target.offset {
            0 => Ok(start),
            1.. => self.forward(Some(single), target),
            ..0 => self.backward(single, target),
        }
    }

    /// The only applied head; of a branch, the newest on the way to it or in it.
    fn current(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let heads = match target.label.as_deref() {
            None => self.applied_heads(applied),
            Some(label) => {
                let members = self.lineage(label)?;
                let in_branch = applied.iter().filter(|id| members.contains(id.as_str())).cloned().collect();
                self.applied_heads(&in_branch)
            }
        };
        if heads.len() > 1 { Err(ambiguous(target, &heads)) } else { Ok(heads) }
    }

    fn forward(&self, from: Option<&Revision>, target: &Target) -> Result<Vec<&Revision>> {
        let members = target.label.as_deref().map(|label| self.lineage(label)).transpose()?;
        let inside = |revision: &&Revision| members.as_ref().is_none_or(|m| m.contains(revision.id.as_str()));
        let mut at = from.and_then(|revision| self.get(&revision.id));
        for _ in 0..target.offset {
            let next: Vec<&Revision> = match at {
                Some(revision) => self.children(&revision.id).filter(inside).collect(),
                None => self.bases().into_iter().filter(inside).collect(),
            };
            at = match next.as_slice() {
                [single] => Some(single),
                [] => return Err(too_far(target)),
                several => return Err(ambiguous(target, several)),
            };
        }
        Ok(at.into_iter().collect())
    }

    pub(super) fn backward(&self, from: &Revision, target: &Target) -> Result<Vec<&Revision>> {
        let mut at = self.get(&from.id);
        for _ in 0..target.offset.unsigned_abs() {
            let Some(revision) = at else { return Err(too_far(target)) };
            at = match revision.parents.as_slice() {
                [] => None,
                [parent] => self.get(parent),
                parents => {
                    let several: Vec<&Revision> = parents.iter().filter_map(|id| self.get(id)).collect();
                    return Err(ambiguous(target, &several));
                }
            };
        }
        Ok(at.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    /// `up` or `down`, a graph, what is applied, the target: the path, or the beginning of the error.
    fn path(direction: &str, drawing: &str, applied: &str, target: &str) -> String {
        let graph = graph(drawing).expect("it is sound");
        let applied: BTreeSet<Id> = applied.chars().map(String::from).collect();
        let target = Target::parse(target).expect("a target");
        let path = match direction {
            "up" => graph.upgrade_path(&applied, &target),
            _ => graph.downgrade_path(&applied, &target),
        };
        match path {
            Ok(path) => path.iter().map(|revision| revision.id.as_str()).collect(),
            Err(error) => error.to_string(),
        }
    }

    const LINE: &str = "a:, b:a, c:b, d:c";
    const DIAMOND: &str = "a:, b:a#left, c:a#right, d:b+c, e:d";
    const FORK: &str = "a:, b:a#left, c:a#right, d:c";

    #[test]
    fn up_a_line() {
        assert_eq!(path("up", LINE, "", "head"), "abcd");
        assert_eq!(path("up", LINE, "ab", "head"), "cd");
        assert_eq!(path("up", LINE, "abcd", "head"), "");
        assert_eq!(path("up", LINE, "a", "c"), "bc");
        assert_eq!(path("up", LINE, "", "+2"), "ab");
        assert_eq!(path("up", LINE, "a", "+1"), "b");
        assert_eq!(path("up", LINE, "a", "b+1"), "bc");
        assert_eq!(path("up", LINE, "", "head-1"), "abc");
        assert_eq!(path("up", LINE, "abc", "+2"), "`+2` goes too far: there are not so many revisions");
        assert_eq!(path("up", LINE, "abc", "base"), "`base` lies before what is applied");
    }

    #[test]
    fn down_a_line() {
        assert_eq!(path("down", LINE, "abcd", "-1"), "d");
        assert_eq!(path("down", LINE, "abcd", "base"), "dcba");
        assert_eq!(path("down", LINE, "abcd", "b"), "dc");
        assert_eq!(path("down", LINE, "abcd", "c-1"), "dc");
        assert_eq!(path("down", LINE, "abcd", "a-1"), "dcba");
        assert_eq!(path("down", LINE, "abcd", "d"), "");
        assert_eq!(path("down", LINE, "", "base"), "");
        assert_eq!(path("down", LINE, "ab", "-3"), "`-3` goes too far: only 2 are applied");
        assert!(path("down", LINE, "ab", "c").starts_with("`c` is not applied"));
    }

    #[test]
    fn forks_and_merges() {
        assert_eq!(path("up", DIAMOND, "", "head"), "abcde");
        assert_eq!(path("down", DIAMOND, "abcde", "-2"), "ed");
        assert!(path("down", DIAMOND, "abcde", "-3").starts_with("`-3` is ambiguous"));
        assert_eq!(path("down", DIAMOND, "abcde", "a"), "edcb");
        assert_eq!(path("down", DIAMOND, "abcde", "b"), "ed");
        assert!(path("up", FORK, "", "head").starts_with("there are several heads: b"));
        assert_eq!(path("up", FORK, "", "heads"), "abcd");
        assert_eq!(path("up", FORK, "", "right@head"), "acd");
        assert_eq!(path("up", FORK, "a", "right@+1"), "c");
        assert!(path("down", FORK, "abcd", "-1").starts_with("`-1` is ambiguous"));
        assert_eq!(path("down", FORK, "abcd", "right@-1"), "d");
        assert_eq!(path("down", FORK, "abcd", "right@base"), "dc");
    }

    #[test]
    fn dependencies_come_first_and_go_last() {
        let drawing = "a:, b:a, x:, y:x!b";
        assert_eq!(path("up", drawing, "", "y"), "abxy");
        assert_eq!(path("down", drawing, "abxy", "a"), "yb");
    }

    #[test]
    fn stamping() {
        let stamped = |drawing: &str, applied: &str, target: &str| -> String {
            let applied: BTreeSet<Id> = applied.chars().map(String::from).collect();
            let target = Target::parse(target).expect("a target");
            graph(drawing)
                .and_then(|g| g.stamped(&applied, &[target]))
                .expect("it can be stamped")
                .into_iter()
                .collect()
        };
        assert_eq!(stamped(LINE, "", "head"), "abcd");
        assert_eq!(stamped(LINE, "abcd", "b"), "ab");
        assert_eq!(stamped(LINE, "abc", "base"), "");
        assert_eq!(stamped(FORK, "abcd", "c"), "abc");
        assert_eq!(stamped(FORK, "", "heads"), "abcd");
    }

    proptest::proptest! {
        /// Up is topological and disjoint from what is applied; down of the same set is exactly its reverse.
        #[test]
        fn up_then_down_is_nothing(parents in proptest::collection::vec((0usize..8, 0usize..8), 1..8), goal in 0usize..8) {
            let drawing: Vec<String> = parents.iter().enumerate().map(|(n, (p, q))| {
                let list: BTreeSet<String> = [p, q].iter().filter(|x| ***x < n).map(|x| format!("r{x}")).collect();
                format!("r{n}:{}", list.into_iter().collect::<Vec<_>>().join("+"))
            }).collect();
            let graph = graph(&drawing.join(",")).expect("it is sound");
            let goal = Target::parse(&format!("r{}", goal % parents.len())).expect("a target");
            let up = graph.upgrade_path(&BTreeSet::new(), &goal).expect("there is a path");
            let applied: BTreeSet<Id> = up.iter().map(|revision| revision.id.clone()).collect();
            for (index, revision) in up.iter().enumerate() {
                proptest::prop_assert!(revision.parents.iter().all(|p| up[..index].iter().any(|r| &r.id == p)));
            }
            proptest::prop_assert!(graph.upgrade_path(&applied, &goal).expect("there is a path").is_empty());
            let mut down = graph.downgrade_path(&applied, &Target::base()).expect("there is a path");
            down.reverse();
            proptest::prop_assert_eq!(up, down);
        }
    }
}
