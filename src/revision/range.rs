//! `a:b`, as `history` and offline scripts take it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::problem::{ambiguous, not_an_ancestor, not_linked};
use super::{Anchor, Id, Revision, RevisionGraph, Target};
use crate::error::{Error, Kind, Result, WithHints};

/// A part of the history: `a:b`, `a:`, `:b`, `-3:`, `current:`. Either end may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Where it begins, this one included.
    pub from: Option<Target>,
    /// Where it ends, this one included.
    pub to: Option<Target>,
}

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// [`Kind::Usage`] when it has no colon, or its ends are no targets.
    pub fn parse(text: &str) -> Result<Self> {
        let (from, to) = text.split_once(':').ok_or_else(|| {
            Error::new(Kind::Usage, format!("`{text}` is no range FROM:TO"))
                .hint("such as abc123:head, -3: or :current; both ends belong to it")
        })?;
        Ok(Self { from: end(from)?, to: end(to)? })
    }

    /// Whether what it means depends on what is applied.
    #[must_use]
    pub fn needs_database(&self) -> bool {
        // `-3:` counts from the end of the range.
        let of_from = self.from.as_ref().is_some_and(|it| it.anchor == Anchor::Current && it.offset >= 0);
        of_from || self.to.as_ref().is_some_and(|it| it.anchor == Anchor::Current)
    }
}

fn end(text: &str) -> Result<Option<Target>> {
    match text.trim() {
        "" => Ok(None),
        text => Target::parse_with_current(text).map(Some),
    }
}

impl FromStr for Range {
    type Err = WithHints;

    fn from_str(text: &str) -> std::result::Result<Self, WithHints> {
        Ok(Self::parse(text)?)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |end: &Option<Target>| end.as_ref().map(ToString::to_string).unwrap_or_default();
        write!(f, "{}:{}", text(&self.from), text(&self.to))
    }
}

impl RevisionGraph {
    /// The revisions of a range, newest first, both ends included. What only depends on its start is not in it.
    ///
    /// # Errors
    /// [`Kind::SeveralHeads`] for an ambiguous end, [`Kind::Error`] for an unknown one, or when the end does not come
    /// after the start.
    pub fn range(&self, applied: &BTreeSet<Id>, range: &Range) -> Result<Vec<&Revision>> {
        let ends = match &range.to {
            None => self.real_heads(),
            Some(to) => self.named(applied, to)?,
        };
        let starts = match &range.from {
            None => Vec::new(),
            Some(from) if from.anchor == Anchor::Current && from.offset < 0 => self.back_from(from, &ends)?,
            Some(from) => self.named(applied, from)?,
        };
        let before = self.ancestors(ends.iter().map(|it| it.id.as_str()));
        for start in starts.iter().filter(|start| !before.contains(start.id.as_str())) {
            if let Some(end) = ends.first() {
                return Err(self.apart(start, end));
            }
        }
        let after = self.after_in_range(&starts, if range.to.is_some() { &ends } else { &[] });
        let is_in = |id: &str| before.contains(id) && (starts.is_empty() || after.contains(id));
        Ok(self.oldest_first().rev().filter(|revision| is_in(&revision.id)).collect())
    }

    /// What comes after the starts: children and theirs; where an end only depends on them, dependents too.
    fn after_in_range<'a>(&'a self, starts: &[&'a Revision], ends: &[&Revision]) -> BTreeSet<&'a str> {
        let ids = || starts.iter().map(|start| start.id.as_str());
        let children = self.children_of_all(ids());
        let reaches = ends.iter().all(|end| children.contains(end.id.as_str()));
        if reaches { children } else { self.descendants(ids()) }
    }

    /// The revisions that a target names, `current` among them.
    ///
    /// # Errors
    /// As [`RevisionGraph::find`].
    pub fn named(&self, applied: &BTreeSet<Id>, target: &Target) -> Result<Vec<&Revision>> {
        if target.anchor == Anchor::Current && target.offset == 0 {
            return Ok(self.applied_heads(applied));
        }
        self.goals(applied, target)
    }

    fn back_from<'a>(&'a self, target: &Target, ends: &[&'a Revision]) -> Result<Vec<&'a Revision>> {
        match ends {
            [] => Ok(Vec::new()),
            [end] => self.backward(end, target),
            several => Err(ambiguous(target, several)),
        }
    }

    fn apart(&self, from: &Revision, to: &Revision) -> Error {
        let is_reversed = self.ancestors([from.id.as_str()]).contains(to.id.as_str());
        if is_reversed { not_an_ancestor(from, to) } else { not_linked(from, to) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    fn range(drawing: &str, applied: &str, text: &str) -> String {
        let graph = graph(drawing).expect("it is sound");
        let applied: BTreeSet<Id> = applied.chars().map(String::from).collect();
        match Range::parse(text).and_then(|range| graph.range(&applied, &range)) {
            Ok(revisions) => revisions.iter().map(|revision| revision.id.as_str()).collect(),
            Err(error) => format!("{error}; {}", error.hints().first().map_or("", String::as_str)),
        }
    }

    #[test]
    fn ranges() {
        let line = "a:, b:a, c:b, d:c";
        assert_eq!(range(line, "", ":"), "dcba");
        assert_eq!(range(line, "", "b:c"), "cb");
        assert_eq!(range(line, "", "-1:"), "dc");
        assert_eq!(range(line, "", "-1:c"), "cb");
        assert_eq!(range(line, "ab", "current:"), "dcb");
        assert_eq!(range(line, "ab", ":current"), "ba");
        assert_eq!(range(line, "ab", "current:+1"), "cb");
    }

    #[test]
    fn ends_that_do_not_belong_together() {
        assert_eq!(
            range("a:, b:a", "", "b:a"),
            "b (message of b) is not an ancestor of a (message of a); the older one stands first: a:b"
        );
        assert_eq!(
            range("a:, b:a, c:a", "", "b:c"),
            "b (message of b) and c (message of c) are not linked: neither comes after the other; autogen history \
             --graph   draws how they stand to each other"
        );
        assert!(range("a:", "", "a").starts_with("`a` is no range FROM:TO"));
        assert!(range("a:", "", "x:").starts_with("there is no revision `x`"));
    }

    #[test]
    fn only_some_ranges_ask_the_database() {
        let needs = |text: &str| Range::parse(text).expect("a range").needs_database();
        assert!(needs("current:") && needs(":current") && needs(":+1"));
        assert!(!needs("-3:") && !needs("a:head") && !needs(":"));
    }
}
