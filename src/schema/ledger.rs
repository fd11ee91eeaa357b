use std::collections::BTreeSet;

use super::{Fact, Object};

/// What the models own: everything that they once declared and have not ceased to declare.
///
/// The fold of `autogen.lock` over the revisions present in the folder; the file itself is `migration`'s.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    owned: BTreeSet<Entry>,
}

/// One thing that can be owned: an object, or a fact of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The object.
    pub object: Object,
    /// The fact of it; `None` for the object itself.
    pub fact: Option<Fact>,
}

impl Ledger {
    /// Whether the models own the object itself.
    #[must_use]
    pub fn owns(&self, object: &Object) -> bool {
        self.owned.contains(&Entry { object: object.clone(), fact: None })
    }

    /// Whether the models own this fact of the object.
    #[must_use]
    pub fn owns_fact(&self, object: &Object, fact: Fact) -> bool {
        self.owned.contains(&Entry { object: object.clone(), fact: Some(fact) })
    }

    /// Begins to own.
    pub fn insert(&mut self, entry: Entry) {
        self.owned.insert(entry);
    }

    /// Ceases to own.
    pub fn remove(&mut self, entry: &Entry) {
        self.owned.remove(entry);
    }

    /// Everything owned, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.owned.iter()
    }
}
