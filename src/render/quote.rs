use sea_query::{Alias, IntoIden, PostgresQueryBuilder, QuotedBuilder};

use crate::schema::QualifiedName;

/// An identifier as SQL. Every name in every statement goes through here.
#[must_use]
pub fn identifier(name: &str) -> String {
    let mut sql = String::new();
    PostgresQueryBuilder.prepare_iden(&Alias::new(name).into_iden(), &mut sql);
    sql
}

/// Identifiers as a list: `"a", "b"`.
#[must_use]
pub fn identifiers<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| identifier(name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A string constant as SQL, for `standard_conforming_strings = on`, which every session of ours sets.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A qualified name as SQL: unqualified in the default namespace, which every session's `search_path` names.
#[must_use]
pub fn qualified(name: &QualifiedName, default_namespace: &str) -> String {
    if name.namespace == default_namespace {
        identifier(&name.name)
    } else {
        format!("{}.{}", identifier(&name.namespace), identifier(&name.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_inside_names_and_strings_are_doubled() {
        assert_eq!(identifier(r#"we"ird"#), r#""we""ird""#);
        assert_eq!(literal(r"it's \n"), r"'it''s \n'");
    }

    #[test]
    fn only_other_namespaces_are_written() {
        let name = QualifiedName::new("billing", "invoices");
        assert_eq!(qualified(&name, "public"), r#""billing"."invoices""#);
        assert_eq!(qualified(&name, "billing"), r#""invoices""#);
    }
}
