//! `autogen models`: what the entities declare.

use clap::Args;

use super::declared::{Declared, read_declared};
use super::global::Global;
use super::report;
use super::selection::select;
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::exchange;
use crate::migration::{Plan, render_upgrade};
use crate::render::{Words, identifier};
use crate::revision::Revision;
use crate::schema::{self, Schema};
use crate::scratch::Extras;

/// Show what the entities declare
///
/// Reads source only: no database, no scratch server, nothing is compiled. What stands in brackets is left unsaid by
/// the entities: a new table gets it, one that is there keeps what it has.
#[derive(Debug, Args)]
pub(crate) struct Models {
    /// Only these tables and enums, with the enums they use: `users`, `"user*"`, `"billing.*"`
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Print the SQL that creates it all, with types and expressions in the words of the entities
    #[arg(long)]
    sql: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Models, global: &Global) -> Result<()> {
    let config = global.config()?;
    let Declared { models, extras, .. } = read_declared(&config, global, false)?;
    let extras = if args.names.is_empty() { extras } else { Extras::default() };
    let models = select(models, &args.names)?;
    match (args.sql, global.json) {
        (true, true) => {
            Err(Error::new(Kind::Usage, "--sql and --json are two forms of the same").hint("leave one of them out"))
        }
        (true, false) => {
            report::data(&(sql(&models, &config.default_namespace)? + &extras.sql()));
            Ok(())
        }
        (false, true) => {
            if !extras.is_empty() {
                report::talk("what extras.sql declares is not in the JSON: Postgres alone knows what it means");
            }
            report::data(&exchange::write(&models, &config.default_namespace)?);
            Ok(())
        }
        (false, false) => {
            report::models(global, &models, &extras.titles(), &config.default_namespace);
            Ok(())
        }
    }
}

/// What `create` would write on an empty database. It would let Postgres print types and expressions first; these
/// statements have the entities' own words, so that no server is needed.
fn sql(models: &schema::Models, default_namespace: &str) -> Result<String> {
    let operations = diff(&Schema::default(), &models.schema);
    let words = Words::new(default_namespace);
    let plan = Plan::new(Revision::default(), &operations, &models.places, &words, &words);
    let statements = render_upgrade(&plan)?;
    if default_namespace == "public" {
        return Ok(statements);
    }
    Ok(format!("SET search_path TO {};\n\n{statements}", identifier(default_namespace)))
}
