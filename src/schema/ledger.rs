use std::collections::BTreeSet;

use super::{DefinitionName, Fact, Object, QualifiedName, Rename};

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

    /// The same ownership under the names after these renames, done in order.
    #[must_use]
    pub fn renamed(&self, renames: &[Rename]) -> Self {
        let follow = |entry: &Entry| Entry { object: entry.object.clone().renamed(renames), fact: entry.fact };
        Self { owned: self.owned.iter().map(follow).collect() }
    }
}

impl Object {
    /// The same object under its name after these renames, done in order.
    #[must_use]
    pub fn renamed(self, renames: &[Rename]) -> Self {
        renames.iter().fold(self, follow)
    }
}

fn follow(object: Object, rename: &Rename) -> Object {
    let table = |owner: QualifiedName| match rename {
        Rename::Table { from, to } if *from == owner => to.clone(),
        _ => owner,
    };
    let enum_type = |owner: QualifiedName| match rename {
        Rename::EnumType { from, to } if *from == owner => to.clone(),
        _ => owner,
    };
    match object {
        Object::Namespace(name) => Object::Namespace(name),
        Object::EnumType(name) => Object::EnumType(enum_type(name)),
        Object::Table(name) => Object::Table(table(name)),
        Object::EnumLabel(owner, name) => match rename {
            Rename::EnumLabel { enum_type, from, to } if *enum_type == owner && *from == name => {
                Object::EnumLabel(owner, to.clone())
            }
            _ => Object::EnumLabel(enum_type(owner), name),
        },
        Object::Column(owner, name) => match rename {
            Rename::Column { table, from, to } if *table == owner && *from == name => Object::Column(owner, to.clone()),
            _ => Object::Column(table(owner), name),
        },
        Object::Constraint(owner, name) => match rename {
            Rename::Constraint { table, from, to } if *table == owner && *from == name => {
                Object::Constraint(owner, to.clone())
            }
            _ => Object::Constraint(table(owner), name),
        },
        Object::Index(owner, name) => match rename {
            Rename::Index { table, from, to } if *table == owner && *from == name => Object::Index(owner, to.clone()),
            _ => Object::Index(table(owner), name),
        },
        Object::Definition(definition) if definition.kind.has_host() => {
            Object::Definition(DefinitionName { name: table(definition.name), ..definition })
        }
        Object::Definition(definition) => Object::Definition(definition),
    }
}
