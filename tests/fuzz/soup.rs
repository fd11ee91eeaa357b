//! Texts as pieces (words, quoted texts, comments, marks, white space), and what chance does to them.

use crate::random::Random;
use crate::words;

/// The dictionary and the way of a kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rust,
    Toml,
    History,
}

/// Longer than this is cut: sources of megabytes only make the search slow.
const LONGEST: usize = 400_000;

/// Changes a text a few times. `other` lends its pieces.
pub(crate) fn stir(text: &str, other: &str, kind: Kind, random: &mut Random) -> String {
    let mut pieces = pieces(text);
    for _ in 0..=random.below(3) {
        change(&mut pieces, other, kind, random);
    }
    let mut text = pieces.concat();
    if random.one(60) {
        text = text.replace('\n', "\r\n");
    }
    if random.one(60) {
        text.insert(0, '\u{feff}');
    }
    if random.one(120) {
        text.insert_str(0, "#!/usr/bin/env run\n");
    }
    while text.len() > LONGEST || !text.is_char_boundary(text.len()) {
        text.pop();
    }
    text
}

fn change(pieces: &mut Vec<String>, other: &str, kind: Kind, random: &mut Random) {
    let at = random.below(pieces.len() + 1);
    let end = (at + random.length().min(40)).min(pieces.len());
    // What keeps the text parseable comes most often: it gets furthest.
    match random.below(24) {
        0 => drop(pieces.drain(at..end)),
        1 => {
            let again = pieces[at..end].to_vec();
            for _ in 0..random.length().min(30) {
                pieces.splice(at..at, again.iter().cloned());
            }
        }
        2 if !pieces.is_empty() => {
            let (a, b) = (random.below(pieces.len()), random.below(pieces.len()));
            pieces.swap(a, b);
        }
        3 => {
            let lent = self::pieces(other);
            let from = random.below(lent.len() + 1);
            let to = (from + random.length().min(80)).min(lent.len());
            pieces.splice(at..end.min(at + random.below(4)), lent[from..to].iter().cloned());
        }
        4..=7 => replace_alike(pieces, kind, random),
        8 => pieces.insert(at, format!(" {} ", word(kind, random))),
        9..=12 if kind == Kind::Rust => inside_of_text(pieces, random),
        13..=16 if kind == Kind::Rust => attribute(pieces, random),
        17 if kind == Kind::Rust => {
            let place = beginning_of_item(pieces, at);
            pieces.insert(place, ladder(random));
        }
        9..=21 => {
            let place = beginning_of_item(pieces, at);
            pieces.insert(place, format!("\n{}\n", construct(kind, random)));
        }
        22 => {
            let letters: Vec<char> = pieces.concat().chars().collect();
            let cut = random.below(letters.len() + 1);
            let odd = random.pick(words::TOKENS);
            let after = if random.one(8) { letters.len() } else { (cut + random.below(3)).min(letters.len()) };
            *pieces = self::pieces(&format!(
                "{}{odd}{}",
                letters[..cut].iter().collect::<String>(),
                letters[after..].iter().collect::<String>()
            ));
        }
        _ => {
            let (open, close) = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">")][random.below(4)];
            let times = random.length();
            pieces.insert(end, close.repeat(times));
            pieces.insert(at, open.repeat(times));
        }
    }
}

fn word(kind: Kind, random: &mut Random) -> String {
    match kind {
        Kind::Rust => match random.below(4) {
            0 => random.pick(words::TYPES).to_owned(),
            1 => random.pick(words::VALUES).to_owned(),
            _ => random.pick(words::TOKENS).to_owned(),
        },
        Kind::Toml if random.one(2) => random.pick(words::TOML).to_owned(),
        Kind::History if !random.one(4) => random.pick(words::HISTORY).to_owned(),
        Kind::Toml | Kind::History => random.pick(words::TOKENS).to_owned(),
    }
}

fn construct(kind: Kind, random: &mut Random) -> String {
    match kind {
        Kind::Rust => random.pick(words::CONSTRUCTS).to_owned(),
        Kind::Toml => random.pick(words::TOML).to_owned(),
        Kind::History => random.pick(words::HISTORY).to_owned(),
    }
}

fn ladder(random: &mut Random) -> String {
    let (before, step, inside, close) = words::LADDERS[random.below(words::LADDERS.len())];
    let times = random.length();
    let end = if before.starts_with("#[") { ")] struct Ladder;" } else { ";" };
    format!("\n{before}{}{inside}{}{end}\n", step.repeat(times), close.repeat(times))
}

/// Changes a piece into another of its kind, so that the text often still parses.
fn replace_alike(pieces: &mut [String], kind: Kind, random: &mut Random) {
    for _ in 0..20 {
        let at = random.below(pieces.len());
        let Some(piece) = pieces.get_mut(at) else { return };
        let Some(first) = piece.chars().next() else { continue };
        if first.is_whitespace() {
            continue;
        }
        *piece = match first {
            _ if kind != Kind::Rust => word(kind, random),
            '"' => random.pick(words::VALUES).to_owned(),
            'A'..='Z' => random.pick(words::TYPES).to_owned(),
            'a'..='z' => random.pick(words::KEYS).to_owned(),
            _ => random.pick(words::TOKENS).to_owned(),
        };
        return;
    }
}

/// Changes what stands in quotes: code that SeaORM's macros parse.
fn inside_of_text(pieces: &mut [String], random: &mut Random) {
    let quoted: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].starts_with('"')).collect();
    if quoted.is_empty() {
        return;
    }
    let at = quoted[random.below(quoted.len())];
    let mut inside = self::pieces(pieces[at].trim_matches('"'));
    for _ in 0..=random.below(2) {
        let place = random.below(inside.len() + 1);
        match random.below(4) {
            0 if place < inside.len() => drop(inside.remove(place)),
            1 => {
                let (_, step, value, close) = words::LADDERS[random.below(words::LADDERS.len())];
                let times = random.length();
                inside.insert(place, format!("{}{value}{}", step.repeat(times), close.repeat(times)));
            }
            2 => inside.insert(place, random.pick(words::VALUES).trim_matches('"').to_owned()),
            _ => inside.insert(place, random.pick(words::TOKENS).to_owned()),
        }
    }
    let text = inside.concat().replace('\\', "\\\\").replace('"', "\\\"");
    pieces[at] = format!("\"{text}\"");
}

/// Puts an attribute before a field, a variant or an item.
fn attribute(pieces: &mut Vec<String>, random: &mut Random) {
    let places: Vec<usize> =
        (0..pieces.len()).filter(|at| matches!(pieces[*at].as_str(), "pub" | "#" | "enum" | "struct")).collect();
    if places.is_empty() {
        return;
    }
    let mut text = "#[sea_orm(".to_owned();
    for _ in 0..=random.below(2) {
        text.push_str(random.pick(words::KEYS));
        if !random.one(4) {
            text.push_str(" = ");
            text.push_str(random.pick(words::VALUES));
        }
        text.push_str(if random.one(8) { " " } else { ", " });
    }
    text.push_str(")] ");
    pieces.insert(places[random.below(places.len())], text);
}

/// Where an item may begin at or behind this piece; now and then anywhere.
fn beginning_of_item(pieces: &[String], at: usize) -> usize {
    let found = (at..pieces.len()).find(|at| pieces[*at].starts_with('\n') && pieces[*at].ends_with('\n'));
    found.unwrap_or(pieces.len())
}

/// Splits a text so that the pieces together are the text.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let while_it = |holds: fn(char) -> bool| rest.find(|c| !holds(c)).unwrap_or(rest.len());
        let length = match first {
            '"' => quoted(rest),
            _ if rest.starts_with("//") || rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if first.is_whitespace() => while_it(char::is_whitespace),
            _ if first.is_alphanumeric() || first == '_' => while_it(|c| c.is_alphanumeric() || c == '_'),
            other => other.len_utf8(),
        };
        pieces.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    pieces
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    1
}
