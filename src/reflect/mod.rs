//! Postgres catalogs → [`Schema`].
//!
//! A fixed number of selects, each in its own `.sql` file, sent as one simple-query message inside one REPEATABLE READ READ ONLY
//! transaction: five round trips whatever the number of tables. The session settings that decide how Postgres prints
//! are set for that transaction only, so the answer does not depend on the connection and the connection is as before
//! afterwards.
//!
//! What is seen: ordinary and partitioned tables with columns, constraints and indexes, enum types, the namespaces
//! themselves, and as [`Definition`]s, which Postgres prints whole: views, functions, triggers, policies, domains,
//! composite types, rules, statistics, sequences that no column owns, and the extensions that the scope names. What is not: members of extensions, [`IGNORED_TABLES`], and
//!
//! - partitions and children of inheritance: they follow their parent, and an ALTER on the parent reaches them. A
//!   partitioned table is a table with a partition key.
//! - an enum type outside of the scope or of an extension: columns of it have [`BaseType::Other`], as Postgres prints
//!   it, so that every [`BaseType::Enum`] is found among the schema's enum types.
//! - NOT NULL as a constraint (18 lists it as one, with a name).
//!
//! Constraints that [`ConstraintKind`] has no structure for (WITHOUT OVERLAPS, PERIOD and NOT ENFORCED of 18) come as
//! [`ConstraintKind::Exclusion`], whose definition is Postgres' own text and is written back as it is.
//!
//! [`Definition`]: crate::schema::Definition
//! [`BaseType::Enum`]: crate::schema::BaseType::Enum
//! [`BaseType::Other`]: crate::schema::BaseType::Other
//! [`ConstraintKind`]: crate::schema::ConstraintKind
//! [`ConstraintKind::Exclusion`]: crate::schema::ConstraintKind::Exclusion

mod session;
mod version;
mod catalog;
mod assemble;
mod column;
mod constraint;
mod index;
mod definition;
mod text;
mod beyond;
mod strangers;
mod dependants;

pub use beyond::{Beyond, beyond, extensions};
pub use dependants::{Dependant, unseen_dependants};
pub use session::prepare_session;
pub use strangers::strangers;
pub use version::{ServerVersion, server_version};

use sqlx::PgConnection;

use crate::error::{Error, Kind, Result};
pub use crate::schema::IGNORED_TABLES;
use crate::schema::{Schema, Table, Unmanaged};

/// Which namespaces to look at; no others are ever read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Their unquoted names. One that does not exist is no error: it is missing from the schema.
    pub namespaces: Vec<String>,
    /// The one whose names are written unqualified; `search_path` while Postgres prints.
    pub default_namespace: String,
    /// Names of the extensions to look at: those that somebody declares. All others are the administrator's.
    pub extensions: Vec<String>,
    /// What in these namespaces is left alone.
    pub unmanaged: Unmanaged,
    /// Tables that foreign keys refer to and that are not looked at, with their keys and the columns of these.
    pub strangers: Vec<Table>,
}

/// Reads what `scope` names. The connection must not be in a transaction.
///
/// # Errors
///
/// When the server cannot be reached or refuses (a lost connection, a missing privilege), or when `conn` is in a
/// transaction.
pub async fn reflect(conn: &mut PgConnection, scope: &Scope) -> Result<Schema> {
    let read = catalog::rows(conn, scope).await.and_then(|rows| assemble::schema(&rows));
    let managed = read.map(|schema| scope.unmanaged.without(schema));
    managed.map_err(|cause| Error::new(Kind::Error, "cannot read the database's catalogs").caused_by(cause))
}
