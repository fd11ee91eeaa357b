//! What a Migrator lists, in its order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;

use super::migration;
use super::tree::{Module, Source, Tree, is_conditional, is_test, plain};
use super::version::Version;
use crate::migration::Migration;

/// A type with `impl MigratorTrait`, as its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrator {
    /// The name of the type.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// The line of the `impl`.
    pub line: usize,
    /// The folder of the crate.
    pub package: PathBuf,
    /// The file that its modules are read from: src/lib.rs, src/main.rs, ..
    pub root: PathBuf,
    /// Its module from there.
    pub module: Vec<String>,
    /// The migrations, oldest first.
    pub listed: Vec<Listed>,
    /// The table of applied migrations; none where the text does not tell.
    pub table: Option<String>,
    /// Why more may be in the list than the text tells: it is not one `vec![Box::new(..), ..]`, and then nothing is put
    /// into it, or it names what is elsewhere.
    pub unusual: Option<String>,
    /// Whether other crates can name it: it and its modules are `pub`.
    pub public: bool,
    /// The version of sea-orm-migration.
    pub version: Option<Version>,
    /// Where the list stands: here, or in a function that `migrations()` calls.
    pub(super) host: Host,
    /// The list in the text of its host.
    pub(super) list: Option<List>,
}

/// The module whose text has the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    /// Its file.
    pub(super) file: PathBuf,
    /// From the crate's root.
    pub(super) module: Vec<String>,
    /// The text of the file when it was read.
    pub(super) text: String,
}

/// A migration that the Migrator lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it is, as far as the text tells.
    pub migration: Migration,
    /// Whether a `cfg` decides about it.
    pub conditional: bool,
    /// The module that its type stands in, from the crate's root.
    pub(super) module: Vec<String>,
}

/// `vec![..]` in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    /// Between its brackets.
    pub(super) inside: Range<usize>,
    /// Its elements.
    pub(super) elements: Vec<Range<usize>>,
    /// The path of each as it is written.
    pub(super) paths: Vec<Vec<String>>,
    /// Whether a comma stands behind the last.
    pub(super) trailing_comma: Option<usize>,
}

/// The table where nobody says otherwise.
pub(super) const TABLE: &str = "seaql_migrations";

/// Every Migrator in the modules of a root file.
pub(super) fn migrators(tree: &Tree, root: &Path, package: &Path) -> Vec<Migrator> {
    let blocks = tree.modules().flat_map(|module| module.items.iter().filter_map(move |it| Some((module, block(it)?))));
    let blocks = blocks.filter(|(_, block)| !is_test(&block.attrs));
    blocks.map(|(module, block)| read(tree, module, block, root, package)).collect()
}

/// An `impl` of the trait, whatever path it is named by.
fn block(item: &syn::Item) -> Option<&syn::ItemImpl> {
    let syn::Item::Impl(block) = item else { return None };
    let (_, path, _) = block.trait_.as_ref()?;
    let last = path.segments.last()?.ident.to_string();
    ["MigratorTrait", "MigratorTraitSelf"].contains(&last.as_str()).then_some(block)
}

fn read(tree: &Tree, module: &Module, block: &syn::ItemImpl, root: &Path, package: &Path) -> Migrator {
    let body = method(block, "migrations").map(|method| followed(tree, module, &method.block));
    let host = body.map_or(module, |(host, _)| host);
    let source = &host.source;
    let Found { lists, alone, others, literal } = body.map(|(_, body)| found(body)).unwrap_or_default();
    let list = match lists.as_slice() {
        [single] if literal && alone.is_empty() && others.is_empty() => single.in_text(source),
        _ => None,
    };
    let mut unusual = list.is_none().then(|| "its `migrations()` is not one `vec![Box::new(..), ..]`".to_owned());
    let elements: Vec<Element> = lists.into_iter().flat_map(|it| it.elements).chain(alone).collect();
    let mut listed: Vec<Listed> = Vec::new();
    for Element { path, conditional, range } in elements {
        let line = source.line(source.range(&range).start);
        let target = path.as_deref().and_then(|path| resolve(tree, &host.path, path));
        let of_type = target.and_then(|(module, name)| migration::read(module, &name).map(|it| (it, module)));
        match of_type {
            Some((migration, of)) if listed.iter().all(|it| it.migration.revision.id != migration.revision.id) => {
                listed.push(Listed { migration, conditional: conditional || of.conditional, module: of.path.clone() });
            }
            Some((migration, _)) => {
                unusual = Some(format!("it lists two migrations that are called {}", migration.revision.id));
            }
            None => {
                let shown = path.map_or_else(|| "an element".to_owned(), |path| format!("`{}`", path.join("::")));
                unusual = Some(format!("the name of {shown} in line {line} is not in the text"));
            }
        }
    }
    for position in 1..listed.len() {
        let parent = listed[position - 1].migration.revision.id.clone();
        listed[position].migration.revision.parents = vec![parent];
    }
    let name = block.self_ty.to_token_stream().to_string().replace(' ', "");
    let table = match method(block, "migration_table_name") {
        None => Some(TABLE.to_owned()),
        Some(method) => only_text(&method.block),
    };
    Migrator {
        public: is_public(tree, module, &name),
        name,
        file: module.source.path.clone(),
        line: module.source.line(module.source.range(block).start),
        package: package.to_owned(),
        root: root.to_owned(),
        module: module.path.clone(),
        listed,
        table,
        unusual,
        version: Version::of(package, "sea-orm-migration"),
        host: Host { file: source.path.clone(), module: host.path.clone(), text: source.text.clone() },
        list,
    }
}

/// Whether a type and every module on the way to it is `pub`.
fn is_public(tree: &Tree, module: &Module, name: &str) -> bool {
    let public = |visibility: &syn::Visibility| matches!(visibility, syn::Visibility::Public(_));
    let modules = (0..module.path.len()).all(|depth| {
        let items = tree.get(&module.path[..depth]).map(|it| it.items.as_slice()).unwrap_or_default();
        items
            .iter()
            .any(|item| matches!(item, syn::Item::Mod(it) if plain(&it.ident) == module.path[depth] && public(&it.vis)))
    });
    let of_name = |item: &syn::Item| match item {
        syn::Item::Struct(it) => plain(&it.ident) == name && public(&it.vis),
        syn::Item::Enum(it) => plain(&it.ident) == name && public(&it.vis),
        _ => false,
    };
    modules && module.items.iter().any(of_name)
}

fn method<'a>(block: &'a syn::ItemImpl, name: &str) -> Option<&'a syn::ImplItemFn> {
    block.items.iter().find_map(|item| match item {
        syn::ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    })
}

/// What makes the list: a method that is one call of a function without arguments leaves it to that.
fn followed<'t>(tree: &'t Tree, module: &'t Module, body: &'t syn::Block) -> (&'t Module, &'t syn::Block) {
    let mut at = (module, body);
    for _ in 0..MOST_IMPORTS {
        let Some(next) = called(at.1).and_then(|path| function(tree, &at.0.path, &path)) else { break };
        at = next;
    }
    at
}

/// The function that a body calls, and does nothing else.
fn called(body: &syn::Block) -> Option<Vec<String>> {
    match body.stmts.as_slice() {
        [syn::Stmt::Expr(syn::Expr::Call(call), None)] if call.args.is_empty() => match &*call.func {
            syn::Expr::Path(path) => Some(path.path.segments.iter().map(|it| plain(&it.ident)).collect()),
            _ => None,
        },
        _ => None,
    }
}

/// The one text in this code, if there is one.
pub(super) fn only_text(code: &syn::Block) -> Option<String> {
    #[derive(Default)]
    struct Texts(Vec<String>);
    impl Visit<'_> for Texts {
        fn visit_lit_str(&mut self, text: &syn::LitStr) {
            self.0.push(text.value());
        }
    }
    let mut texts = Texts::default();
    texts.visit_block(code);
    if texts.0.len() == 1 { texts.0.pop() } else { None }
}

/// What stands in `migrations()`.
#[derive(Default)]
struct Found {
    lists: Vec<FoundList>,
    /// `Box::new(..)` outside of any list.
    alone: Vec<Element>,
    /// Calls of other Migrators.
    others: Vec<String>,
    /// Whether the method is the list and nothing else.
    literal: bool,
}

struct FoundList {
    macro_: syn::Macro,
    elements: Vec<Element>,
    trailing_comma: Option<proc_macro2::Span>,
}

struct Element {
    path: Option<Vec<String>>,
    conditional: bool,
    range: syn::Expr,
}

impl FoundList {
    /// Its places, if all of it can be understood.
    fn in_text(&self, source: &Source) -> Option<List> {
        let paths = self.elements.iter().map(|it| it.path.clone()).collect::<Option<Vec<_>>>()?;
        let delimiter = match &self.macro_.delimiter {
            syn::MacroDelimiter::Paren(it) => it.span,
            syn::MacroDelimiter::Brace(it) => it.span,
            syn::MacroDelimiter::Bracket(it) => it.span,
        };
        let inside = source.range(&delimiter.open()).end..source.range(&delimiter.close()).start;
        let elements = self.elements.iter().map(|it| source.range(&it.range)).collect();
        let trailing_comma = self.trailing_comma.map(|comma| source.range(&comma).end);
        Some(List { inside, elements, paths, trailing_comma })
    }
}

fn found(body: &syn::Block) -> Found {
    let mut found = Found { literal: is_literal(body), ..Found::default() };
    found.visit_block(body);
    found
}

/// `vec![..]`, `return vec![..];` or `let all = vec![..]; all`.
fn is_literal(block: &syn::Block) -> bool {
    let is_list = |expression: &syn::Expr| match expression {
        syn::Expr::Macro(call) => call.mac.path.is_ident("vec"),
        syn::Expr::Return(syn::ExprReturn { expr: Some(inner), .. }) => {
            matches!(&**inner, syn::Expr::Macro(call) if call.mac.path.is_ident("vec"))
        }
        _ => false,
    };
    match block.stmts.as_slice() {
        [syn::Stmt::Macro(call)] => call.mac.path.is_ident("vec"),
        [syn::Stmt::Expr(expression, _)] => is_list(expression),
        [syn::Stmt::Local(local), syn::Stmt::Expr(syn::Expr::Path(_), None)] => {
            local.init.as_ref().is_some_and(|init| is_list(&init.expr))
        }
        _ => false,
    }
}

impl Visit<'_> for Found {
    fn visit_macro(&mut self, call: &syn::Macro) {
        if !call.path.is_ident("vec") {
            return;
        }
        let Ok(parsed) = call.parse_body_with(Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated) else {
            return;
        };
        let trailing_comma = parsed.trailing_punct().then(|| parsed.pairs().next_back()?.punct().map(|it| it.span()));
        let elements = parsed.iter().map(element).collect();
        self.lists.push(FoundList { macro_: call.clone(), elements, trailing_comma: trailing_comma.flatten() });
    }

    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        if boxed(call).is_some() {
            self.alone.push(element(&syn::Expr::Call(call.clone())));
            return;
        }
        if let syn::Expr::Path(path) = &*call.func
            && path.path.segments.last().is_some_and(|it| it.ident == "migrations")
        {
            self.others.push(path.path.to_token_stream().to_string());
        }
        syn::visit::visit_expr_call(self, call);
    }
}

/// The argument of `Box::new(..)`.
fn boxed(call: &syn::ExprCall) -> Option<&syn::Expr> {
    let syn::Expr::Path(path) = &*call.func else { return None };
    let names: Vec<String> = path.path.segments.iter().map(|it| it.ident.to_string()).collect();
    let is_box = matches!(names.as_slice(), [.., owner, new] if owner == "Box" && (new == "new" || new == "from"));
    if is_box { call.args.first() } else { None }
}

fn element(expression: &syn::Expr) -> Element {
    Element {
        path: type_path(expression, false),
        conditional: is_conditional(attributes(expression)),
        range: expression.clone(),
    }
}

fn attributes(expression: &syn::Expr) -> &[syn::Attribute] {
    match expression {
        syn::Expr::Call(it) => &it.attrs,
        syn::Expr::Cast(it) => attributes(&it.expr),
        syn::Expr::Paren(it) => attributes(&it.expr),
        _ => &[],
    }
}

/// The path of the type that is put into a box: `m1::Migration`, `m1::Migration {}`, `m1::Migration::new()`.
fn type_path(expression: &syn::Expr, in_box: bool) -> Option<Vec<String>> {
    let names = |path: &syn::Path| path.segments.iter().map(|it| plain(&it.ident)).collect::<Vec<_>>();
    match expression {
        syn::Expr::Cast(it) => type_path(&it.expr, in_box),
        syn::Expr::Paren(it) => type_path(&it.expr, in_box),
        syn::Expr::Group(it) => type_path(&it.expr, in_box),
        syn::Expr::Call(call) => match (boxed(call), &*call.func) {
            (Some(inner), _) => type_path(inner, true),
            (None, syn::Expr::Path(function)) if in_box => {
                let mut path = names(&function.path);
                // A tuple struct is called like a function.
                let is_function = path.last()?.starts_with(|c: char| c.is_lowercase());
                if is_function {
                    path.pop();
                }
                Some(path)
            }
            (None, _) => None,
        },
        syn::Expr::Path(path) if in_box => Some(names(&path.path)),
        syn::Expr::Struct(it) if in_box => Some(names(&it.path)),
        _ => None,
    }
}

/// As many `use` in a row are a circle.
const MOST_IMPORTS: usize = 16;

/// The module of the type that a path means, and its name there.
fn resolve<'t>(tree: &'t Tree, from: &[String], path: &[String]) -> Option<(&'t Module, String)> {
    let of_name = |item: &syn::Item, name: &str| matches!(item, syn::Item::Struct(it) if plain(&it.ident) == name);
    let (module, item) = find(tree, from, path, &of_name, 0)?;
    let syn::Item::Struct(item) = item else { return None };
    Some((module, plain(&item.ident)))
}

/// The body of the function that a path means, and its module.
fn function<'t>(tree: &'t Tree, from: &[String], path: &[String]) -> Option<(&'t Module, &'t syn::Block)> {
    let of_name = |item: &syn::Item, name: &str| matches!(item, syn::Item::Fn(it) if plain(&it.sig.ident) == name);
    let (module, item) = find(tree, from, path, &of_name, 0)?;
    let syn::Item::Fn(item) = item else { return None };
    Some((module, &item.block))
}

/// The item that a path means, through `use`s, and its module.
fn find<'t>(
    tree: &'t Tree,
    from: &[String],
    path: &[String],
    is: &dyn Fn(&syn::Item, &str) -> bool,
    depth: usize,
) -> Option<(&'t Module, &'t syn::Item)> {
    let (name, way) = path.split_last()?;
    let module = walk(tree, from, way, depth)?;
    if let Some(item) = module.items.iter().find(|item| is(item, name)) {
        return Some((module, item));
    }
    let imports = imports(module);
    let further = |path: &Vec<String>| find(tree, &module.path, path, is, depth + 1);
    if depth > MOST_IMPORTS {
        return None;
    }
    if let Some(found) = imports.named.get(name).and_then(further) {
        return Some(found);
    }
    imports.globs.iter().find_map(|glob| further(&glob.iter().cloned().chain([name.clone()]).collect()))
}

/// The module that a path leads to.
fn walk<'t>(tree: &'t Tree, from: &[String], way: &[String], depth: usize) -> Option<&'t Module> {
    let mut at = from.to_vec();
    for (position, name) in way.iter().enumerate() {
        match name.as_str() {
            "crate" if position == 0 => at.clear(),
            "self" => {}
            "super" => {
                at.pop()?;
            }
            name => {
                let child: Vec<String> = at.iter().cloned().chain([name.to_owned()]).collect();
                if tree.get(&child).is_some() {
                    at = child;
                } else if depth > MOST_IMPORTS {
                    return None;
                } else {
                    let import = imports(tree.get(&at)?).named.remove(name)?;
                    at = walk(tree, &at, &import, depth + 1)?.path.clone();
                }
            }
        }
    }
    tree.get(&at)
}

#[derive(Default)]
struct Imports {
    named: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

fn imports(module: &Module) -> Imports {
    let mut imports = Imports::default();
    for item in &module.items {
        if let syn::Item::Use(item) = item {
            imports.add(&item.tree, &mut Vec::new());
        }
    }
    imports
}

impl Imports {
    fn add(&mut self, tree: &syn::UseTree, prefix: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(it) => {
                prefix.push(plain(&it.ident));
                self.add(&it.tree, prefix);
                prefix.pop();
            }
            syn::UseTree::Name(it) => self.name(plain(&it.ident), &plain(&it.ident), prefix),
            syn::UseTree::Rename(it) => self.name(plain(&it.rename), &plain(&it.ident), prefix),
            syn::UseTree::Glob(_) => self.globs.push(prefix.clone()),
            syn::UseTree::Group(it) => it.items.iter().for_each(|tree| self.add(tree, prefix)),
        }
    }

    fn name(&mut self, name: String, ident: &str, prefix: &[String]) {
        let path = prefix.iter().cloned().chain((ident != "self").then(|| ident.to_owned())).collect();
        self.named.insert(name, path);
    }
}

impl Migrator {
    /// Whether only a build tells if this migration is among them.
    #[must_use]
    pub fn is_conditional(&self, id: &str) -> bool {
        self.listed.iter().any(|it| it.conditional && it.migration.revision.id == id)
    }
}
