//! The expanded form: `DeriveEntity` on a struct, `DeriveColumn` and `DerivePrimaryKey` on enums, the traits by hand.

use std::rc::Rc;

use sea_query::{ColumnType, StringLen};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, LitStr};

use super::attributes::{Keys, Target};
use super::column_type::{self, is_conversion, last};
use super::crate_tree::Content;
use super::diagnostic::Diagnostic;
use super::entity::{AutoIncrement, Entity, EntityColumn};
use super::extra::Extra;
use super::hand_written::{Arms, Chain, implements, literal_text, method_value};
use super::item::{Item, ItemKind, plain};
use super::known::Exact;
use super::resolve::Resolved;
use super::types::{Declared, Types};
use super::value_type::Code;
use super::{case, default, extra, model};
use crate::schema::{Place, QualifiedName};

/// Reads the entity of a struct that derives `DeriveEntity`, as far as it can be read. Its relations need other entities
/// and come later.
pub(super) fn read(
    types: Types<'_>,
    item: &Rc<Item>,
    default_namespace: &str,
    problems: &mut Vec<Diagnostic>,
) -> Option<Entity> {
    let content = types.tree.content(item.module);
    let keys = Keys::read(&item.attributes, Target::Model, &item.file, problems);
    let naming = Naming { item, keys: &keys, content: &content };
    let before = problems.len();
    if let Some(span) = naming.decided_at_run_time() {
        let module = types.tree.module_path(item.module);
        problems.push(
            item.file
                .error(span, "the table of this entity is named at run time: no table is declared by it")
                .warning()
                .help(format!("leave it out in autogen.toml: `[entities]` `ignore = [\"{module}\"]`")),
        );
        return None;
    }
    let table = naming.text("table_name", problems);
    let unsaid = table.is_none() && problems.len() == before;
    let namespace = naming.text("schema_name", problems);
    let comment = naming.text("comment", problems);
    let renamed_from = naming.text("renamed_from", problems);
    if unsaid {
        let name = model::table_name_of(types, item);
        problems.push(
            item.file.error(item.span, "the entity does not say which table it is").help(format!(
                "write `#[sea_orm(table_name = \"{name}\")]` on it, or `impl EntityName` with a literal"
            )),
        );
    }
    let table = table?;
    let table = QualifiedName::new(namespace.unwrap_or_else(|| default_namespace.to_owned()), table);

    // A compact model may leave nothing but the `Entity` struct to be written by hand.
    let compact = content.items.iter().find(|other| item.name == "Entity" && other.derives("DeriveEntityModel"));
    let column = named(types, item, &keys, "column", "Column");
    if let (Some(compact), None) = (compact, &column) {
        let named = model::Named { table, comment, renamed_from };
        return model::read_named(types, compact, named, problems).map(|entity| Entity {
            item: Rc::clone(item),
            place: item.file.place(item.span),
            ..entity
        });
    }
    let columns = match &column {
        Some(column) => columns(types, column, problems),
        None => {
            problems.push(missing(item, "Column", "DeriveColumn"));
            Vec::new()
        }
    };
    let key = named(types, item, &keys, "primary_key", "PrimaryKey");
    let (primary_key, on) = match &key {
        Some(key) => primary_key(types, key, problems),
        None => {
            problems.push(missing(item, "PrimaryKey", "DerivePrimaryKey"));
            (Vec::new(), false)
        }
    };
    Some(Entity {
        item: Rc::clone(item),
        place: item.file.place(item.span),
        module: types.tree.module_path(item.module),
        table,
        comment,
        renamed_from,
        columns,
        // SeaORM marks every column of such a key, and so does `sea-orm-cli` where one of several counts up.
        auto_increment: AutoIncrement { on, stated: false },
        primary_key,
        key_place: key.map_or_else(|| item.file.place(item.span), |key| key.file.place(key.span)),
        relations: Vec::new(),
    })
}

/// The enum `Column` of the entity, or the one that `#[sea_orm(column = X)]` names.
fn named(types: Types<'_>, item: &Item, keys: &Keys, key: &str, usual: &str) -> Option<Rc<Item>> {
    let name = keys.ident(key).unwrap_or_else(|| usual.to_owned());
    match types.tree.resolve(item.module, &[name], false)? {
        Resolved::Item(found) => Some(found),
        Resolved::Module(_) | Resolved::Generated(_) | Resolved::Foreign(_) => None,
    }
}

fn missing(item: &Item, name: &str, derive: &str) -> Diagnostic {
    item.file
        .error(item.span, format!("cannot find the enum `{name}` of this entity"))
        .help(format!("write `#[derive({derive})] pub enum {name} {{ .. }}` beside it"))
}

/// Names of the entity: by attribute, or by `impl EntityName` with literals.
struct Naming<'a> {
    item: &'a Item,
    keys: &'a Keys,
    content: &'a Content,
}

impl Naming<'_> {
    /// `fn table_name(&self)` that gives back a field: one entity for many tables.
    fn decided_at_run_time(&self) -> Option<proc_macro2::Span> {
        let block = self.content.impls.iter().find(|block| implements(block, "EntityName", &self.item.name))?;
        let value = Chain::of(method_value(block, "table_name")?).base;
        let value = if let Expr::Reference(it) = value { &*it.expr } else { value };
        let Expr::Field(field) = value else { return None };
        matches!(&*field.base, Expr::Path(path) if path.path.is_ident("self"))
            .then(|| syn::spanned::Spanned::span(field))
    }

    fn text(&self, name: &str, problems: &mut Vec<Diagnostic>) -> Option<String> {
        if self.keys.has(name) {
            return self.keys.text(name, &self.item.file, problems).map(|text| text.value());
        }
        let block = self.content.impls.iter().find(|block| implements(block, "EntityName", &self.item.name))?;
        let method = block.items.iter().find_map(|item| match item {
            syn::ImplItem::Fn(method) if method.sig.ident == name => Some(method),
            _ => None,
        })?;
        let value = method_value(block, name);
        let text = value.and_then(literal_text);
        let none = value.is_some_and(
            |value| matches!(value, Expr::Path(path) if last(&path.path).is_some_and(|last| last == "None")),
        );
        if text.is_none() && !none {
            problems.push(
                self.content
                    .file
                    .error(method.sig.ident.span(), format!("cannot tell what `{name}` returns"))
                    .help("return a literal: `\"users\"` or `Some(\"audit\")`"),
            );
        }
        text
    }
}

fn columns(types: Types<'_>, column: &Item, problems: &mut Vec<Diagnostic>) -> Vec<EntityColumn> {
    let ItemKind::Enum(variants) = &column.kind else { return Vec::new() };
    let content = types.tree.content(column.module);
    let block = content.impls.iter().find(|block| implements(block, "ColumnTrait", &column.name));
    let arms = block.and_then(|block| method_value(block, "def")).and_then(Arms::of);
    let Some(arms) = arms else {
        problems.push(
            column
                .file
                .error(column.span, format!("cannot read `impl ColumnTrait for {}`", column.name))
                .help("write `fn def` as one `match self` with a builder chain for each variant"),
        );
        return Vec::new();
    };
    let names = Names::of(column, &content);
    let read = |variant: &syn::Variant| {
        let variant_name = plain(&variant.ident);
        let name = names.of_variant(variant, column, problems)?;
        let builder = Builder { types, column };
        let value = arms.value(&variant_name);
        let Some(built) = value.and_then(|value| builder.read(value, &arms.after, problems)) else {
            let span = value.map_or_else(|| variant.ident.span(), syn::spanned::Spanned::span);
            problems.push(
                column
                    .file
                    .error(span, format!("cannot read the definition of column `{variant_name}`"))
                    .help("write a constructor and a chain: `ColumnType::Text.def().nullable()`"),
            );
            // What refers to this column needs its name alone.
            let place = column.file.place(variant.ident.span());
            return Some(EntityColumn {
                name,
                variant: variant_name,
                ..blank(place, Declared::written(ColumnType::Text))
            });
        };
        Some(EntityColumn { name, variant: variant_name, place: column.file.place(variant.ident.span()), ..built })
    };
    variants.iter().filter(|variant| is_iterated(variant)).filter_map(read).collect()
}

/// `#[strum(disabled)]` takes a variant out of `EnumIter`, and so out of the table.
fn is_iterated(variant: &syn::Variant) -> bool {
    !variant
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("strum"))
        .any(|attribute| attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "disabled"))
}

/// Where the names of columns come from.
enum Names<'a> {
    /// `DeriveColumn`: an attribute, else the variant in snake case.
    Derived,
    /// `impl IdenStatic` or `impl Iden`.
    Written(Option<Arms<'a>>),
}

impl<'a> Names<'a> {
    fn of(column: &Item, content: &'a Content) -> Self {
        if column.derives("DeriveColumn") {
            return Self::Derived;
        }
        let arms = [("IdenStatic", "as_str"), ("Iden", "unquoted")].into_iter().find_map(|(name, method)| {
            let block = content.impls.iter().find(|block| implements(block, name, &column.name))?;
            Arms::of(method_value(block, method)?)
        });
        Self::Written(arms)
    }

    fn of_variant(&self, variant: &syn::Variant, column: &Item, problems: &mut Vec<Diagnostic>) -> Option<String> {
        let variant_name = plain(&variant.ident);
        let derived = |problems: &mut Vec<Diagnostic>| {
            let keys = Keys::read(&variant.attrs, Target::ColumnVariant, &column.file, problems);
            let written = keys.text("column_name", &column.file, problems).map(|name| name.value());
            written.unwrap_or_else(|| case::column(&variant_name))
        };
        let found = match self {
            Self::Derived => Some(derived(problems)),
            Self::Written(arms) => arms.as_ref().filter(|arms| arms.after.is_empty()).and_then(|arms| {
                match arms.value(&variant_name)? {
                    // `DeriveCustomColumn` of SeaORM 0.12 and 1.x gives this method.
                    Expr::MethodCall(call) if call.method == "default_as_str" => Some(derived(problems)),
                    value => literal_text(value),
                }
            }),
        };
        if found.is_none() {
            problems.push(
                column
                    .file
                    .error(variant.ident.span(), format!("cannot tell the name of column `{variant_name}`"))
                    .help(format!(
                        "derive `DeriveColumn` on `{}`, with `#[sea_orm(column_name = \"..\")]` where the name differs",
                        column.name
                    ))
                    .help("or write `fn as_str` of `impl IdenStatic` as one `match self` with literals"),
            );
        }
        found
    }
}

/// A column of which only the type is known.
fn blank(place: Place, declared: Declared) -> EntityColumn {
    EntityColumn {
        variant: String::new(),
        name: String::new(),
        place,
        declared,
        nullable: false,
        unique: false,
        indexed: false,
        unique_key: None,
        default: None,
        extra: Extra::default(),
        comment: None,
        renamed_from: None,
    }
}

struct Builder<'a> {
    types: Types<'a>,
    column: &'a Item,
}

impl Builder<'_> {
    /// `ColumnType::Integer.def().unique()`
    fn read(
        &self,
        value: &Expr,
        after: &[&syn::ExprMethodCall],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<EntityColumn> {
        let chain = Chain::of(value);
        let mut built = blank(self.column.file.place(self.column.span), self.declared(chain.base)?);
        for call in chain.calls.iter().chain(after) {
            self.apply(&mut built, call, problems)?;
        }
        Some(built)
    }

    fn apply(
        &self,
        built: &mut EntityColumn,
        call: &syn::ExprMethodCall,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<()> {
        let file = &self.column.file;
        let mut keep = |found: Result<String, Diagnostic>| found.map_err(|problem| problems.push(problem)).ok();
        let argument = call.args.first();
        match (call.method.to_string().as_str(), argument) {
            ("def" | "get_column_type" | "seaography_ignore", None) => {}
            (_, None) if is_conversion(call) => {}
            ("nullable" | "null", None) => built.nullable = true,
            ("not_null", None) => built.nullable = false,
            ("unique", None) => built.unique = true,
            ("indexed", None) => built.indexed = true,
            ("unique_key", Some(key)) => built.unique_key = Some(literal_text(key)?),
            ("comment", Some(comment)) => built.comment = Some(literal_text(comment)?),
            ("renamed_from", Some(from)) => built.renamed_from = Some(literal_text(from)?),
            ("default_value", Some(Expr::Lit(ExprLit { lit, .. }))) => {
                built.default = keep(default::of_literal(lit, file));
            }
            ("default" | "default_value" | "default_expr", Some(value)) => {
                built.default = keep(default::of_parsed(value, file));
            }
            ("extra", Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))) => {
                built.extra = self.extra(text, problems)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn extra(&self, text: &LitStr, problems: &mut Vec<Diagnostic>) -> Option<Extra> {
        extra::parse(text, &self.column.file).map_err(|problem| problems.push(problem)).ok()
    }

    /// A constructor, `Tea::db_type()`, or `<T as ValueType>::column_type()`.
    fn declared(&self, base: &Expr) -> Option<Declared> {
        if let Some(column) = column_type::evaluate(base) {
            // What the code generator writes for every text, document and number says no more than the Rust type.
            let family =
                matches!(column, ColumnType::String(StringLen::None) | ColumnType::Json | ColumnType::Decimal(None));
            let exact = if family { Exact::Family } else { Exact::Yes };
            return Some(Declared { exact, ..Declared::written(column) });
        }
        let content = self.types.tree.content(self.column.module);
        Code { types: self.types, module: self.column.module, content: &content, own: None }.column_type(base)
    }
}

fn primary_key(types: Types<'_>, key: &Item, problems: &mut Vec<Diagnostic>) -> (Vec<String>, bool) {
    let ItemKind::Enum(variants) = &key.kind else { return (Vec::new(), false) };
    let content = types.tree.content(key.module);
    let block = content.impls.iter().find(|block| implements(block, "PrimaryKeyTrait", &key.name));
    let on = match block.and_then(|block| method_value(block, "auto_increment")) {
        Some(Expr::Lit(ExprLit { lit: Lit::Bool(on), .. })) => on.value,
        other => {
            let span = other.map_or(key.span, |value| value.span());
            problems.push(
                key.file
                    .error(span, format!("cannot tell whether the key `{}` counts up by itself", key.name))
                    .help("write `fn auto_increment() -> bool { false }` in `impl PrimaryKeyTrait`"),
            );
            false
        }
    };
    (variants.iter().filter(|variant| is_iterated(variant)).map(|variant| plain(&variant.ident)).collect(), on)
}
