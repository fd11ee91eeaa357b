//! Attributes, fields and variants written into a source; everything else stays byte for byte.

use std::collections::BTreeMap;
use std::ops::Range;

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::schema::Place;

/// What is to be written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// In the field, variant, struct or enum that stands here.
    pub place: Place,
    /// What is written.
    pub words: Words,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// `indexed`, into `#[sea_orm(..)]` of a field.
    OfColumn(String),
    /// `on_delete = "Cascade"`, into `#[sea_orm(belongs_to ..)]` of a field or variant.
    OfRelation(String),
    /// A field of a struct or a variant of an enum, with its attributes, a line each.
    Member(Vec<String>),
}

/// A text with edits in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new text.
    pub text: String,
    /// Which of the edits found nothing to be written into: code of a macro, or hand-written implementations.
    pub left: Vec<Edit>,
}

/// Writes them.
///
/// # Errors
/// What syn says of a text that is no Rust.
pub fn edit(text: &str, edits: &[Edit]) -> Result<Edited, String> {
    // syn does not count a byte order mark.
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        let edited = edit(rest, edits)?;
        return Ok(Edited { text: format!("\u{feff}{}", edited.text), ..edited });
    }
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut spots = Spots::default();
    spots.visit_file(&file);
    let source = Source { text, newline: if text.contains("\r\n") { "\r\n" } else { "\n" } };
    let (mut attributes, mut members) = (BTreeMap::<usize, Vec<&Edit>>::new(), BTreeMap::<usize, Vec<&Edit>>::new());
    let mut left = Vec::new();
    for edit in edits {
        match source.offset(&edit.place).and_then(|at| spots.innermost(at, &edit.words)) {
            None => left.push(edit.clone()),
            Some(spot) if matches!(edit.words, Words::Member(_)) => members.entry(spot).or_default().push(edit),
            Some(spot) => attributes.entry(spot).or_default().push(edit),
        }
    }
    let mut insertions: Vec<(usize, String)> = Vec::new();
    for (spot, edits) in attributes {
        insertions.push(source.attribute(&spots.0[spot], &edits));
    }
    for (spot, edits) in members {
        insertions.extend(source.members(&spots.0[spot], &edits));
    }
    // From the end, so that what stands before keeps its place.
    insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut text = text.to_owned();
    for (at, written) in insertions {
        text.insert_str(at, &written);
    }
    Ok(Edited { text, left })
}

/// Something that can be written into.
struct Spot {
    range: Range<usize>,
    /// Where it begins behind its attributes and its documentation.
    begin: usize,
    kind: SpotKind,
    attributes: Vec<Attribute>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SpotKind {
    Field,
    Variant,
    /// A struct or an enum: where its braces close, and where its last member ends, with or without a comma.
    Item {
        close: usize,
        last: Option<(usize, bool)>,
    },
}

/// `#[sea_orm(..)]`.
struct Attribute {
    /// Where its content ends: behind its last token, or behind the parenthesis.
    end: usize,
    is_empty: bool,
    ends_in_comma: bool,
    is_relation: bool,
}

#[derive(Default)]
struct Spots(Vec<Spot>);

impl Spots {
    fn innermost(&self, at: usize, words: &Words) -> Option<usize> {
        let fits = |spot: &Spot| match (words, spot.kind) {
            (Words::OfColumn(_), SpotKind::Field) | (Words::Member(_), SpotKind::Item { .. }) => true,
            (Words::OfRelation(_), SpotKind::Field | SpotKind::Variant) => {
                spot.attributes.iter().any(|it| it.is_relation)
            }
            (Words::OfColumn(_), SpotKind::Variant | SpotKind::Item { .. })
            | (Words::OfRelation(_), SpotKind::Item { .. })
            | (Words::Member(_), SpotKind::Field | SpotKind::Variant) => false,
        };
        let found = self.0.iter().enumerate().filter(|(_, it)| it.range.contains(&at) && fits(it));
        found.min_by_key(|(_, it)| it.range.len()).map(|(index, _)| index)
    }

    fn add(&mut self, node: &impl Spanned, attributes: &[syn::Attribute], kind: SpotKind) {
        let range = node.span().byte_range();
        let documented = attributes.last().map_or(range.start, |it| it.span().byte_range().end);
        self.0.push(Spot {
            range,
            kind,
            begin: documented,
            attributes: attributes.iter().filter_map(Attribute::read).collect(),
        });
    }
}

impl<'ast> Visit<'ast> for Spots {
    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.add(field, &field.attrs, SpotKind::Field);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.add(variant, &variant.attrs, SpotKind::Variant);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if let syn::Fields::Named(fields) = &item.fields {
            let close = fields.brace_token.span.close().byte_range().start;
            self.add(item, &item.attrs, SpotKind::Item { close, last: last(&fields.named) });
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let close = item.brace_token.span.close().byte_range().start;
        self.add(item, &item.attrs, SpotKind::Item { close, last: last(&item.variants) });
        visit::visit_item_enum(self, item);
    }
}

fn last<T: Spanned, P>(members: &Punctuated<T, P>) -> Option<(usize, bool)> {
    members.last().map(|it| (it.span().byte_range().end, members.trailing_punct()))
}

impl Attribute {
    fn read(attribute: &syn::Attribute) -> Option<Self> {
        let syn::Meta::List(list) = &attribute.meta else { return None };
        if !list.path.is_ident("sea_orm") {
            return None;
        }
        let tokens: Vec<proc_macro2::TokenTree> = list.tokens.clone().into_iter().collect();
        let open = list.delimiter.span().open().byte_range().end;
        Some(Self {
            end: tokens.last().map_or(open, |it| it.span().byte_range().end),
            is_empty: tokens.is_empty(),
            ends_in_comma: matches!(tokens.last(), Some(proc_macro2::TokenTree::Punct(it)) if it.as_char() == ','),
            is_relation: tokens.iter().any(|it| matches!(it, proc_macro2::TokenTree::Ident(it) if it == "belongs_to")),
        })
    }
}

struct Source<'a> {
    text: &'a str,
    newline: &'static str,
}

impl Source<'_> {
    /// Lines and characters, counted from 1, as bytes.
    fn offset(&self, place: &Place) -> Option<usize> {
        let start = match place.line.checked_sub(2) {
            None => 0,
            Some(number) => self.text.match_indices('\n').nth(number).map(|(at, _)| at + 1)?,
        };
        let line = self.text[start..].lines().next().unwrap_or_default();
        let inside = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        Some(start + inside)
    }

    fn attribute(&self, spot: &Spot, edits: &[&Edit]) -> (usize, String) {
        let words: Vec<&str> = edits
            .iter()
            .filter_map(|edit| match &edit.words {
                Words::OfColumn(words) | Words::OfRelation(words) => Some(words.as_str()),
                Words::Member(_) => None,
            })
            .collect();
        let words = words.join(", ");
        let relation = spot.attributes.iter().find(|it| it.is_relation);
        if let Some(attribute) = relation.or(spot.attributes.first()) {
            let before = match (attribute.is_empty, attribute.ends_in_comma) {
                (true, _) => "",
                (false, true) => " ",
                (false, false) => ", ",
            };
            return (attribute.end, format!("{before}{words}"));
        }
        let at = spot.begin + self.text[spot.begin..].find(|it: char| !it.is_whitespace()).unwrap_or(0);
        // An own line, if the field begins one.
        let behind = match self.indent(at) {
            Some(indent) => format!("{}{indent}", self.newline),
            None => " ".to_owned(),
        };
        (at, format!("#[sea_orm({words})]{behind}"))
    }

    fn members(&self, spot: &Spot, edits: &[&Edit]) -> Vec<(usize, String)> {
        let SpotKind::Item { close, last } = spot.kind else { return Vec::new() };
        let lines = edits.iter().filter_map(|edit| match &edit.words {
            Words::Member(lines) => Some(lines),
            Words::OfColumn(_) | Words::OfRelation(_) => None,
        });
        let lines: Vec<&String> = lines.flatten().collect();
        let comma = last.filter(|(_, comma)| !comma).map(|(end, _)| (end, ",".to_owned()));
        match self.indent(close) {
            Some(indent) => {
                let text: String = lines.iter().map(|line| format!("{indent}    {line}{}", self.newline)).collect();
                comma.into_iter().chain([(close - indent.len(), text)]).collect()
            }
            None => {
                let text: String = lines.iter().map(|line| format!(" {line}")).collect();
                let before = self.text[..close].trim_end().len();
                vec![(before, comma.map(|(_, comma)| comma).unwrap_or_default() + &text)]
            }
        }
    }

    /// What stands before this on its line, if that is nothing but space.
    fn indent(&self, at: usize) -> Option<&str> {
        let start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let before = &self.text[start..at];
        before.chars().all(char::is_whitespace).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Größe.\n\n/// A user.\npub struct Model {\n    #[sea_orm(primary_key,)]\n    pub id: i32,\n    \
                        /// Her name. // not a comment\n    pub name:String, pub ä: i32\n}\n\npub enum Relation {\n    \
                        #[sea_orm(\n        belongs_to = \"super::a::Entity\",\n        from = \"Column::A\"\n    )]\n    A,\n}\n";

    fn at(text: &str, word: &str, words: Words) -> Edit {
        let at = text.find(word).unwrap();
        let line = text[..at].matches('\n').count() + 1;
        let column = text[..at].rsplit('\n').next().unwrap().chars().count() + 1;
        Edit { place: Place { file: "a.rs".into(), line, column }, words }
    }

    /// The lines that are another.
    fn changed(text: &str, edits: &[Edit]) -> String {
        let edited = edit(text, edits).unwrap();
        assert_eq!(edited.left, []);
        syn::parse_file(&edited.text).unwrap();
        let diff = similar::TextDiff::from_lines(text, edited.text.as_str());
        let lines = diff.iter_all_changes().filter(|it| it.tag() != similar::ChangeTag::Equal);
        lines.map(|it| format!("{}{}", it.tag(), it.value())).collect()
    }

    fn column(words: &str) -> Words {
        Words::OfColumn(words.to_owned())
    }

    #[test]
    fn attributes_go_into_attributes() {
        let edits = [at(TEXT, "id: i32", column("indexed")), at(TEXT, "id: i32", column("unique"))];
        assert_eq!(
            changed(TEXT, &edits),
            "-    #[sea_orm(primary_key,)]\n+    #[sea_orm(primary_key, indexed, unique)]\n"
        );
        let relation = at(TEXT, "A,\n}", Words::OfRelation("on_delete = \"Cascade\"".to_owned()));
        assert_eq!(
            changed(TEXT, &[relation]),
            "-        from = \"Column::A\"\n+        from = \"Column::A\", on_delete = \"Cascade\"\n"
        );
    }

    #[test]
    fn a_field_without_one_gets_one() {
        let edits = [at(TEXT, "name:", column("indexed"))];
        assert_eq!(changed(TEXT, &edits), "+    #[sea_orm(indexed)]\n");
        let edits = [at(TEXT, "ä: i32", column("unique"))];
        let inline = "-    pub name:String, pub ä: i32\n+    pub name:String, #[sea_orm(unique)] pub ä: i32\n";
        assert_eq!(changed(TEXT, &edits), inline);
    }

    #[test]
    fn members_come_last() {
        let lines = vec!["#[sea_orm(column_name = \"x\")]".to_owned(), "pub x: i32,".to_owned()];
        let edits = [at(TEXT, "pub struct", Words::Member(lines.clone()))];
        assert_eq!(
            changed(TEXT, &edits),
            "-    pub name:String, pub ä: i32\n+    pub name:String, pub ä: i32,\n+    #[sea_orm(column_name = \
             \"x\")]\n+    pub x: i32,\n"
        );
        let short = "struct Model { id: i32 }";
        let edited = edit(short, &[at(short, "struct", Words::Member(lines))]).unwrap();
        assert_eq!(edited.text, "struct Model { id: i32, #[sea_orm(column_name = \"x\")] pub x: i32, }");
    }

    #[test]
    fn line_ends_stay() {
        let text = TEXT.replace('\n', "\r\n");
        let edited = edit(&text, &[at(&text, "name:", column("indexed"))]).unwrap();
        assert!(edited.text.contains("comment\r\n    #[sea_orm(indexed)]\r\n    pub name"), "{}", edited.text);
        assert_eq!(edited.text.matches("\r\n").count(), text.matches("\r\n").count() + 1);
    }

    #[test]
    fn what_is_no_field_is_left() {
        let text = "fn f() { let name = 1; }";
        let wanted = at(text, "name", column("indexed"));
        assert_eq!(edit(text, std::slice::from_ref(&wanted)).unwrap().left, [wanted]);
    }
}
