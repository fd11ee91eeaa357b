use super::alteration::Alteration;
use super::quote::identifier;
use super::sequence::{create_sequence, generated_as_identity, next_value, own_in_place};
use super::words::text_of;
use super::{Statement, Words, comment};
use crate::operation::Change;
use crate::schema::{Column, ColumnDefault, Expression, Generated, QualifiedName};

/// A column of an existing table comes, goes or changes.
pub(super) fn statements(table: &QualifiedName, change: &Change<Column>, words: &Words) -> Vec<Statement> {
    match change {
        Change::Add(column) => add(table, column, words),
        Change::Drop(column) => {
            vec![Statement::new(format!("ALTER TABLE {} DROP COLUMN {}", words.name(table), identifier(&column.name)))]
        }
        // Postgres before 17 has no way to make a column generated; its values follow from the row.
        Change::Alter { from, to } if from.regenerates_as(to) => {
            let drop = statements(table, &Change::Drop(from.clone()), words);
            let again = match (&from.default, &to.default) {
                (_, ColumnDefault::Generated(_)) => add(table, to, words),
                (ColumnDefault::Generated(from), _) => add_filled(table, to, &from.expression.sql, words),
                (_, _) => add(table, to, words),
            };
            drop.into_iter().chain(again).collect()
        }
        Change::Alter { from, to } => Alteration { table, from, to, words }.statements(),
    }
}

/// `"name" type .. NOT NULL`, for CREATE TABLE and ADD COLUMN.
pub(super) fn definition(column: &Column, words: &Words) -> String {
    let mut sql = format!("{} {}", identifier(&column.name), words.data_type(&column.data_type));
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if !column.nullable {
        sql.push_str(" NOT NULL");
    }
    match &column.default {
        ColumnDefault::None => {}
        ColumnDefault::Expression(expression) => sql.push_str(&format!(" DEFAULT {}", expression.sql)),
        ColumnDefault::Identity(identity) => sql.push_str(&format!(" {}", generated_as_identity(identity))),
        ColumnDefault::Serial(sequence) => sql.push_str(&format!(" DEFAULT {}", next_value(sequence, words))),
        ColumnDefault::Generated(Generated { expression, stored }) => {
            let kept = if *stored { "STORED" } else { "VIRTUAL" };
            sql.push_str(&format!(" GENERATED ALWAYS AS ({}) {kept}", expression.sql));
        }
    }
    sql
}

/// Its comment, or none.
pub(super) fn comment_on(table: &QualifiedName, column: &Column, words: &Words) -> Statement {
    comment(&format!("COLUMN {}.{}", words.name(table), identifier(&column.name)), column.comment.as_deref())
}

fn add(table: &QualifiedName, column: &Column, words: &Words) -> Vec<Statement> {
    let on = words.name(table);
    let name = identifier(&column.name);
    let fill = words.fill(table, &column.name).filter(|_| !column.makes_values());
    let mut statements = Vec::new();
    match (fill, &column.default) {
        (Some(fill), ColumnDefault::None) if fill.standalone => {
            // A constant default fills existing rows without touching them (since 11).
            let filled = ColumnDefault::Expression(Expression::new(format!("({})", fill.sql)));
            let filled = Column { default: filled, ..column.clone() };
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(&filled, words))));
            statements.push(Statement::new(format!("ALTER TABLE {on} ALTER COLUMN {name} DROP DEFAULT")));
        }
        (Some(fill), ColumnDefault::None) if !column.nullable => {
            let nullable = Column { nullable: true, ..column.clone() };
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(&nullable, words))));
            statements.extend(words.update(table, &format!("{name} = ({})", fill.sql)));
            statements.push(Statement::new(format!("ALTER TABLE {on} ALTER COLUMN {name} SET NOT NULL")));
        }
        (Some(fill), _) => {
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(column, words))));
            statements.extend(words.update(table, &format!("{name} = ({})", fill.sql)));
        }
        (None, ColumnDefault::Serial(sequence)) => {
            statements.push(create_sequence(sequence, words));
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(column, words))));
            statements.extend(own_in_place(sequence, table, &column.name, words));
        }
        (
            None,
            ColumnDefault::None
            | ColumnDefault::Expression(_)
            | ColumnDefault::Identity(_)
            | ColumnDefault::Generated(_),
        ) => statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(column, words)))),
    }
    statements.extend(column.comment.as_ref().map(|_| comment_on(table, column, words)));
    statements
}

/// A column that takes the place of a virtual one, with the values that this had.
fn add_filled(table: &QualifiedName, column: &Column, sql: &str, words: &Words) -> Vec<Statement> {
    let empty = Column { nullable: true, default: ColumnDefault::None, comment: None, ..column.clone() };
    let name = identifier(&column.name);
    let mut statements = add(table, &empty, words);
    statements.extend(words.update(table, &format!("{name} = {sql}")));
    statements.extend(Alteration { table, from: &empty, to: column, words }.statements());
    statements
}

/// `ALTER COLUMN .. TYPE` through text, for a type that is exchanged: the columns of a table in one statement, so that it
/// is rewritten once. Defaults must not meet the change.
pub(super) fn through_text(table: &QualifiedName, columns: &[&Column], words: &Words) -> Statement {
    let mut actions = Vec::new();
    for column in columns {
        let name = identifier(&column.name);
        let target = words.data_type(&column.data_type);
        let text = text_of(&column.data_type);
        let change = format!("ALTER COLUMN {name} TYPE {target} USING {name}::{text}::{target}");
        match &column.default {
            ColumnDefault::Expression(default) => actions.extend([
                format!("ALTER COLUMN {name} DROP DEFAULT"),
                change,
                format!("ALTER COLUMN {name} SET DEFAULT {}", default.sql),
            ]),
            ColumnDefault::None
            | ColumnDefault::Identity(_)
            | ColumnDefault::Serial(_)
            | ColumnDefault::Generated(_) => actions.push(change),
        }
    }
    let table = words.name(table);
    Statement::new(match actions.as_slice() {
        [action] => format!("ALTER TABLE {table} {action}"),
        actions => format!("ALTER TABLE {table}\n    {}", actions.join(",\n    ")),
    })
}
