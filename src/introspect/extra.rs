//! `extra = ".."`: SQL that SeaORM puts behind a column.

use syn::LitStr;

use super::diagnostic::Diagnostic;
use super::source_file::SourceFile;

/// The clauses of it that autogen understands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) default: Option<String>,
    /// `GENERATED ALWAYS AS (expression) STORED | VIRTUAL`: the expression, and whether STORED.
    pub(super) generated: Option<(String, bool)>,
    /// `GENERATED .. AS IDENTITY`: whether ALWAYS.
    pub(super) identity: Option<bool>,
    pub(super) collation: Option<String>,
    /// Name, if written, and condition.
    pub(super) checks: Vec<(Option<String>, String)>,
}

/// Reads the clauses; what is none of them is refused.
pub(super) fn parse(written: &LitStr, file: &SourceFile) -> Result<Extra, Diagnostic> {
    clauses(&written.value()).ok_or_else(|| {
        file.error(written.span(), format!("cannot read `extra`: `{}`", written.value()))
            .help("write DEFAULT .., CHECK (..), COLLATE .. or GENERATED ALWAYS AS (..) STORED")
            .help("write everything else by hand: autogen create --no-autogenerate \"what it is\"")
    })
}

fn clauses(text: &str) -> Option<Extra> {
    let tokens = tokens(text)?;
    let mut extra = Extra::default();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let words: Vec<String> = rest.iter().take(5).map(|token| token.upper()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let used = match words.as_slice() {
            ["GENERATED", "ALWAYS", "AS", "(", ..] => {
                // Postgres before 18 demands STORED, from 18 on nothing means VIRTUAL: it has to be said.
                let stored = match words.get(4) {
                    Some(&"STORED") => true,
                    Some(&"VIRTUAL") => false,
                    Some(_) | None => return None,
                };
                extra.generated = Some((rest[3].inside()?, stored));
                5
            }
            ["GENERATED", "ALWAYS", "AS", "IDENTITY", ..] => {
                extra.identity = Some(true);
                4
            }
            ["GENERATED", "BY", "DEFAULT", "AS", "IDENTITY"] => {
                extra.identity = Some(false);
                5
            }
            ["COLLATE", ..] => {
                let name = rest.get(1)?;
                let dotted = rest.get(2).is_some_and(|dot| dot.text == ".");
                let last = if dotted { rest.get(3)? } else { name };
                extra.collation = Some(text[name.start..last.start + last.text.len()].to_owned());
                if dotted { 4 } else { 2 }
            }
            ["CHECK", "(", ..] => {
                extra.checks.push((None, rest[1].inside()?));
                2
            }
            ["CONSTRAINT", _, "CHECK", "(", ..] => {
                extra.checks.push((Some(rest[1].name()), rest[3].inside()?));
                4
            }
            ["DEFAULT", _, ..] => {
                let end = rest.iter().skip(2).position(Token::begins_clause).map_or(rest.len(), |found| found + 2);
                let (first, last) = (&rest[1], &rest[end - 1]);
                extra.default = Some(text[first.start..last.start + last.text.len()].to_owned());
                end
            }
            _ => return None,
        };
        rest = &rest[used..];
    }
    Some(extra)
}

/// A word, a quoted text, a mark, or everything between two parentheses, these included.
#[derive(Debug)]
struct Token<'a> {
    text: &'a str,
    start: usize,
}

impl Token<'_> {
    fn upper(&self) -> String {
        if self.text.starts_with('(') { "(".to_owned() } else { self.text.to_ascii_uppercase() }
    }

    fn inside(&self) -> Option<String> {
        Some(self.text.strip_prefix('(')?.strip_suffix(')')?.trim().to_owned())
    }

    /// As an identifier.
    fn name(&self) -> String {
        match self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => self.text.to_lowercase(),
        }
    }

    fn begins_clause(&self) -> bool {
        matches!(
            self.upper().as_str(),
            "GENERATED"
                | "COLLATE"
                | "CHECK"
                | "CONSTRAINT"
                | "DEFAULT"
                | "NOT"
                | "NULL"
                | "UNIQUE"
                | "PRIMARY"
                | "REFERENCES"
        )
    }
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(skipped) = text[start..].find(|c: char| !c.is_whitespace()) {
        start += skipped;
        let length = token_length(&text[start..])?;
        tokens.push(Token { text: &text[start..start + length], start });
        start += length;
    }
    Some(tokens)
}

/// `None` where a quote or parenthesis is not closed, and for dollar quotes and comments.
fn token_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    match first {
        '\'' | '"' => quoted_length(text, first),
        '(' => {
            let mut length = 1;
            loop {
                let rest = &text[length..];
                let white = rest.len() - rest.trim_start().len();
                if rest.trim_start().starts_with(')') {
                    return Some(length + white + 1);
                }
                length += white + token_length(rest.trim_start())?;
            }
        }
        '$' => None,
        _ if text.starts_with("--") || text.starts_with("/*") => None,
        _ if first.is_alphanumeric() || first == '_' => {
            Some(text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()))
        }
        other => Some(other.len_utf8()),
    }
}

fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut from = 1;
    loop {
        let close = from + text[from..].find(quote)?;
        if !text[close + 1..].starts_with(quote) {
            return Some(close + 1);
        }
        from = close + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_told_apart() {
        let extra = clauses(
            "COLLATE \"C\" DEFAULT lower('A) CHECK' || 'b') CHECK (length(x) > 0) CONSTRAINT named CHECK (x <> ')')",
        );
        assert_eq!(
            extra,
            Some(Extra {
                default: Some("lower('A) CHECK' || 'b')".into()),
                collation: Some("\"C\"".into()),
                checks: vec![(None, "length(x) > 0".into()), (Some("named".into()), "x <> ')'".into())],
                ..Extra::default()
            })
        );
        let generated = clauses("GENERATED ALWAYS AS (a + (b * 2)) STORED").and_then(|extra| extra.generated);
        assert_eq!(generated, Some(("a + (b * 2)".to_owned(), true)));
        let generated = clauses("GENERATED ALWAYS AS (a) VIRTUAL").and_then(|extra| extra.generated);
        assert_eq!(generated, Some(("a".to_owned(), false)));
        assert_eq!(clauses("generated by default as identity").and_then(|extra| extra.identity), Some(false));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in ["ON UPDATE CURRENT_TIMESTAMP", "CHECK (x > 0", "STORAGE EXTERNAL"] {
            assert_eq!(clauses(text), None, "{text}");
        }
    }
}
