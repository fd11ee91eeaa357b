//! Which server this is, and whether autogen works with it.

use std::fmt;

use sqlx::{PgConnection, Row};

use crate::error::{Error, Kind, Result};

/// The oldest and the newest major that every release of autogen is tested with.
const OLDEST: u32 = 13;
const NEWEST: u32 = 18;

/// The version of a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// `server_version_num`: 150018.
    pub number: u32,
    /// `server_version` without the packager's addition: `15.18`.
    pub text: String,
}

impl ServerVersion {
    /// 15 of 15.18.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.number / 10_000
    }

    /// A sentence for the user when the server is newer than what autogen is tested with.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        (self.major() > NEWEST)
            .then(|| format!("PostgreSQL {self} is newer than {NEWEST}, the newest that this autogen is tested with"))
    }

    fn read(number: u32, text: &str, product: &str) -> Result<Self> {
        if let Some(other) = ["CockroachDB", "-YB-", "Redshift", "Materialize"].iter().find(|o| product.contains(**o)) {
            let other = if *other == "-YB-" { "YugabyteDB" } else { other };
            return Err(Error::new(Kind::Error, format!("the server is {other}, not PostgreSQL"))
                .hint(format!("autogen works with PostgreSQL {OLDEST} to {NEWEST}")));
        }
        let version = Self { number, text: text.split_whitespace().next().unwrap_or(text).to_owned() };
        if version.major() < OLDEST {
            return Err(Error::new(Kind::Error, format!("PostgreSQL {version} is too old"))
                .hint(format!("autogen works with PostgreSQL {OLDEST} to {NEWEST}")));
        }
        Ok(version)
    }
}

/// `15.18`.
impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Asks the server for its version.
///
/// # Errors
///
/// When it is older than 13 or only speaks PostgreSQL's protocol (CockroachDB, YugabyteDB, Redshift, Materialize).
pub async fn server_version(conn: &mut PgConnection) -> Result<ServerVersion> {
    let asked = sqlx::raw_sql(include_str!("version.sql")).fetch_one(conn).await.and_then(|row| {
        Ok((row.try_get::<i32, _>("number")?, row.try_get::<String, _>("text")?, row.try_get::<String, _>("product")?))
    });
    let (number, text, product) =
        asked.map_err(|cause| Error::new(Kind::Error, "cannot read the server's version").caused_by(cause))?;
    ServerVersion::read(number.unsigned_abs(), &text, &product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packagers_addition_is_left_out() {
        let version = ServerVersion::read(150_018, "15.18 (Debian 15.18-0+deb12u1)", "PostgreSQL 15.18").ok();
        let expected = ServerVersion { number: 150_018, text: "15.18".to_owned() };
        assert_eq!((expected.major(), expected.warning()), (15, None));
        assert_eq!(version, Some(expected));
    }

    #[test]
    fn a_newer_server_is_a_warning() {
        let version = ServerVersion::read(190_000, "19beta1", "PostgreSQL 19beta1").ok();
        assert_eq!(
            version.and_then(|version| version.warning()).as_deref(),
            Some("PostgreSQL 19beta1 is newer than 18, the newest that this autogen is tested with")
        );
    }

    #[test]
    fn older_servers_and_others_that_speak_the_protocol_are_refused() {
        for (number, text, product, message) in [
            (120_022, "12.22", "PostgreSQL 12.22 on x86_64", "PostgreSQL 12.22 is too old"),
            (130_000, "13.0.0", "CockroachDB CCL v24.1.0", "the server is CockroachDB, not PostgreSQL"),
            (
                150_002,
                "15.2-YB-2.25.0.0-b0",
                "PostgreSQL 15.2-YB-2.25.0.0-b0",
                "the server is YugabyteDB, not PostgreSQL",
            ),
        ] {
            let refused = ServerVersion::read(number, text, product).err();
            assert_eq!(refused.map(|error| error.to_string()).as_deref(), Some(message));
        }
    }
}
