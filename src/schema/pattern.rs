use std::fmt;

use wildmatch::WildMatch;

use super::{Object, QualifiedName};

/// Names as people point at them: `users`, `billing.*`, `users.idx-*`. `*` is any text, `?` any character; all else is
/// itself, for names may hold what other globs give a meaning to.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    glob: WildMatch,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// The pattern of this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), glob: WildMatch::new(text) }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.glob.matches(text)
    }

    /// Whether it names this table or type; a name alone stands for that name in every namespace.
    #[must_use]
    pub fn names(&self, name: &QualifiedName) -> bool {
        self.is(&name.name) || self.is(&name.to_string())
    }

    /// Whether it names this part of a table or type: `users.bio`, `billing.users.bio`.
    #[must_use]
    pub fn names_part(&self, host: &QualifiedName, part: &str) -> bool {
        self.is(&format!("{}.{part}", host.name)) || self.is(&format!("{host}.{part}"))
    }

    /// Whether it points at the object: at itself, or at the table or type that it stands in.
    #[must_use]
    pub fn picks(&self, object: &Object) -> bool {
        match object {
            Object::Namespace(name) => self.is(name),
            Object::EnumType(name) | Object::Table(name) => self.names(name),
            Object::EnumLabel(host, part)
            | Object::Column(host, part)
            | Object::Constraint(host, part)
            | Object::Index(host, part) => self.names(host) || self.names_part(host, part),
            Object::Definition(it) => {
                self.names(&it.name) || it.part.as_ref().is_some_and(|part| self.names_part(&it.name, part))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let users = QualifiedName::new("billing", "users");
        for pattern in ["users", "billing.users", "billing.*", "us*", "*", "*s", "user?", "u*e*s"] {
            assert!(Pattern::new(pattern).names(&users), "{pattern}");
        }
        for pattern in ["user", "public.users", "Users", "users?", "", "[u]sers", "billing"] {
            assert!(!Pattern::new(pattern).names(&users), "{pattern}");
        }
    }

    #[test]
    fn parts() {
        let index = Object::Index(QualifiedName::new("billing", "users"), "idx-users-bio".to_owned());
        for pattern in ["users", "billing.*", "users.idx-*", "billing.users.idx-users-bio", "*-bio"] {
            assert!(Pattern::new(pattern).picks(&index), "{pattern}");
        }
        for pattern in ["idx-users-bio", "billing", "users.bio"] {
            assert!(!Pattern::new(pattern).picks(&index), "{pattern}");
        }
    }
}
