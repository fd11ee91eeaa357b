//! From what is applied to a target: which revisions, in which order.

use std::collections::BTreeSet;

use super::graph::several_heads;
use super::{Anchor, Id, Revision, RevisionGraph, Target};
use crate::error::{Error, Kind, Result};

impl RevisionGraph {
    /// The revisions to apply, each after all that it comes after; empty when the target is reached.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] for an ambiguous target, [`Kind::Error`] for an unknown one or one that lies before what
    /// is applied.
    pub fn upgrade_path(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let goals = self.goals(applied, target)?;
        if goals.is_empty() && !self.is_empty() {
            return Err(Error::new(Kind::Usage, format!("`{target}` lies before what is applied"))
                .hint(format!("autogen downgrade {target}   goes back")));
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
    /// [`Kind::SeveralHeads`] for an ambiguous target, [`Kind::Error`] for an unknown one or one that is not applied.
    pub fn downgrade_path(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let back: BTreeSet<&str> = match &target.anchor {
            Anchor::Current if target.offset < 0 => return self.steps_back(applied, target),
            Anchor::Base if target.offset == 0 => match &target.label {
                None => applied.iter().map(String::as_str).collect(),
                Some(label) => self.descendants(self.members(label)?),
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

    /// What counts as applied once a target is stamped: the target with all before it, and of what was applied all that
    /// does not come after it.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] for an ambiguous target, [`Kind::Error`] for an unknown one.
    pub fn stamped(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<BTreeSet<Id>> {
        let goals = self.goals(applied, target)?;
        if goals.is_empty() {
            let back = self.downgrade_path(applied, target)?;
            return Ok(applied.iter().filter(|id| !back.iter().any(|r| &r.id == *id)).cloned().collect());
        }
        let ids = || goals.iter().map(|goal| goal.id.as_str());
        let (before, after) = (self.ancestors(ids()), self.descendants(ids()));
        let kept = applied.iter().filter(|id| !after.contains(id.as_str())).map(String::as_str);
        Ok(before.iter().copied().chain(kept).map(str::to_owned).collect())
    }

    fn taken_back(&self, applied: &BTreeSet<Id>, back: &BTreeSet<&str>) -> Vec<&Revision> {
        self.oldest_first()
            .rev()
            .filter(|revision| back.contains(revision.id.as_str()) && applied.contains(&revision.id))
            .collect()
    }

    /// Everything that comes after the goals, which must be applied themselves.
    fn after_goals<'a>(
        &'a self,
        applied: &BTreeSet<Id>,
        target: &Target,
        goals: &[&'a Revision],
    ) -> Result<BTreeSet<&'a str>> {
        if let Some(missing) = goals.iter().find(|goal| !applied.contains(&goal.id)) {
            return Err(Error::new(Kind::Error, format!("`{target}` is not applied, so nothing goes back to it"))
                .hint(format!("autogen upgrade {}   goes forward", missing.id))
                .hint("autogen current   shows what is applied"));
        }
        let keep = self.ancestors(goals.iter().map(|goal| goal.id.as_str()));
        let mut back = self.descendants(goals.iter().map(|goal| goal.id.as_str()));
        back.retain(|id| !keep.contains(id));
        Ok(back)
    }

    /// `-N`: the single applied head, N times. Where there are several, which of them is a question to the user.
    fn steps_back(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let members = target.label.as_deref().map(|label| self.members(label)).transpose()?;
        let mut left = applied.clone();
        let mut path = Vec::new();
        for step in 0..target.offset.unsigned_abs() {
            let mut heads = self.applied_heads(&left);
            if let Some(members) = &members {
                heads.retain(|head| members.contains(head.id.as_str()));
            }
            match heads.as_slice() {
                [head] => {
                    left.remove(&head.id);
                    path.push(*head);
                }
                [] => {
                    return Err(Error::new(Kind::Error, format!("`{target}` goes too far: only {step} are applied"))
                        .hint("autogen downgrade base   takes everything back"));
                }
                several => return Err(ambiguous(target, several)),
            }
        }
        Ok(path)
    }

    /// Where a target points to; empty for what lies before every revision.
    fn goals(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
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

    /// The only applied head; of a branch, its own, or where nothing of it is applied the revision it forks from.
    fn current(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        let mut heads = self.applied_heads(applied);
        if let Some(label) = target.label.as_deref() {
            let members = self.members(label)?;
            let is_fork = |revision: &&Revision| {
                applied.contains(&revision.id) && self.children(&revision.id).any(|c| members.contains(c.id.as_str()))
            };
            heads.retain(|head| members.contains(head.id.as_str()));
            if heads.is_empty() {
                heads = self.oldest_first().filter(is_fork).collect();
            }
        }
        if heads.len() > 1 { Err(ambiguous(target, &heads)) } else { Ok(heads) }
    }

    /// The revisions that the anchor names, without the offset.
    fn anchor(&self, target: &Target) -> Result<Vec<&Revision>> {
        let label = target.label.as_deref();
        match &target.anchor {
            Anchor::Current | Anchor::Base => Ok(Vec::new()),
            Anchor::Head => match self.heads_of(label)?.as_slice() {
                heads @ ([] | [_]) => Ok(heads.to_vec()),
                heads => Err(several_heads(heads)),
            },
            Anchor::Heads => self.heads_of(label),
            Anchor::Name(name) => self.find(name, label).map(|revision| vec![revision]),
        }
    }

    /// The heads, or those of a branch.
    fn heads_of(&self, label: Option<&str>) -> Result<Vec<&Revision>> {
        let Some(label) = label else { return Ok(self.heads()) };
        let members = self.members(label)?;
        Ok(self.heads().into_iter().filter(|head| members.contains(head.id.as_str())).collect())
    }

    fn forward(&self, from: Option<&Revision>, target: &Target) -> Result<Vec<&Revision>> {
        let members = target.label.as_deref().map(|label| self.members(label)).transpose()?;
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

    fn backward(&self, from: &Revision, target: &Target) -> Result<Vec<&Revision>> {
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

    /// The revision of an id, of the only id that begins so, or the one that carries a branch label.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] when several ids begin so, [`Kind::Error`] when none does.
    pub fn find(&self, name: &str, label: Option<&str>) -> Result<&Revision> {
        if let Some(revision) = self.get(name) {
            return Ok(revision);
        }
        if let Some(labelled) = self.oldest_first().find(|revision| revision.branch_labels.iter().any(|l| l == name)) {
            return Ok(labelled);
        }
        let members = label.map(|label| self.members(label)).transpose()?;
        let candidates: Vec<&Revision> = self
            .oldest_first()
            .filter(|revision| revision.id.starts_with(name))
            .filter(|revision| members.as_ref().is_none_or(|members| members.contains(revision.id.as_str())))
            .collect();
        match candidates.as_slice() {
            [single] => Ok(single),
            [] => Err(Error::new(Kind::Error, format!("there is no revision `{name}`"))
                .hint("autogen history   lists them all")),
            several => Err(Error::new(Kind::SeveralHeads, format!("several revisions begin with `{name}`"))
                .hint(format!("name one of: {}", titles(several)))),
        }
    }

    fn members(&self, label: &str) -> Result<BTreeSet<&str>> {
        self.branch(label).ok_or_else(|| {
            let labels: Vec<&str> =
                self.oldest_first().flat_map(|revision| &revision.branch_labels).map(String::as_str).collect();
            let error = Error::new(Kind::Error, format!("there is no branch `{label}`"));
            if labels.is_empty() {
                error.hint("no revision has a line `-- Branch Labels:`")
            } else {
                error.hint(format!("branches: {}", labels.join(", ")))
            }
        })
    }
}

fn titles(revisions: &[&Revision]) -> String {
    revisions.iter().map(|revision| revision.title()).collect::<Vec<_>>().join(", ")
}

fn ambiguous(target: &Target, candidates: &[&Revision]) -> Error {
    Error::new(Kind::SeveralHeads, format!("`{target}` is ambiguous: it could go by {}", titles(candidates)))
        .hint("name a revision, or LABEL@ in front of the target")
}

fn too_far(target: &Target) -> Error {
    Error::new(Kind::Error, format!("`{target}` goes too far: there are not so many revisions"))
        .hint("autogen history   lists them all")
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
            graph(drawing).and_then(|g| g.stamped(&applied, &target)).expect("it can be stamped").into_iter().collect()
        };
        assert_eq!(stamped(LINE, "", "head"), "abcd");
        assert_eq!(stamped(LINE, "abcd", "b"), "ab");
        assert_eq!(stamped(LINE, "abc", "base"), "");
        assert_eq!(stamped(FORK, "abcd", "c"), "abc");
        assert_eq!(stamped(FORK, "", "heads"), "abcd");
    }

    #[test]
    fn names() {
        let graph = graph("ab1:, ab2:ab1, cd:ab2").expect("it is sound");
        assert_eq!(graph.find("c", None).expect("it is unique").id, "cd");
        let error = graph.find("ab", None).expect_err("it is not");
        assert_eq!(error.kind(), Kind::SeveralHeads);
        assert_eq!(error.hints(), ["name one of: ab1 (message of ab1), ab2 (message of ab2)"]);
        assert_eq!(graph.find("x", None).expect_err("it is not there").to_string(), "there is no revision `x`");
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
