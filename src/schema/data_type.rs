use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Definition, QualifiedName};

/// A column's type: a base, its modifiers, and whether it is an array of them.
///
/// Postgres keeps no array dimensions, so neither does this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DataType {
    /// What it is a value of.
    pub base: BaseType,
    /// The text between the parentheses: `255`, `10,2`. No spaces.
    pub modifiers: Option<String>,
    /// `T[]`.
    pub array: bool,
}

/// What a type is made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BaseType {
    /// A type of `pg_catalog` as `format_type` prints it without modifiers: `character varying`, `timestamp with time
    /// zone`, `bigint`.
    Builtin(String),
    /// An enum type.
    Enum(QualifiedName),
    /// Any other type (an extension's, a domain, a composite), as `format_type` prints it with `search_path` set to
    /// the default namespace, or in the models' words until Postgres has printed it: `citext`, `vector`.
    Other(String),
}

impl DataType {
    /// A type of `pg_catalog` without modifiers.
    #[must_use]
    pub fn builtin(name: &str) -> Self {
        Self { base: BaseType::Builtin(name.to_owned()), modifiers: None, array: false }
    }

    /// The same type with these modifiers.
    #[must_use]
    pub fn with_modifiers(self, modifiers: impl Into<String>) -> Self {
        Self { modifiers: Some(modifiers.into()), ..self }
    }

    /// An array of this type.
    #[must_use]
    pub fn array_of(self) -> Self {
        Self { array: true, ..self }
    }

    /// Splits what `format_type` prints (`timestamp(3) with time zone[]`) into its parts, with `base` made from the
    /// name without modifiers and brackets.
    #[must_use]
    pub fn parse(printed: &str, base: impl FnOnce(String) -> BaseType) -> Self {
        let (printed, array) = match printed.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (printed, false),
        };
        // A quoted name may hold parentheses of its own; only an unquoted type has modifiers before its last words.
        let open = printed.rfind('(').filter(|open| !printed[*open..].contains('"'));
        match open.and_then(|open| printed[open..].find(')').map(|close| (open, open + close))) {
            Some((open, close)) => Self {
                base: base(format!("{}{}", printed[..open].trim_end(), &printed[close + 1..])),
                modifiers: Some(printed[open + 1..close].replace(' ', "")),
                array,
            },
            None => Self { base: base(printed.to_owned()), modifiers: None, array },
        }
    }

    /// `name` with the modifiers where Postgres prints them: after the first word of the time types, else at the end.
    #[must_use]
    pub fn print(&self, name: &str) -> String {
        let Some(modifiers) = &self.modifiers else { return name.to_owned() };
        match name.split_once(' ') {
            Some((word @ ("timestamp" | "time"), zone)) => format!("{word}({modifiers}) {zone}"),
            Some(_) | None => format!("{name}({modifiers})"),
        }
    }

    /// Whether it is this domain or composite type, or an array of it.
    #[must_use]
    pub fn is(&self, definition: &Definition) -> bool {
        let BaseType::Other(printed) = &self.base else { return false };
        let name = ["DROP DOMAIN ", "DROP TYPE "].iter().find_map(|drop| definition.drop.strip_prefix(drop));
        name == Some(printed.as_str())
    }

    /// The name of the `pg_catalog` type that it is, or is an array of.
    #[must_use]
    pub fn builtin_name(&self) -> Option<&str> {
        match &self.base {
            BaseType::Builtin(name) => Some(name),
            BaseType::Enum(_) | BaseType::Other(_) => None,
        }
    }

    /// Whether it is text of any kind, or an array of it.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.builtin_name(), Some("text" | "character varying" | "character" | "name"))
    }

    /// The first modifier: a length, or how many digits.
    #[must_use]
    pub fn precision(&self) -> Option<i32> {
        self.modifiers.as_deref()?.split(',').next()?.trim().parse().ok()
    }

    /// The scale of a numeric; `numeric` alone has none, `numeric(5)` has 0.
    #[must_use]
    pub fn scale(&self) -> Option<i32> {
        let modifiers = self.modifiers.as_deref()?;
        modifiers.split_once(',').map_or(Some(0), |(_, scale)| scale.trim().parse().ok())
    }

    /// The enum type that this type is, or is an array of.
    #[must_use]
    pub fn enum_name(&self) -> Option<&QualifiedName> {
        match &self.base {
            BaseType::Enum(name) => Some(name),
            BaseType::Builtin(_) | BaseType::Other(_) => None,
        }
    }
}

/// For people: enum names without quotes. SQL is written by `render`.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.base {
            BaseType::Builtin(name) | BaseType::Other(name) => name.clone(),
            BaseType::Enum(name) if name.namespace == "public" => name.name.clone(),
            BaseType::Enum(name) => name.to_string(),
        };
        f.write_str(&self.print(&name))?;
        if self.array { f.write_str("[]") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_format_type_prints_is_split_and_put_together_again() {
        for printed in [
            "text",
            "character varying(255)",
            "numeric(10,2)",
            "timestamp(3) with time zone",
            "bigint[]",
            "time(0) without time zone[]",
            "interval(3)",
            "bit varying(8)",
            "double precision",
        ] {
            assert_eq!(DataType::parse(printed, BaseType::Builtin).to_string(), printed);
        }
    }

    #[test]
    fn the_base_has_no_modifiers() {
        let parsed = DataType::parse("timestamp(3) with time zone[]", BaseType::Builtin);
        assert_eq!(parsed, DataType::builtin("timestamp with time zone").with_modifiers("3").array_of());
    }
}
