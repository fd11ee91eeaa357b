//! `DeriveActiveEnum`, as sea-orm-macros reads it (`derives/active_enum.rs`).

use sea_query::{Alias, ColumnType, DynIden, IntoIden as _};

use super::attributes::{Keys, Target};
use super::case::{self, Case};
use super::column_type;
use super::diagnostic::Diagnostic;
use super::item::{Item, ItemKind, plain};
use crate::schema::Place;

/// What the enum is stored as.
pub(super) fn column_type(item: &Item) -> Result<ColumnType, Diagnostic> {
    let mut problems = Vec::new();
    let keys = Keys::read(&item.attributes, Target::Enum, &item.file, &mut problems);
    let db_type = keys.text("db_type", &item.file, &mut problems);
    let name = keys.text("enum_name", &item.file, &mut problems);
    let labels = labels(item, &keys, &mut problems);
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    match db_type {
        Some(db_type) if db_type.value() == "Enum" => {
            let name = name.map_or_else(|| case::variant(&item.name), |name| name.value());
            let labels = labels.into_iter().map(|(label, _)| label.map(iden)).collect::<Result<_, _>>()?;
            Ok(ColumnType::Enum { name: iden(name), variants: labels })
        }
        Some(db_type) => column_type::parse(&db_type, &item.file),
        None => Err(item
            .file
            .error(item.span, format!("`{}` does not say what it is stored as", item.name))
            .help("write `#[sea_orm(rs_type = \"String\", db_type = \"Enum\")]` on the enum")),
    }
}

/// Where each label of a native enum stands.
pub(super) fn label_places(item: &Item) -> Vec<(String, Place)> {
    let mut problems = Vec::new();
    let keys = Keys::read(&item.attributes, Target::Enum, &item.file, &mut problems);
    let labels = labels(item, &keys, &mut problems).into_iter();
    labels.filter_map(|(label, place)| Some((label.ok()?, place))).collect()
}

fn labels(item: &Item, keys: &Keys, problems: &mut Vec<Diagnostic>) -> Vec<(Result<String, Diagnostic>, Place)> {
    let ItemKind::Enum(variants) = &item.kind else { return Vec::new() };
    let rename_all = rule(keys, "rename_all", item, problems);
    let mut labels = Vec::with_capacity(variants.len());
    for variant in variants {
        let own = Keys::read(&variant.attrs, Target::EnumVariant, &item.file, problems);
        let written = own.text("string_value", &item.file, problems).map(|value| value.value());
        let renamed = rule(&own, "rename", item, problems).or(rename_all);
        let label = written.or_else(|| renamed.map(|rule| rule.apply(&plain(&variant.ident))));
        let label = label.ok_or_else(|| {
            item.file
                .error(variant.ident.span(), format!("the variant `{}` has no label", variant.ident))
                .help(format!("write `#[sea_orm(string_value = \"{}\")]` on it", case::column(&plain(&variant.ident))))
        });
        labels.push((label, item.file.place(variant.ident.span())));
    }
    labels
}

fn rule(keys: &Keys, key: &str, item: &Item, problems: &mut Vec<Diagnostic>) -> Option<Case> {
    let written = keys.text(key, &item.file, problems)?;
    let rule = Case::named(&written.value());
    if rule.is_none() {
        problems.push(unknown_case(&written, item));
    }
    rule
}

/// The problem with a `rename_all` that names no case.
pub(super) fn unknown_case(written: &syn::LitStr, item: &Item) -> Diagnostic {
    item.file
        .error(written.span(), format!("SeaORM knows no case `{}`", written.value()))
        .help("write `snake_case`, `camelCase`, `PascalCase`, `kebab-case`, `SCREAMING_SNAKE_CASE`, `lowercase` or `UPPERCASE`")
}

fn iden(text: String) -> DynIden {
    Alias::new(text).into_iden()
}
