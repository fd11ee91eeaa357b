use super::column::{self, definition};
use super::sequence;
use super::{Statement, Words, comment, constraint, index};
use crate::operation::Change;
use crate::schema::{ColumnDefault, Constraint, ConstraintKind, Table};

/// A table comes or goes, or its comment or logging changes. Its partition key never does: nobody can ask for it.
pub(super) fn statements(change: &Change<Table>, words: &Words) -> Vec<Statement> {
    match change {
        Change::Add(table) => create(table, words),
        Change::Drop(table) => vec![Statement::new(format!("DROP TABLE {}", words.table(table)))],
        Change::Alter { from, to } => {
            let logging = (from.unlogged != to.unlogged).then(|| {
                let how = if to.unlogged { "UNLOGGED" } else { "LOGGED" };
                Statement::new(format!("ALTER TABLE {} SET {how}", words.table(to)))
            });
            let comment = (from.comment != to.comment).then(|| table_comment(to, words));
            logging.into_iter().chain(comment).collect()
        }
    }
}

/// Sequences of serial columns first, since a default names them, and owned afterwards; then what hangs on the table.
/// Its foreign keys are operations of their own.
fn create(table: &Table, words: &Words) -> Vec<Statement> {
    let serials = || {
        table.columns.iter().filter_map(|column| match &column.default {
            ColumnDefault::Serial(sequence) => Some((column, sequence)),
            ColumnDefault::None
            | ColumnDefault::Expression(_)
            | ColumnDefault::Identity(_)
            | ColumnDefault::Generated(_) => None,
        })
    };
    let mut statements: Vec<Statement> = serials().map(|(_, it)| sequence::create_sequence(it, words)).collect();
    statements.push(create_table(table, words));
    statements.extend(serials().flat_map(|(column, it)| sequence::own(it, &table.name, &column.name, words)));
    // From 15 on an unlogged table's sequences are unlogged too, once they are its own.
    if table.unlogged && serials().next().is_some() {
        statements.push(Statement::new(format!("ALTER TABLE {} SET UNLOGGED", words.table(table))));
    }
    // Inside CREATE TABLE Postgres takes NOT VALID for valid: the table is empty.
    let not_valid = table.constraints.iter().filter(|it| !it.validated && !is_foreign_key(it));
    statements.extend(not_valid.map(|it| constraint::add(&table.name, it, words)));
    statements.extend(table.indexes.iter().flat_map(|it| index::create(&table.name, it, words)));
    statements.extend(table.comment.as_ref().map(|_| table_comment(table, words)));
    statements.extend(
        table.columns.iter().filter(|it| it.comment.is_some()).map(|it| column::comment_on(&table.name, it, words)),
    );
    statements.extend(
        table
            .constraints
            .iter()
            .filter(|it| it.comment.is_some() && !is_foreign_key(it))
            .map(|it| constraint::comment_on(&table.name, it, words)),
    );
    statements
}

fn create_table(table: &Table, words: &Words) -> Statement {
    let columns = table.columns.iter().map(|column| definition(column, words));
    let is_primary_key = |it: &&Constraint| matches!(it.kind, ConstraintKind::PrimaryKey { .. });
    let (first, rest): (Vec<&Constraint>, Vec<&Constraint>) =
        table.constraints.iter().filter(|it| it.validated && !is_foreign_key(it)).partition(is_primary_key);
    let constraints = first.into_iter().chain(rest).map(|it| constraint::definition(it, words));
    let lines: Vec<String> = columns.chain(constraints).map(|line| format!("    {line}")).collect();
    let has_serial = table.columns.iter().any(|it| matches!(it.default, ColumnDefault::Serial(_)));
    let unlogged = if table.unlogged && !has_serial { "UNLOGGED " } else { "" };
    let partition_by = table.partition_by.as_ref().map(|key| format!(" PARTITION BY {key}")).unwrap_or_default();
    let name = words.table(table);
    Statement::new(format!("CREATE {unlogged}TABLE {name} (\n{}\n){partition_by}", lines.join(",\n")))
}

fn table_comment(table: &Table, words: &Words) -> Statement {
    comment(&format!("TABLE {}", words.table(table)), table.comment.as_deref())
}

fn is_foreign_key(constraint: &Constraint) -> bool {
    constraint.is_foreign_key()
}
