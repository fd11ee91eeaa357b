//! `autogen::embed!("migrations")`. Needs nothing but the compiler's own `proc_macro`.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro::{Literal, TokenStream, TokenTree};

/// The revisions of a folder as `autogen::embed::Migrations`, a constant. The path is relative to the `Cargo.toml` of the
/// crate that says this.
///
/// A change of a file, and of `autogen.lock`, which every new revision changes, builds the crate again. A folder without
/// that file wants `println!("cargo::rerun-if-changed=migrations")` in a `build.rs`.
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(tokens) => tokens,
        Err(problem) => {
            let text = Literal::string(&problem);
            format!("::core::compile_error!({text})").parse().unwrap_or_default()
        }
    }
}

fn expand(input: TokenStream) -> Result<TokenStream, String> {
    let folder = folder(input)?;
    let mut texts = String::new();
    for path in files(&folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a file's name is not UTF-8")?;
        let (name, path) = (Literal::string(name), Literal::string(&path.to_string_lossy()));
        texts.push_str(&format!("({name}, ::core::include_str!({path})),"));
    }
    let code = format!("::autogen::embed::Migrations::new(&[{texts}])");
    code.parse().map_err(|_| "the folder's name cannot be written as Rust".to_owned())
}

/// The folder that the only argument, a string, names.
fn folder(input: TokenStream) -> Result<PathBuf, String> {
    let usage = || "write the folder of the revisions: autogen::embed!(\"migrations\")".to_owned();
    let mut tokens = input.into_iter();
    let (Some(TokenTree::Literal(literal)), None) = (tokens.next(), tokens.next()) else { return Err(usage()) };
    let text = literal.to_string();
    let path = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(usage)?;
    if path.contains('\\') {
        return Err("write the folder without backslashes".to_owned());
    }
    let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set: cargo sets it")?;
    let folder = Path::new(&root).join(path);
    if folder.is_dir() { Ok(folder) } else { Err(format!("there is no folder {}", folder.display())) }
}

/// Its revisions by name, and its ledger, which changes with each of them.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |cause: std::io::Error| format!("cannot read {}: {cause}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "autogen.lock" || (name.ends_with(".sql") && !name.starts_with('.')) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
