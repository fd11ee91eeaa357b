//! `macro_rules!`, expanded far enough for what defines types: every fragment kind, nested repetitions, no hygiene.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{Parse, ParseStream, Parser as _};

/// A call that becomes more than this is one that doubles itself.
const MOST_TOKENS: usize = 200_000;

/// A `macro_rules!` definition.
#[derive(Debug)]
pub(super) struct MacroRules {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    matcher: Vec<Part>,
    body: Vec<Part>,
}

/// A part of a matcher or of a body.
#[derive(Debug)]
enum Part {
    Token(TokenTree),
    Group(Delimiter, Vec<Part>),
    /// `$crate`
    Crate,
    /// `$name:kind`, in bodies `$name`.
    Variable(String, String),
    /// `$( .. ) separator operator`
    Repeat {
        inner: Vec<Part>,
        separator: Option<TokenTree>,
        operator: char,
    },
}

/// What a variable stands for.
#[derive(Debug, Clone)]
enum Bound {
    Once(TokenStream),
    Often(Rc<[Bindings]>),
}

type Bindings = HashMap<String, Bound>;

impl MacroRules {
    /// Reads the definition's body: `(matcher) => { body }; ..`.
    pub(super) fn parse(definition: TokenStream) -> Option<Self> {
        let mut tokens = definition.into_iter().peekable();
        let mut rules = Vec::new();
        while let Some(first) = tokens.next() {
            let TokenTree::Group(matcher) = first else { return None };
            if !(is_punct(&tokens.next()?, '=') && is_punct(&tokens.next()?, '>')) {
                return None;
            }
            let TokenTree::Group(body) = tokens.next()? else { return None };
            rules.push(Rule { matcher: parts(matcher.stream(), true)?, body: parts(body.stream(), false)? });
            tokens.next_if(|token| is_punct(token, ';'));
        }
        Some(Self { rules })
    }

    /// What a call becomes, by the first rule that matches. Tokens of the definition get the place of the call. `of` is
    /// the crate of the definition, if it is another one.
    pub(super) fn expand(&self, arguments: TokenStream, call: Span, of: Option<&str>) -> Option<TokenStream> {
        let site = Site { call, of, room: &Cell::new(MOST_TOKENS) };
        self.rules.iter().find_map(|rule| {
            let mut bindings = Bindings::new();
            match_whole(&rule.matcher, arguments.clone(), &mut bindings)?;
            transcribe(&rule.body, &bindings, site)
        })
    }
}

/// Where a macro is called, and the crate that its definition stands in.
#[derive(Clone, Copy)]
struct Site<'a> {
    call: Span,
    of: Option<&'a str>,
    /// How many tokens it may still become.
    room: &'a Cell<usize>,
}

impl Site<'_> {
    /// `None` where there is no room for so many tokens.
    fn take(&self, tokens: usize) -> Option<()> {
        self.room.set(self.room.get().checked_sub(tokens)?);
        Some(())
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn parts(stream: TokenStream, in_matcher: bool) -> Option<Vec<Part>> {
    let mut tokens = stream.into_iter().peekable();
    let mut parts = Vec::new();
    while let Some(token) = tokens.next() {
        if !is_punct(&token, '$') {
            parts.push(match token {
                TokenTree::Group(group) => Part::Group(group.delimiter(), self::parts(group.stream(), in_matcher)?),
                token => Part::Token(token),
            });
            continue;
        }
        match tokens.next()? {
            TokenTree::Ident(name) if name == "crate" => {
                parts.push(Part::Crate);
            }
            TokenTree::Ident(name) if in_matcher => {
                let colon = is_punct(&tokens.next()?, ':');
                let TokenTree::Ident(kind) = tokens.next().filter(|_| colon)? else { return None };
                parts.push(Part::Variable(name.to_string(), kind.to_string()));
            }
            TokenTree::Ident(name) => parts.push(Part::Variable(name.to_string(), String::new())),
            TokenTree::Group(group) => {
                let inner = self::parts(group.stream(), in_matcher)?;
                let next = tokens.next()?;
                let (separator, operator) = match operator(&next) {
                    Some(operator) => (None, operator),
                    None => (Some(next), operator(&tokens.next()?)?),
                };
                parts.push(Part::Repeat { inner, separator, operator });
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => return None,
        }
    }
    Some(parts)
}

fn operator(token: &TokenTree) -> Option<char> {
    match token {
        TokenTree::Punct(punct) if matches!(punct.as_char(), '*' | '+' | '?') => Some(punct.as_char()),
        _ => None,
    }
}

/// Matches parts against the beginning of the input.
fn match_all(matcher: &[Part], input: ParseStream<'_>, bindings: &mut Bindings) -> Option<()> {
    for part in matcher {
        match part {
            Part::Token(wanted) => same(&input.parse().ok()?, wanted).then_some(())?,
            Part::Crate => return None,
            Part::Group(delimiter, inner) => {
                let group: Group = input.parse().ok().filter(|group: &Group| group.delimiter() == *delimiter)?;
                match_whole(inner, group.stream(), bindings)?;
            }
            Part::Variable(name, kind) => {
                bindings.insert(name.clone(), Bound::Once(fragment(kind, input)?));
            }
            Part::Repeat { inner, separator, operator } => {
                let rounds = match_often(inner, separator.as_ref(), *operator, input)?;
                let mut names = Vec::new();
                variables(inner, &mut names);
                for name in names {
                    bindings.insert(name, Bound::Often(Rc::clone(&rounds)));
                }
            }
        }
    }
    Some(())
}

/// The same for a stream of which nothing may be left over.
fn match_whole(matcher: &[Part], input: TokenStream, bindings: &mut Bindings) -> Option<()> {
    let parser = |input: ParseStream<'_>| match_all(matcher, input, bindings).ok_or_else(|| input.error("no match"));
    parser.parse2(input).ok()
}

fn match_often(
    inner: &[Part],
    separator: Option<&TokenTree>,
    operator: char,
    input: ParseStream<'_>,
) -> Option<Rc<[Bindings]>> {
    let mut rounds: Vec<Bindings> = Vec::new();
    let most = if operator == '?' { 1 } else { usize::MAX };
    while !input.is_empty() && rounds.len() < most {
        let ahead = input.fork();
        let separated = match separator {
            Some(separator) if !rounds.is_empty() => ahead.parse().is_ok_and(|token| same(&token, separator)),
            Some(_) | None => true,
        };
        let mut round = Bindings::new();
        let matches = separated && match_all(inner, &ahead, &mut round).is_some();
        // What matches nothing would match nothing for ever.
        if !matches || ahead.cursor() == input.cursor() {
            break;
        }
        input.advance_to(&ahead);
        rounds.push(round);
    }
    (operator != '+' || !rounds.is_empty()).then_some(rounds.into())
}

fn same(a: &TokenTree, b: &TokenTree) -> bool {
    match (a, b) {
        (TokenTree::Punct(a), TokenTree::Punct(b)) => a.as_char() == b.as_char(),
        (TokenTree::Group(_), _) | (_, TokenTree::Group(_)) => false,
        (a, b) => a.to_string() == b.to_string(),
    }
}

/// What a fragment of this kind takes from the beginning of the input.
fn fragment(kind: &str, input: ParseStream<'_>) -> Option<TokenStream> {
    match kind {
        "ident" => first::<Parsed<AnyIdent>>(input),
        "tt" => first::<TokenTree>(input),
        "ty" => first::<syn::Type>(input),
        "path" => first::<syn::Path>(input),
        "expr" | "expr_2021" => first::<syn::Expr>(input),
        "literal" => first::<syn::Lit>(input),
        "lifetime" => first::<syn::Lifetime>(input),
        "vis" => first::<syn::Visibility>(input),
        "block" => first::<syn::Block>(input),
        "item" => first::<syn::Item>(input),
        "meta" => first::<syn::Meta>(input),
        "stmt" => first::<syn::Stmt>(input),
        "pat" | "pat_param" => first::<Parsed<AnyPattern>>(input),
        _ => None,
    }
}

fn first<T: Parse + ToTokens>(input: ParseStream<'_>) -> Option<TokenStream> {
    Some(input.parse::<T>().ok()?.into_token_stream())
}

/// What syn parses by a function instead of by `Parse`.
struct Parsed<T: Way>(T::Value);

trait Way {
    type Value: ToTokens;
    fn parse(input: ParseStream<'_>) -> syn::Result<Self::Value>;
}

/// A keyword is an identifier here, except for `_`.
struct AnyIdent;
struct AnyPattern;

impl Way for AnyIdent {
    type Value = Ident;
    fn parse(input: ParseStream<'_>) -> syn::Result<Ident> {
        input.call(<Ident as syn::ext::IdentExt>::parse_any)
    }
}

impl Way for AnyPattern {
    type Value = syn::Pat;
    fn parse(input: ParseStream<'_>) -> syn::Result<syn::Pat> {
        syn::Pat::parse_multi(input)
    }
}

impl<T: Way> Parse for Parsed<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        T::parse(input).map(Self)
    }
}

impl<T: Way> ToTokens for Parsed<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

fn variables(parts: &[Part], names: &mut Vec<String>) {
    for part in parts {
        match part {
            Part::Variable(name, _) => names.push(name.clone()),
            Part::Group(_, inner) | Part::Repeat { inner, .. } => variables(inner, names),
            Part::Token(_) | Part::Crate => {}
        }
    }
}

fn transcribe(body: &[Part], bindings: &Bindings, site: Site<'_>) -> Option<TokenStream> {
    let call = site.call;
    let mut output = TokenStream::new();
    for part in body {
        site.take(1)?;
        match part {
            Part::Token(token) => output.extend([placed(token, call)]),
            Part::Crate => output.extend(crate_of(site)?),
            Part::Group(delimiter, inner) => {
                let mut group = Group::new(*delimiter, transcribe(inner, bindings, site)?);
                group.set_span(call);
                output.extend([TokenTree::Group(group)]);
            }
            Part::Variable(name, _) => match bindings.get(name) {
                Some(Bound::Once(tokens)) => {
                    site.take(tokens.clone().into_iter().count())?;
                    output.extend(tokens.clone());
                }
                Some(Bound::Often(_)) => return None,
                // `$name` that no matcher binds belongs to a macro that this one defines.
                None => output.extend([TokenTree::Punct(dollar(call)), TokenTree::Ident(ident(name, call))]),
            },
            Part::Repeat { inner, separator, .. } => {
                let mut names = Vec::new();
                variables(inner, &mut names);
                let rounds = names.iter().find_map(|name| match bindings.get(name) {
                    Some(Bound::Often(rounds)) => Some(rounds),
                    Some(Bound::Once(_)) | None => None,
                })?;
                for (number, _) in rounds.iter().enumerate() {
                    if let (Some(separator), true) = (separator, number > 0) {
                        output.extend([placed(separator, call)]);
                    }
                    output.extend(transcribe(inner, &round(bindings, &names, number)?, site)?);
                }
            }
        }
    }
    Some(output)
}

/// The bindings as one round of a repetition sees them.
fn round(bindings: &Bindings, names: &[String], number: usize) -> Option<Bindings> {
    let mut seen = bindings.clone();
    for name in names {
        if let Some(Bound::Often(rounds)) = bindings.get(name) {
            seen.insert(name.clone(), rounds.get(number)?.get(name)?.clone());
        }
    }
    Some(seen)
}

/// `crate`, or `::name` where that is another crate.
fn crate_of(site: Site<'_>) -> Option<TokenStream> {
    let path = site.of.map_or("crate".to_owned(), |name| format!("::{name}"));
    let tokens: TokenStream = path.parse().ok()?;
    Some(tokens.into_iter().map(|token| placed(&token, site.call)).collect())
}

fn placed(token: &TokenTree, call: Span) -> TokenTree {
    let mut token = token.clone();
    token.set_span(call);
    token
}

fn ident(name: &str, call: Span) -> Ident {
    name.strip_prefix("r#").map_or_else(|| Ident::new(name, call), |name| Ident::new_raw(name, call))
}

fn dollar(call: Span) -> Punct {
    let mut dollar = Punct::new('$', proc_macro2::Spacing::Alone);
    dollar.set_span(call);
    dollar
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn expanded(definition: TokenStream, call: TokenStream) -> Option<String> {
        let expanded = MacroRules::parse(definition)?.expand(call, Span::call_site(), None)?;
        Some(expanded.to_string())
    }

    #[test]
    fn repetitions_are_unrolled() {
        let definition =
            quote!(($vis:vis $($name:ident : $inner:ty),* $(,)?) => { $($vis struct $name(pub $inner);)* };);
        let call = quote!(pub A: Vec<u8>, B: i64,);
        let wanted = quote!(
            pub struct A(pub Vec<u8>);
            pub struct B(pub i64);
        );
        assert_eq!(expanded(definition, call), Some(wanted.to_string()));
    }

    #[test]
    fn repetitions_may_be_nested() {
        let definition = quote!(($($name:ident { $($label:literal)* })+) => { $($name [ $(=> $label),* ];)+ });
        let wanted = quote!(A [ => "a", => "b" ]; B [];);
        assert_eq!(expanded(definition, quote!(A { "a" "b" } B {})), Some(wanted.to_string()));
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let definition = quote!((text $a:ident) => { struct $a(String); }; ($a:ident) => { struct $a(i64); });
        assert_eq!(
            expanded(definition.clone(), quote!(text A)),
            Some(
                quote!(
                    struct A(String);
                )
                .to_string()
            )
        );
        assert_eq!(
            expanded(definition.clone(), quote!(A)),
            Some(
                quote!(
                    struct A(i64);
                )
                .to_string()
            )
        );
        assert_eq!(expanded(definition, quote!(A B C)), None);
    }
}
