//! The lines of `autogen.lock`: what the models began and ceased to own, and what each file and proof was.
//!
//! One line an entry and no order that means anything, so that git can join two branches' lines (`merge=union`).

use std::collections::BTreeSet;
use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, Kind, Result};
use crate::revision::RevisionGraph;
use crate::schema::{DefinitionKind, DefinitionName, Entry, Fact, Ledger, Object, QualifiedName};

const TITLE: &str =
    "# Written by autogen: what the models own, and what was proved. Keep both sides' lines when merging.";

/// Characters of a name that would break a line into other parts.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\'').add(b'%').add(b'.').add(b'#');

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockFile {
    pub(super) lines: BTreeSet<Line>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) owner: Owner,
    pub(super) what: What,
}

/// Whose line it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// What models and database agreed on without a revision.
    Baseline,
    /// A revision.
    Revision(String),
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The hash of the revision's file.
    Hash(String),
    /// A proof on this version of Postgres.
    Proved(String),
    /// The models ceased to declare it.
    Removed(Entry),
    /// The models began to declare it.
    Added(Entry),
}

impl LockFile {
    /// Reads the file's text.
    ///
    /// # Errors
    /// [`Kind::Error`] with the line that cannot be understood.
    pub(super) fn parse(shown: &str, text: &str) -> Result<Self> {
        let mut lines = BTreeSet::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            lines.insert(parse_line(line).ok_or_else(|| broken(shown, index + 1, line))?);
        }
        Ok(Self { lines })
    }

    /// The fold over the baseline and the revisions of the folder; lines of missing revisions mean nothing.
    pub(super) fn ledger(&self, graph: &RevisionGraph) -> Ledger {
        let mut ledger = Ledger::default();
        let revisions = graph.oldest_first().map(|revision| Owner::Revision(revision.id.clone()));
        for owner in std::iter::once(Owner::Baseline).chain(revisions) {
            for line in self.of(&owner) {
                match &line.what {
                    What::Removed(entry) => ledger.remove(entry),
                    What::Added(entry) => ledger.insert(entry.clone()),
                    What::Hash(_) | What::Proved(_) => {}
                }
            }
        }
        ledger
    }

    /// The lines of one owner; removals come before additions.
    pub(super) fn of(&self, owner: &Owner) -> impl Iterator<Item = &Line> {
        // The hash is the first kind of line, and the empty one the first hash.
        let first = Line { owner: owner.clone(), what: What::Hash(String::new()) };
        self.lines.range(first..).take_while(move |line| &line.owner == owner)
    }

    /// Forgets the lines of revisions that the folder does not have.
    pub(super) fn prune(&mut self, graph: &RevisionGraph) {
        self.lines.retain(|line| match &line.owner {
            Owner::Baseline => true,
            Owner::Revision(id) => graph.get(id).is_some(),
        });
    }

    /// Forgets hashes and proofs of an owner.
    pub(super) fn forget_proofs(&mut self, owner: &Owner) {
        self.lines.retain(|line| {
            let stays = match line.what {
                What::Hash(_) | What::Proved(_) => false,
                What::Removed(_) | What::Added(_) => true,
            };
            &line.owner != owner || stays
        });
    }

    pub(super) fn remove(&mut self, owner: &Owner, what: &What) {
        self.lines.remove(&Line { owner: owner.clone(), what: what.clone() });
    }

    pub(super) fn insert(&mut self, owner: &Owner, what: What) {
        self.lines.insert(Line { owner: owner.clone(), what });
    }
}

impl fmt::Display for LockFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.owner {
            Owner::Baseline => f.write_str("baseline")?,
            Owner::Revision(id) => f.write_str(id)?,
        }
        match &self.what {
            What::Hash(hash) => write!(f, " = {hash}"),
            What::Proved(version) => write!(f, " proved {version}"),
            What::Removed(entry) => write!(f, " - {}", written(entry)),
            What::Added(entry) => write!(f, " + {}", written(entry)),
        }
    }
}

fn parse_line(line: &str) -> Option<Line> {
    let (owner, rest) = line.split_once(' ')?;
    let (verb, rest) = rest.split_once(' ')?;
    let what = match verb {
        "=" if rest.chars().all(|c| c.is_ascii_hexdigit()) => What::Hash(rest.to_owned()),
        "proved" => What::Proved(rest.to_owned()),
        "+" => What::Added(read(rest)?),
        "-" => What::Removed(read(rest)?),
        _ => return None,
    };
    let owner = match owner {
        "baseline" => Owner::Baseline,
        id => Owner::Revision(id.to_owned()),
    };
    Some(Line { owner, what })
}

fn broken(shown: &str, number: usize, line: &str) -> Error {
    let error = Error::new(Kind::Error, format!("{shown}:{number}: this line cannot be understood: {line}"));
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
        error
            .hint("it is a mark of a merge: keep the lines of both sides and remove the marks")
            .hint(format!("{shown} merge=union   in .gitattributes lets git do so"))
    } else {
        error.hint("restore it from git, or remove it: what a missing line owned is no longer dropped by itself")
    }
}

/// `column public.users.bio`, `column-default public.users.bio`: every part of the name encoded.
fn written(entry: &Entry) -> String {
    let qualified = |name: &QualifiedName| vec![name.namespace.clone(), name.name.clone()];
    let within = |name: &QualifiedName, part: &String| vec![name.namespace.clone(), name.name.clone(), part.clone()];
    let (kind, parts) = match &entry.object {
        Object::Namespace(name) => ("namespace", vec![name.clone()]),
        Object::EnumType(name) => ("enum", qualified(name)),
        Object::EnumLabel(name, label) => ("label", within(name, label)),
        Object::Table(name) => ("table", qualified(name)),
        Object::Column(table, name) => ("column", within(table, name)),
        Object::Constraint(table, name) => ("constraint", within(table, name)),
        Object::Index(table, name) => ("index", within(table, name)),
        Object::Definition(definition) => {
            (definition.kind.words(), qualified(&definition.name).into_iter().chain(definition.part.clone()).collect())
        }
    };
    // One word, so that the first blank ends the kind; no kind has a hyphen of its own but those of facts.
    let kind = kind.replace(' ', "_");
    let fact = entry.fact.map(|fact| format!("-{}", fact_word(fact))).unwrap_or_default();
    // An empty part, such as an empty enum label, still is one: a point stands between parts.
    let parts: Vec<String> = parts.iter().map(|part| utf8_percent_encode(part, ENCODED).to_string()).collect();
    format!("{kind}{fact} {}", parts.join("."))
}

fn read(text: &str) -> Option<Entry> {
    let (kind, name) = text.split_once(' ')?;
    let (kind, fact) = match kind.split_once('-') {
        Some((kind, fact)) => (kind, Some(FACTS.into_iter().find(|f| fact_word(*f) == fact)?)),
        None => (kind, None),
    };
    let decode = |part: &str| percent_decode_str(part).decode_utf8().ok().map(|part| part.into_owned());
    let parts: Vec<String> = name.split('.').map(decode).collect::<Option<_>>()?;
    let object = match (kind, parts.as_slice()) {
        ("namespace", [name]) => Object::Namespace(name.clone()),
        ("enum", [namespace, name]) => Object::EnumType(QualifiedName::new(namespace, name)),
        ("table", [namespace, name]) => Object::Table(QualifiedName::new(namespace, name)),
        ("label", [namespace, name, part]) => Object::EnumLabel(QualifiedName::new(namespace, name), part.clone()),
        ("column", [namespace, name, part]) => Object::Column(QualifiedName::new(namespace, name), part.clone()),
        ("constraint", [namespace, name, part]) => {
            Object::Constraint(QualifiedName::new(namespace, name), part.clone())
        }
        ("index", [namespace, name, part]) => Object::Index(QualifiedName::new(namespace, name), part.clone()),
        (kind, [namespace, name, part @ ..]) if part.len() < 2 => {
            let kind = DefinitionKind::of_words(&kind.replace('_', " "))?;
            let name = QualifiedName::new(namespace, name);
            Object::Definition(DefinitionName { kind, name, part: part.first().cloned() })
        }
        _ => return None,
    };
    Some(Entry { object, fact })
}

const FACTS: [Fact; 7] =
    [Fact::Type, Fact::Default, Fact::Comment, Fact::OnUpdate, Fact::OnDelete, Fact::Name, Fact::Whole];

fn fact_word(fact: Fact) -> &'static str {
    match fact {
        Fact::Type => "type",
        Fact::Default => "default",
        Fact::Comment => "comment",
        Fact::OnUpdate => "on-update",
        Fact::OnDelete => "on-delete",
        Fact::Name => "name",
        Fact::Whole => "whole",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::Revision;

    fn column(name: &str, fact: Option<Fact>) -> Entry {
        Entry { object: Object::Column(QualifiedName::new("public", "users"), name.to_owned()), fact }
    }

    #[test]
    fn every_kind_and_fact_is_read_as_it_is_written() {
        let name = QualifiedName::new("my app", "a.b\n\"c'");
        let objects = [
            Object::Namespace("a b%".to_owned()),
            Object::EnumType(name.clone()),
            Object::EnumLabel(name.clone(), String::new()),
            Object::Table(name.clone()),
            Object::Column(name.clone(), "größe".to_owned()),
            Object::Constraint(name.clone(), "#1".to_owned()),
            Object::Index(name.clone(), "idx-users-bio".to_owned()),
        ];
        let definitions = DefinitionKind::ALL.into_iter().flat_map(|kind| {
            let part = |part| Object::Definition(DefinitionName { kind, name: name.clone(), part });
            [part(None), part(Some(String::new())), part(Some("integer, \"a\".b[]".to_owned()))]
        });
        let objects = objects.into_iter().chain(definitions);
        for object in objects {
            for fact in FACTS.into_iter().map(Some).chain([None]) {
                let line = Line { owner: Owner::Baseline, what: What::Added(Entry { object: object.clone(), fact }) };
                let text = line.to_string();
                assert_eq!(text.lines().count(), 1, "{text}");
                assert_eq!(parse_line(&text), Some(line), "{text}");
            }
        }
    }

    #[test]
    fn the_file_of_the_design() {
        let text = "\
abc123def456 + column-default public.users.bio
abc123def456 = 0fa1
baseline + table public.users
abc123def456 proved 15.18
abc123def456 - column public.users.old
abc123def456 = 0fa1
";
        let lock = LockFile::parse("autogen.lock", text).expect("it is sound");
        let expected = format!(
            "{TITLE}\nbaseline + table public.users\nabc123def456 = 0fa1\nabc123def456 proved 15.18\n\
             abc123def456 - column public.users.old\nabc123def456 + column-default public.users.bio\n"
        );
        assert_eq!(lock.to_string(), expected);
        assert_eq!(LockFile::parse("autogen.lock", &expected).expect("it is sound"), lock);
    }

    #[test]
    fn ownership_follows_the_graph_and_not_the_order_of_ids() {
        let revision = |id: &str, parent: &str| Revision {
            id: id.to_owned(),
            parents: Some(parent.to_owned()).filter(|parent| !parent.is_empty()).into_iter().collect(),
            ..Revision::default()
        };
        let graph = RevisionGraph::new(vec![revision("b", ""), revision("a", "b")]).expect("it is sound");
        let text = "b + column public.users.bio\na - column public.users.bio\na + column public.users.name\n\
                    gone + column public.users.x\n";
        let mut lock = LockFile::parse("autogen.lock", text).expect("it is sound");
        assert_eq!(lock.ledger(&graph).iter().cloned().collect::<Vec<_>>(), [column("name", None)]);
        lock.prune(&graph);
        assert_eq!(lock.lines.len(), 3);
    }

    #[test]
    fn broken_lines_have_their_number() {
        let error = LockFile::parse("autogen.lock", "# x\n\n<<<<<<< HEAD\n").expect_err("it is broken");
        assert_eq!(error.to_string(), "autogen.lock:3: this line cannot be understood: <<<<<<< HEAD");
        assert!(error.hints()[0].contains("merge"));
        for line in ["abc", "abc + table", "abc + table users", "abc + column-x a.b.c", "abc = xyz", "abc ~ table a.b"]
        {
            assert!(LockFile::parse("autogen.lock", line).is_err(), "{line}");
        }
    }
}
