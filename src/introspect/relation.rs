//! Relations → foreign keys: `DeriveRelation`, and the relation fields of the dense form.
//!
//! From sea-orm-macros `derives/{relation, model_ex}.rs`: only what belongs to another entity has a key of its own.

use std::rc::Rc;

use heck::ToUpperCamelCase as _;
use syn::spanned::Spanned as _;
use syn::{Expr, LitStr, Path, Type};

use super::attributes::{Keys, Target};
use super::column_type;
use super::crate_tree::{ModuleId, Tree};
use super::diagnostic::Diagnostic;
use super::entity::Relation;
use super::hand_written::{Arms, Chain, implements, literal_text, method_value};
use super::item::{Item, ItemKind, plain};
use super::nesting;
use super::resolve::Resolved;
use super::source_file::SourceFile;
use crate::schema::Action;

/// Whether a field is a relation of the dense form and no column.
pub(super) fn is_relation(field_type: &Type) -> bool {
    let Type::Path(path) = field_type else { return false };
    column_type::last(&path.path).is_some_and(|last| matches!(last.as_str(), "HasOne" | "HasMany" | "BelongsTo"))
}

/// The foreign keys of an entity: from its fields in the dense form, else from the `Relation` enum beside it.
pub(super) fn of_entity(tree: &Tree, item: &Item, problems: &mut Vec<Diagnostic>) -> Vec<Relation> {
    if item.is_dense() { of_fields(tree, item, problems) } else { of_enum(tree, item, problems) }
}

fn of_fields(tree: &Tree, item: &Item, problems: &mut Vec<Diagnostic>) -> Vec<Relation> {
    let ItemKind::Struct(fields) = &item.kind else { return Vec::new() };
    fields.iter().filter_map(|field| of_field(tree, item, field, problems)).collect()
}

/// The foreign keys of the `Relation` enum beside an entity, derived or by hand.
fn of_enum(tree: &Tree, entity: &Item, problems: &mut Vec<Diagnostic>) -> Vec<Relation> {
    let keys = Keys::read(&entity.attributes, Target::Model, &entity.file, &mut Vec::new());
    let name = keys.ident("relation").unwrap_or_else(|| "Relation".to_owned());
    let found = tree.resolve(entity.module, std::slice::from_ref(&name), false);
    // An `Entity` by hand beside a dense model: the relations are the model's fields.
    if let Some(Resolved::Generated(model)) = &found {
        return of_fields(tree, model, problems);
    }
    let Some(Resolved::Item(item)) = found else {
        // Code that compiles has one, so something here was not read.
        if let Some(call) = tree.content(entity.module).unexpanded.first() {
            problems.push(
                entity
                    .file
                    .error(entity.span, format!("cannot find the enum `{name}` of this entity"))
                    .help(format!("the macro `{call}!` of this module was not expanded; it may define it"))
                    .help(format!("write it out: `#[derive(DeriveRelation)] pub enum {name} {{ .. }}`")),
            );
        }
        return Vec::new();
    };
    let ItemKind::Enum(variants) = &item.kind else { return Vec::new() };
    if !item.derives("DeriveRelation") {
        return by_hand(tree, &item, variants, problems);
    }
    let read = |variant: &syn::Variant| {
        let keys = Keys::read(&variant.attrs, Target::RelationVariant, &item.file, problems);
        if keys.has("skip_fk") {
            return None;
        }
        let target = keys.text("belongs_to", &item.file, problems)?;
        let target = target_of(tree, &item, &target, problems)?;
        let draft = Draft { file: &item.file, span: variant.ident.span(), keys: &keys, exact: true };
        draft.finish(target, problems)
    };
    variants.iter().filter_map(read).collect()
}

/// `impl RelationTrait for Relation` with a builder chain for each variant.
fn by_hand(tree: &Tree, item: &Item, variants: &[syn::Variant], problems: &mut Vec<Diagnostic>) -> Vec<Relation> {
    if variants.is_empty() {
        return Vec::new();
    }
    let content = tree.content(item.module);
    let block = content.impls.iter().find(|block| implements(block, "RelationTrait", &item.name));
    let arms = block.and_then(|block| method_value(block, "def")).and_then(Arms::of);
    let arms = arms.filter(|arms| arms.after.iter().all(|call| call.method == "into"));
    let read = |variant: &syn::Variant| {
        let value = arms.as_ref().and_then(|arms| arms.value(&plain(&variant.ident)));
        let before = problems.len();
        let read = value.and_then(|value| chained(tree, item, variant, value, problems));
        if read.is_none() && problems.len() == before {
            problems.push(
                item.file
                    .error(variant.ident.span(), format!("cannot read the relation `{}`", variant.ident))
                    .help("derive `DeriveRelation`, or write `fn def` as one `match self` with a builder chain each"),
            );
        }
        read.flatten()
    };
    variants.iter().filter_map(read).collect()
}

/// `Entity::belongs_to(super::user::Entity).from(Column::UserId).to(super::user::Column::Id).into()`; the inner `None`
/// for a relation without a key of its own.
fn chained(
    tree: &Tree,
    item: &Item,
    variant: &syn::Variant,
    value: &Expr,
    problems: &mut Vec<Diagnostic>,
) -> Option<Option<Relation>> {
    let chain = Chain::of(value);
    let Expr::Call(call) = chain.base else { return None };
    let Expr::Path(function) = &*call.func else { return None };
    match column_type::last(&function.path)?.as_str() {
        "belongs_to" => {}
        "has_one" | "has_many" | "has_many_via" => return Some(None),
        _ => return None,
    }
    if chain.calls.iter().any(|call| call.method == "skip_fk") {
        return Some(None);
    }
    let Some(Expr::Path(target)) = call.args.first() else { return None };
    let target = target_entity(tree, item.module, &item.file, &target.path, problems)?;
    let place = item.file.place(variant.ident.span());
    let mut relation =
        Relation { place, from: Vec::new(), target, to: Vec::new(), on_update: None, on_delete: None, name: None };
    let named_action = |value: &Expr| match value {
        Expr::Path(path) => action(&column_type::last(&path.path)?),
        _ => None,
    };
    for call in chain.calls {
        match (call.method.to_string().as_str(), call.args.first()) {
            ("from", Some(columns)) => relation.from = variants_of(columns, true)?,
            ("to", Some(columns)) => relation.to = variants_of(columns, true)?,
            ("on_update", Some(value)) => relation.on_update = Some(named_action(value)?),
            ("on_delete", Some(value)) => relation.on_delete = Some(named_action(value)?),
            ("fk_name", Some(name)) => relation.name = Some(literal_text(name)?),
            ("on_condition" | "condition_type", Some(_)) | ("into", None) => {}
            _ => return None,
        }
    }
    (!relation.from.is_empty() && !relation.to.is_empty()).then_some(Some(relation))
}

fn of_field(tree: &Tree, item: &Item, field: &syn::Field, problems: &mut Vec<Diagnostic>) -> Option<Relation> {
    if !is_relation(&field.ty) {
        return None;
    }
    let Type::Path(path) = &field.ty else { return None };
    let file = &item.file;
    let keys = Keys::read(&field.attrs, Target::RelationField, file, problems);
    let refers_to_itself = keys.has("self_ref") && !keys.has("via") && keys.has("from") && keys.has("to");
    if !(keys.has("belongs_to") || refers_to_itself) || keys.has("skip_fk") {
        return None;
    }
    let entity = entity_argument(path).or_else(|| {
        problems.push(
            file.error(field.ty.span(), "the relation names no entity").help("write `HasOne<super::user::Entity>`"),
        );
        None
    })?;
    let target = target_entity(tree, item.module, file, &entity, problems)?;
    let span = field.ident.as_ref().map_or_else(|| field.span(), syn::Ident::span);
    Draft { file, span, keys: &keys, exact: false }.finish(target, problems)
}

/// `Entity` of `HasOne<Entity>` and of `BelongsTo<Option<Entity>>`.
fn entity_argument(path: &syn::TypePath) -> Option<Path> {
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    let syn::GenericArgument::Type(Type::Path(inner)) = arguments.args.first()? else { return None };
    if column_type::last(&inner.path)? == "Option" { entity_argument(inner) } else { Some(inner.path.clone()) }
}

fn target_of(tree: &Tree, item: &Item, written: &LitStr, problems: &mut Vec<Diagnostic>) -> Option<Rc<Item>> {
    match nesting::path(written) {
        Ok(path) => target_entity(tree, item.module, &item.file, &path, problems),
        Err(error) => {
            problems.push(item.file.syntax_error(&error));
            None
        }
    }
}

fn target_entity(
    tree: &Tree,
    module: ModuleId,
    file: &SourceFile,
    path: &Path,
    problems: &mut Vec<Diagnostic>,
) -> Option<Rc<Item>> {
    match tree.resolve_deep(module, path) {
        Some(Resolved::Generated(model)) => Some(model),
        Some(Resolved::Item(item)) => match Tree::alias_target(&item) {
            // An alias of an alias is not followed: it could be a circle.
            Some(Type::Path(target)) => match tree.resolve_deep(item.module, &target.path) {
                Some(Resolved::Generated(model) | Resolved::Item(model)) => Some(model),
                Some(Resolved::Module(_) | Resolved::Foreign(_)) | None => Some(item),
            },
            Some(_) | None => Some(item),
        },
        Some(Resolved::Module(_) | Resolved::Foreign(_)) | None => {
            let written: String = quote::quote!(#path).to_string().split_whitespace().collect();
            problems.push(
                file.error(path.span(), format!("cannot find the entity `{written}`"))
                    .help("name it by its path from this module: `super::user::Entity`")
                    .help("or add `skip_fk` (SeaORM 2), if there is no foreign key"),
            );
            None
        }
    }
}

/// A relation whose target is known and whose columns are not.
struct Draft<'a> {
    file: &'a SourceFile,
    span: proc_macro2::Span,
    keys: &'a Keys,
    /// Columns are variants (`Column::UserId`), not fields (`user_id`).
    exact: bool,
}

impl Draft<'_> {
    fn finish(&self, target: Rc<Item>, problems: &mut Vec<Diagnostic>) -> Option<Relation> {
        let from = self.columns("from", problems);
        let to = self.columns("to", problems);
        let on_update = self.action("on_update", problems);
        let on_delete = self.action("on_delete", problems);
        let name = self.keys.text("fk_name", self.file, problems).map(|name| name.value());
        let place = self.file.place(self.span);
        Some(Relation { place, from: from?, target, to: to?, on_update, on_delete, name })
    }

    fn columns(&self, key: &str, problems: &mut Vec<Diagnostic>) -> Option<Vec<String>> {
        if !self.keys.has(key) {
            problems.push(
                self.file
                    .error(self.span, format!("the relation does not say `{key}` which column"))
                    .help(format!("write `{key} = \"..\"` beside `belongs_to`")),
            );
            return None;
        }
        let written = self.keys.text(key, self.file, problems)?;
        let columns = match written.value().starts_with('(') {
            true => nesting::code::<Expr>(&written).ok().and_then(|columns| variants_of(&columns, self.exact)),
            false => nesting::path(&written).ok().and_then(|path| Some(vec![variant_of(&path, self.exact)?])),
        };
        if columns.is_none() {
            problems.push(
                self.file
                    .error(written.span(), format!("cannot read the columns `{}`", written.value()))
                    .help("write one column, or several in parentheses: `(Column::TenantId, Column::UserId)`"),
            );
        }
        columns
    }

    fn action(&self, key: &str, problems: &mut Vec<Diagnostic>) -> Option<Action> {
        let written = self.keys.text(key, self.file, problems)?;
        let action = action(&written.value());
        if action.is_none() {
            problems.push(
                self.file
                    .error(written.span(), format!("there is no foreign key action `{}`", written.value()))
                    .help("write `Cascade`, `Restrict`, `SetNull`, `SetDefault` or `NoAction`"),
            );
        }
        action
    }
}

/// The variants of `Column` that a tuple of paths names.
fn variants_of(columns: &Expr, exact: bool) -> Option<Vec<String>> {
    let one = |column: &Expr| match column {
        Expr::Path(path) => variant_of(&path.path, exact),
        _ => None,
    };
    match columns {
        Expr::Tuple(tuple) => tuple.elems.iter().map(one).collect(),
        Expr::Paren(inner) => variants_of(&inner.expr, exact),
        column => one(column).map(|column| vec![column]),
    }
}

/// The variant that a path names, or the field, when it is not `exact`.
fn variant_of(column: &Path, exact: bool) -> Option<String> {
    let name = plain(&column.segments.last()?.ident);
    Some(if exact { name } else { name.to_upper_camel_case() })
}

/// A variant of `sea_query::ForeignKeyAction`.
fn action(name: &str) -> Option<Action> {
    Some(match name {
        "Cascade" => Action::Cascade,
        "Restrict" => Action::Restrict,
        "SetNull" => Action::SetNull,
        "SetDefault" => Action::SetDefault,
        "NoAction" => Action::NoAction,
        _ => return None,
    })
}
