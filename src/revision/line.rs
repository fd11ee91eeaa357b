//! A range that is one line: each revision after the one before it, and nothing else in between.

use std::collections::BTreeSet;

use super::{Id, Range, Revision, RevisionGraph};
use crate::error::{Error, Kind, Result};

impl RevisionGraph {
    /// The revisions of a range, oldest first, where they can become one: nothing branches off before the last of them,
    /// nothing joins after the first, and nobody else depends on one in the middle.
    ///
    /// # Errors
    /// As [`RevisionGraph::range`]; [`Kind::Refused`] where the range is no such line, or holds a single revision.
    pub fn line(&self, range: &Range) -> Result<Vec<&Revision>> {
        let mut line = self.range(&BTreeSet::new(), range)?;
        line.reverse();
        let ids: Vec<&Id> = line.iter().map(|it| &it.id).collect();
        let ([first, .., last], [_, rest @ ..]) = (line.as_slice(), line.as_slice()) else {
            return Err(Error::new(Kind::Refused, format!("{range} holds fewer than two revisions"))
                .hint("autogen history   lists them; both ends belong to the range"));
        };
        for (before, revision) in line.iter().zip(rest) {
            if revision.parents != [before.id.clone()] {
                return Err(no_line(range, &format!("{} joins it to others", revision.title())));
            }
            if let Some(branch) = self.children(&before.id).find(|it| it.id != revision.id) {
                return Err(no_line(range, &format!("{} branches off after {}", branch.title(), before.id)));
            }
        }
        let inside = |id: &Id| ids.contains(&id) && id != &last.id;
        let others = self.oldest_first().filter(|it| !ids.contains(&&it.id));
        if let Some(dependent) = others.into_iter().find(|it| it.depends_on.iter().any(inside)) {
            return Err(no_line(range, &format!("{} depends on a revision in the middle", dependent.title())));
        }
        // What is needed from elsewhere would be needed earlier, before the first.
        let elsewhere = |it: &&&Revision| it.depends_on.iter().any(|id| !ids.contains(&id));
        match rest.iter().find(elsewhere) {
            Some(needy) if needy.id != first.id => {
                Err(no_line(range, &format!("{} depends on another branch", needy.title())))
            }
            Some(_) | None => Ok(line),
        }
    }
}

fn no_line(range: &Range, why: &str) -> Error {
    Error::new(Kind::Refused, format!("{range} is not one line: {why}"))
        .hint("autogen history --graph   shows it; a shorter range may do")
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;

    fn line(drawing: &str, range: &str) -> std::result::Result<String, String> {
        let graph = graph(drawing).expect("it is a graph");
        let range = Range::parse(range).expect("it is a range");
        match graph.line(&range) {
            Ok(line) => Ok(line.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_line_is_given_oldest_first_with_both_ends() {
        assert_eq!(line("a:, b:a, c:b, d:c", "b:c"), Ok("b c".to_owned()));
        assert_eq!(line("a:, b:a, c:b", ":"), Ok("a b c".to_owned()));
        assert_eq!(line("a:, b:, m:a+b, c:m, d:c", "m:d"), Ok("m c d".to_owned()));
        assert_eq!(line("a:, b:a, c:b, x:c, y:c", "a:c"), Ok("a b c".to_owned()));
        assert_eq!(line("x:, a:!x, b:a", "a:b"), Ok("a b".to_owned()));
    }

    #[test]
    fn what_is_no_line_is_named() {
        for (drawing, range, says) in [
            ("a:, b:a", "b:b", "b:b holds fewer than two revisions"),
            ("a:, b:a, c:b, x:a", "a:c", "a:c is not one line: x (message of x) branches off after a"),
            ("a:, x:, m:a+x, c:m", "a:c", "a:c is not one line: m (message of m) joins it to others"),
            ("a:, b:a, c:b, x:!a", "a:c", "a:c is not one line: x (message of x) depends on a revision in the middle"),
            ("x:, a:, b:a!x", "a:b", "a:b is not one line: b (message of b) depends on another branch"),
        ] {
            assert_eq!(line(drawing, range), Err(says.to_owned()), "{drawing} {range}");
        }
    }
}
