//! Types as the document writes them: SQL, with enums by their names.

use super::names::Names;
use crate::introspect::parse_sql_type;
use crate::schema::{BaseType, DataType, QualifiedName};

/// The type as SQL. Enums are quoted only where SQL would read the bare word as something else.
pub(super) fn write(data_type: &DataType, names: &Names<'_>) -> String {
    let name = match &data_type.base {
        BaseType::Builtin(name) | BaseType::Other(name) => name.clone(),
        BaseType::Enum(name) => match names.schema_of(name) {
            Some(namespace) => format!("{}.{}", word(&namespace), word(&name.name)),
            None => word(&name.name),
        },
    };
    let name = data_type.print(&name);
    if data_type.array { format!("{name}[]") } else { name }
}

/// The type that the text names, `None` if it cannot be one. `enums` are the declared enum types.
pub(super) fn read(text: &str, names: &Names<'_>, enums: &[QualifiedName]) -> Option<DataType> {
    let text = text.trim();
    let (element, array) = match text.strip_suffix("[]") {
        Some(element) => (element.trim_end(), true),
        None => (text, false),
    };
    if let Some(name) = enum_name(element, names).filter(|name| enums.contains(name)) {
        return Some(DataType { base: BaseType::Enum(name), modifiers: None, array });
    }
    let possible = |c: char| c.is_alphanumeric() || "_ .,()[]\"$-".contains(c);
    let data_type = (!text.is_empty() && text.chars().all(possible)).then(|| parse_sql_type(text))?;
    let parentheses = text.matches('(').count() == text.matches(')').count();
    (parentheses && !text.starts_with(['(', '[', '.', ','])).then_some(data_type)
}

/// A bare word that is a type of Postgres is that type, whatever enums are called.
fn enum_name(text: &str, names: &Names<'_>) -> Option<QualifiedName> {
    let (first, rest) = identifier(text)?;
    match rest.strip_prefix('.') {
        Some(rest) => {
            let (name, rest) = identifier(rest)?;
            rest.is_empty().then(|| QualifiedName::new(first, name))
        }
        None if rest.is_empty() && (text.starts_with('"') || !is_builtin(&first)) => {
            Some(names.qualified(None, &first))
        }
        None => None,
    }
}

/// The identifier that the text begins with, unquoted as Postgres does it, and what follows.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_lowercase(), &text[end..]));
    };
    let mut name = String::new();
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                name.push('"');
                rest = behind;
            }
            None => return Some((name, rest)),
        }
    }
}

fn word(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if plain && starts && !is_builtin(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn is_builtin(name: &str) -> bool {
    matches!(parse_sql_type(name).base, BaseType::Builtin(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enums_of_any_name_come_back() {
        let names = Names { default_namespace: "public" };
        let enums: Vec<QualifiedName> = ["mood", "Line State", "text", "we\"ird", "größe", "a.b", "x[]", "timestamp"]
            .iter()
            .flat_map(|name| [QualifiedName::new("public", *name), QualifiedName::new("Odd One", *name)])
            .collect();
        for name in &enums {
            for array in [false, true] {
                let data_type = DataType { base: BaseType::Enum(name.clone()), modifiers: None, array };
                let text = write(&data_type, &names);
                assert_eq!(read(&text, &names, &enums), Some(data_type), "{text}");
            }
        }
    }

    #[test]
    fn what_postgres_has_comes_before_an_enum_of_the_name() {
        let names = Names { default_namespace: "public" };
        let enums = [QualifiedName::new("public", "text")];
        let read = |text| read(text, &names, &enums).map(|it| it.base);
        assert_eq!(read("text"), Some(BaseType::Builtin("text".to_owned())));
        assert_eq!(read("\"text\""), Some(BaseType::Enum(enums[0].clone())));
        assert_eq!(read("citext"), Some(BaseType::Other("citext".to_owned())));
    }

    #[test]
    fn what_is_no_type_is_told() {
        let names = Names { default_namespace: "public" };
        for text in ["", "  ", "int; DROP TABLE users", "numeric(10", "'x'", "(1)", "a/*b*/"] {
            assert_eq!(read(text, &names, &[]), None, "{text}");
        }
    }
}
