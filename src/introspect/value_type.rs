//! Newtypes: `DeriveValueType`, and `impl ValueType` by hand.

use std::rc::Rc;

use sea_query::{ColumnType, StringLen};
use syn::{Expr, Type};

use super::attributes::{Keys, Target};
use super::column_type;
use super::diagnostic::Diagnostic;
use super::hand_written::{implements, method_value};
use super::item::{Item, ItemKind};
use super::known::Exact;
use super::resolve::Resolved;
use super::types::{Declared, Types};

/// `DeriveValueType` (sea-orm-macros `derives/value_type.rs`).
pub(super) fn derived(types: &Types<'_>, item: &Item) -> Result<Declared, Diagnostic> {
    let mut problems = Vec::new();
    let keys = Keys::read(&item.attributes, Target::ValueType, &item.file, &mut problems);
    let column = keys.text("column_type", &item.file, &mut problems);
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    if let Some(column) = column {
        return column_type::parse(&column, &item.file).map(Declared::written);
    }
    if keys.has("value_type") {
        return Ok(Declared { exact: Exact::Family, ..Declared::written(ColumnType::String(StringLen::None)) });
    }
    let ItemKind::Struct(fields) = &item.kind else { return Err(no_newtype(item)) };
    let inner = fields.first().filter(|field| field.ident.is_none()).ok_or_else(|| no_newtype(item))?;
    types.of_field(item.module, &item.file, &inner.ty)
}

fn no_newtype(item: &Item) -> Diagnostic {
    item.file
        .error(item.span, format!("`{}` is no tuple struct with one field", item.name))
        .help("write `#[sea_orm(value_type = \"String\")]` on it, or `#[sea_orm(column_type = \"..\")]` on the column")
}

/// `impl ValueType for X` with a `column_type` that is one constructor, or another type's.
pub(super) fn written(types: &Types<'_>, item: &Rc<Item>) -> Option<Result<Declared, Diagnostic>> {
    types.tree.read_so_far().into_iter().find_map(|module| {
        let content = types.tree.content(module);
        content.impls.iter().find_map(|block| {
            let Type::Path(path) = &*block.self_ty else { return None };
            if !implements(block, "ValueType", &item.name) {
                return None;
            }
            match types.tree.resolve_path(module, &path.path)? {
                Resolved::Item(found) if Rc::ptr_eq(&found, item) => {}
                Resolved::Item(_) | Resolved::Module(_) | Resolved::Generated(_) | Resolved::Foreign(_) => return None,
            }
            let body = method_value(block, "column_type")?;
            Some(match column_type::evaluate(body) {
                Some(column) => Ok(Declared::written(column)),
                None => match delegate(body) {
                    Some(inner) => types.of(module, &content.file, &inner),
                    None => return None,
                },
            })
        })
    })
}

/// `T` of `T::column_type()`, `<T as ValueType>::column_type()` and `T::db_type()`.
pub(super) fn delegate(value: &Expr) -> Option<Type> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    if !matches!(column_type::last(&path.path)?.as_str(), "column_type" | "db_type") {
        return None;
    }
    if let Some(qualified) = &path.qself {
        return Some((*qualified.ty).clone());
    }
    let mut owner = path.path.clone();
    owner.segments.pop();
    owner.segments.pop_punct();
    Some(Type::Path(syn::TypePath { qself: None, path: owner }))
}
