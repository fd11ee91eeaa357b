//! Reaching a database, and saying why it could not be reached.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnection, PgDatabaseError};

use super::Target;
use crate::error::{Error, Kind, Result};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Connects.
///
/// # Errors
/// [`Kind::Error`] with the URL (password hidden), who named it and what to do: the server is unreachable, refuses the
/// login, has no such database, or TLS fails.
pub async fn connect(target: &Target) -> Result<PgConnection> {
    match tokio::time::timeout(PATIENCE, target.options.connect()).await {
        Ok(Ok(conn)) => Ok(conn),
        Ok(Err(cause)) => Err(refused(target, cause)),
        Err(_) => {
            let message = format!("the server does not answer within {} seconds", PATIENCE.as_secs());
            Err(failure(target, &message).hint("is the host right, and does a firewall let you through?"))
        }
    }
}

fn failure(target: &Target, what: &str) -> Error {
    Error::new(Kind::Error, format!("cannot connect to {} (from {}): {what}", target.shown, target.source))
}

fn refused(target: &Target, cause: sqlx::Error) -> Error {
    let error = match &cause {
        sqlx::Error::Database(refusal) => by_code(target, refusal.downcast_ref::<PgDatabaseError>()),
        sqlx::Error::Io(io) => unreachable(target, io),
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => failure(target, "TLS failed")
            .hint("sslmode=disable for a server without TLS, sslrootcert=FILE for a certificate of your own"),
        _ => failure(target, "the connection failed"),
    };
    error.caused_by(cause)
}

/// What the server says, by SQLSTATE (appendix A of the manual).
fn by_code(target: &Target, refusal: &PgDatabaseError) -> Error {
    match refusal.code() {
        "3D000" => failure(target, "this database does not exist").hint("autogen db init   creates it"),
        "28P01" => failure(target, "wrong password")
            .hint(format!("correct the user or the password in {}", target.source))
            .hint("in a URL, a password's special characters are percent-encoded: %40 for @"),
        "28000" => failure(target, "the server does not let this user in")
            .hint("does the role exist, and does pg_hba.conf let it in from here, with this sslmode?"),
        "57P03" => failure(target, "the server is starting up or shutting down").hint("try again in a moment"),
        // PgBouncer refuses what it would not keep from one transaction to the next.
        "08P01" if refusal.message().contains("startup parameter") => failure(target, "a pooler refuses the session")
            .hint("connect to the server itself, most often on port 5432, for migrations"),
        "53300" => failure(target, "the server has no connection left").hint("close some, or raise max_connections"),
        code => failure(target, &format!("the server refuses ({code})")),
    }
}

fn unreachable(target: &Target, io: &std::io::Error) -> Error {
    let options = &target.options;
    match options.get_socket() {
        Some(folder) => failure(target, &format!("there is no server at the socket in {}", folder.display()))
            .hint("is Postgres running, and is this its unix_socket_directories?"),
        None if io.to_string().contains("lookup") => {
            failure(target, &format!("the host `{}` is not known", options.get_host()))
                .hint(format!("correct the host in {}", target.source))
        }
        None => {
            let (host, port) = (options.get_host(), options.get_port());
            failure(target, &format!("nothing answers at {host}:{port}"))
                .hint(format!("is Postgres running there? pg_isready -h {host} -p {port}"))
                .hint(format!("correct the host or the port in {}", target.source))
        }
    }
}
