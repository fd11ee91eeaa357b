//! Names: absent schemas are the default one.

use crate::schema::QualifiedName;

/// What an absent `schema` stands for.
pub(super) struct Names<'a> {
    pub(super) default_namespace: &'a str,
}

impl Names<'_> {
    pub(super) fn qualified(&self, schema: Option<&str>, name: &str) -> QualifiedName {
        QualifiedName::new(schema.unwrap_or(self.default_namespace), name)
    }

    /// The schema to write, if it is not the default one.
    pub(super) fn schema_of(&self, name: &QualifiedName) -> Option<String> {
        (name.namespace != self.default_namespace).then(|| name.namespace.clone())
    }
}
