//! A listed migration: what it is called, and what autogen's own do.

use proc_macro2::TokenTree;
use quote::ToTokens;

use super::migrator::only_text;
use super::tree::{Module, Source, plain};
use crate::migration::parse::normalised;
use crate::migration::{Migration, Statement, hash};
use crate::revision::Revision;

/// The migration that a type of a module is; none where its name is not in the text.
pub(super) fn read(module: &Module, type_name: &str) -> Option<Migration> {
    read_items(&module.source, &module.items, type_name)
}

/// The migration of a file that is read alone.
pub(super) fn of_file(source: &Source, items: &[syn::Item]) -> Option<Migration> {
    read_items(source, items, "Migration")
}

fn read_items(source: &Source, items: &[syn::Item], type_name: &str) -> Option<Migration> {
    let id = name(source, items, type_name)?;
    let text = normalised(&source.text);
    let written = written(&text, items, type_name);
    let is_written = written.is_some();
    let (header, upgrade, downgrade, renames) = match written {
        Some(Written { header, upgrade, downgrade, renames }) => (header, upgrade, downgrade, renames),
        None => (Revision::default(), Vec::new(), Vec::new(), Vec::new()),
    };
    let message = if header.message.is_empty() { message(&id) } else { header.message };
    let create_date = if header.create_date.is_empty() { date(&id) } else { header.create_date };
    Some(Migration {
        revision: Revision { id, message, create_date, ..Revision::default() },
        path: source.path.clone(),
        upgrade,
        downgrade,
        renames,
        hash: hash(&text),
        text,
        upgrade_text: String::new(),
        downgrade_text: String::new(),
        by_hand: !is_written,
    })
}

/// `fn name(&self)` of the type: a text, or the stem of the file as `DeriveMigrationName` has it.
fn name(source: &Source, items: &[syn::Item], type_name: &str) -> Option<String> {
    let stem = || source.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    for item in items {
        match item {
            syn::Item::Impl(block) if implements(block, "MigrationName", type_name) => {
                let body = block.items.iter().find_map(|item| match item {
                    syn::ImplItem::Fn(method) if method.sig.ident == "name" => Some(&method.block),
                    _ => None,
                })?;
                let of_file = body.to_token_stream().to_string().replace(' ', "").contains("file!()");
                return only_text(body).or_else(|| if of_file { stem() } else { constant(items, body) });
            }
            syn::Item::Struct(item) if plain(&item.ident) == type_name && derives(&item.attrs) => return stem(),
            _ => {}
        }
    }
    None
}

/// The text of a constant of the module that this code names.
fn constant(items: &[syn::Item], body: &syn::Block) -> Option<String> {
    let words = body.to_token_stream().to_string();
    let mut constants = items.iter().filter_map(|item| match item {
        syn::Item::Const(item) => match &*item.expr {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some((plain(&item.ident), text.value())),
            _ => None,
        },
        _ => None,
    });
    constants
        .find(|(name, _)| words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == name))
        .map(|it| it.1)
}

fn implements(block: &syn::ItemImpl, trait_name: &str, type_name: &str) -> bool {
    let of_trait = block.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
    let of_type = match &*block.self_ty {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    of_trait.is_some_and(|it| it.ident == trait_name) && of_type.is_some_and(|it| plain(&it.ident) == type_name)
}

fn derives(attributes: &[syn::Attribute]) -> bool {
    fn names(tokens: proc_macro2::TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "DeriveMigrationName",
            TokenTree::Group(group) => names(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    attributes.iter().any(|it| names(it.to_token_stream()))
}

/// `m20220101_000001_create_users` → `create users`.
fn message(id: &str) -> String {
    let words = stamp(id).map_or(id, |digits| &id[1 + digits.len()..]);
    let words = words.trim_matches('_').replace('_', " ");
    if words.is_empty() { id.to_owned() } else { words }
}

/// `20220101_000001` of `m20220101_000001_create_users`.
pub(super) fn stamp(id: &str) -> Option<&str> {
    let digits = id.strip_prefix('m')?.get(..15)?;
    let is_stamp =
        digits.bytes().enumerate().all(|(at, byte)| if at == 8 { byte == b'_' } else { byte.is_ascii_digit() });
    is_stamp.then_some(digits)
}

/// The day in its name; what stands behind it is a number more often than a time.
fn date(id: &str) -> String {
    stamp(id).map(|digits| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..8])).unwrap_or_default()
}

/// What autogen wrote.
struct Written {
    header: Revision,
    upgrade: Vec<Statement>,
    downgrade: Vec<Statement>,
    renames: Vec<String>,
}

/// The message, then `Revision ID:` and `Create Date:`.
fn header_of(lines: &[&str]) -> Option<Revision> {
    let value =
        |key: &str| lines.iter().skip(1).find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim);
    let message = lines.first().filter(|message| !message.is_empty())?;
    let create_date = value("Create Date").unwrap_or_default().to_owned();
    let parents = value("Revises").filter(|it| !it.is_empty()).map(str::to_owned).into_iter().collect();
    let id = value("Revision ID")?.to_owned();
    Some(Revision { id, message: (*message).to_owned(), create_date, parents, ..Revision::default() })
}

/// The remark at the top that says which revision it is. A license may stand above it.
fn comment(text: &str) -> Vec<&str> {
    let top: Vec<&str> = text.lines().take_while(|line| line.trim().is_empty() || line.starts_with("//")).collect();
    let blocks = top.split(|line| line.trim().is_empty());
    let of_revision = |block: &&[&str]| block.iter().any(|line| line.starts_with("// Revision ID:"));
    blocks.into_iter().find(of_revision).into_iter().flatten().filter_map(|line| line.strip_prefix("//")).collect()
}

/// A file with autogen's header, whose methods run texts and do nothing else. What somebody went on with by hand is
/// theirs.
fn written(text: &str, items: &[syn::Item], type_name: &str) -> Option<Written> {
    let comment = comment(text);
    let (lines, renames): (Vec<&str>, Vec<&str>) =
        comment.iter().map(|line| line.trim()).partition(|line| !line.starts_with("autogen: rename "));
    let header = header_of(&lines)?;
    let block = items.iter().find_map(|item| match item {
        syn::Item::Impl(block) if implements(block, "MigrationTrait", type_name) => Some(block),
        _ => None,
    })?;
    let statements = |name: &str| {
        let method = block.items.iter().find_map(|item| match item {
            syn::ImplItem::Fn(method) if method.sig.ident == name => Some(method),
            _ => None,
        })?;
        statements(&method.block)
    };
    Some(Written {
        header,
        upgrade: statements("up")?,
        downgrade: statements("down")?,
        renames: renames.iter().filter_map(|it| it.strip_prefix("autogen: rename ")).map(str::to_owned).collect(),
    })
}

/// The statements of a method that consists of autogen's own lines.
fn statements(body: &syn::Block) -> Option<Vec<Statement>> {
    let mut found = Vec::new();
    let mut text = None;
    for statement in &body.stmts {
        match line(statement)? {
            Line::Text(sql) => text = Some(sql),
            Line::Run { autocommit } => found.push(Statement { sql: text.take()?, autocommit }),
            Line::Other => {}
        }
    }
    Some(found)
}

enum Line {
    /// `let sql = "..";`
    Text(String),
    /// `db.execute_unprepared(sql).await?;`
    Run { autocommit: bool },
    /// Of no meaning for what is done.
    Other,
}

/// The variable that statements outside of a transaction are run on.
pub(super) const AUTOCOMMIT: &str = "autocommit";

fn line(statement: &syn::Stmt) -> Option<Line> {
    let words = |of: &dyn ToTokens| of.to_token_stream().to_string().replace(' ', "");
    match statement {
        syn::Stmt::Local(local) => {
            let syn::Pat::Ident(name) = &local.pat else { return None };
            let value = &local.init.as_ref()?.expr;
            match (name.ident.to_string().as_str(), &**value) {
                ("sql", syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => {
                    Some(Line::Text(text.value().trim().to_owned()))
                }
                ("db" | AUTOCOMMIT, value) if words(value).ends_with(".get_connection()") => Some(Line::Other),
                ("transaction", value) if words(value) == "manager.begin().await?" => Some(Line::Other),
                _ => None,
            }
        }
        syn::Stmt::Expr(expression, _) => match words(expression).as_str() {
            "db.execute_unprepared(sql).await?" => Some(Line::Run { autocommit: false }),
            "autocommit.execute_unprepared(sql).await?" => Some(Line::Run { autocommit: true }),
            "transaction.commit().await?" | "Ok(())" => Some(Line::Other),
            _ => None,
        },
        syn::Stmt::Item(_) | syn::Stmt::Macro(_) => None,
    }
}
