//! The import table of the house, held by a test: a module imports only what stands above it, and each outside crate
//! has its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;

/// Which outside crates a module may use. What stands nowhere here is for tests only.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("error", &["anyhow"]),
    ("config", &["anyhow", "dotenvy", "jiff", "percent_encoding", "serde", "sqlx", "tokio", "toml", "url"]),
    ("schema", &["serde", "wildmatch"]),
    ("operation", &["serde"]),
    (
        "introspect",
        &[
            "anyhow",
            "heck",
            "prettyplease",
            "proc_macro2",
            "quote",
            "sea_orm_codegen",
            "sea_query",
            "serde",
            "sha2",
            "similar",
            "syn",
            "toml",
        ],
    ),
    ("exchange", &["schemars", "serde", "serde_json", "serde_path_to_error"]),
    ("reflect", &["anyhow", "serde", "serde_json", "sqlx"]),
    ("overlay", &["similar"]),
    ("diff", &[]),
    ("render", &["sea_query"]),
    ("expectation", &["serde"]),
    ("hazard", &["serde"]),
    ("survey", &["anyhow", "serde", "sqlx"]),
    ("revision", &[]),
    (
        "migration",
        &[
            "anyhow",
            "askama",
            "jiff",
            "minijinja",
            "percent_encoding",
            // A Migrator and its files are Rust, and their version stands in manifests.
            "proc_macro2",
            "quote",
            "serde",
            "sha2",
            "shell_words",
            "slug",
            "syn",
            "tempfile",
            "toml",
            "uuid",
        ],
    ),
    ("execute", &["anyhow", "serde", "sqlx", "tokio"]),
    (
        "scratch",
        &[
            "anyhow",
            "flate2",
            "nix",
            "rustls_native_certs",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "tar",
            "tempfile",
            "tokio",
            "ureq",
            "uuid",
        ],
    ),
    ("review", &["askama", "serde", "similar"]),
    ("embed", &["sea_orm", "sqlx"]),
    // A Migrator's program is written as a crate, and started; its output may hold a password in a URL.
    ("runner", &["anyhow", "jiff", "percent_encoding", "serde", "serde_json", "sqlx", "tokio", "toml"]),
    ("finding", &["quick_junit", "schemars", "serde", "serde_json", "sha2"]),
    (
        "cli",
        &[
            "anstream",
            "anstyle",
            "anyhow",
            "clap",
            "clap_complete",
            "clap_mangen",
            "editor_command",
            "heck",
            "indicatif",
            "inquire",
            "jiff",
            "log",
            "nix",
            "renderdag",
            "serde",
            "serde_json",
            "sha2",
            "similar",
            "terminal_size",
            "sqlx",
            "tempfile",
            "terminal_size",
            "tokio",
            "toml",
            "unicode_width",
        ],
    ),
    ("testing", &["tokio"]),
];

/// Modules that turn values into values: no files, no processes, no variables, no clock.
const PURE: &[&str] =
    &["schema", "operation", "overlay", "diff", "render", "expectation", "hazard", "revision", "finding", "review"];

#[test]
fn the_list_in_the_docs_is_the_order_of_the_modules() {
    let source = read(&root().join("src/lib.rs"));
    let list: String =
        source.lines().filter_map(|line| line.strip_prefix("//!")).skip_while(|l| !l.contains("# Arch")).collect();
    let listed: Vec<&str> = list
        .split("[`")
        .skip(1)
        .filter_map(|rest| rest.split_once("`]"))
        .map(|(name, _)| name)
        .filter(|name| !name.contains(':'))
        .collect();
    assert_eq!(listed, modules());
}

#[test]
fn a_module_imports_only_what_stands_above_it() {
    let order = modules();
    let rank: BTreeMap<&str, usize> = order.iter().enumerate().map(|(rank, name)| (name.as_str(), rank)).collect();
    let mut wrong = Vec::new();
    for source in sources() {
        for path in paths(&source.tokens) {
            let Some(imported) = inside(&source, &path) else { continue };
            let Some(imported_rank) = rank.get(imported) else { continue };
            if *imported_rank > rank[source.module.as_str()] {
                wrong.push(format!("{}: `{}` stands below {}", source.file.display(), path.join("::"), source.module));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn outside_crates_stay_where_they_belong() {
    let dependencies = dependencies();
    let allowed: BTreeMap<&str, &[&str]> = OUTSIDE.iter().copied().collect();
    let mut wrong = BTreeSet::new();
    for source in sources() {
        for path in paths(&source.tokens) {
            let first = path[0].as_str();
            if dependencies.contains(first)
                && !is_own(&source, first)
                && !allowed[source.module.as_str()].contains(&first)
            {
                wrong.insert(format!("{}: {first} has no place in {}", source.file.display(), source.module));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_dependency_is_used() {
    // The macro of `embed` is handed on at the root.
    let roots = ["src/main.rs", "src/lib.rs"].map(|file| tokens(&root().join(file)));
    let of_sources = sources().into_iter().map(|source| source.tokens).chain(roots);
    let used: BTreeSet<String> = of_sources.flat_map(|tokens| paths(&tokens)).map(|path| path[0].clone()).collect();
    let unused: Vec<String> = dependencies().into_iter().filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "in Cargo.toml and nowhere in src: {unused:?}");
}

#[test]
fn pure_modules_touch_nothing() {
    let mut wrong = BTreeSet::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.module.as_str())) {
        for path in paths(&source.tokens) {
            let is_outer = path[0] == "std" && path.get(1).is_some_and(|name| OUTER.contains(&name.as_str()));
            if is_outer {
                wrong.insert(format!("{}: {}", source.file.display(), path.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a name is a file of the module that happens to be called like a crate: `render/quote.rs`.
fn is_own(source: &Source, name: &str) -> bool {
    root().join(format!("src/{}/{name}.rs", source.module)).exists()
}

const OUTER: [&str; 6] = ["fs", "env", "process", "net", "io", "time"];

#[test]
fn only_the_terminal_prints() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module != "cli") {
        let text = source.tokens.to_string();
        for word in ["println !", "eprintln !", "print !", "eprint !", "dbg !", "stdout ()", "stderr ()"] {
            // `eprintln !` ends in `println !`: the word must begin where the text does.
            if text
                .split(word)
                .zip(text.split(word).skip(1))
                .any(|(before, _)| !before.ends_with(char::is_alphanumeric))
            {
                wrong.push(format!("{}: {word}", source.file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A file of the library without its tests.
struct Source {
    file: PathBuf,
    module: String,
    /// How many modules deep its own items stand: 1 in `src/diff/mod.rs`, 2 in `src/diff/order.rs`.
    depth: usize,
    tokens: TokenStream,
}

/// Every file that belongs to a module.
fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    for module in modules() {
        let file = root().join(format!("src/{module}.rs"));
        if file.exists() {
            files.push((module, 1, file));
        } else {
            collect(&root().join("src").join(&module), &module, 1, &mut files);
        }
    }
    files.into_iter().map(|(module, depth, file)| Source { tokens: tokens(&file), file, module, depth }).collect()
}

fn collect(folder: &Path, module: &str, depth: usize, files: &mut Vec<(String, usize, PathBuf)>) {
    for entry in fs::read_dir(folder).expect("a module is a file or a folder") {
        let path = entry.expect("a readable folder").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "tests" {
            collect(&path, module, depth + 1, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            files.push((module.to_owned(), if name == "mod" { depth } else { depth + 1 }, path));
        }
    }
}

/// The file's tokens, `#[cfg(test)]` items left out.
fn tokens(file: &Path) -> TokenStream {
    let parsed = syn::parse_file(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    parsed.items.iter().filter(|item| !is_test(item)).map(|item| item.to_token_stream()).collect()
}

fn is_test(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| attribute.meta.to_token_stream().to_string() == "cfg (test)")
}

/// Every path written anywhere, macros included, `use` groups unfolded.
fn paths(tokens: &TokenStream) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    walk(tokens.clone(), &[], &mut found);
    found
}

/// `prefix` is the path in front of the group that these tokens are the content of.
fn walk(tokens: TokenStream, prefix: &[String], found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut path = prefix.to_vec();
    let mut index = 0;
    while index < tokens.len() {
        let is_joined = tokens.get(index + 1).is_some_and(is_colon) && tokens.get(index + 2).is_some_and(is_colon);
        match &tokens[index] {
            TokenTree::Ident(name) => {
                path.push(name.to_string());
                if is_joined {
                    index += 3;
                    continue;
                }
                if path.len() > 1 {
                    found.push(path.clone());
                }
            }
            TokenTree::Group(group) => {
                let is_list = group.delimiter() == Delimiter::Brace && path.len() > prefix.len();
                walk(group.stream(), if is_list { &path } else { &[] }, found);
            }
            // A glob, or the generics of `path::<T>`.
            TokenTree::Punct(_) if path.len() > 1 && path.len() > prefix.len() => found.push(path.clone()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        path = prefix.to_vec();
        index += 1;
    }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

/// The module of this library that a path leads into from this file, if it leaves its own.
fn inside<'path>(source: &Source, path: &'path [String]) -> Option<&'path str> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    match path[0].as_str() {
        "crate" => path.get(1).map(String::as_str),
        // A nested inline module may use one more; it then stays inside all the same.
        "super" if supers >= source.depth => path.get(supers).map(String::as_str),
        _ => None,
    }
}

/// The modules in the order that `lib.rs` declares them in.
fn modules() -> Vec<String> {
    let parsed = syn::parse_file(&read(&root().join("src/lib.rs"))).expect("lib.rs is Rust");
    let names = parsed.items.iter().filter_map(|item| match item {
        syn::Item::Mod(item) => Some(item.ident.to_string()),
        _ => None,
    });
    names.collect()
}

/// Names of the dependencies as paths write them.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table = read(&root().join("Cargo.toml")).parse().expect("Cargo.toml is TOML");
    manifest["dependencies"].as_table().expect("a table").keys().map(|name| name.replace('-', "_")).collect()
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
