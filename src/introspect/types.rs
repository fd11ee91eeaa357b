//! Rust types → column types.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use sea_query::{ColumnType, RcOrArc, StringLen};
use syn::spanned::Spanned as _;
use syn::{GenericArgument, PathArguments, Type};

use super::crate_tree::{ModuleId, Tree};
use super::diagnostic::Diagnostic;
use super::item::{Item, ItemKey, ItemKind};
use super::known::{self, Exact, Known, known};
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

    pub(super) fn array_of(self) -> Self {
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
    pub(super) rules: Rules,
    memory: &'a Memory,
    /// How many types were followed to come here.
    depth: usize,
}

/// The types of the project that were asked for so far: many columns share few of them.
#[derive(Default)]
pub(super) struct Memory(RefCell<HashMap<ItemKey, Declared>>);

/// Longer than this is a circle of aliases.
const MOST_STEPS: usize = 64;

impl<'a> Types<'a> {
    pub(super) fn new(
        tree: &'a Tree,
        overrides: &'a BTreeMap<String, String>,
        rules: Rules,
        memory: &'a Memory,
    ) -> Self {
        Self { tree, overrides, rules, memory, depth: 0 }
    }

    /// The same one step further; `None` where that has been too many.
    pub(super) fn deeper(&self) -> Option<Self> {
        (self.depth <= MOST_STEPS).then_some(Self { depth: self.depth + 1, ..*self })
    }
}

impl Types<'_> {
    /// The column type of a field. Before 2.0, SeaORM goes by the text of some types and not by what they are.
    pub(super) fn of_field(&self, module: ModuleId, file: &SourceFile, written: &Type) -> Result<Declared, Diagnostic> {
        let text = text_of(written);
        let inner = text.strip_prefix("Option<").and_then(|text| text.strip_suffix('>')).unwrap_or(&text);
        let textual = match self.rules.textual_types {
            true => known::by_text(inner),
            false => None,
        };
        let configured = || self.configured(module, written);
        match textual {
            Some((column, exact)) if !configured() => {
                Ok(Declared { sql: Declaration::Column(column), exact, enum_item: None })
            }
            Some(_) | None => self.of(module, file, written),
        }
    }

    /// Whether `[entities.types]` names this type.
    fn configured(&self, module: ModuleId, written: &Type) -> bool {
        let Type::Path(path) = written else { return false };
        let inner = argument(path).filter(|_| path.path.segments.last().is_some_and(|last| last.ident == "Option"));
        match (inner, self.tree.resolve_path(module, &path.path)) {
            (Some(inner), _) => self.configured(module, inner),
            (None, Some(Resolved::Item(item))) => self.overrides.contains_key(&self.tree.item_path(&item)),
            (None, Some(Resolved::Foreign(name))) => self.overrides.contains_key(&name.join("::")),
            (None, Some(Resolved::Module(_) | Resolved::Generated(_)) | None) => false,
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
            // A tuple, an array, a reference: nothing that SeaORM stores, but configuration may name it.
            _ => {
                let text = text_of(written);
                self.overridden(&text).ok_or_else(|| unresolved(file, written, &text))
            }
        }
    }

    fn of_path(
        &self,
        module: ModuleId,
        file: &SourceFile,
        path: &syn::TypePath,
        written: &Type,
    ) -> Result<Declared, Diagnostic> {
        let mut resolved = self.tree.resolve_path(module, &path.path);
        // A name in another crate may be known, or set in the configuration. Only else that crate is read.
        let mut outside: Option<String> = None;
        while let Some(Resolved::Foreign(name)) = &resolved {
            let shown = name.join("::");
            if let Some(declared) = self.overridden(&shown) {
                return Ok(declared);
            }
            if let Some(declared) = self.of_known(module, file, path, known(name)) {
                return declared;
            }
            let entered = self.tree.enter(name);
            if entered.is_none() || outside.is_some() {
                let refused = unresolved(file, written, &shown);
                let krate = name.first().map(String::as_str).unwrap_or_default();
                return Err(match self.tree.is_not_fetched(krate) {
                    true => refused.help(format!("or bring the source of `{krate}` to this machine: `cargo fetch`")),
                    false => refused,
                });
            }
            outside = Some(shown);
            resolved = entered;
        }
        match resolved {
            Some(Resolved::Item(item)) => self.of_item(&item, file, written, outside),
            Some(Resolved::Foreign(_) | Resolved::Module(_) | Resolved::Generated(_)) | None => {
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
        Ok(match self.is_byte(module, element) {
            true => Declared { sql: Declaration::Column(ColumnType::VarBinary(StringLen::None)), ..declared },
            false => declared.array_of(),
        })
    }

    /// `u8` itself: `Vec<u8>` is bytes, and a vector of newtypes over it an array.
    fn is_byte(&self, module: ModuleId, element: &Type) -> bool {
        let Type::Path(path) = element else { return false };
        match (self.tree.resolve_deep(module, &path.path), self.deeper()) {
            (Some(Resolved::Foreign(name)), _) => name == ["u8"],
            (Some(Resolved::Item(item)), Some(deeper)) => {
                Tree::alias_target(&item).is_some_and(|target| deeper.is_byte(item.module, target))
            }
            (Some(Resolved::Item(_) | Resolved::Module(_) | Resolved::Generated(_)) | None, _) => false,
        }
    }

    /// The column type of a type that the project defines.
    fn of_item(
        &self,
        item: &Rc<Item>,
        file: &SourceFile,
        written: &Type,
        outside: Option<String>,
    ) -> Result<Declared, Diagnostic> {
        if let Some(declared) = self.memory.0.borrow().get(&item.key()) {
            return Ok(declared.clone());
        }
        let declared = self.of_new_item(item, file, written, outside)?;
        self.memory.0.borrow_mut().insert(item.key(), declared.clone());
        Ok(declared)
    }

    fn of_new_item(
        &self,
        item: &Rc<Item>,
        file: &SourceFile,
        written: &Type,
        outside: Option<String>,
    ) -> Result<Declared, Diagnostic> {
        let path = self.tree.item_path(item);
        if let Some(declared) = self.overridden(&path) {
            return Ok(declared);
        }
        // A crate that nobody here wrote is known by the names that it shows.
        let name = outside.unwrap_or(path);
        if let Some(target) = Tree::alias_target(item) {
            let declared = self.of(item.module, &item.file, target);
            return declared
                .map_err(|problem| about_type(problem, item, target, &format!("each field of type `{}`", item.name)));
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

/// The same problem where it is about what a type stands for: the remedy does not go there.
pub(super) fn about_type(problem: Diagnostic, item: &Item, inner: &Type, on: &str) -> Diagnostic {
    if problem.place != item.file.place(inner.span()) {
        return problem;
    }
    let rest = problem.help.into_iter().skip(1);
    let help = std::iter::once(format!("write it on {on}: `#[sea_orm(column_type = \"Text\")]`")).chain(rest).collect();
    Diagnostic { help, ..problem }
}

fn unresolved(file: &SourceFile, written: &Type, name: &str) -> Diagnostic {
    file.error(written.span(), format!("cannot tell the column type of `{}`", text_of(written)))
        .help("write it on the field: `#[sea_orm(column_type = \"Text\")]`")
        .help(format!("or in autogen.toml, once for all: `[entities.types]` `\"{name}\" = \"text\"`"))
}
