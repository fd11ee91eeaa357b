//! What a new migration is called.

use super::Migrator;
use super::migration::stamp;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::migration::name::{checked_message, now, slug};
use crate::revision::{Id, Revision};

/// A new revision behind the last of the Migrator: `mYYYYMMDD_HHMMSS_slug`, sorting after every other whatever dates
/// those bear.
///
/// # Errors
/// [`Kind::Usage`]: the message or SOURCE_DATE_EPOCH cannot be used, or the id is no name of a module.
pub(super) fn new_revision(
    config: &Config,
    migrator: &Migrator,
    message: &str,
    id: Option<&str>,
    parents: Vec<Id>,
) -> Result<Revision> {
    let message = checked_message(message)?;
    let now = now(config)?;
    let id = match id {
        Some(id) if is_module(id) => id.to_owned(),
        Some(id) => {
            return Err(Error::new(Kind::Usage, format!("`{id}` cannot be the name of a module"))
                .hint("with format = \"seaorm\" an id is a module: small letters, digits and _, such as m20241211_143000_add_users"));
        }
        None => {
            let names = migrator.listed.iter().map(|it| it.migration.revision.id.as_str());
            let stamp = after(&now.strftime("%Y%m%d_%H%M%S").to_string(), names);
            let slug = slug(&message, config.truncate_slug_length);
            format!("m{stamp}_{}", if slug.is_empty() { "migration" } else { &slug })
        }
    };
    let create_date = now.strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    Ok(Revision { id, parents, message, create_date, ..Revision::default() })
}

fn is_module(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    id.len() <= 200
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(fits)
        && syn::parse_str::<syn::Ident>(id).is_ok()
}

/// This time, or the next number behind the greatest of the names.
fn after<'a>(now: &str, names: impl Iterator<Item = &'a str>) -> String {
    let greatest = names.filter_map(stamp).max().unwrap_or_default();
    if now > greatest {
        return now.to_owned();
    }
    let number: u64 = greatest.replace('_', "").parse().unwrap_or_default();
    let next = format!("{:014}", number + 1);
    format!("{}_{}", &next[..8], &next[8..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_sorts_behind_all() {
        let names = ["m20220101_000001_a", "v1_init", "m20990101_000009_far"];
        assert_eq!(after("20241211_143000", names.iter().copied()), "20990101_000010");
        assert_eq!(after("20241211_143000", names[..2].iter().copied()), "20241211_143000");
        assert_eq!(after("20241211_143000", ["m20241211_143000_x"].into_iter()), "20241211_143001");
        assert_eq!(after("20241211_143000", ["m20241211_999999_x"].into_iter()), "20241212_000000");
    }

    #[test]
    fn names_of_modules() {
        assert!(is_module("m20241211_143000_add_users"));
        for wrong in ["", "1a", "fn", "a-b", "a::b", "A", "../x"] {
            assert!(!is_module(wrong), "{wrong}");
        }
    }
}
