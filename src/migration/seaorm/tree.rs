//! The modules of one crate, all read at once: whose `mod` leads where.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use syn::spanned::Spanned;

use crate::introspect::parse_rust;

/// A file as it is on disk.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Bytes in front of what is parsed: a byte order mark.
    base: usize,
}

impl Source {
    /// Where something stands in the text, in bytes.
    pub(super) fn range(&self, of: &impl Spanned) -> Range<usize> {
        let span = of.span().byte_range();
        self.base + span.start..self.base + span.end
    }

    /// Its line, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }
}

/// One module.
#[derive(Debug)]
pub(super) struct Module {
    /// From the crate's root.
    pub(super) path: Vec<String>,
    pub(super) source: Rc<Source>,
    pub(super) items: Vec<syn::Item>,
    /// The folder of its own modules.
    pub(super) children: PathBuf,
    /// Whether a `cfg` stands at its `mod`, or above it.
    pub(super) conditional: bool,
}

/// The modules of a crate, by their paths.
#[derive(Debug, Default)]
pub(super) struct Tree {
    modules: BTreeMap<Vec<String>, Module>,
}

/// Deeper than this are files that name each other.
const DEEPEST: usize = 64;

impl Tree {
    /// Reads what a root file leads to, but for what only tests have. A file that cannot be read or parsed has no modules: whoever needs it says so.
    pub(super) fn read(root: &Path) -> Self {
        let mut tree = Self::default();
        let folder = root.parent().unwrap_or(Path::new("."));
        tree.add_file(Vec::new(), root, folder, false, &mut BTreeSet::new());
        tree
    }

    /// Every module, parents first.
    pub(super) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// The module of this path.
    pub(super) fn get(&self, path: &[String]) -> Option<&Module> {
        self.modules.get(path)
    }

    fn add_file(
        &mut self,
        path: Vec<String>,
        file: &Path,
        children: &Path,
        conditional: bool,
        above: &mut BTreeSet<PathBuf>,
    ) {
        if path.len() > DEEPEST || !above.insert(file.to_owned()) {
            return;
        }
        if let Some((source, parsed)) = read(file) {
            self.add(path, &Rc::new(source), parsed.items, children, conditional, above);
        }
        above.remove(file);
    }

    fn add(
        &mut self,
        path: Vec<String>,
        source: &Rc<Source>,
        items: Vec<syn::Item>,
        children: &Path,
        conditional: bool,
        above: &mut BTreeSet<PathBuf>,
    ) {
        for item in &items {
            let syn::Item::Mod(module) = item else { continue };
            if is_test(&module.attrs) {
                continue;
            }
            let name = plain(&module.ident);
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            let conditional = conditional || is_conditional(&module.attrs);
            match &module.content {
                Some((_, items)) if path.len() <= DEEPEST => {
                    self.add(path, source, items.clone(), &children.join(&name), conditional, above);
                }
                Some(_) => {}
                None => {
                    let (file, children) = file_of(&name, &module.attrs, source, children);
                    self.add_file(path, &file, &children, conditional, above);
                }
            }
        }
        let (source, children) = (Rc::clone(source), children.to_owned());
        self.modules.insert(path.clone(), Module { path, source, items, children, conditional });
    }
}

/// Reads and parses a file.
pub(super) fn read(file: &Path) -> Option<(Source, syn::File)> {
    let text = std::fs::read_to_string(file).ok()?;
    parse(file, text)
}

pub(super) fn parse(path: &Path, text: String) -> Option<(Source, syn::File)> {
    let code = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let base = text.len() - code.len();
    let parsed = parse_rust(code).ok()?;
    Some((Source { path: path.to_owned(), text, base }, parsed))
}

/// An identifier without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// Whether a `cfg` decides about it.
pub(super) fn is_conditional(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| it.path().is_ident("cfg"))
}

/// Whether only tests have it.
pub(super) fn is_test(attributes: &[syn::Attribute]) -> bool {
    let is_test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|it| it.is_ident("test"))
    };
    attributes.iter().any(is_test)
}

/// The file of `mod name;`, and the folder of its own children.
fn file_of(name: &str, attributes: &[syn::Attribute], source: &Source, children: &Path) -> (PathBuf, PathBuf) {
    let written = attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            path,
            value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
            ..
        }) if path.is_ident("path") => Some(text.value()),
        _ => None,
    });
    if let Some(written) = written {
        let beside = source.path.parent().unwrap_or(Path::new("."));
        let file = beside.join(written);
        let folder = file.parent().unwrap_or(Path::new(".")).to_owned();
        return (file, folder);
    }
    let nested = children.join(name);
    let beside = children.join(format!("{name}.rs"));
    if beside.is_file() { (beside, nested) } else { (nested.join("mod.rs"), nested) }
}
