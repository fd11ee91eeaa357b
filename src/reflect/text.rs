//! Text as Postgres prints it.

/// Takes one pair of parentheses off that holds all of the text: `(a > 0)` → `a > 0`, `(a) + (b)` stays.
///
/// Postgres prints no comments, no dollar quotes and no `\'`, so quotes are all there is to step over.
pub(super) fn without_outer_parentheses(printed: &str) -> &str {
    let Some(inner) = printed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return printed };
    let mut depth = 0_usize;
    let mut quote = None;
    for character in inner.chars() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => return printed,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::without_outer_parentheses;

    #[test]
    fn only_a_pair_around_everything_goes() {
        for (printed, bare) in [
            ("(a > 0)", "a > 0"),
            ("((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
            ("(a) + (b)", "(a) + (b)"),
            ("lower(a)", "lower(a)"),
            ("(a ~ ')('::text)", "a ~ ')('::text"),
            ("(\"o)dd\" > 0)", "\"o)dd\" > 0"),
            ("(a <> 'it''s)'::text)", "a <> 'it''s)'::text"),
            ("active", "active"),
        ] {
            assert_eq!(without_outer_parentheses(printed), bare);
        }
    }
}
