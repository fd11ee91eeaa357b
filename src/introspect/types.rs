//! Rust types → column types.

use std::collections::BTreeMap;
use std::rc::Rc;

use sea_query::{ColumnType, RcOrArc, StringLen};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, Type};

use super::crate_tree::{ModuleId, Tree};
use super::diagnostic::Diagnostic;
use super::item::{Item, ItemKind};
use super::known::{Exact, Known, known};
use super::resolve::Resolved;
use super::source_file::SourceFile;
use super::version::Rules;
use super::{active_enum, sql_type, value_type};
use crate::schema::DataType;

/// What a column's type is declared as.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) sql: Declaration,
    /// Whether the source leaves no other type of Postgres.
    pub(super) exact: Exact,
    /// The Rust enum behind a native enum.
    pub(super) enum_item: Option<Rc<Item>>,
}

#[derive(Debug, Clone)]
pub(super) enum Declaration {
    /// By SeaORM.
    Column(ColumnType),
    /// By `[entities.types]`.
    Sql(DataType),
}

impl Declared {
    /// Written out as a column type.
    pub(super) fn written(column: ColumnType) -> Self {
        Self { sql: Declaration::Column(column), exact: Exact::Yes, enum_item: None }
    }

    fn array_of(self) -> Self {
        let sql = match self.sql {
            Declaration::Column(column) => Declaration::Column(ColumnType::Array(RcOrArc::new(column))),
            Declaration::Sql(data_type) => Declaration::Sql(data_type.array_of()),
        };
        Self { sql, ..self }
    }

    /// The type in Postgres. Enums lie in the namespace of the table that uses them.
    pub(super) fn data_type(&self, namespace: &str, rules: Rules) -> DataType {
        match &self.sql {
            Declaration::Column(column) => sql_type::data_type(column, namespace, rules),
            Declaration::Sql(data_type) => data_type.clone(),
        }
    }

    /// Name and labels, if it is a native enum or an array of one.
    pub(super) fn native_enum(&self) -> Option<(String, Vec<String>)> {
        fn find(column: &ColumnType) -> Option<(String, Vec<String>)> {
            match column {
                ColumnType::Enum { name, variants } => {
                    Some((name.to_string(), variants.iter().map(ToString::to_string).collect()))
                }
                ColumnType::Array(element) => find(element),
                _ => None,
            }
        }
        match &self.sql {
            Declaration::Column(column) => find(column),
            Declaration::Sql(_) => None,
        }
    }
}

/// Finds the column types of Rust types.
#[derive(Clone, Copy)]
pub(super) struct Types<'a> {
    pub(super) tree: &'a Tree,
    /// `[entities.types]`.
    pub(super) overrides: &'a BTreeMap<String, String>,
    /// Whether SeaORM's macros look at the text of a type first.
    by_text: bool,
    /// How many types were followed to come here.
    depth: usize,
}

/// Longer than this is a circle of aliases.
const MOST_STEPS: usize = 64;

impl<'a> Types<'a> {
    pub(super) fn new(tree: &'a Tree, overrides: &'a BTreeMap<String, String>, rules: Rules) -> Self {
        Self { tree, overrides, by_text: rules.types_by_text, depth: 0 }
    }
}

impl Types<'_> {
    /// The column type of a field of a model or newtype: as [`Types::of`], but for what SeaORM 1 knows by its text.
    pub(super) fn of_field(&self, module: ModuleId, file: &SourceFile, written: &Type) -> Result<Declared, Diagnostic> {
        let text = text_of(written);
        let text = text.strip_prefix("Option<").and_then(|text| text.strip_suffix('>')).unwrap_or(&text);
        match by_text(text).filter(|_| self.by_text) {
            Some(Known::Scalar(column, exact)) => {
                Ok(Declared { sql: Declaration::Column(column), exact, enum_item: None })
            }
            Some(Known::Option | Known::Vec | Known::Cow) | None => self.of(module, file, written),
        }
    }

    /// The column type of a Rust type that is written in this module.
    pub(super) fn of(&self, module: ModuleId, file: &SourceFile, written: &Type) -> Result<Declared, Diagnostic> {
        let further = Self { depth: self.depth + 1, ..*self };
        match written {
            _ if self.depth > MOST_STEPS => Err(unresolved(file, written, &text_of(written))),
            Type::Paren(inner) => further.of(module, file, &inner.elem),
            Type::Group(inner) => further.of(module, file, &inner.elem),
            Type::Path(path) if path.qself.is_none() => further.of_path(module, file, path, written),
            _ => Err(unresolved(file, written, &text_of(written))),
        }
    }

    fn of_path(
        &self,
        module: ModuleId,
        file: &SourceFile,
        path: &syn::TypePath,
        written: &Type,
    ) -> Result<Declared, Diagnostic> {
        match self.tree.resolve_path(module, &path.path) {
            Some(Resolved::Item(item)) => self.of_item(&item, file, written),
            Some(Resolved::Foreign(name)) => {
                if let Some(declared) = self.overridden(&name.join("::")) {
                    return Ok(declared);
                }
                self.of_known(module, file, path, known(&name))
                    .unwrap_or_else(|| Err(unresolved(file, written, &name.join("::"))))
            }
            Some(Resolved::Module(_) | Resolved::Generated(_)) | None => {
                let name = text_of(written);
                let declared = self.overridden(&name);
                let unexpanded = &self.tree.content(module).unexpanded;
                declared.ok_or_else(|| match unexpanded.first() {
                    Some(call) => unresolved(file, written, &name)
                        .help(format!("the macro `{call}!` of this module was not expanded; it may define the type")),
                    None => unresolved(file, written, &name),
                })
            }
        }
    }

    fn overridden(&self, name: &str) -> Option<Declared> {
        let sql = self.overrides.get(name)?;
        Some(Declared { sql: Declaration::Sql(sql_type::parse(sql)), exact: Exact::Yes, enum_item: None })
    }

    fn of_known(
        &self,
        module: ModuleId,
        file: &SourceFile,
        path: &syn::TypePath,
        known: Option<Known>,
    ) -> Option<Result<Declared, Diagnostic>> {
        let argument = || argument(path);
        match known? {
            Known::Scalar(column, exact) => {
                Some(Ok(Declared { sql: Declaration::Column(column), exact, enum_item: None }))
            }
            Known::Option => argument().map(|inner| self.of(module, file, inner)),
            Known::Vec => argument().map(|inner| self.of_vec(module, file, inner)),
            Known::Cow => Some(Ok(Declared {
                sql: Declaration::Column(ColumnType::String(StringLen::None)),
                exact: Exact::Family,
                enum_item: None,
            })),
        }
    }

    fn of_vec(&self, module: ModuleId, file: &SourceFile, element: &Type) -> Result<Declared, Diagnostic> {
        let declared = self.of(module, file, element)?;
        Ok(match &declared.sql {
            // `Vec<u8>` is bytes.
            Declaration::Column(ColumnType::TinyUnsigned) => {
                Declared { sql: Declaration::Column(ColumnType::VarBinary(StringLen::None)), ..declared }
            }
            Declaration::Column(_) | Declaration::Sql(_) => declared.array_of(),
        })
    }

    /// The column type of a type that the project defines.
    fn of_item(&self, item: &Rc<Item>, file: &SourceFile, written: &Type) -> Result<Declared, Diagnostic> {
        let name = self.tree.item_path(item);
        if let Some(declared) = self.overridden(&name) {
            return Ok(declared);
        }
        if let Some(target) = Tree::alias_target(item) {
            return self.of(item.module, &item.file, target);
        }
        if item.derives("DeriveActiveEnum") {
            let column = active_enum::column_type(item)?;
            let native = matches!(column, ColumnType::Enum { .. });
            return Ok(Declared { enum_item: native.then(|| Rc::clone(item)), ..Declared::written(column) });
        }
        if item.derives("DeriveValueType") {
            return value_type::derived(self, item);
        }
        if item.derives("FromJsonQueryResult") {
            return Ok(Declared { exact: Exact::Family, ..Declared::written(ColumnType::Json) });
        }
        match value_type::written(self, item) {
            Some(declared) => declared,
            None => Err(match &item.kind {
                ItemKind::Enum(_) => {
                    unresolved(file, written, &name).help(format!("or derive `DeriveActiveEnum` on `{}`", item.name))
                }
                ItemKind::Struct(_) => unresolved(file, written, &name)
                    .help(format!("or derive `DeriveValueType` or `FromJsonQueryResult` on `{}`", item.name)),
                ItemKind::Alias(_) | ItemKind::Other => unresolved(file, written, &name),
            }),
        }
    }
}

/// The types that SeaORM 1 knows by their text (sea-orm-macros 1.1 `derives/sql_type_match.rs`).
fn by_text(text: &str) -> Option<Known> {
    let usual = match text {
        "NaiveDate" => "Date",
        "NaiveTime" => "Time",
        "NaiveDateTime" => "DateTime",
        "Date"
        | "Time"
        | "DateTime"
        | "DateTimeUtc"
        | "DateTimeLocal"
        | "DateTimeWithTimeZone"
        | "Uuid"
        | "Json"
        | "Decimal" => text,
        _ => return None,
    };
    known(&["sea_orm", "prelude", usual].map(str::to_owned))
}

fn argument(path: &syn::TypePath) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    })
}

/// The type without white space, as SeaORM's macros look at it.
pub(super) fn text_of(written: &Type) -> String {
    quote::quote!(#written).to_string().split_whitespace().collect()
}

fn unresolved(file: &SourceFile, written: &Type, name: &str) -> Diagnostic {
    file.error(written.span(), format!("cannot tell the column type of `{}`", text_of(written)))
        .help("write it on the field: `#[sea_orm(column_type = \"Text\")]`")
        .help(format!("or in autogen.toml, once for all: `[entities.types]` `\"{name}\" = \"text\"`"))
}
