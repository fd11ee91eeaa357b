//! Two lines put into the Migrator: by place in the text, so that all else stays as it is.

use std::ops::Range;
use std::path::PathBuf;

use super::Migrator;
use super::migrator::{Host, List};
use super::tree::{Module, Source, Tree, parse, plain};

/// Where a new migration goes, and what it takes to list it.
#[derive(Debug)]
pub(super) struct Place {
    /// Its file.
    pub(super) file: PathBuf,
    /// `mod m1;`, as it is to stand.
    pub(super) declaration: String,
    /// The file that it is to stand in.
    pub(super) host: PathBuf,
    /// `Box::new(m1::Migration)`.
    pub(super) entry: String,
    /// Files with their new texts, in the order to write; none where the Migrator is not to be edited.
    pub(super) texts: Option<Vec<(PathBuf, String)>>,
}

/// Some bytes of a text and what is to be there.
type Edit = (Range<usize>, String);

/// The place of a new migration beside the last one.
pub(super) fn place(migrator: &Migrator, id: &str) -> Option<Place> {
    let tree = Tree::read(&migrator.root);
    let parent = parent(migrator);
    let host = tree.get(&parent)?;
    let path = path_to(migrator, &parent, id);
    let entry = format!("Box::new({path}::Migration)");
    let (declaration, edit) = declaration(host, migrator, id);
    // Where a plain `mod` line looks, wherever `#[path]` has put the others.
    let file = host.children.join(format!("{id}.rs"));
    let texts = texts(migrator, host, edit, &entry, id);
    Some(Place { file, declaration, host: host.source.path.clone(), entry, texts })
}

/// The module that the last migration is declared in; that of the list where there is none yet.
fn parent(migrator: &Migrator) -> Vec<String> {
    let last = migrator.listed.last().map(|it| &it.module);
    match last {
        Some(module) if !migrator.host.module.starts_with(module) => module[..module.len() - 1].to_vec(),
        Some(_) | None => migrator.host.module.clone(),
    }
}

/// The path of the new module as the others are written.
fn path_to(migrator: &Migrator, parent: &[String], id: &str) -> String {
    let last = migrator.list.as_ref().and_then(|list| list.paths.last()).zip(migrator.listed.last());
    if let Some((path, listed)) = last
        && let [prefix @ .., module, _] = path.as_slice()
        && listed.module.last() == Some(module)
    {
        return prefix.iter().map(String::as_str).chain([id]).collect::<Vec<_>>().join("::");
    }
    let way: Vec<&str> = match parent.strip_prefix(migrator.host.module.as_slice()) {
        Some(below) => below.iter().map(String::as_str).collect(),
        None => std::iter::once("crate").chain(parent.iter().map(String::as_str)).collect(),
    };
    way.into_iter().chain([id]).collect::<Vec<_>>().join("::")
}

/// The `mod` line, and where it goes: behind the last of the others that sorts before it.
fn declaration(host: &Module, migrator: &Migrator, id: &str) -> (String, Edit) {
    let source = &host.source;
    let end = line_end(&source.text);
    let declared: Vec<&syn::ItemMod> = host
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(module) if module.content.is_none() => Some(module),
            _ => None,
        })
        .collect();
    let is_listed = |module: &&&syn::ItemMod| {
        migrator.listed.iter().any(|it| it.module.last().is_some_and(|name| *name == plain(&module.ident)))
    };
    let Some(neighbour) = declared.iter().rfind(is_listed) else {
        return first_declaration(host, id, end);
    };
    let visibility = source.text[source.range(*neighbour)].split("mod ").next().unwrap_or_default();
    let visibility = if visibility.contains("#[") || visibility.contains("//") {
        visibility_of(neighbour)
    } else {
        visibility.to_owned()
    };
    let line = format!("{visibility}mod {id};");
    // What stands without an empty line between is kept sorted by rustfmt.
    let run = run(&declared, neighbour, source);
    let before = run.iter().rfind(|module| plain(&module.ident).as_str() < id);
    let (place, is_before) = match (before, run.first()) {
        (Some(module), _) => (source.range(*module), true),
        (None, Some(first)) => (source.range(*first), false),
        (None, None) => (source.range(*neighbour), true),
    };
    let indent = indent(&source.text, place.start);
    if is_before {
        let at = end_of_line(&source.text, place.end);
        return (line.clone(), (at..at, format!("{end}{indent}{line}")));
    }
    (line.clone(), (place.start..place.start, format!("{line}{end}{indent}")))
}

/// The declarations around this one that stand line by line.
fn run<'a>(declared: &[&'a syn::ItemMod], around: &syn::ItemMod, source: &Source) -> Vec<&'a syn::ItemMod> {
    let adjoins = |one: &syn::ItemMod, next: &syn::ItemMod| {
        let between = source.text.get(source.range(one).end..source.range(next).start);
        between.is_some_and(|text| {
            let remark = text.trim();
            text.matches('\n').count() == 1 && (remark.is_empty() || remark.starts_with("//"))
        })
    };
    let position = declared.iter().position(|it| std::ptr::eq(*it, around)).unwrap_or_default();
    let (mut first, mut last) = (position, position);
    while first > 0 && adjoins(declared[first - 1], declared[first]) {
        first -= 1;
    }
    while last + 1 < declared.len() && adjoins(declared[last], declared[last + 1]) {
        last += 1;
    }
    declared.get(first..=last).unwrap_or_default().to_vec()
}

/// `pub`, `pub(crate)` or nothing, where attributes stand before it.
fn visibility_of(module: &syn::ItemMod) -> String {
    use quote::ToTokens;
    let text = module.vis.to_token_stream().to_string().replace(' ', "");
    if text.is_empty() { text } else { format!("{text} ") }
}

/// Behind the last `mod` or `use`, or above everything.
fn first_declaration(host: &Module, id: &str, end: &str) -> (String, Edit) {
    let source = &host.source;
    let line = format!("mod {id};");
    let is_mod = |item: &&syn::Item| matches!(item, syn::Item::Mod(module) if module.content.is_none());
    let is_head = |item: &&syn::Item| matches!(item, syn::Item::Use(_) | syn::Item::ExternCrate(_));
    let behind = host.items.iter().rfind(is_mod).or_else(|| host.items.iter().rfind(is_head));
    let edit = match (behind, host.items.first()) {
        (Some(item), _) => {
            let place = source.range(item);
            let at = end_of_line(&source.text, place.end);
            (at..at, format!("{end}{end}{}{line}", indent(&source.text, place.start)))
        }
        (None, Some(first)) => {
            let start = source.range(first).start;
            (start..start, format!("{line}{end}{end}{}", indent(&source.text, start)))
        }
        (None, None) => (source.text.len()..source.text.len(), format!("{line}{end}")),
    };
    (line, edit)
}

/// Both files with both lines. None where the list is no `vec![..]`, or what would come out does not list the migration.
fn texts(
    migrator: &Migrator,
    host: &Module,
    declaration: Edit,
    entry: &str,
    id: &str,
) -> Option<Vec<(PathBuf, String)>> {
    let list = migrator.list.as_ref()?;
    let Host { file, text, .. } = &migrator.host;
    let entries = entry_edits(text, list, entry);
    let texts = if host.source.path == *file {
        let edits = entries.into_iter().chain([declaration]).collect();
        vec![(file.clone(), edited(text, edits))]
    } else {
        // First what the other needs.
        let host_text = edited(&host.source.text, vec![declaration]);
        vec![(host.source.path.clone(), host_text), (file.clone(), edited(text, entries))]
    };
    let is_rust = |(path, text): &(PathBuf, String)| parse(path, text.clone()).is_some();
    let holds = texts.iter().all(is_rust) && texts.iter().any(|(_, text)| text.contains(&format!("mod {id};")));
    holds.then_some(texts)
}

fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = text.to_owned();
    for (range, with) in edits.into_iter().rev() {
        edited.replace_range(range, &with);
    }
    edited
}

/// As wide as rustfmt lets a list be on one line.
const WIDEST_LIST: usize = 60;

/// The entry behind the last one.
fn entry_edits(text: &str, list: &List, entry: &str) -> Vec<Edit> {
    let end = line_end(text);
    let insert = |at: usize, with: String| (at..at, with);
    let inside = &text[list.inside.clone()];
    let Some(last) = list.elements.last() else {
        if inside.trim().is_empty() && !inside.contains('\n') {
            return vec![(list.inside.clone(), entry.to_owned())];
        }
        let at = list.inside.start + inside.trim_end().len();
        let indent = format!("{}    ", indent(text, list.inside.end));
        return vec![insert(at, format!("{end}{indent}{entry},"))];
    };
    let lead = indent_before(text, last.start);
    match (lead, list.trailing_comma) {
        (Some(lead), Some(comma)) => {
            vec![insert(end_of_list_line(text, comma, list), format!("{end}{lead}{entry},"))]
        }
        (Some(lead), None) => {
            let at = end_of_list_line(text, last.end, list);
            let entry = format!("{end}{lead}{entry}");
            if at == last.end {
                vec![insert(at, format!(",{entry}"))]
            } else {
                vec![insert(last.end, ",".to_owned()), insert(at, entry)]
            }
        }
        (None, comma) => beside(text, list, entry, comma, last),
    }
}

/// The last entry shares its line with another one, or with the bracket.
fn beside(text: &str, list: &List, entry: &str, comma: Option<usize>, last: &Range<usize>) -> Vec<Edit> {
    let end = line_end(text);
    let inside = &text[list.inside.clone()];
    let in_one_line = !inside.contains('\n') && !inside.contains("/*");
    let fits = |width: usize| width <= WIDEST_LIST;
    if !(in_one_line && fits(inside.trim().len()) && !fits(inside.trim().len() + ", ".len() + entry.len())) {
        return match comma {
            Some(comma) => vec![(comma..comma, format!(" {entry},"))],
            None => vec![(last.end..last.end, format!(", {entry}"))],
        };
    }
    // rustfmt would break the line: only spaces change.
    let outer = indent(text, list.inside.start);
    let broken = format!("{end}{outer}    ");
    let mut edits: Vec<Edit> = Vec::new();
    let mut from = list.inside.start;
    for element in &list.elements {
        let gap = &text[from..element.start];
        let kept = gap.trim_end();
        edits.push((from + kept.len()..element.start, broken.clone()));
        from = element.end;
    }
    let tail = comma.unwrap_or(last.end);
    let before = if comma.is_some() { "" } else { "," };
    edits.push((tail..list.inside.end, format!("{before}{broken}{entry},{end}{outer}")));
    edits
}

/// The end of the line at this place, where nothing but a remark follows in it.
fn end_of_list_line(text: &str, at: usize, list: &List) -> usize {
    let end = end_of_line(text, at);
    if end <= list.inside.end { end } else { at }
}

/// The end of the line where only spaces and a remark stand behind this place; else the place.
fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text[at..].split('\n').next().unwrap_or_default();
    let rest = rest.strip_suffix('\r').unwrap_or(rest);
    let behind = rest.trim();
    if behind.is_empty() || behind.starts_with("//") { at + rest.trim_end().len() } else { at }
}

/// The spaces that the line of this place begins with.
fn indent(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The same where nothing else stands before the place.
fn indent_before(text: &str, at: usize) -> Option<&str> {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let lead = &text[start..at];
    lead.trim().is_empty().then_some(lead).filter(|_| text[..at].contains('\n'))
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests;
