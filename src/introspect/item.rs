use std::collections::BTreeSet;
use std::rc::Rc;

use proc_macro2::{Span, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use super::condition::decide;
use super::crate_tree::ModuleId;
use super::source_file::SourceFile;

/// A struct, enum or alias, with every `cfg` already decided.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    /// Seen from other modules too.
    pub(super) public: bool,
    pub(super) span: Span,
    pub(super) module: ModuleId,
    pub(super) file: Rc<SourceFile>,
    pub(super) attributes: Vec<Attribute>,
    /// Names of the macros it derives, without their paths.
    derives: Vec<String>,
    pub(super) kind: ItemKind,
}

#[derive(Debug)]
pub(super) enum ItemKind {
    /// Its fields; those of a tuple struct have no name.
    Struct(Vec<syn::Field>),
    Enum(Vec<syn::Variant>),
    Alias(Box<syn::ItemType>),
    /// Anything else that takes a name among types: a trait, a union.
    Other,
}

/// One name that a `use` brings in, or a glob.
#[derive(Debug, Clone)]
pub(super) struct Import {
    /// The name; `None` for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    /// Seen from other modules too.
    pub(super) public: bool,
    /// Seen from other crates too: `pub use`.
    pub(super) exported: bool,
    /// The path begins with `::`: a crate.
    pub(super) of_crate: bool,
}

impl Import {
    pub(super) fn of_crate(name: String, package: String) -> Self {
        Self { name: Some(name), path: vec![package], public: false, exported: false, of_crate: true }
    }

    /// The same, one segment further.
    fn step(&self, segment: &syn::Ident) -> Self {
        let mut further = self.clone();
        further.path.push(plain(segment));
        further
    }
}

/// What tells one item from all others.
pub(super) type ItemKey = (ModuleId, String);

impl Item {
    pub(super) fn key(&self) -> ItemKey {
        (self.module, self.name.clone())
    }

    pub(super) fn new(
        item: syn::Item,
        module: ModuleId,
        file: &Rc<SourceFile>,
        features: &BTreeSet<String>,
    ) -> Option<Self> {
        let (ident, visibility, mut attributes, kind) = match item {
            syn::Item::Struct(item) => {
                let fields = item.fields.into_iter().filter_map(|mut field| {
                    decide(&mut field.attrs, features)?;
                    Some(field)
                });
                (item.ident, item.vis, item.attrs, ItemKind::Struct(fields.collect()))
            }
            syn::Item::Enum(item) => {
                let variants = item.variants.into_iter().filter_map(|mut variant| {
                    decide(&mut variant.attrs, features)?;
                    Some(variant)
                });
                (item.ident, item.vis, item.attrs, ItemKind::Enum(variants.collect()))
            }
            syn::Item::Type(item) => {
                (item.ident.clone(), item.vis.clone(), item.attrs.clone(), ItemKind::Alias(Box::new(item)))
            }
            syn::Item::Trait(item) => (item.ident, item.vis, item.attrs, ItemKind::Other),
            syn::Item::Union(item) => (item.ident, item.vis, item.attrs, ItemKind::Other),
            _ => return None,
        };
        decide(&mut attributes, features)?;
        let attributes = model_attributes(attributes);
        let span = ident.span();
        let public = !matches!(visibility, syn::Visibility::Inherited);
        let derives = derives(&attributes);
        Some(Self { name: plain(&ident), public, span, module, file: Rc::clone(file), attributes, derives, kind })
    }

    /// Whether it derives this macro, whatever path the macro is named by.
    pub(super) fn derives(&self, name: &str) -> bool {
        self.derives.iter().any(|derived| derived == name)
    }

    /// Whether fields of this struct are relations: `#[sea_orm::model]` or `#[sea_orm::compact_model]`, also imported.
    pub(super) fn holds_relations(&self) -> bool {
        self.has_macro(&["model", "sea_orm_model", "compact_model", "sea_orm_compact_model"])
    }

    /// `#[sea_orm::model]`: the relation fields are foreign keys. Beside a `compact_model` they are written as ever.
    pub(super) fn is_dense(&self) -> bool {
        self.has_macro(&["model", "sea_orm_model"])
    }

    fn has_macro(&self, names: &[&str]) -> bool {
        self.derives("DeriveEntityModel")
            && self.attributes.iter().any(|attribute| {
                let path = attribute.path();
                let ours = path.segments.len() == 1 || path.segments[0].ident == "sea_orm";
                ours && path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
            })
    }

    /// What SeaORM's macros define beside it.
    pub(super) fn generated_names(&self) -> &'static [&'static str] {
        match (self.derives("DeriveEntityModel"), self.is_dense(), self.holds_relations()) {
            (true, true, _) => {
                &["Entity", "Column", "PrimaryKey", "ActiveModel", "ModelEx", "ActiveModelEx", "Relation"]
            }
            (true, false, true) => &["Entity", "Column", "PrimaryKey", "ActiveModel", "ModelEx", "ActiveModelEx"],
            (true, false, false) => &["Entity", "Column", "PrimaryKey", "ActiveModel"],
            (false, _, _) => &[],
        }
    }
}

/// `#[sea_orm::model]` puts what stands in `model_attrs(..)` on the model itself.
fn model_attributes(attributes: Vec<Attribute>) -> Vec<Attribute> {
    let holds_some = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) => list.tokens.clone().into_iter().any(|token| is_word(&token, "model_attrs")),
        Meta::Path(_) | Meta::NameValue(_) => false,
    };
    let nested = |attribute: &Attribute| -> Vec<Attribute> {
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        let keys = match attribute.path().is_ident("sea_orm") && holds_some(attribute) {
            true => attribute.parse_args_with(parse).unwrap_or_default(),
            false => Punctuated::new(),
        };
        let lists = keys.into_iter().filter_map(|key| match key {
            Meta::List(list) if list.path.is_ident("model_attrs") => list.parse_args_with(parse).ok(),
            Meta::List(_) | Meta::Path(_) | Meta::NameValue(_) => None,
        });
        lists.flatten().map(|meta| Attribute { meta, ..attribute.clone() }).collect()
    };
    let moved: Vec<Attribute> = attributes.iter().flat_map(nested).collect();
    moved.into_iter().chain(attributes).collect()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// The last word of each path in `#[derive(..)]`.
fn derives(attributes: &[Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let Meta::List(list) = &attribute.meta else { continue };
        let mut last = None;
        for token in list.tokens.clone() {
            match token {
                TokenTree::Ident(word) => last = Some(word),
                TokenTree::Punct(mark) if mark.as_char() == ',' => found.extend(last.take()),
                TokenTree::Punct(_) | TokenTree::Literal(_) | TokenTree::Group(_) => {}
            }
        }
        found.extend(last);
    }
    found.iter().map(ToString::to_string).collect()
}

/// An identifier without `r#`.
pub(super) fn plain(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// The names that a `use` brings in.
pub(super) fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let public = !matches!(item.vis, syn::Visibility::Inherited);
    let exported = matches!(item.vis, syn::Visibility::Public(_));
    let leaf = Import { name: None, path: Vec::new(), public, exported, of_crate: item.leading_colon.is_some() };
    collect(&item.tree, &leaf, &mut found);
    found
}

/// `so_far` is an import with the path down to this tree.
fn collect(tree: &syn::UseTree, so_far: &Import, found: &mut Vec<Import>) {
    match tree {
        syn::UseTree::Path(step) => collect(&step.tree, &so_far.step(&step.ident), found),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, so_far, found)),
        syn::UseTree::Glob(_) => found.push(so_far.clone()),
        syn::UseTree::Name(leaf) if leaf.ident == "self" => {
            found.push(Import { name: so_far.path.last().cloned(), ..so_far.clone() });
        }
        syn::UseTree::Name(leaf) => {
            found.push(Import { name: Some(plain(&leaf.ident)), ..so_far.step(&leaf.ident) });
        }
        // `as _` brings in a trait's methods and no name.
        syn::UseTree::Rename(leaf) if leaf.rename == "_" => {}
        syn::UseTree::Rename(leaf) if leaf.ident == "self" => {
            found.push(Import { name: Some(plain(&leaf.rename)), ..so_far.clone() });
        }
        syn::UseTree::Rename(leaf) => {
            found.push(Import { name: Some(plain(&leaf.rename)), ..so_far.step(&leaf.ident) });
        }
    }
}
