//! `#[sea_orm(..)]`: keys, values, and which keys there are.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Lit, LitStr, Token};

use super::diagnostic::Diagnostic;
use super::source_file::SourceFile;

/// One key of an attribute, with what stands behind it.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    /// `unique`
    None,
    /// `column_name = "x"`, `default_value = -1`
    Literal(Lit),
    /// `column = Column`
    Ident(String),
    /// `model_attrs(..)`: nothing that decides DDL.
    Other,
}

/// The keys of every `#[sea_orm(..)]` of one thing, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<Key>);

/// What an attribute stands on; decides which keys there are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Model,
    Column,
    /// A field of type HasOne, HasMany or BelongsTo.
    RelationField,
    RelationVariant,
    Enum,
    EnumVariant,
    ValueType,
    ColumnVariant,
    Iden,
}

impl Target {
    /// Keys that SeaORM's macros understand there, and `renamed_from`, which is also autogen's for tables.
    ///
    /// From sea-orm-macros: `derives/{entity_model, model_ex, attributes, active_enum, arrow_schema}.rs`.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Model => &[
                "table_name",
                "schema_name",
                "comment",
                "table_iden",
                "rename_all",
                "renamed_from",
                "model_attrs",
                "model_ex_attrs",
                "model_ex",
                "compact_model",
                "arrow_schema",
                "column",
                "entity",
                "model",
                "active_model",
                "active_model_ex",
                "primary_key",
                "relation",
            ],
            Self::Column => &[
                "primary_key",
                "auto_increment",
                "column_type",
                "column_name",
                "enum_name",
                "nullable",
                "unique",
                "unique_key",
                "indexed",
                "default_value",
                "default_expr",
                "extra",
                "comment",
                "renamed_from",
                "ignore",
                "select_as",
                "save_as",
                "arrow_byte_width",
                "arrow_comment",
                "arrow_field",
                "arrow_precision",
                "arrow_scale",
                "arrow_skip",
                "arrow_timestamp_unit",
                "arrow_timezone",
            ],
            Self::RelationField => &[
                "belongs_to",
                "has_one",
                "has_many",
                "self_ref",
                "skip_fk",
                "via",
                "via_rel",
                "from",
                "to",
                "relation_enum",
                "relation_reverse",
                "reverse",
                "on_update",
                "on_delete",
                "ignore",
            ],
            Self::RelationVariant => &[
                "belongs_to",
                "has_one",
                "has_many",
                "via_rel",
                "on_update",
                "on_delete",
                "on_condition",
                "from",
                "to",
                "fk_name",
                "skip_fk",
                "condition_type",
            ],
            Self::Enum => &["rs_type", "db_type", "enum_name", "rename_all"],
            Self::EnumVariant => &["string_value", "num_value", "display_value", "rename"],
            Self::ValueType => {
                &["column_type", "array_type", "value_type", "from_str", "to_str", "try_from_u64", "try_getable_array"]
            }
            Self::ColumnVariant => &["column_name", "table_name"],
            Self::Iden => &["iden"],
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Model => "a model",
            Self::Column => "a column",
            Self::RelationField => "a relation field",
            Self::RelationVariant => "a relation",
            Self::Enum => "an enum",
            Self::EnumVariant => "a variant",
            Self::ValueType => "a value type",
            Self::ColumnVariant => "a column",
            Self::Iden => "an identifier",
        }
    }
}

impl Keys {
    /// Reads the attributes of one thing; every unknown key is a problem.
    pub(super) fn read(
        attributes: &[Attribute],
        target: Target,
        file: &SourceFile,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut all = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("sea_orm")) {
            match attribute.parse_args_with(keys) {
                Ok(keys) => all.extend(keys),
                Err(error) => problems.push(file.syntax_error(&error)),
            }
        }
        for key in &all {
            if !target.keys().contains(&key.name.as_str()) {
                problems.push(unknown(key, target, file));
            }
        }
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Key> {
        // SeaORM's macros overwrite: the last one counts.
        self.0.iter().rev().find(|key| key.name == name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The identifier behind a key.
    pub(super) fn ident(&self, name: &str) -> Option<String> {
        match &self.get(name)?.value {
            Value::Ident(ident) => Some(ident.clone()),
            Value::Literal(_) | Value::None | Value::Other => None,
        }
    }

    /// The string behind a key. Another kind of literal is a problem.
    pub(super) fn text(&self, name: &str, file: &SourceFile, problems: &mut Vec<Diagnostic>) -> Option<LitStr> {
        let key = self.get(name)?;
        match &key.value {
            Value::Literal(Lit::Str(text)) => Some(text.clone()),
            Value::Literal(_) | Value::Ident(_) | Value::None | Value::Other => {
                problems.push(
                    file.error(key.span, format!("`{name}` needs a string"))
                        .help(format!("write `#[sea_orm({name} = \"..\")]`")),
                );
                None
            }
        }
    }

    /// The literal behind a key.
    pub(super) fn literal(&self, name: &str, file: &SourceFile, problems: &mut Vec<Diagnostic>) -> Option<Lit> {
        let key = self.get(name)?;
        match &key.value {
            Value::Literal(literal) => Some(literal.clone()),
            Value::None | Value::Ident(_) | Value::Other => {
                problems.push(
                    file.error(key.span, format!("`{name}` needs a literal"))
                        .help(format!("write a string, a number or a boolean: `#[sea_orm({name} = \"..\")]`")),
                );
                None
            }
        }
    }
}

/// `key`, `key = value` and `key(..)`; the commas between them are optional, as for SeaORM's relations.
fn keys(input: ParseStream<'_>) -> syn::Result<Vec<Key>> {
    let mut keys = Vec::new();
    while !input.is_empty() {
        if input.parse::<Option<Token![,]>>()?.is_some() {
            continue;
        }
        keys.push(input.parse()?);
    }
    Ok(keys)
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            // Nearly every value is a literal, and to look for one costs as much as to take it.
            if let Ok(literal) = input.parse::<Lit>() {
                Value::Literal(literal)
            } else {
                match input.parse::<syn::Expr>()? {
                    syn::Expr::Path(path) => {
                        path.path.get_ident().map_or(Value::Other, |name| Value::Ident(name.to_string()))
                    }
                    _ => Value::Other,
                }
            }
        } else if input.peek(syn::token::Paren) {
            let inner;
            syn::parenthesized!(inner in input);
            inner.parse::<TokenStream>()?;
            Value::Other
        } else {
            Value::None
        };
        Ok(Self { name: name.to_string(), span: name.span(), value })
    }
}

fn unknown(key: &Key, target: Target, file: &SourceFile) -> Diagnostic {
    let problem = file.error(key.span, format!("SeaORM knows no `{}` for {}", key.name, target.noun()));
    match similar::get_close_matches(key.name.as_str(), target.keys(), 1, 0.6).first() {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!("it knows {}", target.keys().join(", "))),
    }
}
