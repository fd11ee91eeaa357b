//! `extras.sql`: what is declared in SQL, because the entities cannot say it. Only its statements' first words are read
//! here; what they mean, Postgres says ([`super::declare`]).

use std::path::PathBuf;

use crate::error::{Error, Kind, Result};
use crate::migration::{split, tokens};
use crate::schema::{Place, QualifiedName};

/// The statements of `extras.sql`.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    pub(super) statements: Vec<Extra>,
}

/// One statement.
#[derive(Debug, Clone)]
pub(super) struct Extra {
    pub(super) sql: String,
    pub(super) place: Place,
    pub(super) head: Head,
}

/// One statement, for those who show it.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// `create view`, `alter table`, `comment`.
    pub verb: String,
    /// What it is about.
    pub name: Option<&'a QualifiedName>,
    /// The table or view that a trigger, policy, rule or index is made on.
    pub on: Option<&'a QualifiedName>,
    /// Whether tables may need it: a type, a domain, an extension, a schema.
    pub before_tables: bool,
    /// Its text, without a final semicolon.
    pub sql: &'a str,
    /// Where it stands.
    pub place: &'a Place,
}

/// What the first words of a statement say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// `CREATE`, `ALTER` or `COMMENT`.
    pub(super) verb: String,
    /// `VIEW`, `MATERIALIZED VIEW`, `INDEX`, ..
    pub(super) kind: String,
    /// What it is about.
    pub(super) name: Option<QualifiedName>,
    /// The table or view that a trigger, policy, rule or index is made on.
    pub(super) on: Option<QualifiedName>,
    /// The constraints that an ALTER TABLE adds.
    pub(super) constraints: Vec<String>,
    /// The columns that it adds or alters.
    pub(super) columns: Vec<String>,
    /// Those of them that it adds.
    pub(super) added: Vec<String>,
}

/// What can be created, as a statement's first words have it.
const KINDS: [&str; 15] = [
    "EXTENSION",
    "SCHEMA",
    "TYPE",
    "DOMAIN",
    "SEQUENCE",
    "TABLE",
    "INDEX",
    "VIEW",
    "MATERIALIZED VIEW",
    "FUNCTION",
    "PROCEDURE",
    "TRIGGER",
    "POLICY",
    "RULE",
    "STATISTICS",
];

impl Extras {
    /// Takes the text apart. `file` is its name relative to autogen.toml, for places.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`] with the place of a quote that is not closed, or of a statement that declares nothing.
    pub fn parse(file: impl Into<PathBuf>, text: &str, default_namespace: &str) -> Result<Self> {
        let file = file.into();
        let place = |line| Place { file: file.clone(), line, column: 1 };
        let texts = split(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|unclosed| {
            Error::new(Kind::Usage, format!("{}: {} is not closed", place(unclosed.line), unclosed.what))
                .hint("close it; autogen reads SQL as psql does, its backslash commands aside")
        })?;
        let statements = texts.into_iter().filter(|text| !text.sql.is_empty()).map(|text| {
            let place = place(text.line);
            let words = tokens(&text.sql).unwrap_or_default();
            let head = head(&words, default_namespace).map_err(|refusal| refusal.at(&place))?;
            Ok(Extra { sql: text.sql, place, head })
        });
        Ok(Self { statements: statements.collect::<Result<_>>()? })
    }

    /// One by one, in the order of the file.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        self.statements.iter().map(|Extra { sql, place, head }| {
            let verb = format!("{} {}", head.verb, head.kind).trim_end().to_lowercase();
            let before_tables = matches!(head.kind.as_str(), "EXTENSION" | "SCHEMA" | "TYPE" | "DOMAIN");
            Statement { verb, name: head.name.as_ref(), on: head.on.as_ref(), before_tables, sql, place }
        })
    }

    /// The namespaces that the statements name.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let names = self.statements.iter().flat_map(|it| match it.head.kind.as_str() {
            "EXTENSION" => Vec::new(),
            "SCHEMA" => it.head.name.iter().map(|name| name.name.clone()).collect(),
            _ => it.head.name.iter().chain(&it.head.on).map(|name| name.namespace.clone()).collect(),
        });
        names.collect()
    }

    /// The extensions that they create.
    #[must_use]
    pub fn extensions(&self) -> Vec<String> {
        let created = self.statements.iter().filter(|it| it.head.verb == "CREATE" && it.head.kind == "EXTENSION");
        created.filter_map(|it| it.head.name.as_ref()).map(|name| name.name.clone()).collect()
    }

    /// Whether a statement creates something of one of these kinds under this name.
    pub(super) fn creates(&self, kinds: &[&str], name: &QualifiedName) -> bool {
        self.statements.iter().any(|it| {
            it.head.verb == "CREATE" && kinds.contains(&it.head.kind.as_str()) && it.head.name.as_ref() == Some(name)
        })
    }

    /// Whether a statement adds this column.
    pub(super) fn adds_column(&self, table: &QualifiedName, column: &str) -> bool {
        self.statements
            .iter()
            .any(|it| it.head.name.as_ref() == Some(table) && it.head.added.iter().any(|it| it == column))
    }

    /// Whether there is no statement at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// Why a statement has no place in extras.sql.
#[derive(Debug)]
struct Refusal {
    message: String,
    hint: &'static str,
}

impl Refusal {
    fn new(message: impl Into<String>, hint: &'static str) -> Self {
        Self { message: message.into(), hint }
    }

    fn at(self, place: &Place) -> Error {
        Error::new(Kind::Usage, format!("{place}: {}", self.message)).hint(self.hint)
    }
}

const BY_HAND: &str = "write it into a revision by hand: autogen create MESSAGE --no-autogenerate";

/// Reads the first words.
fn head(words: &[&str], default_namespace: &str) -> Result<Head, Refusal> {
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    let mut reader = Words { words, upper: &upper, position: 0, default_namespace };
    match upper.first().copied().unwrap_or_default() {
        "CREATE" => create(&mut reader),
        "ALTER" => alter(&mut reader),
        "COMMENT" => Ok(Head { verb: "COMMENT".to_owned(), ..Head::default() }),
        "GRANT" | "REVOKE" => Err(Refusal::new("privileges are kept as they are and never compared", BY_HAND)),
        "DROP" => Err(Refusal::new(
            "extras.sql declares what is there: what is to go is taken out of it",
            "remove the DROP, and the statement that made it; or, for what nobody declared: autogen create --strict",
        )),
        "INSERT" | "UPDATE" | "DELETE" | "COPY" | "TRUNCATE" | "MERGE" => {
            Err(Refusal::new("extras.sql declares structure, and this changes rows", BY_HAND))
        }
        "SET" | "RESET" | "SELECT" | "BEGIN" | "COMMIT" | "START" | "ROLLBACK" => Err(Refusal::new(
            "a session's settings and transactions declare nothing",
            "remove the line; names without a namespace are in the one that autogen.toml calls `schema`",
        )),
        "\\" => Err(Refusal::new("backslash commands are psql's own", "write the SQL itself here; there is one file")),
        other => Err(Refusal::new(format!("`{other}` declares nothing that autogen compares"), BY_HAND)),
    }
}

fn create(reader: &mut Words<'_>) -> Result<Head, Refusal> {
    reader.position = 1;
    let passed = ["OR", "REPLACE", "UNLOGGED", "UNIQUE", "CONSTRAINT", "TRUSTED", "RECURSIVE"];
    while passed.contains(&reader.word()) {
        reader.position += 1;
    }
    let first = reader.word().to_owned();
    let kind = if first == "MATERIALIZED" { "MATERIALIZED VIEW".to_owned() } else { first };
    if ["TEMP", "TEMPORARY", "GLOBAL", "LOCAL"].contains(&kind.as_str()) {
        return Err(Refusal::new("what is temporary is not part of the schema", "remove it"));
    }
    if !KINDS.contains(&kind.as_str()) {
        return Err(Refusal::new(format!("autogen does not compare what CREATE {kind} makes"), BY_HAND));
    }
    reader.position += if kind == "MATERIALIZED VIEW" { 2 } else { 1 };
    if reader.word() == "CONCURRENTLY" {
        return Err(Refusal::new(
            "CONCURRENTLY says how to build an index, not which one there is",
            "leave CONCURRENTLY out here; the migration says how it is built",
        ));
    }
    reader.pass(&["IF", "NOT", "EXISTS"]);
    // Postgres makes up the name of an index that has none.
    let name = if kind == "INDEX" && reader.word() == "ON" { None } else { reader.name() };
    refuse_unseen(&kind, &reader.upper[reader.position..])?;
    let on = match kind.as_str() {
        "INDEX" | "TRIGGER" | "POLICY" => reader.name_after("ON"),
        "RULE" => reader.name_after("TO"),
        "STATISTICS" => reader.name_after("FROM"),
        _ => None,
    };
    Ok(Head { verb: "CREATE".to_owned(), kind, name, on, ..Head::default() })
}

/// What has a keyword that is compared and is none of what is compared under it.
fn refuse_unseen(kind: &str, rest: &[&str]) -> Result<(), Refusal> {
    let unseen = match kind {
        "TABLE" if rest.starts_with(&["PARTITION", "OF"]) => Some("a partition"),
        "TABLE" if rest.contains(&"INHERITS") => Some("a table that inherits"),
        "TYPE" if !rest.starts_with(&["AS", "ENUM"]) && !rest.starts_with(&["AS", "("]) => {
            Some("a type that is neither an enum nor composite")
        }
        _ => None,
    };
    match unseen {
        Some(what) => Err(Refusal::new(format!("autogen does not compare {what}"), BY_HAND)),
        None => Ok(()),
    }
}

fn alter(reader: &mut Words<'_>) -> Result<Head, Refusal> {
    reader.position = 1;
    let first = reader.word().to_owned();
    let kind = if first == "MATERIALIZED" { "MATERIALIZED VIEW".to_owned() } else { first };
    if kind == "DEFAULT" {
        return Err(Refusal::new("privileges are kept as they are and never compared", BY_HAND));
    }
    reader.position += if kind == "MATERIALIZED VIEW" { 2 } else { 1 };
    reader.pass(&["IF", "EXISTS"]);
    reader.pass(&["ONLY"]);
    let name = reader.name();
    let mut head = Head { verb: "ALTER".to_owned(), kind, name, ..Head::default() };
    while reader.position < reader.words.len() {
        let before = reader.position;
        if reader.pass(&["ADD", "CONSTRAINT"]) {
            head.constraints.extend(reader.name().map(|name| name.name));
        } else if reader.pass(&["ADD"]) {
            reader.pass(&["COLUMN"]);
            reader.pass(&["IF", "NOT", "EXISTS"]);
            head.added.extend(reader.name().map(|name| name.name));
        } else if reader.pass(&["ALTER"]) {
            reader.pass(&["COLUMN"]);
            head.columns.extend(reader.name().map(|name| name.name));
        }
        if reader.position == before {
            reader.position += 1;
        }
    }
    head.columns.extend(head.added.iter().cloned());
    Ok(head)
}

/// Walks over a statement's tokens.
struct Words<'a> {
    words: &'a [&'a str],
    upper: &'a [&'a str],
    position: usize,
    default_namespace: &'a str,
}

impl Words<'_> {
    fn word(&self) -> &str {
        self.upper.get(self.position).copied().unwrap_or_default()
    }

    /// Goes behind these words if they stand here.
    fn pass(&mut self, expected: &[&str]) -> bool {
        let stand_here = self.upper.get(self.position..).is_some_and(|rest| rest.starts_with(expected));
        if stand_here {
            self.position += expected.len();
        }
        stand_here
    }

    /// `name` or `namespace.name`, as it stands here.
    fn name(&mut self) -> Option<QualifiedName> {
        let first = self.identifier()?;
        if self.word() != "." {
            return Some(QualifiedName::new(self.default_namespace, first));
        }
        self.position += 1;
        Some(QualifiedName::new(first, self.identifier()?))
    }

    /// The name behind the first such word.
    fn name_after(&mut self, word: &str) -> Option<QualifiedName> {
        let at = self.upper.iter().skip(self.position).position(|it| *it == word)?;
        self.position += at + 1;
        self.pass(&["ONLY"]);
        self.name()
    }

    /// A name as Postgres keeps it: what is not quoted is folded to lower case.
    fn identifier(&mut self) -> Option<String> {
        let word = self.words.get(self.position)?;
        let name = match word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => word.to_lowercase(),
            None => return None,
        };
        self.position += 1;
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(text: &str) -> Vec<Head> {
        let extras = Extras::parse("extras.sql", text, "public").unwrap();
        extras.statements.into_iter().map(|it| it.head).collect()
    }

    fn named(namespace: &str, name: &str) -> Option<QualifiedName> {
        Some(QualifiedName::new(namespace, name))
    }

    #[test]
    fn the_first_words_say_what_it_is_about() {
        let cases = [
            ("create unique index if not exists Idx on only app.Users (lower(email))", "INDEX", "public.idx"),
            ("CREATE OR REPLACE VIEW \"My\"\".App\".v AS SELECT 1", "VIEW", "My\".App.v"),
            ("CREATE MATERIALIZED VIEW m AS SELECT 1", "MATERIALIZED VIEW", "public.m"),
            (
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
                "TRIGGER",
                "public.t",
            ),
            ("CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"", "EXTENSION", "public.uuid-ossp"),
        ];
        for (sql, kind, name) in cases {
            let head = heads(sql).remove(0);
            assert_eq!((head.kind.as_str(), head.name.unwrap().to_string().as_str()), (kind, name), "{sql}");
        }
        assert_eq!(heads(cases[0].0)[0].on, named("app", "users"));
        assert_eq!(heads(cases[3].0)[0].on, named("public", "users"));
        assert_eq!(heads("CREATE STATISTICS s (mcv) ON a, b FROM app.t")[0].on, named("app", "t"));
    }

    #[test]
    fn an_alteration_names_what_it_adds() {
        let head =
            heads("alter table only users add constraint c check (a > 0), add column b int, alter d set not null")
                .remove(0);
        assert_eq!(
            (head.name, head.constraints, head.columns),
            (named("public", "users"), vec!["c".to_owned()], vec!["d".to_owned(), "b".to_owned()])
        );
    }

    #[test]
    fn what_declares_nothing_is_refused_with_its_place() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "GRANT SELECT ON t TO x",
            "DROP VIEW v",
            "SET x = 1",
            "DO $$ $$",
            "CREATE ROLE x",
            "CREATE TEMP TABLE t ()",
            "CREATE TABLE a PARTITION OF b DEFAULT",
            "CREATE TABLE a (b int) INHERITS (c)",
            "CREATE TYPE r AS RANGE (subtype = int)",
            "CREATE TYPE r",
            "\\i other.sql",
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x",
        ] {
            let error = Extras::parse("models/extras.sql", &format!("-- a\n\n{sql};"), "public").expect_err(sql);
            assert!(error.to_string().starts_with("models/extras.sql:3: "), "{error}");
            assert!(!error.hints().is_empty());
        }
        let error = Extras::parse("extras.sql", "CREATE VIEW v AS SELECT 'x", "public").expect_err("it is not closed");
        assert_eq!(error.to_string(), "extras.sql:1: a quote is not closed");
    }
}
