//! `autogen models`: what the entities declare.

use clap::Args;

use super::declared::read_declared;
use super::global::Global;
use super::report;
use super::selection::{Selected, select};
use crate::diff::diff;
use crate::error::{Error, Kind, Result};
use crate::exchange;
use crate::migration::{self, Block, Plan, render_upgrade};
use crate::render::{Words, identifier};
use crate::revision::Revision;
use crate::schema::Schema;
use crate::scratch::Statement;

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
    let declared = read_declared(&config, global, false)?;
    let selected = select(declared.models, &declared.extras, &args.names)?;
    let namespace = &config.default_namespace;
    match (args.sql, global.json) {
        (true, true) => {
            Err(Error::new(Kind::Usage, "--sql and --json are two forms of the same").hint("leave one of them out"))
        }
        (true, false) => {
            report::data(&sql(&selected, namespace)?);
            Ok(())
        }
        (false, true) => {
            if !selected.statements.is_empty() && !global.quiet {
                report::talk("what extras.sql declares is not in the JSON: it is SQL already");
            }
            report::data(&exchange::write(&selected.models, namespace)?);
            Ok(())
        }
        (false, false) => {
            report::models(global, &selected.models, &selected.statements, namespace);
            Ok(())
        }
    }
}

/// What `create` would write on an empty database. It would let Postgres print types and expressions first; these
/// statements have the words of entities and extras.sql, so that no server is needed.
fn sql(selected: &Selected<'_>, default_namespace: &str) -> Result<String> {
    let Selected { models, statements } = selected;
    let operations = diff(&Schema::default(), &models.schema);
    let words = Words::new(default_namespace);
    let mut plan = Plan::new(Revision::default(), &operations, &models.places, &words, &words);
    let is_there = |it: &&Statement<'_>| {
        it.verb == "create schema" && it.name.is_some_and(|name| models.schema.namespace(&name.name).is_some())
    };
    let statements =
        statements.iter().filter(|it| !is_there(it)).map(|it| (it.before_tables, block(it, default_namespace)));
    let (first, last): (Vec<_>, Vec<_>) = statements.partition(|(before_tables, _)| *before_tables);
    let blocks = |blocks: Vec<(bool, Block)>| blocks.into_iter().map(|(_, block)| block);
    plan.upgrade.splice(0..0, blocks(first));
    plan.upgrade.extend(blocks(last));
    let text = render_upgrade(&plan)?;
    if default_namespace == "public" {
        return Ok(text);
    }
    Ok(format!("SET search_path TO {};\n\n{text}", identifier(default_namespace)))
}

fn block(statement: &Statement<'_>, default_namespace: &str) -> Block {
    Block {
        operation: None,
        title: report::statement_title(statement, default_namespace),
        place: Some(statement.place.to_string()),
        hazards: Vec::new(),
        statements: vec![migration::Statement { sql: statement.sql.to_owned(), autocommit: false }],
    }
}
