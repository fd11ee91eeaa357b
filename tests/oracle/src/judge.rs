//! Reader against runtime: which entities are equal, which differ as the table says, and which must not differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use autogen::introspect::{self, Diagnostics, Source};
use autogen::schema::Models;

use crate::answer::Answer;
use crate::facts::Difference;
use crate::known::{self, Sides};
use crate::{of_answer, of_reader};

/// Reads the entities of a crate's folder or a module file.
///
/// # Errors
///
/// What the reader refuses.
pub fn read(root: &Path, path: &str) -> Result<Models, Diagnostics> {
    let source = Source {
        root: root.to_owned(),
        paths: vec![path.into()],
        default_namespace: "public".into(),
        ..Source::default()
    };
    introspect::models(&source).map(|reading| reading.models)
}

/// How the two compare.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Tables that the runtime has.
    pub tables: usize,
    /// Columns that the runtime has.
    pub columns: usize,
    /// Facts that were compared.
    pub facts: usize,
    /// How often each line of the table of known differences was needed.
    pub known: BTreeMap<&'static str, usize>,
    /// What must not be.
    pub unexplained: Vec<Difference>,
}

impl Verdict {
    /// The tables of which a fact must not be; empty names are enum types and namespaces.
    #[must_use]
    pub fn wrong_tables(&self) -> BTreeSet<&str> {
        self.unexplained.iter().map(|difference| difference.key.table.as_str()).collect()
    }
}

/// Every difference that no line of the table explains.
#[must_use]
pub fn differences(models: &Models, answer: &Answer) -> Vec<Difference> {
    compare(models, answer).unexplained
}

/// Compares fact by fact.
#[must_use]
pub fn compare(models: &Models, answer: &Answer) -> Verdict {
    let (reader, runtime) = (of_reader::facts(models), of_answer::facts(answer));
    let sides = Sides { reader: &reader, runtime: &runtime, version: answer.version() };
    let mut verdict = Verdict {
        tables: answer.tables.len(),
        columns: answer.tables.iter().map(|table| table.columns.len()).sum(),
        facts: runtime.0.len(),
        ..Verdict::default()
    };
    for difference in reader.differences(&runtime) {
        match known::explain(&difference, sides) {
            Some(known) => *verdict.known.entry(known.name).or_default() += 1,
            None => verdict.unexplained.push(difference),
        }
    }
    verdict
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} tables, {} columns, {} facts", self.tables, self.columns, self.facts)?;
        for (name, times) in &self.known {
            writeln!(f, "known: {name} ({times})")?;
        }
        for difference in &self.unexplained {
            writeln!(f, "DIFFERENT {difference}")?;
        }
        Ok(())
    }
}
