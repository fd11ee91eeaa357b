//! `DeriveEntityModel`, compact or dense (sea-orm-macros `derives/entity_model.rs`).

use std::rc::Rc;

use sea_query::ColumnType;
use syn::spanned::Spanned as _;
use syn::{Field, Lit};

use super::attributes::{Keys, Target};
use super::case::{self, Case};
use super::diagnostic::Diagnostic;
use super::entity::{AutoIncrement, Entity, EntityColumn};
use super::extra::{self, Extra};
use super::item::{Item, ItemKind, plain};
use super::types::{Declared, Types, text_of};
use super::version::Rules;
use super::{active_enum, column_type, default, relation};
use crate::schema::QualifiedName;

/// What an entity is called.
pub(super) struct Named {
    pub(super) table: QualifiedName,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// Reads a model, as far as it can be read. Its relations need other entities and come later.
pub(super) fn read(
    types: Types<'_>,
    item: &Rc<Item>,
    default_namespace: &str,
    problems: &mut Vec<Diagnostic>,
) -> Option<Entity> {
    let file = &item.file;
    let keys = Keys::read(&item.attributes, Target::Model, file, problems);
    let text = |name: &str, problems: &mut Vec<Diagnostic>| keys.text(name, file, problems).map(|text| text.value());
    let name = text("table_name", problems);
    if name.is_none() && !keys.has("table_name") {
        problems.push(
            file.error(item.span, "the model does not say which table it is")
                .help(format!("write `#[sea_orm(table_name = \"{}\")]` on it", table_name_of(types, item))),
        );
    }
    let namespace = text("schema_name", problems).unwrap_or_else(|| default_namespace.to_owned());
    let named = Named {
        table: QualifiedName::new(namespace, name.unwrap_or_default()),
        comment: text("comment", problems),
        renamed_from: text("renamed_from", problems),
    };
    read_named(types, item, named, problems)
}

/// Reads the fields of a model whose name is known.
pub(super) fn read_named(
    types: Types<'_>,
    item: &Rc<Item>,
    named: Named,
    problems: &mut Vec<Diagnostic>,
) -> Option<Entity> {
    let before = problems.len();
    let file = &item.file;
    // Unknown keys of the model are found by the caller.
    let keys = Keys::read(&item.attributes, Target::Model, file, &mut Vec::new());
    if let Some(key) = keys.get("rename_all").filter(|_| !types.rules.rename_all) {
        problems.push(
            file.error(key.span, format!("SeaORM {} ignores `rename_all`", types.rules.version))
                .help("remove it, and write `#[sea_orm(column_name = \"..\")]` on the fields that it is meant for"),
        );
    }
    let rename_all = keys.text("rename_all", file, problems).and_then(|written| {
        let rule = Case::named(&written.value());
        if rule.is_none() {
            problems.push(active_enum::unknown_case(&written, item));
        }
        rule
    });
    let mut key = Key::default();
    let mut columns = Vec::new();
    let ItemKind::Struct(fields) = &item.kind else {
        problems.push(
            file.error(item.span, "a model is a struct with named fields").help("write `pub struct Model { .. }`"),
        );
        return None;
    };
    for field in fields.iter().filter(|field| !(item.holds_relations() && relation::is_relation(&field.ty))) {
        columns.extend(column(types, item, field, rename_all, &mut key, problems));
    }
    if key.variants.is_empty() && problems.len() == before {
        problems.push(
            file.error(item.span, "the model has no primary key").help("write `#[sea_orm(primary_key)]` on a field"),
        );
    }
    Some(Entity {
        place: file.place(item.span),
        module: types.tree.module_path(item.module),
        table: named.table,
        comment: named.comment,
        renamed_from: named.renamed_from,
        columns,
        auto_increment: AutoIncrement {
            on: key.auto_increment.unwrap_or(true) && key.variants.len() == 1,
            stated: key.stated,
        },
        key_place: key.place.unwrap_or_else(|| file.place(item.span)),
        primary_key: key.variants,
        relations: Vec::new(),
        item: Rc::clone(item),
    })
}

pub(super) fn table_name_of(types: Types<'_>, item: &Item) -> String {
    let path = types.tree.module_path(item.module);
    path.rsplit("::").next().unwrap_or_default().to_owned()
}

/// What the fields say about the primary key, so far.
#[derive(Default)]
struct Key {
    variants: Vec<String>,
    place: Option<crate::schema::Place>,
    auto_increment: Option<bool>,
    stated: bool,
}

fn column(
    types: Types<'_>,
    item: &Item,
    field: &Field,
    rename_all: Option<Case>,
    key: &mut Key,
    problems: &mut Vec<Diagnostic>,
) -> Option<EntityColumn> {
    let file = &item.file;
    let Some(ident) = &field.ident else {
        problems.push(
            file.error(field.span(), "a model is a struct with named fields").help("write `pub struct Model { .. }`"),
        );
        return None;
    };
    let keys = Keys::read(&field.attrs, Target::Column, file, problems);
    if keys.has("ignore") {
        return None;
    }
    let field_name = plain(ident);
    let written = |name: &str, problems: &mut Vec<Diagnostic>| keys.text(name, file, problems).map(|text| text.value());
    let variant = written("enum_name", problems).unwrap_or_else(|| match case::variant(&field_name).as_str() {
        // The one name that no variant can have.
        "Self" => "Self_".to_owned(),
        variant => variant.to_owned(),
    });
    let name = written("column_name", problems)
        .unwrap_or_else(|| column_name(&field_name, &variant, keys.has("enum_name"), rename_all));

    // SeaORM looks at the text: an alias of `Option` is not null unless `nullable` says so.
    let type_text = text_of(&field.ty);
    let optional = type_text.starts_with("Option<");
    let place = file.place(ident.span());
    if keys.has("primary_key") {
        key.variants.push(variant.clone());
        key.place.get_or_insert_with(|| place.clone());
    }
    key_counts_up(&keys, item, &type_text, types.rules, key, problems);

    let declared = match keys.text("column_type", file, problems) {
        Some(text) => column_type::parse(&text, file).map(Declared::written),
        None => types.of_field(item.module, file, &field.ty),
    };
    let default = match (keys.has("default_expr"), keys.has("default_value")) {
        (true, true | false) => {
            keys.text("default_expr", file, problems).map(|written| default::of_expression(&written, file))
        }
        (false, true) => {
            keys.literal("default_value", file, problems).map(|literal| default::of_literal(&literal, file))
        }
        (false, false) => None,
    };
    let extra = keys.text("extra", file, problems).map_or(Ok(Extra::default()), |written| extra::parse(&written, file));
    let unique_key = written("unique_key", problems);
    let comment = written("comment", problems);
    let renamed_from = written("renamed_from", problems);
    let mut kept = |problem: Diagnostic| problems.push(problem);
    // What refers to this column needs its name alone.
    let declared = declared.map_err(&mut kept).unwrap_or_else(|()| Declared::written(ColumnType::Text));
    let default = default.transpose().map_err(&mut kept).unwrap_or_default();
    let extra = extra.map_err(&mut kept).unwrap_or_default();
    Some(EntityColumn {
        variant,
        name,
        place,
        declared,
        nullable: optional || keys.has("nullable"),
        unique: keys.has("unique"),
        indexed: keys.has("indexed"),
        unique_key,
        default,
        extra,
        comment,
        renamed_from,
    })
}

/// SeaORM's `DeriveColumn` takes the name from the variant, unless the field's own name would be changed by that.
fn column_name(field: &str, variant: &str, variant_written: bool, rename_all: Option<Case>) -> String {
    match rename_all {
        Some(rule) => rule.apply(&case::variant(field)),
        None if variant_written && case::column(&case::variant(field)) == field => case::column(variant),
        None => case::column(field),
    }
}

/// `auto_increment`, and the rule that turns it off: the type's text ends with `String` or `Uuid`.
fn key_counts_up(
    keys: &Keys,
    item: &Item,
    type_text: &str,
    rules: Rules,
    key: &mut Key,
    problems: &mut Vec<Diagnostic>,
) {
    match keys.literal("auto_increment", &item.file, problems) {
        Some(Lit::Bool(on)) => {
            key.auto_increment = Some(on.value);
            key.stated = true;
        }
        Some(other) => problems.push(
            item.file.error(other.span(), "`auto_increment` is true or false").help("write `auto_increment = false`"),
        ),
        None => {}
    }
    let type_text = type_text.strip_prefix("Option<").and_then(|text| text.strip_suffix('>')).unwrap_or(type_text);
    let never = rules.text_stops_counting && (type_text.ends_with("String") || type_text.ends_with("Uuid"));
    if keys.has("primary_key") && key.auto_increment.is_none() && never {
        key.auto_increment = Some(false);
    }
}
