//! A schema taken apart into single facts, so that two of them can be compared fact by fact.

use std::collections::BTreeMap;
use std::fmt;

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The qualified table that it belongs to; empty for enum types and namespaces.
    pub table: String,
    /// `column name`, `foreign key (a) -> public.b (id)`, `enum public.mood`. Keys and indexes go by their columns.
    pub object: String,
    /// `type`, `nullable`, `name`.
    pub fact: &'static str,
}

/// A schema as single facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(pub BTreeMap<Key, String>);

impl Facts {
    /// States a fact. What has the same columns as something before it is numbered, so that nothing is lost.
    pub fn object(&mut self, table: &str, object: &str, facts: &[(&'static str, String)]) {
        let key = |object: &str, fact: &'static str| Key { table: table.to_owned(), object: object.to_owned(), fact };
        let free = |object: &String| facts.iter().all(|(fact, _)| !self.0.contains_key(&key(object, fact)));
        let numbered = (2..).map(|number| format!("{object}, number {number}"));
        let object = std::iter::once(object.to_owned()).chain(numbered).find(free).unwrap_or_default();
        for (fact, value) in facts {
            self.0.insert(key(&object, fact), value.clone());
        }
    }

    /// The value of a fact.
    #[must_use]
    pub fn get(&self, table: &str, object: &str, fact: &'static str) -> Option<&str> {
        let key = Key { table: table.to_owned(), object: object.to_owned(), fact };
        self.0.get(&key).map(String::as_str)
    }

    /// Every fact in which two schemas differ.
    #[must_use]
    pub fn differences(&self, runtime: &Self) -> Vec<Difference> {
        let keys: std::collections::BTreeSet<&Key> = self.0.keys().chain(runtime.0.keys()).collect();
        keys.into_iter()
            .map(|key| Difference {
                key: key.clone(),
                reader: self.0.get(key).cloned(),
                runtime: runtime.0.get(key).cloned(),
            })
            .filter(|difference| difference.reader != difference.runtime)
            .collect()
    }
}

/// A fact that reader and runtime do not agree about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What about.
    pub key: Key,
    /// What the reader says.
    pub reader: Option<String>,
    /// What SeaORM says.
    pub runtime: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Key { table, object, fact } = &self.key;
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{table} {object} {fact}\n    reader:  {}\n    runtime: {}", said(&self.reader), said(&self.runtime))
    }
}
