//! How deep a text may nest. syn walks down one call at a time, and so does what reads its trees: without a limit a
//! text could overflow the stack, which ends the process without a word.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parse;
use syn::{LitStr, Result};

/// No code of people comes near. The stack of [`super::models`] holds it in a build without optimisations.
const DEEPEST: usize = 3_000;

/// Parses a whole file, as `syn::parse_file` does.
pub(super) fn file(text: &str) -> Result<syn::File> {
    let for_shell = text.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    let code = if for_shell { &text[text.find('\n').unwrap_or(text.len())..] } else { text };
    // So few letters cannot be deep.
    if code.len() > DEEPEST { tokens(code.parse()?) } else { syn::parse_str(code) }
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
