//! `autogen models`: what the entities declare.

use clap::Args;

use super::comparison::read_models;
use super::global::Global;
use super::report;
use super::selection::select;
use crate::error::Result;

/// Show what the entities declare
///
/// Reads source only: no database, no scratch server, nothing is compiled. What stands in brackets is left unsaid by
/// the entities: a new table gets it, one that is there keeps what it has.
#[derive(Debug, Args)]
pub(crate) struct Models {
    /// Only these tables and enums, with the enums they use: `users`, `"user*"`, `"billing.*"`
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Models, global: &Global) -> Result<()> {
    let config = global.config()?;
    let models = read_models(&config, false)?;
    let models = select(models, &args.names)?;
    report::models(global, &models, &config.default_namespace);
    Ok(())
}
