//! Which database: flag, profile, `DATABASE_URL`, `DATABASE_HOST` and its like, libpq's `PG*`.
//!
//! Every source is first made into one URL, so that options, `~/.pgpass` and what is shown have one way each.

use sqlx::postgres::PgConnectOptions;
use url::Url;

use super::{Config, Environment};
use crate::error::{Error, Kind, Result};

/// A database to connect to.
#[derive(Debug, Clone)]
pub struct Target {
    /// For the driver.
    pub options: PgConnectOptions,
    /// Who named it: `DATABASE_URL in .env`, `--database-url`.
    pub source: String,
    /// Its URL with `***` for the password.
    pub shown: String,
    /// Whether a profile with `protected = true` names it.
    pub protected: bool,
}

impl Config {
    /// The database to work on, or `None` where nothing names one.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the URL is malformed, or a profile's `${VARIABLE}` is not set. The message shows no password.
    pub fn target(&self) -> Result<Option<Target>> {
        let Some((url, source)) = self.database_url()? else { return Ok(None) };
        let mut target = parse(&url, &source)?;
        target.protected = self.is_protected(&target)?;
        Ok(Some(target))
    }

    /// A database that something else than the configuration names; `source` says what.
    ///
    /// # Errors
    /// [`Kind::Usage`]: the URL is malformed, or a `${VARIABLE}` in it is not set.
    pub fn target_of(&self, url: &str, source: &str) -> Result<Target> {
        let mut target = parse(&substitute(url, &self.environment, source)?, source)?;
        target.protected = self.is_protected(&target)?;
        Ok(target)
    }

    /// The server for throwaway databases, if the user names one.
    ///
    /// # Errors
    /// [`Kind::Usage`] when the URL is malformed.
    pub fn scratch_target(&self) -> Result<Option<Target>> {
        let variable = "AUTOGEN_SCRATCH_URL";
        if let Some(url) = &self.overrides.scratch_url {
            parse(url, "--scratch-url").map(Some)
        } else if let Some(url) = self.environment.get(variable) {
            parse(url, &self.environment.source(variable)).map(Some)
        } else if let Some(url) = &self.scratch.url {
            let source = "[scratch] url in autogen.toml";
            parse(&substitute(url, &self.environment, source)?, source).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The first source that names a database, as a URL.
    fn database_url(&self) -> Result<Option<(String, String)>> {
        if let Some(url) = &self.overrides.database_url {
            return Ok(Some((url.clone(), "--database-url".to_owned())));
        }
        if let Some((name, profile)) = self.profile()?
            && let Some(url) = &profile.database_url
        {
            let source = format!("[env.{name}] in autogen.toml");
            return Ok(Some((substitute(url, &self.environment, &source)?, source)));
        }
        if let Some(url) = self.environment.get("DATABASE_URL") {
            return Ok(Some((url.to_owned(), self.environment.source("DATABASE_URL"))));
        }
        Ok(from_parts(&self.environment, &DATABASE_PARTS).or_else(|| from_parts(&self.environment, &LIBPQ_PARTS)))
    }

    /// Whether the chosen profile is protected, or a protected one names the same database by another way.
    fn is_protected(&self, target: &Target) -> Result<bool> {
        if self.profile()?.is_some_and(|(_, profile)| profile.protected) {
            return Ok(true);
        }
        let protected = self.env.values().filter(|profile| profile.protected);
        // A profile whose variables are not set here cannot be compared, and must not stand in the way of another.
        Ok(protected
            .filter_map(|profile| substitute(profile.database_url.as_deref()?, &self.environment, "").ok())
            .filter_map(|url| parse(&url, "").ok())
            .any(|other| identity(&other.options) == identity(&target.options)))
    }
}

fn identity(options: &PgConnectOptions) -> (String, u16, String) {
    let host = match options.get_socket() {
        Some(folder) => folder.to_string_lossy().into_owned(),
        None => options.get_host().to_lowercase(),
    };
    (host, options.get_port(), options.get_database().unwrap_or(options.get_username()).to_owned())
}

/// Names of the variables that hold one part of a URL each.
struct Parts {
    host: &'static str,
    port: &'static str,
    name: &'static str,
    user: &'static str,
    password: &'static str,
    parameters: &'static [(&'static str, &'static str)],
}

const DATABASE_PARTS: Parts = Parts {
    host: "DATABASE_HOST",
    port: "DATABASE_PORT",
    name: "DATABASE_NAME",
    user: "DATABASE_USER",
    password: "DATABASE_PASSWORD",
    parameters: &[("DATABASE_SSLMODE", "sslmode")],
};

const LIBPQ_PARTS: Parts = Parts {
    host: "PGHOST",
    port: "PGPORT",
    name: "PGDATABASE",
    user: "PGUSER",
    password: "PGPASSWORD",
    parameters: &[("PGSSLMODE", "sslmode"), ("PGSSLROOTCERT", "sslrootcert"), ("PGHOSTADDR", "hostaddr")],
};

/// A URL from single variables, when any of the first four is set; localhost where no host is.
fn from_parts(environment: &Environment, parts: &Parts) -> Option<(String, String)> {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let part = |name: &str| environment.get(name).map(encode);
    let first = [parts.host, parts.name, parts.port, parts.user].into_iter().find(|n| environment.get(n).is_some())?;
    let login = match (part(parts.user), part(parts.password)) {
        (Some(user), Some(password)) => format!("{user}:{password}@"),
        (None, Some(password)) => format!(":{password}@"),
        (Some(user), None) => format!("{user}@"),
        (None, None) => String::new(),
    };
    let host = match environment.get(parts.host) {
        Some(folder) if folder.starts_with('/') => encode(folder),
        Some(host) if host.contains(':') => format!("[{host}]"),
        Some(host) => host.to_owned(),
        None => "localhost".to_owned(),
    };
    let port = environment.get(parts.port).map(|port| format!(":{port}")).unwrap_or_default();
    let name = part(parts.name).map(|name| format!("/{name}")).unwrap_or_default();
    let parameters: Vec<String> =
        parts.parameters.iter().filter_map(|(name, key)| Some(format!("{key}={}", part(name)?))).collect();
    let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    Some((format!("postgresql://{login}{host}{port}{name}{query}"), environment.source(first)))
}

/// Replaces `${VARIABLE}`.
fn substitute(text: &str, environment: &Environment, source: &str) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        let value = environment.get(name).ok_or_else(|| {
            Error::new(Kind::Usage, format!("{source} needs the variable {name}, which is not set"))
                .hint(format!("set {name} in the environment or in .env"))
        })?;
        filled.push_str(&rest[..start]);
        filled.push_str(value);
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Parameters that are handed to the driver; others (`schema`, `pgbouncer`, ..) are for other programs.
const PARAMETERS: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// One URL made into options. Nothing of a malformed one is shown: where its password ends cannot be known.
pub(super) fn parse(text: &str, source: &str) -> Result<Target> {
    let malformed = |what: &str| {
        Error::new(Kind::Usage, format!("the URL of {source} is malformed: {what}"))
            .hint("write postgresql://USER:PASSWORD@HOST:5432/DATABASE")
            .hint("in a password, write %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %")
    };
    let (scheme, rest) = text.trim().split_once("://").ok_or_else(|| malformed("it has no `://`"))?;
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    if scheme != "postgres" && scheme != "postgresql" {
        return Err(malformed("it does not begin with postgresql:// or postgres://"));
    }
    // libpq allows `user@/database?host=/folder`; the URL standard wants a host, which the parameter then replaces.
    let rest = rest.replacen("@/", "@localhost/", 1);
    let mut url = Url::parse(&format!("postgresql://{rest}")).map_err(|cause| malformed(&cause.to_string()))?;
    if url.fragment().is_some() {
        return Err(malformed("it has a `#`"));
    }
    if url.path().trim_start_matches('/').contains(['/', '@']) {
        return Err(malformed("after the host it has more than a database's name"));
    }
    let pairs: Vec<(String, String)> =
        url.query_pairs().map(|(key, value)| (key.replace('-', "_"), value.into_owned())).collect();
    let is_word = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    if pairs.iter().any(|(key, _)| !is_word(key)) {
        return Err(malformed("what follows the `?` is not KEY=value&KEY=value"));
    }
    if let Some((_, mode)) = pairs.iter().find(|(key, value)| key == "sslmode" && !SSL_MODES.contains(&value.as_str()))
    {
        return Err(malformed(&format!("sslmode is one of {}, and not `{mode}`", SSL_MODES.join(", "))));
    }
    let known: Vec<&(String, String)> = pairs.iter().filter(|(key, _)| PARAMETERS.contains(&key.as_str())).collect();
    url.set_query(None);
    if !known.is_empty() {
        url.query_pairs_mut().extend_pairs(known.iter().map(|(key, value)| (key, value)));
    }
    let options: PgConnectOptions =
        url.as_str().parse().map_err(|_| malformed("a part of it is not percent-encoded UTF-8, or not a number"))?;
    Ok(Target { options, source: source.to_owned(), shown: shown(&url), protected: false })
}

fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // Only a URL without a host refuses a password, and such a one has none.
        let _ = shown.set_password(Some("***"));
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, value)| {
            if key == "password" {
                (key.into_owned(), "***".to_owned())
            } else {
                (key.into_owned(), value.into_owned())
            }
        })
        .collect();
    if pairs.is_empty() {
        return shown.to_string();
    }
    shown.set_query(None);
    let query: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{shown}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::super::Overrides;
    use super::super::tests::config;
    use super::*;

    fn target(toml: &str, variables: &[(&str, &str)]) -> Target {
        config(toml, Overrides::default(), variables)
            .and_then(|c| c.target())
            .expect("it resolves")
            .expect("there is one")
    }

    #[test]
    fn a_driver_is_dropped_and_the_password_hidden() {
        let target =
            target("", &[("DATABASE_URL", "postgresql+asyncpg://me:p%40ss@db.example:5433/app?sslmode=require")]);
        assert_eq!(target.shown, "postgresql://me:***@db.example:5433/app?sslmode=require");
        assert_eq!(target.source, "DATABASE_URL");
        assert_eq!(target.options.get_host(), "db.example");
        assert_eq!(target.options.get_database(), Some("app"));
    }

    #[test]
    fn the_order_of_sources() {
        let all = [
            ("DATABASE_URL", "postgres://url/x"),
            ("DATABASE_HOST", "parts"),
            ("PGHOST", "libpq"),
            ("PROFILE_URL", "postgres://profile/x"),
        ];
        let toml = "[env.dev]\ndatabase_url = \"${PROFILE_URL}\"\n";
        let host = |overrides: Overrides, variables: &[(&str, &str)]| {
            let target = config(toml, overrides, variables).and_then(|c| c.target()).expect("it resolves");
            target.map(|target| target.options.get_host().to_owned())
        };
        let flag = Overrides { database_url: Some("postgres://flag/x".to_owned()), ..Overrides::default() };
        let profile = Overrides { env: Some("dev".to_owned()), ..Overrides::default() };
        assert_eq!(host(flag, &all).as_deref(), Some("flag"));
        assert_eq!(host(profile, &all).as_deref(), Some("profile"));
        assert_eq!(host(Overrides::default(), &all).as_deref(), Some("url"));
        assert_eq!(host(Overrides::default(), &all[1..]).as_deref(), Some("parts"));
        assert_eq!(host(Overrides::default(), &all[2..]).as_deref(), Some("libpq"));
        assert_eq!(host(Overrides::default(), &all[3..]), None);
    }

    #[test]
    fn parts_are_encoded() {
        let target =
            target("", &[("DATABASE_NAME", "my app"), ("DATABASE_USER", "a@b"), ("DATABASE_PASSWORD", "s/?#")]);
        assert_eq!(target.shown, "postgresql://a%40b:***@localhost/my%20app");
        assert_eq!(target.options.get_username(), "a@b");
        assert_eq!(target.options.get_database(), Some("my app"));
    }

    #[test]
    fn sockets_by_both_ways() {
        for url in
            ["postgres://u@%2Ftmp%2Fpg/app", "postgres:///app?host=/tmp/pg&user=u", "postgres://u@/app?host=/tmp/pg"]
        {
            let target = parse(url, "test").unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(
                target.options.get_socket().map(|p| p.display().to_string()).as_deref(),
                Some("/tmp/pg"),
                "{url}"
            );
            assert_eq!(target.options.get_database(), Some("app"), "{url}");
        }
    }

    #[test]
    fn a_malformed_url_never_shows_the_password() {
        for url in [
            "secret",
            "mysql://me:secret@host/db",
            "postgres://me:secret/x@host/db",
            "postgres://me:12/secret@host/db",
            "postgres://me:12?secret@host/db",
            "postgres://me:12#secret@host/db",
            "postgres://me:secret@host:port/db",
            "postgres://me:%FFsecret@host/db",
            "postgres://me:secret@host/db?sslmode=maybe",
        ] {
            let error = parse(url, "DATABASE_URL").expect_err(url);
            let text = format!("{error} {error:?}");
            assert_eq!(error.kind(), Kind::Usage);
            assert!(!text.contains("secret"), "{text}");
            assert!(text.starts_with("the URL of DATABASE_URL is malformed"), "{text}");
        }
    }

    #[test]
    fn a_protected_database_stays_so_by_another_name() {
        let toml = "[env.prod]\ndatabase_url = \"postgres://admin@db/app\"\nprotected = true\n";
        assert!(target(toml, &[("DATABASE_URL", "postgres://me@DB/app")]).protected);
        assert!(!target(toml, &[("DATABASE_URL", "postgres://me@db/other")]).protected);
    }

    #[test]
    fn a_missing_variable_is_named() {
        let overrides = Overrides { env: Some("prod".to_owned()), ..Overrides::default() };
        let config = config("[env.prod]\ndatabase_url = \"${NOWHERE}\"\n", overrides, &[]).expect("it loads");
        let error = config.target().expect_err("it is not set");
        assert_eq!(error.to_string(), "[env.prod] in autogen.toml needs the variable NOWHERE, which is not set");
    }
}
