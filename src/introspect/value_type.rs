//! Newtypes: `DeriveValueType`, and `impl ValueType` by hand.

use std::rc::Rc;

use sea_query::{ColumnType, StringLen};
use syn::{Expr, ImplItem, Stmt, Type};

use super::attributes::{Keys, Target};
use super::column_type;
use super::diagnostic::Diagnostic;
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
    types.of(item.module, &item.file, &inner.ty)
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
            let named = block
                .trait_
                .as_ref()
                .is_some_and(|(_, path, _)| column_type::last(path).is_some_and(|last| last == "ValueType"));
            let Type::Path(path) = &*block.self_ty else { return None };
            if !named || column_type::last(&path.path).as_ref() != Some(&item.name) {
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

/// The expression that a method's body consists of.
pub(super) fn method_value<'a>(block: &'a syn::ItemImpl, name: &str) -> Option<&'a Expr> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => match method.block.stmts.last()? {
            Stmt::Expr(Expr::Return(value), _) => value.expr.as_deref(),
            Stmt::Expr(value, None) => Some(value),
            Stmt::Expr(_, Some(_)) | Stmt::Local(_) | Stmt::Item(_) | Stmt::Macro(_) => None,
        },
        _ => None,
    })
}

/// `T` of `T::column_type()` and of `<T as ValueType>::column_type()`.
fn delegate(value: &Expr) -> Option<Type> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    if column_type::last(&path.path)? != "column_type" {
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
