use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Fact, Object, QualifiedName, Rename, Schema, Unmanaged};

/// What the sources declare.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The declared schema. Types and expressions are in the models' words until Postgres has printed them.
    pub schema: Schema,
    /// Which facts the sources spell out.
    pub stated: Stated,
    /// Where each object is declared.
    pub places: Places,
    /// `renamed_from` attributes.
    pub renames: Vec<Rename>,
    /// Tables of `schema` that nobody declares; only what stands in them is declared.
    pub borrowed: BTreeSet<QualifiedName>,
    /// What is left alone, declared or not.
    pub unmanaged: Unmanaged,
}

impl Models {
    /// The own names that objects had before, by their new ones.
    #[must_use]
    pub fn old_names(&self) -> BTreeMap<Object, &str> {
        self.renames.iter().map(Rename::ends).collect()
    }
}

/// Which facts the sources spell out, by object. A side map, so that equality of schemas stays equality.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated(BTreeSet<(Object, Fact)>);

impl Stated {
    /// Notes that the sources spell this fact out.
    pub fn insert(&mut self, object: Object, fact: Fact) {
        self.0.insert((object, fact));
    }

    /// Whether the sources spell this fact out.
    #[must_use]
    pub fn contains(&self, object: &Object, fact: Fact) -> bool {
        self.0.contains(&(object.clone(), fact))
    }

    /// Every stated fact, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &(Object, Fact)> {
        self.0.iter()
    }
}

/// Where each object is declared.
pub type Places = BTreeMap<Object, Place>;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the folder of autogen.toml, with `/` between its parts.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

/// `models/src/user.rs:21`: the column is for diagnostics only.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}
