use std::fmt;

use serde::{Deserialize, Serialize};

/// A name with its namespace, both unquoted and always filled: `public.users`, `billing.invoices`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QualifiedName {
    /// Postgres' schema.
    pub namespace: String,
    /// The object's own name.
    pub name: String,
}

impl QualifiedName {
    /// A name from its two parts, unquoted.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// For people: the name alone in the default namespace, `namespace.name` elsewhere. Never for SQL.
    #[must_use]
    pub fn display(&self, default_namespace: &str) -> String {
        if self.namespace == default_namespace { self.name.clone() } else { self.to_string() }
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.namespace, self.name)
    }
}
