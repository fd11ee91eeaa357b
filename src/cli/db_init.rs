//! `autogen db init`: a database to work on.

use clap::Args;

use super::global::Global;
use super::report;
use super::work::database;
use crate::error::Result;
use crate::runner::initialise;

/// Create the database if it is missing, and install the configured extensions
#[derive(Debug, Args)]
pub(crate) struct DbInit {
    /// The database to connect to for CREATE DATABASE
    #[arg(long, value_name = "NAME", default_value = "postgres")]
    maintenance_db: String,
    /// Install this extension too
    #[arg(long, value_name = "NAME")]
    extension: Vec<String>,
}

/// Runs the command.
pub(crate) async fn run(args: DbInit, global: &Global) -> Result<()> {
    let config = global.config()?;
    let target = database(&config)?;
    let extensions: Vec<String> = config.extensions.iter().chain(&args.extension).cloned().collect();
    let done = initialise(&target, &args.maintenance_db, &config.default_namespace, &extensions).await?;
    report::initialised(global, &target.shown, &config.default_namespace, &done);
    Ok(())
}
