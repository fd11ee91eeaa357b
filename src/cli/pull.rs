//! `autogen pull`: what the database knows and the entities do not say, written into them.

mod entities;
mod facts;
mod files;

use clap::Args;

use super::adopt::{Found, Looked, look};
use super::confirm::confirm;
use super::declaration::Whereabouts;
use super::global::Global;
use super::report;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::introspect::{Edit, Words};
use crate::migration::LedgerChanges;
use crate::schema::{Object, Pattern, QualifiedName, Schema, Table};
use facts::{default_of, facts, types};
use files::Files;

/// Write what the database has and nobody declares into the entities and extras.sql
///
/// Uniques, indexes, columns, enum labels, defaults and actions of foreign keys become attributes and fields; what
/// entities cannot say becomes SQL beside them. Shows the changes as a diff and asks. Hand-written code stays byte for
/// byte. Afterwards the entities declare what is there and own it, and a migration would be as before: where it would
/// not, nothing is kept. Compares with the database, which must be at head, or without one with the history.
#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// What to write: `users` and all of it, `billing.*`, `users.idx-*`; without a name everything but whole tables
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write exact types too, where the entity leaves them open: a length, text, json or jsonb
    #[arg(long)]
    types: bool,
    /// Write a new entity file for every table that has none; a name picks one too
    #[arg(long)]
    all: bool,
    /// Show the changes and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// Compare with the history replayed on scratch, whatever database is configured
    #[arg(long)]
    from_history: bool,
    /// Put scratch databases on the target's own server, where no other server is to be had
    #[arg(long)]
    scratch_on_target: bool,
}

/// Runs the command.
pub(crate) async fn run(args: Pull, global: &Global) -> Result<()> {
    let new_ones = args.all || !args.names.is_empty();
    let looked = look(global, args.from_history, args.scratch_on_target, new_ones).await?;
    let wanted = Wanted::new(&args, &looked)?;
    let mut files = Files::new(&looked.config);
    let mut left: Vec<String> = files.edit(&wanted.edits)?.iter().map(by_hand).collect();
    let new: Vec<&Table> = wanted.new.iter().filter_map(|it| looked.current.table(it)).collect();
    left.extend(entities::add(&new, &looked, &mut files)?);
    files.append_extras(&wanted.extras)?;
    for it in &left {
        report::talk(&format!("warning: by hand: {it}"));
    }
    if !global.quiet && !wanted.tables.is_empty() {
        let tables = wanted.tables.join(", ");
        report::talk(&format!("tables without an entity, written where they are named: {tables}"));
    }
    if files.is_empty() {
        report::success("the entities say everything that is there");
        return Ok(());
    }
    report::diffs(&files.diffs());
    if args.dry_run {
        report::talk("nothing was written");
        return Ok(());
    }
    confirm(global, args.yes, "Write this?")?;
    files.write()?;
    match verified(&args, global, &looked).await {
        Ok((owned, undeclared)) => {
            report::success(&format!("wrote {}; {owned} owned from now on", files.names().join(", ")));
            if !new.is_empty() && !global.quiet {
                if new.iter().any(|it| has_arrays(it)) {
                    report::talk("arrays need the feature postgres-array of sea-orm");
                }
                if undeclared > 0 {
                    report::talk(&format!(
                        "{undeclared} more, on these tables or beside them, can be declared: autogen pull"
                    ));
                }
            }
            Ok(())
        }
        Err(error) => {
            files.restore()?;
            Err(error.hint("nothing was kept: the files are as they were"))
        }
    }
}

/// Reads what was written, and demands that the next migration would be what it would have been. Takes over what is
/// declared now: gives back how much that is, and how much nobody declares still.
async fn verified(args: &Pull, global: &Global, before: &Looked) -> Result<(usize, usize)> {
    let quiet = Global { quiet: true, ..global.clone() };
    let after = look(&quiet, args.from_history, args.scratch_on_target, true).await?;
    let titles = |looked: &Looked| -> Vec<String> {
        let namespace = &looked.config.default_namespace;
        looked.comparison.operations.iter().map(|it| it.describe(namespace).title()).collect()
    };
    let (known, now) = (titles(before), titles(&after));
    let new: Vec<String> = now.into_iter().filter(|it| !known.contains(it)).collect();
    if !new.is_empty() {
        let list = new.iter().map(|it| format!("\n  {it}")).collect::<String>();
        return Err(Error::new(Kind::Error, format!("what was written says more than what is there:{list}"))
            .hint("autogen adopt --dry-run   prints the lines one by one; write those by hand"));
    }
    let found = Found::new(&after, &[])?;
    after.folder.record_baseline(&LedgerChanges { added: found.added.clone(), removed: Vec::new() })?;
    let undeclared = found.undeclared.iter().filter(|(object, _)| !matches!(object, Object::Table(_))).count();
    Ok((found.added.len(), undeclared))
}

fn has_arrays(table: &Table) -> bool {
    table.columns.iter().any(|it| it.data_type.array)
}

/// What is to be written.
struct Wanted {
    edits: Vec<Edit>,
    extras: Vec<String>,
    /// Tables without entity that are to get one.
    new: Vec<QualifiedName>,
    /// Tables without entity that nobody asked for.
    tables: Vec<String>,
}

impl Wanted {
    fn new(args: &Pull, looked: &Looked) -> Result<Self> {
        let names: Vec<Pattern> = args.names.iter().map(|it| Pattern::new(it)).collect();
        let found = Found::new(looked, &args.names)?;
        let namespace = &looked.config.default_namespace;
        let mut wanted = Self { edits: Vec::new(), extras: Vec::new(), new: Vec::new(), tables: Vec::new() };
        for (object, declaration) in found.undeclared {
            match (&object, declaration.whereabouts) {
                (Object::Table(name), _) if names.is_empty() && !args.all => {
                    wanted.tables.push(name.display(namespace))
                }
                (Object::Table(name), _) => wanted.new.push(name.clone()),
                // Those of new entities stand in these.
                (Object::EnumType(name), _) if is_of_new(name, looked) => {}
                (_, Whereabouts::Extras) => wanted.extras.extend(declaration.lines),
                (_, Whereabouts::Into(place)) => {
                    let lines = with_default(declaration.lines, &object, &looked.current);
                    wanted.edits.push(Edit { place, words: Words::Member(lines) });
                }
                (_, Whereabouts::Above(place)) => {
                    let words =
                        declaration.lines.iter().filter_map(|it| it.strip_prefix("#[sea_orm(")?.strip_suffix(")]"));
                    wanted
                        .edits
                        .extend(words.map(|it| Edit { place: place.clone(), words: Words::OfColumn(it.to_owned()) }));
                }
            }
        }
        let mut said = facts(&looked.declared.models, &looked.current);
        if args.types {
            said.extend(types(&looked.declared.models, &looked.current));
        }
        let is_picked = |object: &Object| names.is_empty() || names.iter().any(|it| it.picks(object));
        wanted.edits.extend(said.into_iter().filter(|(object, _)| is_picked(object)).map(|(_, edit)| edit));
        Ok(wanted)
    }
}

/// Whether only tables without an entity have columns of this enum: then theirs will declare it.
fn is_of_new(name: &QualifiedName, looked: &Looked) -> bool {
    let models = &looked.declared.models.schema;
    let users = looked
        .current
        .tables
        .iter()
        .filter(|table| table.columns.iter().any(|column| column.data_type.enum_name() == Some(name)));
    let mut users = users.peekable();
    users.peek().is_some() && users.all(|table| models.table(&table.name).is_none())
}

/// The lines of a new field, its default among them.
fn with_default(mut lines: Vec<String>, object: &Object, current: &Schema) -> Vec<String> {
    let Object::Column(table, name) = object else { return lines };
    let column = current.table(table).and_then(|it| it.column(name));
    let Some(words) = column.and_then(default_of) else { return lines };
    match lines.first_mut().filter(|it| it.starts_with("#[sea_orm(")) {
        Some(first) => *first = first.replacen(")]", &format!(", {words})]"), 1),
        None => lines.insert(0, format!("#[sea_orm({words})]")),
    }
    lines
}

fn by_hand(edit: &Edit) -> String {
    let place = &edit.place;
    match &edit.words {
        Words::OfColumn(words) | Words::OfRelation(words) => format!("#[sea_orm({words})] at {place}"),
        Words::Member(lines) => format!("{} into {place}", lines.join(" ")),
    }
}

/// Where the configuration says that SQL stands beside the entities.
fn extras_line(config: &Config) -> Option<String> {
    config.entities.extras.is_none().then(|| format!("extras = \"{}\"", files::EXTRAS))
}
