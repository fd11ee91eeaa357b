//! Newtypes: `DeriveValueType`, and `impl ValueType` or `impl ActiveEnum` by hand.

use std::rc::Rc;

use heck::ToSnakeCase as _;
use sea_query::{Alias, ColumnType, DynIden, IntoIden as _, StringLen};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ItemImpl, Lit, Path, Type};

use super::attributes::{Keys, Target};
use super::column_type::{self, last};
use super::crate_tree::{Content, ModuleId};
use super::diagnostic::Diagnostic;
use super::hand_written::{Arms, Chain, literal_text, method_value};
use super::item::{Item, ItemKind, plain};
use super::known::Exact;
use super::resolve::Resolved;
use super::types::{Declared, Types, about_type};

/// `DeriveValueType` (sea-orm-macros `derives/value_type.rs`).
pub(super) fn derived(types: &Types<'_>, item: &Item) -> Result<Declared, Diagnostic> {
    let mut problems = Vec::new();
    let keys = Keys::read(&item.attributes, Target::ValueType, &item.file, &mut problems);
    let column = keys.text("column_type", &item.file, &mut problems);
    let value = keys.text("value_type", &item.file, &mut problems);
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    if let Some(column) = column {
        return column_type::parse(&column, &item.file).map(Declared::written);
    }
    match value {
        Some(value) if value.value() == "String" => {
            return Ok(Declared { exact: Exact::Family, ..Declared::written(ColumnType::String(StringLen::None)) });
        }
        Some(value) => {
            return Err(item
                .file
                .error(value.span(), format!("SeaORM knows no `value_type = \"{}\"`", value.value()))
                .help("write `value_type = \"String\"`, or a tuple struct around the type without `value_type`"));
        }
        None => {}
    }
    let ItemKind::Struct(fields) = &item.kind else { return Err(no_newtype(item)) };
    let inner = fields.first().filter(|field| field.ident.is_none()).ok_or_else(|| no_newtype(item))?;
    let declared = types.of_field(item.module, &item.file, &inner.ty);
    declared.map_err(|problem| about_type(problem, item, &inner.ty, &format!("`{}`", item.name)))
}

fn no_newtype(item: &Item) -> Diagnostic {
    item.file
        .error(item.span, format!("`{}` is no tuple struct with one field", item.name))
        .help("write `#[sea_orm(value_type = \"String\")]` on it, if it is stored as text")
        .help("or `#[sea_orm(column_type = \"Text\")]` on each column of this type, with its own type")
}

/// `impl ValueType for X`, else `impl ActiveEnum for X`, as far as it can be read. `None` where there is none.
pub(super) fn written(types: &Types<'_>, item: &Rc<Item>) -> Option<Result<Declared, Diagnostic>> {
    ["ValueType", "ActiveEnum"].into_iter().find_map(|name| {
        let found = find(types, item, name)?;
        let method = if name == "ValueType" { "column_type" } else { "db_type" };
        Some(found.column_type(types, item, method))
    })
}

/// A block that implements a trait for a type, and where it stands.
struct Written {
    block: Rc<ItemImpl>,
    module: ModuleId,
    content: Rc<Content>,
}

/// Looks in what was read so far, then in the rest of the type's crate.
fn find(types: &Types<'_>, item: &Rc<Item>, name: &str) -> Option<Written> {
    let tree = types.tree;
    let read = || {
        tree.impls(name, &item.name).into_iter().find_map(|(module, block)| {
            let Type::Path(path) = &*block.self_ty else { return None };
            let found = tree.resolve_path(module, &path.path);
            let is_item = matches!(found, Some(Resolved::Item(found)) if Rc::ptr_eq(&found, item));
            is_item.then(|| Written { block, module, content: tree.content(module) })
        })
    };
    read().or_else(|| if tree.read_whole_crate(item.module) { read() } else { None })
}

impl Written {
    fn column_type(&self, types: &Types<'_>, item: &Rc<Item>, method: &str) -> Result<Declared, Diagnostic> {
        let code = Code { types: *types, module: self.module, content: &self.content, own: Some(item) };
        let body = method_value(&self.block, method);
        body.and_then(|body| code.column_type(body)).ok_or_else(|| {
            let span = body.map_or_else(|| last_span(&self.block), syn::spanned::Spanned::span);
            self.content
                .file
                .error(span, format!("cannot tell what `{method}` of `{}` returns", item.name))
                .help("write one constructor with literals: `ColumnType::String(StringLen::N(8))`")
                .help(format!(
                    "or in autogen.toml: `[entities.types]` `\"{}\" = \"text\"`, with its own type",
                    types.tree.item_path(item)
                ))
        })
    }
}

fn last_span(block: &ItemImpl) -> proc_macro2::Span {
    syn::spanned::Spanned::span(&*block.self_ty)
}

/// Code that names column types, as seen from its module.
pub(super) struct Code<'a> {
    pub(super) types: Types<'a>,
    pub(super) module: ModuleId,
    pub(super) content: &'a Content,
    /// What `Self` is.
    pub(super) own: Option<&'a Rc<Item>>,
}

impl Code<'_> {
    /// A constructor, `T::column_type()`, `<T as ValueType>::column_type()` or `T::db_type()`, in a `ColumnDef` or not.
    pub(super) fn column_type(&self, value: &Expr) -> Option<Declared> {
        let further = Self { types: self.types.deeper()?, content: self.content, ..*self };
        let chain = Chain::of(value);
        let keeps = |call: &&syn::ExprMethodCall| {
            let converts = column_type::is_conversion(call) || call.method == "def" || call.method == "get_column_type";
            converts && call.args.is_empty()
        };
        if !chain.calls.iter().all(keeps) {
            return None;
        }
        match chain.base {
            Expr::Reference(inner) => return further.column_type(&inner.expr),
            Expr::Struct(fields) if last(&fields.path)? == "Enum" => return self.native_enum(fields),
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return None };
                match (last(&function.path)?.as_str(), call.args.first(), call.args.len()) {
                    ("new" | "from", Some(inner), 1) => return further.column_type(inner),
                    ("Array", Some(inner), 1) => return further.column_type(inner).map(Declared::array_of),
                    ("Custom" | "custom", Some(name), 1) => {
                        let name = Alias::new(self.name(name)?).into_iden();
                        return Some(Declared::written(ColumnType::Custom(name)));
                    }
                    ("column_type" | "db_type", None, 0) => return further.of_other(function),
                    _ => {}
                }
            }
            _ => {}
        }
        column_type::evaluate(chain.base).map(|column| Declared { exact: exact(&column), ..Declared::written(column) })
    }

    /// What another type says, or another trait of the same type.
    fn of_other(&self, function: &syn::ExprPath) -> Option<Declared> {
        let owner = match &function.qself {
            Some(qualified) => (*qualified.ty).clone(),
            None => {
                let mut owner = function.path.clone();
                owner.segments.pop();
                owner.segments.pop_punct();
                Type::Path(syn::TypePath { qself: None, path: owner })
            }
        };
        match (self.own, &owner) {
            (Some(item), Type::Path(path)) if path.path.is_ident("Self") => {
                let method = last(&function.path)?;
                let name = if method == "db_type" { "ActiveEnum" } else { "ValueType" };
                find(&self.types, item, name)?.column_type(&self.types, item, &method).ok()
            }
            (Some(_) | None, _) => self.types.of(self.module, &self.content.file, &owner).ok(),
        }
    }

    /// `Enum { name: .., variants: .. }`
    fn native_enum(&self, fields: &syn::ExprStruct) -> Option<Declared> {
        let field = |name: &str| {
            let mut named = fields.fields.iter();
            named.find(|field| matches!(&field.member, syn::Member::Named(member) if member == name)).map(|it| &it.expr)
        };
        let name = Alias::new(self.name(field("name")?)?).into_iden();
        let variants = self.names(field("variants")?)?.into_iter().map(|label| Alias::new(label).into_iden());
        let variants: Vec<DynIden> = variants.collect();
        Some(Declared { enum_item: self.own.cloned(), ..Declared::written(ColumnType::Enum { name, variants }) })
    }

    /// A string, an identifier's name, or what `Self::name()` returns.
    fn name(&self, value: &Expr) -> Option<String> {
        if let Some(text) = column_type::text(value) {
            return Some(text);
        }
        match value {
            Expr::MethodCall(call) if column_type::is_conversion(call) => self.name(&call.receiver),
            Expr::Reference(inner) => self.name(&inner.expr),
            Expr::Path(path) => self.iden(&path.path),
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return None };
                match (last(&function.path)?.as_str(), call.args.first(), call.args.len()) {
                    ("new" | "from", Some(inner), 1) => self.name(inner),
                    ("name", None, 0) => {
                        let further = Self { types: self.types.deeper()?, content: self.content, ..*self };
                        let found = find(&self.types, self.own?, "ActiveEnum")?;
                        further.name(method_value(&found.block, "name")?)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A list of names, or one for each variant through `to_value`.
    fn names(&self, list: &Expr) -> Option<Vec<String>> {
        match list {
            Expr::Array(array) => array.elems.iter().map(|element| self.name(element)).collect(),
            Expr::Macro(call) if call.mac.path.is_ident("vec") => {
                let elements = call.mac.parse_body_with(Punctuated::<Expr, syn::Token![,]>::parse_terminated).ok()?;
                elements.iter().map(|element| self.name(element)).collect()
            }
            list => {
                let chain = Chain::of(list);
                let every = matches!(chain.base, Expr::Call(call) if call.args.is_empty()
                    && matches!(&*call.func, Expr::Path(path) if last(&path.path).is_some_and(|it| it == "iter" || it == "values")));
                let methods =
                    |call: &&syn::ExprMethodCall| ["map", "into_iter", "collect"].iter().any(|it| call.method == it);
                if !(every && chain.calls.iter().all(methods)) {
                    return None;
                }
                self.labels()
            }
        }
    }

    /// What `to_value` makes of each variant, in the order of the enum.
    fn labels(&self) -> Option<Vec<String>> {
        let ItemKind::Enum(variants) = &self.own?.kind else { return None };
        let found = find(&self.types, self.own?, "ActiveEnum")?;
        let arms = Arms::of(method_value(&found.block, "to_value")?)?;
        if !arms.after.iter().all(|call| column_type::is_conversion(call)) {
            return None;
        }
        variants.iter().map(|variant| column_type::text(arms.value(&plain(&variant.ident))?)).collect()
    }

    /// The name of a type, or of a variant, that derives `DeriveIden` or implements `Iden` with a literal.
    fn iden(&self, path: &Path) -> Option<String> {
        let tree = self.types.tree;
        if let Some(Resolved::Item(item)) = tree.resolve_path(self.module, path) {
            let written = find(&self.types, &item, "Iden").and_then(|found| unquoted(&found.block));
            return written
                .or_else(|| item.derives("DeriveIden").then(|| iden_name(&item, &item.attributes, &item.name)));
        }
        let mut owner = path.clone();
        let variant = plain(&owner.segments.pop()?.value().ident);
        owner.segments.pop_punct();
        let Some(Resolved::Item(item)) = tree.resolve_path(self.module, &owner) else { return None };
        let ItemKind::Enum(variants) = &item.kind else { return None };
        let found = variants.iter().find(|other| plain(&other.ident) == variant)?;
        let name = if variant == "Table" { &item.name } else { &variant };
        item.derives("DeriveIden").then(|| iden_name(&item, &found.attrs, name))
    }
}

/// `#[sea_orm(iden = "x")]`, else the name in snake case.
fn iden_name(item: &Item, attributes: &[syn::Attribute], name: &str) -> String {
    let keys = Keys::read(attributes, Target::Iden, &item.file, &mut Vec::new());
    let written = keys.text("iden", &item.file, &mut Vec::new());
    written.map_or_else(|| name.to_snake_case(), |written| written.value())
}

/// `fn unquoted(&self) -> &str { "x" }`; before SeaORM 2 `write!(s, "x").unwrap()`.
fn unquoted(block: &ItemImpl) -> Option<String> {
    let value = method_value(block, "unquoted")?;
    literal_text(value).or_else(|| {
        let Expr::Macro(call) = Chain::of(value).base else { return None };
        let arguments = call.mac.parse_body_with(Punctuated::<Expr, syn::Token![,]>::parse_terminated).ok()?;
        match (call.mac.path.is_ident("write"), arguments.len(), arguments.last()) {
            (true, 2, Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))) if !text.value().contains('{') => {
                Some(text.value())
            }
            (true, 3, Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))) => Some(text.value()),
            _ => None,
        }
    })
}

/// What a type of the program says of text and JSON holds for every column that it fills, and is as soft as what
/// `String` says.
fn exact(column: &ColumnType) -> Exact {
    match column {
        ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text | ColumnType::Json | ColumnType::JsonBinary => {
            Exact::Family
        }
        _ => Exact::Yes,
    }
}
