//! `cfg` and `cfg_attr`, evaluated as rustc would for an ordinary build on this machine.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

/// The attributes that hold, `cfg_attr` unfolded, or `None` when a `cfg` takes the whole item away.
pub(super) fn conditioned(attributes: &[Attribute], features: &BTreeSet<String>) -> Option<Vec<Attribute>> {
    if !has_conditions(attributes) {
        return Some(attributes.to_vec());
    }
    let mut kept = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        if attribute.path().is_ident("cfg") {
            // A comma may follow the condition.
            let conditions = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            if !conditions.is_ok_and(|conditions| conditions.iter().all(|condition| holds(condition, features))) {
                return None;
            }
        } else if attribute.path().is_ident("cfg_attr") {
            let Ok(parts) = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
                kept.push(attribute.clone());
                continue;
            };
            let mut parts = parts.into_iter();
            if parts.next().is_some_and(|condition| holds(&condition, features)) {
                let unfolded: Vec<Attribute> = parts.map(|meta| Attribute { meta, ..attribute.clone() }).collect();
                // A `cfg_attr` may hold another one.
                kept.extend(conditioned(&unfolded, features)?);
            }
        } else {
            kept.push(attribute.clone());
        }
    }
    Some(kept)
}

/// The same in place. `None`: the thing itself is not there.
pub(super) fn decide(attributes: &mut Vec<Attribute>, features: &BTreeSet<String>) -> Option<()> {
    if has_conditions(attributes) {
        *attributes = conditioned(attributes, features)?;
    }
    Some(())
}

fn has_conditions(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"))
}

/// A condition that nobody sets is false, as for rustc.
fn holds(condition: &Meta, features: &BTreeSet<String>) -> bool {
    let Some(name) = condition.path().get_ident().map(ToString::to_string) else { return false };
    match condition {
        Meta::List(list) => {
            let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
                return false;
            };
            match name.as_str() {
                "all" => parts.iter().all(|part| holds(part, features)),
                "any" => parts.iter().any(|part| holds(part, features)),
                "not" => !parts.iter().any(|part| holds(part, features)),
                _ => false,
            }
        }
        Meta::NameValue(pair) => {
            let Expr::Lit(ExprLit { lit: Lit::Str(value), .. }) = &pair.value else { return false };
            let value = value.value();
            match name.as_str() {
                "feature" => features.contains(&value),
                "target_os" => value == std::env::consts::OS,
                "target_arch" => value == std::env::consts::ARCH,
                "target_family" => value == std::env::consts::FAMILY,
                "target_pointer_width" => value == usize::BITS.to_string(),
                "panic" => value == "unwind",
                _ => false,
            }
        }
        Meta::Path(_) => match name.as_str() {
            "true" | "debug_assertions" => true,
            "unix" => cfg!(unix),
            "windows" => cfg!(windows),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn kept(item: &syn::ItemStruct) -> Option<usize> {
        conditioned(&item.attrs, &BTreeSet::from(["postgres".to_owned()])).map(|kept| kept.len())
    }

    #[test]
    fn features_of_the_crate_decide() {
        assert_eq!(
            kept(&parse_quote!(
                #[cfg(feature = "postgres")]
                struct A;
            )),
            Some(0)
        );
        assert_eq!(
            kept(&parse_quote!(
                #[cfg(all(feature = "postgres", not(test)))]
                struct A;
            )),
            Some(0)
        );
        assert_eq!(
            kept(&parse_quote!(
                #[cfg(feature = "sqlite")]
                struct A;
            )),
            None
        );
        assert_eq!(
            kept(&parse_quote!(
                #[cfg(test)]
                struct A;
            )),
            None
        );
    }

    #[test]
    fn cfg_attr_is_unfolded() {
        let item: syn::ItemStruct = parse_quote!(
            #[cfg_attr(feature = "postgres", sea_orm(unique), cfg_attr(not(test), doc = "x"))]
            struct A;
        );
        assert_eq!(kept(&item), Some(2));
        assert_eq!(
            kept(&parse_quote!(
                #[cfg_attr(feature = "sqlite", sea_orm(unique))]
                struct A;
            )),
            Some(0)
        );
    }
}
