//! Names as sea-orm-macros makes them (`derives/case_style.rs`).

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase, ToUpperCamelCase};

/// A `rename_all` or `rename` rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Camel,
    Kebab,
    Mixed,
    Pascal,
    ScreamingKebab,
    ScreamingSnake,
    Snake,
    Title,
    Lower,
    Upper,
}

impl Case {
    /// By the name that the attribute takes.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "camelCase" => Self::Camel,
            "camel_case" | "PascalCase" => Self::Pascal,
            "kebab_case" | "kebab-case" => Self::Kebab,
            "lowercase" => Self::Lower,
            "mixed_case" => Self::Mixed,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            "shouty_snake_case" | "shouty_snek_case" | "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "snake_case" | "snek_case" => Self::Snake,
            "title_case" => Self::Title,
            "UPPERCASE" => Self::Upper,
            _ => return None,
        })
    }

    /// The name in this case.
    pub(super) fn apply(self, name: &str) -> String {
        match self {
            // Not `to_lower_camel_case`: SeaORM lowers the first letter only.
            Self::Camel => {
                let pascal = name.to_upper_camel_case();
                let mut letters = pascal.chars();
                letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
            }
            Self::Kebab => name.to_kebab_case(),
            Self::Lower => name.to_lowercase(),
            Self::Mixed => name.to_lower_camel_case(),
            Self::Pascal => name.to_upper_camel_case(),
            Self::ScreamingKebab => name.to_kebab_case().to_uppercase(),
            Self::ScreamingSnake => name.to_shouty_snake_case(),
            Self::Snake => name.to_snake_case(),
            Self::Title => name.to_title_case(),
            Self::Upper => name.to_uppercase(),
        }
    }
}

/// The variant of `Column` that SeaORM makes for a field.
pub(super) fn variant(field: &str) -> String {
    field.to_upper_camel_case()
}

/// The column of a field, or of a variant of `Column`, when no attribute names it.
pub(super) fn column(name: &str) -> String {
    name.to_snake_case()
}
