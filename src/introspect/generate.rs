//! The source of an entity for a table that has none, by SeaORM's own generator; what that leaves out (defaults,
//! indexes, actions of foreign keys, enums) is written into it.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;
use sea_orm_codegen::{
    BannerVersion, BigIntegerType, DateTimeCrate, EntityFormat, EntityTransformer, EntityWriterContext, WithPrelude,
    WithSerde,
};
use sea_query::{
    Alias, ColumnDef, ColumnType, ForeignKey as Key, Index as Keys, RcOrArc, StringLen, Table as Statement,
};

use syn::punctuated::Punctuated;

use crate::schema::{Action, BaseType, Column, ColumnDefault, ConstraintKind, DataType, EnumType, ForeignKey, Table};

/// What a table's file says beside the table.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Postgres' schema of the table, where that is not the default one.
    pub namespace: Option<String>,
    /// Enums that its columns have and that nobody declares yet.
    pub enums: Vec<EnumType>,
    /// Enums that its columns have and that another module declares.
    pub imported: Vec<ImportedEnum>,
    /// The foreign keys that can be declared, and the module of each entity that they refer to.
    pub keys: Vec<(ForeignKey, String)>,
}

/// An enum of another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedEnum {
    /// What Postgres calls it.
    pub name: String,
    /// The module beside the new one.
    pub module: String,
    /// What it is called there.
    pub ident: String,
}

/// The name that an enum of Postgres gets in Rust.
#[must_use]
pub fn enum_ident(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The file.
///
/// # Errors
/// Where the table cannot be an entity: no primary key, or a name that no Rust has.
pub fn generate(table: &Table, around: &Surroundings) -> Result<String, String> {
    if table.primary_key().is_none() {
        return Err("it has no primary key, and SeaORM has no entity without one".to_owned());
    }
    // A relation to what is not generated too would be left out.
    let others = around.keys.iter().filter(|(key, _)| key.references != table.name).map(|(key, it)| stub(key, it));
    let statements = others.chain([statement(table, around)]).collect();
    let writer = EntityTransformer::transform(statements).map_err(|it| it.to_string())?;
    let files = writer.write_entities(&context(around));
    let own = format!("table_name = {:?}", table.name.name);
    let written = files.into_iter().find(|it| it.content.contains(&own)).ok_or("nothing was generated")?.content;
    let mut file = syn::parse_file(&format!("{written}\n{}", enums(&around.enums)?)).map_err(|it| it.to_string())?;
    // The generator expects enums in a file of their own; here they stand below the entity, or in that of another.
    file.items.retain(|it| !is_of_enums(it));
    let imports = syn::parse_file(&imports(around)?).map_err(|it| it.to_string())?.items;
    let behind = file.items.iter().take_while(|it| matches!(it, syn::Item::Use(_))).count();
    file.items.splice(behind..behind, imports);
    file.items.iter_mut().filter_map(model_of).flat_map(|it| &mut it.fields).for_each(with_text_for_custom_types);
    file.attrs.clear();
    Ok(with_blank_lines(&prettyplease::unparse(&file)))
}

/// Enums of other modules; no two enums may have one name here.
fn imports(around: &Surroundings) -> Result<String, String> {
    let mut taken = BTreeSet::new();
    let own = around.enums.iter().map(|it| &it.name.name);
    for name in own.chain(around.imported.iter().map(|it| &it.name)) {
        if !taken.insert(enum_ident(name)) {
            return Err(format!("two enums of its columns have one name in Rust: {}", enum_ident(name)));
        }
    }
    let import = |it: &ImportedEnum| {
        let here = enum_ident(&it.name);
        let renamed = if here == it.ident { String::new() } else { format!(" as {here}") };
        format!("use super::{}::{}{renamed};\n", it.module, it.ident)
    };
    Ok(around.imported.iter().map(import).collect())
}

/// A table of the name that the module of another entity has.
fn stub(key: &ForeignKey, module: &str) -> sea_query::TableCreateStatement {
    let mut statement = Statement::create();
    statement.table(Alias::new(module));
    let mut keys = Keys::create();
    for column in &key.referenced_columns {
        statement.col(ColumnDef::new_with_type(Alias::new(column), ColumnType::Integer).not_null());
        keys.col(Alias::new(column));
    }
    statement.primary_key(&mut keys);
    statement
}

fn is_of_enums(item: &syn::Item) -> bool {
    let syn::Item::Use(item) = item else { return false };
    let syn::UseTree::Path(outer) = &item.tree else { return false };
    matches!(&*outer.tree, syn::UseTree::Path(inner) if outer.ident == "super" && inner.ident == "sea_orm_active_enums")
}

fn model_of(item: &mut syn::Item) -> Option<&mut syn::ItemStruct> {
    match item {
        syn::Item::Struct(item) => Some(item),
        _ => None,
    }
}

/// The generator leaves out columns of types that SeaORM does not know. As texts, cast on both ways, they can be used, and
/// a row can be inserted where such a column must have a value.
fn with_text_for_custom_types(field: &mut syn::Field) {
    for attribute in &mut field.attrs {
        let syn::Meta::List(list) = &mut attribute.meta else { continue };
        let Ok(words) = list.parse_args_with(Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated) else {
            continue;
        };
        if !words.iter().any(|it| it.path().is_ident("ignore")) {
            continue;
        }
        let custom = words.iter().find_map(|it| match it {
            syn::Meta::NameValue(syn::MetaNameValue {
                path,
                value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
                ..
            }) if path.is_ident("column_type") => {
                let call = text.parse::<syn::ExprCall>().ok()?;
                let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) = call.args.first()? else {
                    return None;
                };
                Some(name.value())
            }
            _ => None,
        });
        let Some(custom) = custom else { continue };
        let words = words.iter().filter(|it| !it.path().is_ident("ignore"));
        list.tokens = quote::quote!(#(#words),*, save_as = #custom);
    }
}

/// One between two items, but for imports.
fn with_blank_lines(text: &str) -> String {
    let mut spaced = String::new();
    let mut ends = false;
    for line in text.lines() {
        if ends && !line.starts_with([' ', '}']) && !(line.starts_with("use ") && spaced.ends_with(";\n")) {
            spaced.push('\n');
        }
        spaced.push_str(&format!("{line}\n"));
        ends = line.starts_with('}') || line.starts_with("use ") || line.ends_with("{}") && !line.starts_with(' ');
    }
    spaced
}

fn context(around: &Surroundings) -> EntityWriterContext {
    let none = Vec::new;
    EntityWriterContext::new(
        EntityFormat::Compact,
        WithPrelude::None,
        WithSerde::None,
        false,
        DateTimeCrate::Chrono,
        BigIntegerType::I64,
        around.namespace.clone(),
        false,
        false,
        false,
        none(),
        none(),
        none(),
        none(),
        none(),
        false,
        true,
        BannerVersion::Off,
    )
}

fn statement(table: &Table, around: &Surroundings) -> sea_query::TableCreateStatement {
    let mut statement = Statement::create();
    statement.table(Alias::new(&table.name.name));
    for column in &table.columns {
        statement.col(definition(column));
    }
    for constraint in &table.constraints {
        match &constraint.kind {
            ConstraintKind::PrimaryKey { columns, .. } => {
                let mut keys = Keys::create();
                columns.iter().for_each(|it| drop(keys.col(Alias::new(it)).to_owned()));
                statement.primary_key(&mut keys);
            }
            ConstraintKind::Unique { columns, .. } if columns.len() == 1 => {
                let mut keys = Keys::create();
                columns.iter().for_each(|it| drop(keys.col(Alias::new(it)).to_owned()));
                statement.index(keys.unique());
            }
            ConstraintKind::Unique { .. }
            | ConstraintKind::ForeignKey(_)
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => {}
        }
    }
    for (key, module) in &around.keys {
        statement.foreign_key(&mut foreign_key(table, key, module));
    }
    statement
}

fn definition(column: &Column) -> ColumnDef {
    let mut definition = ColumnDef::new_with_type(Alias::new(&column.name), column_type(&column.data_type));
    if !column.nullable {
        definition.not_null();
    }
    match column.default {
        ColumnDefault::Identity(_) | ColumnDefault::Serial(_) => drop(definition.auto_increment().to_owned()),
        ColumnDefault::None | ColumnDefault::Expression(_) | ColumnDefault::Generated(_) => {}
    }
    definition
}

/// The generator takes the table's name for the module's.
fn foreign_key(table: &Table, key: &ForeignKey, module: &str) -> sea_query::ForeignKeyCreateStatement {
    let mut statement = Key::create();
    statement.from_tbl(Alias::new(&table.name.name)).to_tbl(Alias::new(module));
    key.columns.iter().for_each(|it| drop(statement.from_col(Alias::new(it)).to_owned()));
    key.referenced_columns.iter().for_each(|it| drop(statement.to_col(Alias::new(it)).to_owned()));
    let action = |action: Action| match action {
        Action::NoAction => None,
        Action::Restrict => Some(sea_query::ForeignKeyAction::Restrict),
        Action::Cascade => Some(sea_query::ForeignKeyAction::Cascade),
        Action::SetNull => Some(sea_query::ForeignKeyAction::SetNull),
        Action::SetDefault => Some(sea_query::ForeignKeyAction::SetDefault),
    };
    if let Some(action) = action(key.on_delete) {
        statement.on_delete(action);
    }
    if let Some(action) = action(key.on_update) {
        statement.on_update(action);
    }
    statement
}

/// SeaORM's word for a type of Postgres.
fn column_type(data_type: &DataType) -> ColumnType {
    if data_type.array {
        let inner = DataType { array: false, ..data_type.clone() };
        return ColumnType::Array(RcOrArc::new(column_type(&inner)));
    }
    let numbers: Vec<u32> = data_type
        .modifiers
        .iter()
        .flat_map(|it| it.trim_matches(['(', ')']).split(','))
        .filter_map(|it| it.trim().parse().ok())
        .collect();
    let custom = |text: String| ColumnType::Custom(Alias::new(text).into());
    let name = match &data_type.base {
        BaseType::Builtin(name) => name.as_str(),
        BaseType::Enum(name) => {
            let name = Alias::new(&name.name).into();
            return ColumnType::Enum { name, variants: Vec::new() };
        }
        BaseType::Other(_) => return custom(data_type.to_string()),
    };
    match (name, numbers.as_slice()) {
        ("smallint", _) => ColumnType::SmallInteger,
        ("integer", _) => ColumnType::Integer,
        ("bigint", _) => ColumnType::BigInteger,
        ("real", _) => ColumnType::Float,
        ("double precision", _) => ColumnType::Double,
        ("numeric", [precision, scale]) => ColumnType::Decimal(Some((*precision, *scale))),
        ("numeric", _) => ColumnType::Decimal(None),
        ("boolean", _) => ColumnType::Boolean,
        ("uuid", _) => ColumnType::Uuid,
        ("text", _) => ColumnType::Text,
        ("character varying", [length]) => ColumnType::String(StringLen::N(*length)),
        ("character varying", _) => ColumnType::String(StringLen::None),
        ("character", [length]) => ColumnType::Char(Some(*length)),
        ("json", _) => ColumnType::Json,
        ("jsonb", _) => ColumnType::JsonBinary,
        ("bytea", _) => ColumnType::VarBinary(StringLen::None),
        ("date", _) => ColumnType::Date,
        ("time without time zone", _) => ColumnType::Time,
        ("timestamp without time zone", _) => ColumnType::DateTime,
        ("timestamp with time zone", _) => ColumnType::TimestampWithTimeZone,
        _ => custom(data_type.to_string()),
    }
}

/// The source of enums that are stored as Postgres' own.
fn enums(enums: &[EnumType]) -> Result<String, String> {
    let mut text = String::new();
    for enum_type in enums {
        let name = enum_ident(&enum_type.name.name);
        let (mut variants, mut taken) = (String::new(), BTreeSet::new());
        for label in &enum_type.labels {
            // SeaORM's derive makes an identifier of every label, whatever the variant is called.
            if label.to_upper_camel_case() == "Self" {
                return Err(format!("SeaORM cannot have the label {label:?} of the enum {name}"));
            }
            let variant = variant(label);
            if !taken.insert(variant.clone()) {
                return Err(format!("two labels of the enum {name} have one name in Rust: {variant}"));
            }
            syn::parse_str::<syn::Ident>(&variant)
                .map_err(|_| format!("the label {label:?} of the enum {name} has no name in Rust"))?;
            variants.push_str(&format!("#[sea_orm(string_value = {label:?})] {variant},\n"));
        }
        let namespace = match enum_type.name.namespace.as_str() {
            "" => String::new(),
            namespace => format!("{namespace}\".\""),
        };
        text.push_str(&format!(
            "#[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n#[sea_orm(rs_type = \"String\", db_type = \
             \"Enum\", enum_name = {:?})]\npub enum {name} {{\n{variants}}}\n",
            format!("{namespace}{}", enum_type.name.name)
        ));
    }
    Ok(text)
}

/// The variant of a label: signs that no name has go by their numbers, as SeaORM's generator has them, and `_` stands
/// before a digit.
fn variant(label: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let written = |c: char| if is_plain(c) { c.to_string() } else { format!(" u{:04x} ", c as u32) };
    let variant = label.chars().map(written).collect::<String>().to_upper_camel_case();
    if variant.starts_with(|c: char| c.is_numeric()) { format!("_{variant}") } else { variant }
}
