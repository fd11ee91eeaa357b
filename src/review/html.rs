//! The page: one file, no script, nothing fetched.

use askama::Template;

use super::diagram::Diagram;
use super::{Change, Review};
use crate::error::{Error, Kind, Result};
use crate::hazard::HazardKind;

#[derive(Template)]
#[template(path = "review.html")]
struct Page<'a> {
    title: String,
    reviews: Vec<Section<'a>>,
    version: &'static str,
}

struct Section<'a> {
    review: &'a Review,
    loses: usize,
    others: usize,
    upgrade: Vec<SqlLine>,
    downgrade: Vec<SqlLine>,
}

/// A line of SQL, in pieces of a kind each.
struct SqlLine(Vec<(&'static str, String)>);

/// One page for these, in this order.
///
/// # Errors
/// Never, as far as one can see: the text is made in memory.
pub fn html(reviews: &[Review]) -> Result<String> {
    let title = match reviews {
        [one] => one.message.clone(),
        several => format!("{} migrations", several.len()),
    };
    let page = Page { title, reviews: reviews.iter().map(Section::new).collect(), version: env!("CARGO_PKG_VERSION") };
    page.render().map_err(|cause| Error::new(Kind::Error, "the page cannot be made").caused_by(cause))
}

impl<'a> Section<'a> {
    fn new(review: &'a Review) -> Self {
        let hazards = || review.changes.iter().flat_map(|it| &it.hazards);
        let loses = hazards().filter(|it| is(it, HazardKind::LosesData)).count();
        Self {
            review,
            loses,
            others: hazards().count() - loses,
            upgrade: sql(&review.upgrade),
            downgrade: sql(&review.downgrade),
        }
    }

    fn diagram(&self) -> Option<&Diagram> {
        self.review.diagram.as_ref()
    }

    fn parents(&self) -> String {
        if self.review.parents.is_empty() {
            "nothing: it is the first".to_owned()
        } else {
            self.review.parents.join(", ")
        }
    }
}

impl Change {
    fn state(&self) -> &'static str {
        match self.sign {
            '+' => "add",
            '-' => "drop",
            _ => "alter",
        }
    }

    fn shown_detail(&self) -> String {
        self.detail.replace("->", "→")
    }

    /// Its colour, `loses-data`, and the sentence behind it.
    fn shown_hazards(&self) -> Vec<(&'static str, &str, &str)> {
        let shown = |it: &'_ String| -> (&'static str, usize) {
            let state = if is(it, HazardKind::LosesData) { "drop" } else { "alter" };
            (state, it.find(": ").unwrap_or(0))
        };
        let split = |it| {
            let (state, at) = shown(it);
            (state, &it[..at], it[at..].trim_start_matches(": "))
        };
        self.hazards.iter().map(split).collect()
    }
}

fn is(hazard: &str, kind: HazardKind) -> bool {
    hazard.starts_with(&format!("{kind}:"))
}

fn sql(text: &str) -> Vec<SqlLine> {
    text.lines().map(|line| SqlLine(pieces(line))).collect()
}

/// Comments, texts in quotes and words in capitals. By line alone: colours are no judgement.
fn pieces(line: &str) -> Vec<(&'static str, String)> {
    if let Some(comment) = line.trim_start().strip_prefix("--") {
        let comment = comment.trim_start();
        let is_hazard = comment.starts_with("hazard ");
        let kind = if is_hazard {
            "h"
        } else if comment.starts_with("autogen:") {
            "m"
        } else {
            "c"
        };
        return vec![(kind, line.to_owned())];
    }
    let mut pieces: Vec<(&'static str, String)> = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            '\'' | '"' => {
                let end = rest[1..].find(first).map_or(rest.len(), |at| at + 2);
                (if first == '\'' { "s" } else { "" }, end)
            }
            'A'..='Z' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let is_word = rest[..end].chars().all(|c| c.is_ascii_uppercase() || c == '_') && end > 1;
                (if is_word { "k" } else { "" }, end)
            }
            c if c.is_alphanumeric() || c == '_' => {
                ("", rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()))
            }
            c => ("", c.len_utf8()),
        };
        let (piece, behind) = rest.split_at(length);
        match pieces.last_mut() {
            Some((last, text)) if *last == kind => text.push_str(piece),
            _ => pieces.push((kind, piece.to_owned())),
        }
        rest = behind;
    }
    pieces
}
