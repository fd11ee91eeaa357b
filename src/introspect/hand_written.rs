//! What people write by hand instead of deriving it: methods with one expression, matches over variants, builder
//! chains.

use syn::{Expr, ExprLit, ImplItem, ItemImpl, Lit, Pat, Stmt};

use super::column_type::last;

/// A builder chain: where it begins, and the methods called on it in their order.
pub(super) struct Chain<'a> {
    pub(super) base: &'a Expr,
    pub(super) calls: Vec<&'a syn::ExprMethodCall>,
}

impl<'a> Chain<'a> {
    pub(super) fn of(expression: &'a Expr) -> Self {
        match expression {
            Expr::MethodCall(call) => {
                let mut chain = Self::of(&call.receiver);
                chain.calls.push(call);
                chain
            }
            Expr::Paren(inner) => Self::of(&inner.expr),
            Expr::Group(inner) => Self::of(&inner.expr),
            base => Self { base, calls: Vec::new() },
        }
    }
}

/// The arms of a match over `self`, by variant; `_` is `None`. Methods called on the whole match are handed on.
pub(super) struct Arms<'a> {
    pub(super) arms: Vec<(Option<String>, &'a Expr)>,
    pub(super) after: Vec<&'a syn::ExprMethodCall>,
}

impl<'a> Arms<'a> {
    pub(super) fn of(body: &'a Expr) -> Option<Self> {
        let chain = Chain::of(body);
        let Expr::Match(found) = chain.base else { return None };
        let mut arms = Vec::new();
        for arm in &found.arms {
            // Which arms a `cfg` leaves is not decided here.
            if arm.guard.is_some() || arm.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
                return None;
            }
            variants(&arm.pat, &mut |variant| arms.push((variant, value_of(&arm.body))))?;
        }
        Some(Self { arms, after: chain.calls })
    }

    /// The value for a variant.
    pub(super) fn value(&self, variant: &str) -> Option<&'a Expr> {
        let arm = self.arms.iter().find(|(name, _)| name.as_deref().is_none_or(|name| name == variant))?;
        Some(arm.1)
    }
}

/// Calls back for each variant of a pattern.
fn variants(pattern: &Pat, found: &mut impl FnMut(Option<String>)) -> Option<()> {
    match pattern {
        Pat::Path(path) => found(Some(last(&path.path)?)),
        Pat::Reference(inner) => variants(&inner.pat, found)?,
        Pat::Paren(inner) => variants(&inner.pat, found)?,
        Pat::Or(or) => or.cases.iter().try_for_each(|case| variants(case, found))?,
        Pat::Wild(_) => found(None),
        // A bare variant that is imported, or a name for everything.
        Pat::Ident(ident) if ident.ident.to_string().starts_with(char::is_uppercase) => {
            found(Some(ident.ident.to_string()));
        }
        Pat::Ident(_) => found(None),
        _ => return None,
    }
    Some(())
}

/// A block with nothing but an expression is that expression.
fn value_of(body: &Expr) -> &Expr {
    match body {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => value,
            _ => body,
        },
        body => body,
    }
}

/// The expression that a method's body ends with.
pub(super) fn method_value<'a>(block: &'a ItemImpl, name: &str) -> Option<&'a Expr> {
    block.items.iter().find_map(|item| match item {
        // More statements than one could change what the last one means.
        ImplItem::Fn(method) if method.sig.ident == name => match method.block.stmts.as_slice() {
            [Stmt::Expr(Expr::Return(value), _)] => value.expr.as_deref(),
            [Stmt::Expr(value, None)] => Some(value),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a block implements this trait for this type, by their last names.
pub(super) fn implements(block: &ItemImpl, name: &str, for_type: &str) -> bool {
    implemented(block).is_some_and(|(of, for_)| of == name && for_ == for_type)
}

/// The last names of the trait that a block implements and of the type that it does so for.
pub(super) fn implemented(block: &ItemImpl) -> Option<(String, String)> {
    let (_, name, _) = block.trait_.as_ref()?;
    match &*block.self_ty {
        syn::Type::Path(path) => Some((last(name)?, last(&path.path)?)),
        _ => None,
    }
}

/// `"x"`, or `Some("x")`.
pub(super) fn literal_text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(path), Some(argument)) if last(&path.path)? == "Some" => literal_text(argument),
            _ => None,
        },
        _ => None,
    }
}
