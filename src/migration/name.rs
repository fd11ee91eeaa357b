//! What a new revision is called: its id, its clock, its file.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::revision::{Id, Revision, check_id};

/// A new revision: `rev_id_length` random hex digits unless `id` is given, now unless SOURCE_DATE_EPOCH (seconds) is set.
///
/// # Errors
/// [`Kind::Usage`]: the message is empty, longer than a line or a marker; the id has characters that targets need;
/// SOURCE_DATE_EPOCH is no number; the time zone is not known.
pub fn new_revision(config: &Config, message: &str, id: Option<&str>, parents: Vec<Id>) -> Result<Revision> {
    let id = match id {
        Some(id) => id.to_owned(),
        None => uuid::Uuid::new_v4().simple().to_string()[32 - config.rev_id_length..].to_owned(),
    };
    check_id(&id)?;
    Ok(Revision {
        id,
        parents,
        message: checked_message(message)?,
        create_date: now(config)?.strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
        ..Revision::default()
    })
}

pub(super) fn checked_message(message: &str) -> Result<String> {
    let message = message.trim().trim_start_matches('-').trim_start();
    let wrong = |what: &str| {
        Err(Error::new(Kind::Usage, what).hint("autogen create \"add user profile fields\"   says what changes"))
    };
    if message.is_empty() {
        return wrong("the message is empty");
    }
    if message.chars().any(char::is_control) {
        return wrong("the message is more than one line");
    }
    if message.starts_with("autogen:") {
        return wrong("a message cannot begin with `autogen:`, which marks sections of the file");
    }
    Ok(message.to_owned())
}

pub(super) fn now(config: &Config) -> Result<Zoned> {
    let variable = "SOURCE_DATE_EPOCH";
    let timestamp = match config.environment().get(variable) {
        None => Timestamp::now(),
        Some(seconds) => {
            seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
                Error::new(Kind::Usage, format!("{variable} is `{seconds}`"))
                    .hint("it is a number of seconds since 1970")
            })?
        }
    };
    Ok(timestamp.to_zoned(config.time_zone()?))
}

/// The name of a revision's file, from `file_template`; without a slug it ends with the id.
pub(super) fn file_name(config: &Config, revision: &Revision) -> Result<String> {
    let date = revision.create_date.get(..19).unwrap_or_default();
    let date = DateTime::strptime("%Y-%m-%d %H:%M:%S", date).map_err(|cause| {
        Error::new(Kind::Error, format!("`{}` is no date of a revision", revision.create_date))
            .hint("write `-- Create Date: 2024-12-11 14:30:00 UTC`")
            .caused_by(cause)
    })?;
    let epoch = date.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second());
    let number = |value: i64| value.to_string();
    let tokens = BTreeMap::from([
        ("rev", revision.id.clone()),
        ("slug", slug(&revision.message, config.truncate_slug_length)),
        ("epoch", number(epoch)),
        ("year", number(date.year().into())),
        ("month", number(date.month().into())),
        ("day", number(date.day().into())),
        ("hour", number(date.hour().into())),
        ("minute", number(date.minute().into())),
        ("second", number(date.second().into())),
    ]);
    let name = fill(&config.file_template, &tokens)?;
    let name = name.trim_end_matches(['_', '-']);
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return Err(template_error(config, "it gives a name that is no file's"));
    }
    if !config.file_template.contains("%(rev)") && !config.file_template.contains("%(slug)") {
        return Err(template_error(config, "it has neither %(rev)s nor %(slug)s"));
    }
    Ok(format!("{name}.sql"))
}

/// The message in small ASCII letters and digits, joined by `_`, cut at the end of a word. May be empty.
pub(super) fn slug(message: &str, length: usize) -> String {
    let slug = slug::slugify(message).replace('-', "_");
    if slug.len() <= length {
        return slug;
    }
    let cut = &slug[..length];
    match cut.rsplit_once('_') {
        Some((words, _)) if !slug[length..].starts_with('_') => words.to_owned(),
        Some(_) | None => cut.to_owned(),
    }
}

/// `%(name)s`, `%(name)d`, `%(name)04d` and `%(name).2d`, as Python's `%` does them; `%%(name)s` is the same, since
/// alembic.ini doubles its percent signs.
fn fill(template: &str, tokens: &BTreeMap<&str, String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = template;
    let wrong = |what: String| {
        let names = tokens.keys().map(|name| format!("%({name})s")).collect::<Vec<_>>().join(", ");
        Error::new(Kind::Usage, format!("file_template in autogen.toml: {what}"))
            .hint(format!("tokens: {names}; %(year)04d fills with zeros"))
    };
    while let Some(start) = rest.find('%') {
        filled.push_str(&rest[..start]);
        let token = &rest[start + 1..];
        let token = if token.starts_with("%(") { &token[1..] } else { token };
        if let Some(after) = token.strip_prefix('%') {
            filled.push('%');
            rest = after;
            continue;
        }
        let (name, after) = token
            .strip_prefix('(')
            .and_then(|token| token.split_once(')'))
            .ok_or_else(|| wrong("a `%` begins no token; write %% for a percent sign".to_owned()))?;
        let value = tokens.get(name).ok_or_else(|| wrong(format!("there is no token `{name}`")))?;
        let end = after.find(['s', 'd']).ok_or_else(|| wrong(format!("%({name}) has no `s` or `d` behind it")))?;
        let format = &after[..end];
        let (format, fills) = match format.strip_prefix('.') {
            Some(precision) => (precision, true),
            None => (format, format.starts_with('0')),
        };
        let width = if format.is_empty() { Some(0) } else { format.parse::<usize>().ok().filter(|width| *width <= 20) };
        let width = width.ok_or_else(|| wrong(format!("%({name}){format} is no width")))?;
        if fills {
            filled.push_str(&format!("{value:0>width$}"));
        } else {
            filled.push_str(&format!("{value:>width$}"));
        }
        rest = &after[end + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

fn template_error(config: &Config, what: &str) -> Error {
    Error::new(Kind::Usage, format!("file_template = \"{}\" in autogen.toml: {what}", config.file_template))
        .hint("the default is %(year)04d%(month)02d%(day)02d_%(hour)02d%(minute)02d_%(rev)s_%(slug)s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Overrides;
    use crate::config::tests::config;

    fn named(toml: &str, message: &str) -> Result<String> {
        let config = config(toml, Overrides::default(), &[("SOURCE_DATE_EPOCH", "1733927400")]).expect("it loads");
        let revision = new_revision(&config, message, Some("abc123def456"), Vec::new())?;
        assert_eq!(revision.create_date, "2024-12-11 14:30:00 UTC");
        file_name(&config, &revision)
    }

    #[test]
    fn names_of_the_guide() {
        let name = |message: &str| named("", message).expect("it has a name");
        assert_eq!(name("add user profile fields"), "20241211_1430_abc123def456_add_user_profile_fields.sql");
        assert_eq!(name("Größe ändern"), "20241211_1430_abc123def456_grosse_andern.sql");
        assert_eq!(name("北京"), "20241211_1430_abc123def456_bei_jing.sql");
        assert_eq!(name("🜨 ✦"), "20241211_1430_abc123def456.sql");
        assert_eq!(name("-- ../../etc/passwd"), "20241211_1430_abc123def456_etc_passwd.sql");
        let long = "a column that holds the preferred language of a user";
        assert_eq!(name(long), "20241211_1430_abc123def456_a_column_that_holds_the_preferred.sql");
    }

    #[test]
    fn other_templates() {
        let name = |template: &str| named(&format!("file_template = \"{template}\""), "m").map_err(|e| e.to_string());
        assert_eq!(name("%(epoch)s_%(rev)s"), Ok("1733927400_abc123def456.sql".to_owned()));
        assert_eq!(name("%(second)3d%%_%(slug)s"), Ok("  0%_m.sql".to_owned()));
        let ini = "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d%%(second)02d-%%(rev)s_%%(slug)s";
        assert_eq!(name(ini), Ok("2024_12_11_143000-abc123def456_m.sql".to_owned()));
        for wrong in ["%(reff)s", "%(rev)", "%x%(rev)s", "../%(rev)s", "%(year)d", "%(rev)99s"] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn messages_that_are_refused() {
        for message in ["", "  ", "--", "two\nlines", "autogen: upgrade"] {
            assert_eq!(named("", message).expect_err(message).kind(), Kind::Usage);
        }
    }

    #[test]
    fn ids_are_twelve_hex_digits() {
        let config = config("", Overrides::default(), &[]).expect("it loads");
        let revision = new_revision(&config, "m", None, Vec::new()).expect("it is new");
        assert!(revision.id.len() == 12 && revision.id.chars().all(|c| c.is_ascii_hexdigit()), "{}", revision.id);
        let config = super::tests::config("rev_id_length = 32", Overrides::default(), &[]).expect("it loads");
        assert_eq!(new_revision(&config, "m", None, Vec::new()).expect("it is new").id.len(), 32);
    }
}
