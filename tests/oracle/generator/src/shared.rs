//! What entities share: enums, newtypes and aliases, in modules beside them.

use fastrand::Rng;

use crate::Version;

/// An enum that derives `DeriveActiveEnum`.
#[derive(Debug, Clone)]
pub struct TextEnum {
    /// Of the type.
    pub name: String,
    /// A native enum of Postgres.
    pub native: bool,
    /// What stands on it.
    pub attributes: String,
    /// What stands on each variant, and the variant with its discriminant.
    pub variants: Vec<(String, String)>,
}

/// Another type that is stored as something.
#[derive(Debug, Clone)]
pub struct Newtype {
    /// Of the type.
    pub name: String,
    /// Whether an integer is inside, so that it can be a key.
    pub counts: bool,
    /// The whole text.
    pub source: String,
}

const CASES: [&str; 9] = [
    "camelCase",
    "PascalCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "lowercase",
    "UPPERCASE",
    "title_case",
    "mixed_case",
];

/// One of SeaORM's ways to write names.
pub(crate) fn case(random: &mut Rng) -> &'static str {
    CASES[random.usize(..CASES.len())]
}

const VARIANTS: [&str; 12] = [
    "Open",
    "InProgress",
    "Done",
    "HTTPError",
    "Utf8",
    "X",
    "VeryLongNameOfAVariant",
    "Level1",
    "Level2a",
    "OnHold",
    "Io",
    "IPv4",
];

pub(crate) fn enums(random: &mut Rng, version: Version, count: usize) -> Vec<TextEnum> {
    (0..count).map(|number| text_enum(random, version, number)).collect()
}

fn text_enum(random: &mut Rng, version: Version, number: usize) -> TextEnum {
    let name = format!("Enum{number}");
    let mut labels = VARIANTS.to_vec();
    random.shuffle(&mut labels);
    labels.truncate(random.usize(1..=5));
    let kind = random.u8(..10);
    let (attributes, native) = match kind {
        0..=5 => {
            let written = match random.u8(..4) {
                0 => format!(", enum_name = \"Mood{number}\""),
                1 if version == Version::Two => String::new(),
                _ => format!(", enum_name = \"enum_{number}\""),
            };
            let rs_type = if version == Version::Two && random.bool() { "Enum" } else { "String" };
            (format!("rs_type = \"{rs_type}\", db_type = \"Enum\"{written}"), true)
        }
        6 => ("rs_type = \"String\", db_type = \"String(StringLen::N(40))\"".to_owned(), false),
        7 => ("rs_type = \"String\", db_type = \"Text\"".to_owned(), false),
        8 => ("rs_type = \"i32\", db_type = \"Integer\"".to_owned(), false),
        _ => ("rs_type = \"i16\", db_type = \"SmallInteger\"".to_owned(), false),
    };
    let integer = kind >= 8;
    let all = !integer && random.bool();
    let attributes = match all {
        true => format!("{attributes}, rename_all = \"{}\"", case(random)),
        false => attributes,
    };
    let discriminants = integer && random.bool();
    let variants = labels.iter().enumerate().map(|(at, variant)| match (integer, discriminants) {
        (true, true) => (String::new(), format!("{variant} = {}", at as i64 * 3 - 1)),
        (true, false) => (format!("num_value = {}", at as i64 * 7 - 3), (*variant).to_owned()),
        // SeaORM 1.1 does not compile where `rename_all` names all.
        (false, _) if version == Version::One && all && at == 0 => {
            (format!("string_value = \"{}\"", variant.to_lowercase()), (*variant).to_owned())
        }
        (false, _) => match random.u8(..4) {
            0 if all => (format!("rename = \"{}\"", case(random)), (*variant).to_owned()),
            0 | 1 if all => (String::new(), (*variant).to_owned()),
            0 => (format!("string_value = \"it's {variant}\""), (*variant).to_owned()),
            _ => (format!("string_value = \"{}\"", variant.to_lowercase()), (*variant).to_owned()),
        },
    });
    TextEnum { variants: variants.collect(), name, native, attributes }
}

impl TextEnum {
    pub(crate) fn write(&self, out: &mut String) {
        let Self { name, native: _, attributes, variants } = self;
        line!(out, "    #[derive(Clone, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]");
        line!(out, "    #[sea_orm({attributes})]\n    pub enum {name} {{");
        for (attribute, variant) in variants {
            if !attribute.is_empty() {
                line!(out, "        #[sea_orm({attribute})]");
            }
            line!(out, "        {variant},");
        }
        line!(out, "    }}\n");
    }
}

pub(crate) fn newtypes(random: &mut Rng, version: Version, count: usize) -> Vec<Newtype> {
    (0..count).map(|number| newtype(random, version, number)).collect()
}

fn newtype(random: &mut Rng, version: Version, number: usize) -> Newtype {
    let name = format!("Newtype{number}");
    let derive = "#[derive(Clone, Debug, PartialEq, DeriveValueType)]";
    let inner = ["i32", "i64", "i16", "String", "Decimal", "Uuid", "f64", "DateTimeUtc", "bool", "Date"];
    let (source, counts) = match random.u8(..8) {
        0 => (
            format!(
                "#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, sea_orm::FromJsonQueryResult)]\n    pub \
                 struct {name} {{\n        pub pages: i32,\n    }}"
            ),
            false,
        ),
        1 => (
            format!(
                "{derive}\n    #[sea_orm(column_type = \"Decimal(Some(({}, 2)))\")]\n    pub struct {name}(pub Decimal);",
                random.u8(3..30)
            ),
            false,
        ),
        2 => (format!("{derive}\n    #[sea_orm(column_type = \"Text\")]\n    pub struct {name}(pub String);"), false),
        3 if version == Version::Two => (
            format!(
                "{derive}\n    #[sea_orm(value_type = \"String\")]\n    pub struct {name} {{\n        pub degrees: i32,\n    }}\n    \
             impl std::fmt::Display for {name} {{\n        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n            \
             write!(f, \"{{}}\", self.degrees)\n        }}\n    }}\n    impl std::str::FromStr for {name} {{\n        type Err = std::num::ParseIntError;\n\n        \
             fn from_str(text: &str) -> Result<Self, Self::Err> {{\n            text.parse().map(|degrees| Self {{ degrees }})\n        }}\n    }}"
            ),
            false,
        ),
        4 => (format!("pub type {name} = {};", inner[random.usize(..inner.len())]), false),
        _ => {
            let inner = inner[random.usize(..inner.len())];
            (
                format!("{derive}\n    pub struct {name}(pub {inner});"),
                version == Version::Two && inner.starts_with('i'),
            )
        }
    };
    Newtype { name, counts, source }
}
