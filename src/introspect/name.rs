//! Names that Postgres and SeaORM give.

use heck::ToSnakeCase as _;
use sha2::{Digest as _, Sha256};

/// Postgres cuts longer names silently (chapter "Identifiers": NAMEDATALEN - 1 bytes).
pub(crate) const LONGEST: usize = 63;

/// The name itself, or its beginning and a hash of the whole when it is too long.
pub(super) fn fitting(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let digest = Sha256::digest(name.as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}_{hash}", start_of(&name, LONGEST - 1 - hash.len()))
}

/// The name that Postgres gives to a constraint without one: `users_email_key`. Too long a table or column is cut as
/// Postgres does it (`makeObjectName` in src/backend/commands/indexcmds.c).
pub(crate) fn given(table: &str, column: Option<&str>, label: &str) -> String {
    let separators = 1 + usize::from(column.is_some());
    let room = LONGEST - label.len() - separators;
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    match column {
        Some(column) => format!("{}_{}_{label}", start_of(table, first), start_of(column, second)),
        None => format!("{}_{label}", start_of(table, first)),
    }
}

/// What a field is called that holds this column: the name in snake case, raw where it is a keyword.
#[must_use]
pub fn field_name(column: &str) -> String {
    let words: String = column.chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).collect();
    let name = words.to_snake_case();
    let is_name = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
    let forms = [
        name.clone(),
        format!("r#{name}"),
        format!("{name}_"),
        format!("column_{name}").trim_end_matches('_').to_owned(),
    ];
    forms.into_iter().find(|it| is_name(it)).unwrap_or_else(|| "column".to_owned())
}

/// At most so many bytes, without cutting a character.
fn start_of(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_and_stay_different() {
        let (a, b) = (fitting("x".repeat(70)), fitting("x".repeat(71)));
        assert_eq!((a.len(), b.len()), (LONGEST, LONGEST));
        assert_ne!(a, b);
        assert_eq!(fitting("idx-users-email".into()), "idx-users-email");
    }

    #[test]
    fn fields_are_called_like_their_columns() {
        for (column, field) in [
            ("bio", "bio"),
            ("type", "r#type"),
            ("self", "self_"),
            ("1st", "column_1st"),
            ("größe", "größe"),
            ("userId", "user_id"),
            ("odd \"name", "odd_name"),
            ("", "column"),
        ] {
            assert_eq!(field_name(column), field, "{column}");
        }
    }

    #[test]
    fn given_names_are_those_of_postgres() {
        assert_eq!(given("users", Some("email"), "key"), "users_email_key");
        assert_eq!(given("users", None, "pkey"), "users_pkey");
        let name = given(&"t".repeat(60), Some("a_rather_long_column_name"), "key");
        assert_eq!(name, format!("{}_a_rather_long_column_name_key", "t".repeat(33)));
    }
}
