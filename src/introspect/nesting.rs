//! How deep a text may nest. syn walks down one call at a time, and so does what reads its trees: without a limit a
//! text could overflow the stack, which ends the process without a word.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{LitStr, Result, Token};

/// No code of people comes near. The stack of [`super::models`] holds it in a build without optimisations.
const DEEPEST: usize = 3_000;

/// Parses a whole file, as `syn::parse_file` does.
pub(crate) fn file(text: &str) -> Result<syn::File> {
    let for_shell = text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    let code = if for_shell { &text[text.find('\n').unwrap_or(text.len())..] } else { text };
    // So few tokens cannot be deep.
    if most_tokens(code) > DEEPEST { tokens(code.parse()?) } else { syn::parse_str(code) }
}

/// At least as many tokens as the text has. To count is cheaper than to look, and most files are short.
fn most_tokens(code: &str) -> usize {
    let mut within_word = false;
    let mut count = 0;
    for byte in code.bytes() {
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        count += match byte {
            _ if word => usize::from(!within_word),
            // `//!` becomes the six tokens of `#![doc = ".."]`.
            b'/' => 3,
            _ => usize::from(!byte.is_ascii_whitespace()),
        };
        within_word = word;
    }
    count
}

/// Parses what a macro made.
pub(super) fn tokens<T: Parse>(tokens: TokenStream) -> Result<T> {
    check(&tokens)?;
    syn::parse2(tokens)
}

/// Parses the code in a string. The place of an error is that of the string: inside, nobody counts lines.
pub(super) fn code<T: Parse>(text: &LitStr) -> Result<T> {
    let value = text.value();
    let checked = match value.len() > DEEPEST {
        true => value.parse().map_err(syn::Error::from).and_then(|tokens| check(&tokens)),
        false => Ok(()),
    };
    checked.and_then(|()| text.parse()).map_err(|error| syn::Error::new(text.span(), error))
}

/// Parses the path in a string. Words and `::`, what nearly all write, need no parser.
pub(super) fn path(text: &LitStr) -> Result<syn::Path> {
    let value = text.value();
    let mut words = value.split("::").peekable();
    let mut segments = Punctuated::new();
    while let Some(word) = words.next() {
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let begins = word.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
        if !(plain && begins) || KEYWORDS.contains(&word) {
            return code(text);
        }
        segments.push_value(syn::PathSegment::from(syn::Ident::new(word, text.span())));
        if words.peek().is_some() {
            segments.push_punct(Token![::](text.span()));
        }
    }
    Ok(syn::Path { leading_colon: None, segments })
}

/// Words that no path has, from the chapter "Keywords" of the Rust Reference.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A level of groups: what is left of it, and how deep its current part is.
struct Level {
    rest: proc_macro2::token_stream::IntoIter,
    delimiter: Delimiter,
    /// Depth of the group itself.
    outer: usize,
    /// Tokens since the part began.
    run: usize,
    /// Those of them that may hold commas: `<` without its `>`, and `|`.
    open: usize,
    /// The token before may be the first half of an arrow.
    arrow: bool,
}

/// Every token may nest what follows it, up to the next comma, semicolon or item: `!!!x`, `a + b + c`, `A<B<C>>`.
fn check(tokens: &TokenStream) -> Result<()> {
    let level = |tokens: TokenStream, delimiter: Delimiter, outer: usize| Level {
        rest: tokens.into_iter(),
        delimiter,
        outer,
        run: 0,
        open: 0,
        arrow: false,
    };
    let mut levels = vec![level(tokens.clone(), Delimiter::Brace, 0)];
    let mut after_block = false;
    while let Some(current) = levels.last_mut() {
        let Some(token) = current.rest.next() else {
            after_block = levels.pop().is_some_and(|closed| closed.delimiter == Delimiter::Brace);
            continue;
        };
        current.pass(&token, std::mem::take(&mut after_block));
        let depth = current.outer + current.run;
        if depth > DEEPEST {
            return Err(too_deep(token.span()));
        }
        if let TokenTree::Group(group) = token {
            levels.push(level(group.stream(), group.delimiter(), depth));
        }
    }
    Ok(())
}

impl Level {
    fn pass(&mut self, token: &TokenTree, after_block: bool) {
        match token {
            // After a block a word begins something new.
            TokenTree::Ident(word) if after_block && word != "else" && word != "as" => self.begin(),
            TokenTree::Literal(_) if after_block => self.begin(),
            TokenTree::Punct(mark) => match mark.as_char() {
                ';' => self.begin(),
                ',' => self.run = self.open,
                '#' if after_block => self.begin(),
                '<' | '|' => self.open += 2,
                '>' if !self.arrow => self.open = self.open.saturating_sub(2),
                _ => {}
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_) => {}
        }
        self.arrow = matches!(token, TokenTree::Punct(mark) if matches!(mark.as_char(), '-' | '=') && mark.spacing() == Spacing::Joint);
        self.run += 1;
    }

    fn begin(&mut self) {
        (self.run, self.open) = (0, 0);
    }
}

fn too_deep(span: Span) -> syn::Error {
    syn::Error::new(span, format!("it nests deeper than {DEEPEST} levels, counted from here outwards"))
}
