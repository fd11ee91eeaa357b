//! SQL text into statements, as psql's scanner does it: quotes of every kind, nested comments, `;` inside of
//! parentheses and of `BEGIN ATOMIC` bodies (chapter "Lexical Structure" of the manual; `standard_conforming_strings` is
//! on, as it is by default).

use std::fmt;

/// One statement and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlText {
    /// Its text, from its first word to before the semicolon; comments inside of it are kept.
    pub sql: String,
    /// The line of its first word, counted from 1.
    pub line: usize,
    /// Line comments since the last statement, each with its line and without its dashes.
    pub comments: Vec<(usize, String)>,
}

/// A quote or comment that is not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitError {
    /// The line where it opens, counted from 1.
    pub line: usize,
    /// What opens there.
    pub what: &'static str,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} that opens in line {} is not closed", self.what, self.line)
    }
}

/// Splits a text into its statements. Comments after the last one come back with an empty `sql`.
///
/// # Errors
/// [`SplitError`] when a quote or comment is not closed.
pub fn split(text: &str) -> Result<Vec<SqlText>, SplitError> {
    let mut statements = Vec::new();
    let mut open = Open::default();
    let mut position = 0;
    let mut line = 1;
    while position < text.len() {
        let (token, length) = token(&text[position..]).map_err(|what| SplitError { line, what })?;
        let end = position + length;
        let source = &text[position..end];
        match token {
            Token::Space | Token::BlockComment => {}
            Token::LineComment => {
                if open.start.is_none() {
                    open.comments.push((line, source.trim_start_matches('-').trim().to_owned()));
                } else if is_section(source) && starts_line(text, position) {
                    // A section's marker ends a statement whose semicolon was forgotten: else it would run as part
                    // of the other direction.
                    statements.push(open.close(text));
                    open.comments.push((line, source.trim_start_matches('-').trim().to_owned()));
                }
            }
            Token::Semicolon if open.is_inside() => {}
            Token::Semicolon => {
                if open.start.is_some() {
                    statements.push(open.close(text));
                }
            }
            Token::Word => open.word(source, position, line, end),
            Token::Parenthesis | Token::Other => {
                open.begin(position, line);
                match source {
                    "(" => open.parentheses += 1,
                    ")" => open.parentheses = open.parentheses.saturating_sub(1),
                    _ => {}
                }
            }
        }
        if open.start.is_some() && !matches!(token, Token::Space) {
            open.end = end;
        }
        line += source.matches('\n').count();
        position = end;
    }
    if open.start.is_some() || !open.comments.is_empty() {
        statements.push(open.close(text));
    }
    Ok(statements)
}

/// The words, quoted texts and signs of one statement, without spaces and comments; a whole quoted text is one.
///
/// # Errors
/// [`SplitError`] when a quote or comment is not closed.
pub fn tokens(sql: &str) -> Result<Vec<&str>, SplitError> {
    let (mut tokens, mut position) = (Vec::new(), 0);
    while position < sql.len() {
        let line = || sql[..position].matches('\n').count() + 1;
        let (kind, length) = token(&sql[position..]).map_err(|what| SplitError { line: line(), what })?;
        if !matches!(kind, Token::Space | Token::LineComment | Token::BlockComment) {
            tokens.push(&sql[position..position + length]);
        }
        position += length;
    }
    Ok(tokens)
}

/// The statement that is being read.
#[derive(Debug, Default)]
struct Open {
    start: Option<usize>,
    end: usize,
    line: usize,
    comments: Vec<(usize, String)>,
    parentheses: usize,
    /// How many BEGIN and CASE of a SQL-standard function body wait for their END.
    bodies: usize,
    words: Vec<String>,
}

impl Open {
    fn begin(&mut self, position: usize, line: usize) {
        if self.start.is_none() {
            self.start = Some(position);
            self.line = line;
        }
    }

    fn word(&mut self, word: &str, position: usize, line: usize, end: usize) {
        self.begin(position, line);
        self.end = end;
        let word = word.to_ascii_uppercase();
        if self.parentheses == 0 && self.makes_function() {
            match word.as_str() {
                "BEGIN" => self.bodies += 1,
                "CASE" if self.bodies > 0 => self.bodies += 1,
                "END" => self.bodies = self.bodies.saturating_sub(1),
                _ => {}
            }
        }
        if self.words.len() < 4 {
            self.words.push(word);
        }
    }

    fn makes_function(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        matches!(
            words.as_slice(),
            ["CREATE", "FUNCTION" | "PROCEDURE", ..] | ["CREATE", "OR", "REPLACE", "FUNCTION" | "PROCEDURE"]
        )
    }

    fn is_inside(&self) -> bool {
        self.parentheses > 0 || self.bodies > 0
    }

    fn close(&mut self, text: &str) -> SqlText {
        let open = std::mem::take(self);
        let sql = open.start.map(|start| text[start..open.end].to_owned()).unwrap_or_default();
        SqlText { sql, line: open.line, comments: open.comments }
    }
}

fn is_section(comment: &str) -> bool {
    comment.trim_start_matches('-').trim().strip_prefix("autogen:").is_some_and(|marker| {
        let marker = marker.trim();
        marker == "upgrade" || marker == "downgrade"
    })
}

fn starts_line(text: &str, position: usize) -> bool {
    position == 0 || text[..position].ends_with('\n')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Space,
    LineComment,
    BlockComment,
    Word,
    Parenthesis,
    Semicolon,
    Other,
}

/// The first token of a text that is not empty, and its length in bytes.
fn token(text: &str) -> Result<(Token, usize), &'static str> {
    let mut chars = text.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else { return Ok((Token::Space, 0)) };
    match (first, second) {
        ('-', Some('-')) => Ok((Token::LineComment, text.find('\n').unwrap_or(text.len()))),
        ('/', Some('*')) => Ok((Token::BlockComment, block_comment(text)?)),
        ('\'', _) => Ok((Token::Other, quoted(text, '\'').ok_or("a quote")?)),
        ('"', _) => Ok((Token::Other, quoted(text, '"').ok_or("a quoted name")?)),
        ('E' | 'e', Some('\'')) => Ok((Token::Other, escaped(text).ok_or("a quote")?)),
        ('$', _) => match dollar_tag(text) {
            Some(tag) => {
                let body = text[tag.len()..].find(tag).ok_or("a dollar quote")?;
                Ok((Token::Other, body + 2 * tag.len()))
            }
            None => Ok((Token::Other, 1)),
        },
        (';', _) => Ok((Token::Semicolon, 1)),
        ('(' | ')', _) => Ok((Token::Parenthesis, 1)),
        (c, _) if is_space(c) => Ok((Token::Space, length_while(text, is_space))),
        (c, _) if begins_word(c) => Ok((Token::Word, length_while(text, continues_word))),
        // A number with what sticks to it, so that no letter of it begins a word.
        (c, _) if c.is_ascii_digit() => {
            Ok((Token::Other, length_while(text, |c| c.is_ascii_alphanumeric() || c == '_')))
        }
        (c, _) => Ok((Token::Other, c.len_utf8())),
    }
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// Postgres' scanner knows these spaces; anything else, a no-break space for one, is part of a name.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

fn begins_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

fn continues_word(c: char) -> bool {
    begins_word(c) || c.is_ascii_digit() || c == '$'
}

/// A text in quotes, which are doubled inside.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut position = 1;
    loop {
        position += text[position..].find(quote)? + 1;
        if !text[position..].starts_with(quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// `E'..'`, and the segments that continue it on following lines, in which backslashes escape too.
fn escaped(text: &str) -> Option<usize> {
    let mut position = 2;
    loop {
        position += text[position..].find(['\'', '\\'])?;
        if text[position..].starts_with('\\') {
            position += 1 + text[position + 1..].chars().next()?.len_utf8();
            continue;
        }
        position += 1;
        if text[position..].starts_with('\'') {
            position += 1;
            continue;
        }
        let gap = length_while(&text[position..], is_space);
        let continues = text[position..position + gap].contains('\n') && text[position + gap..].starts_with('\'');
        if !continues {
            return Some(position);
        }
        position += gap + 1;
    }
}

/// `$$` or `$tag$`.
fn dollar_tag(text: &str) -> Option<&str> {
    let tag = &text[1..];
    let length = length_while(tag, |c| continues_word(c) && c != '$');
    let is_tag = tag[length..].starts_with('$') && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| &text[..length + 2])
}

fn block_comment(text: &str) -> Result<usize, &'static str> {
    let mut depth = 0usize;
    let mut position = 0;
    while position < text.len() {
        if text[position..].starts_with("/*") {
            depth += 1;
            position += 2;
        } else if text[position..].starts_with("*/") {
            depth -= 1;
            position += 2;
            if depth == 0 {
                return Ok(position);
            }
        } else {
            position += text[position..].chars().next().map_or(1, char::len_utf8);
        }
    }
    Err("a comment")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<String> {
        let texts = split(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        texts.into_iter().map(|text| text.sql).filter(|sql| !sql.is_empty()).collect()
    }

    #[test]
    fn semicolons_that_end_nothing() {
        for one in [
            "SELECT ';'",
            "SELECT 'it''s;'",
            r"SELECT E'\';'",
            "SELECT E'a'\n  'b\\';'",
            r"SELECT '\'",
            "SELECT \"a;\"\"b\"",
            "SELECT $$;$$, $x$ $$;$$ $x$",
            "SELECT 1 /* ; /* ; */ ; */",
            "SELECT 1 -- ;\n  + 1",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
            "CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT 1; END",
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END; $$",
            "SELECT a$b$ FROM t WHERE x = $1",
            "SELECT 1e5, 0x1F, U&'d\\0061t;a'",
            "DO $ä$ BEGIN NULL; END $ä$",
        ] {
            assert_eq!(statements(&format!("{one};\nSELECT 2;")), [one, "SELECT 2"], "{one}");
        }
    }

    #[test]
    fn semicolons_that_end_something() {
        assert_eq!(statements("BEGIN; SELECT 1; END;"), ["BEGIN", "SELECT 1", "END"]);
        assert_eq!(statements(";; SELECT 1 ;; -- x"), ["SELECT 1"]);
        assert_eq!(statements("SELECT 1"), ["SELECT 1"]);
        assert_eq!(statements(r"SELECT '\'; SELECT 2"), [r"SELECT '\'", "SELECT 2"]);
        assert_eq!(statements("SELECT some_e'x'; SELECT 2").len(), 2);
    }

    #[test]
    fn what_is_not_closed_has_its_line() {
        for (text, what) in
            [("\n 'x", "a quote"), ("\n\"x", "a quoted name"), ("\n$$x", "a dollar quote"), ("\n/* /* */", "a comment")]
        {
            assert_eq!(split(text).expect_err(text), SplitError { line: 2, what });
        }
    }

    #[test]
    fn comments_before_a_statement_are_its_own() {
        let texts = split("-- one\n\n-- two\nSELECT 1; -- three\n").expect("it splits");
        assert_eq!(texts[0].comments, [(1, "one".to_owned()), (3, "two".to_owned())]);
        assert_eq!((texts[0].line, texts[0].sql.as_str()), (4, "SELECT 1"));
        assert_eq!((texts[1].comments.len(), texts[1].sql.as_str()), (1, ""));
    }

    proptest::proptest! {
        #[test]
        fn it_never_panics_and_loses_no_statement(text in "[a-zA-Zé0-9 ;'\"$()/*\\-\n\\\\]{0,60}") {
            if let Ok(texts) = split(&text) {
                for statement in texts {
                    proptest::prop_assert!(text.contains(&statement.sql));
                }
            }
        }
    }
}
