use super::quote::{identifier, literal};
use super::words::text_of;
use super::{Statement, Words, comment};
use crate::operation::Change;
use crate::schema::{Column, ColumnDefault, Identity, QualifiedName, Sequence, SequenceOptions};

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
            drop.into_iter().chain(add(table, to, words)).collect()
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
        ColumnDefault::Generated(expression) => {
            sql.push_str(&format!(" GENERATED ALWAYS AS ({}) STORED", expression.sql));
        }
    }
    sql
}

/// Its comment, or none.
pub(super) fn comment_on(table: &QualifiedName, column: &Column, words: &Words) -> Statement {
    comment(&format!("COLUMN {}.{}", words.name(table), identifier(&column.name)), column.comment.as_deref())
}

/// The sequence of a serial column, before the column that names it in its default.
pub(super) fn create_sequence(sequence: &Sequence, words: &Words) -> Statement {
    let options = options(&sequence.options);
    Statement::new(format!(
        "CREATE SEQUENCE {} AS {}{options}",
        words.name(&sequence.name),
        words.data_type(&sequence.data_type)
    ))
}

/// Makes the column own the sequence, so that both go together.
pub(super) fn own(sequence: &Sequence, table: &QualifiedName, column: &str, words: &Words) -> Statement {
    Statement::new(format!(
        "ALTER SEQUENCE {} OWNED BY {}.{}",
        words.name(&sequence.name),
        words.name(table),
        identifier(column)
    ))
}

fn add(table: &QualifiedName, column: &Column, words: &Words) -> Vec<Statement> {
    let on = words.name(table);
    let name = identifier(&column.name);
    let fill =
        words.fill(table, &column.name).filter(|_| !column.nullable && matches!(column.default, ColumnDefault::None));
    let mut statements = Vec::new();
    match (fill, &column.default) {
        (Some(fill), _) if fill.standalone => {
            // A constant default fills existing rows without touching them (since 11).
            let filled = ColumnDefault::Expression(crate::schema::Expression::new(format!("({})", fill.sql)));
            let filled = Column { default: filled, ..column.clone() };
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(&filled, words))));
            statements.push(Statement::new(format!("ALTER TABLE {on} ALTER COLUMN {name} DROP DEFAULT")));
        }
        (Some(fill), _) => {
            let nullable = Column { nullable: true, ..column.clone() };
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(&nullable, words))));
            statements.push(Statement::new(format!("UPDATE {on} SET {name} = ({})", fill.sql)));
            statements.push(Statement::new(format!("ALTER TABLE {on} ALTER COLUMN {name} SET NOT NULL")));
        }
        (None, ColumnDefault::Serial(sequence)) => {
            statements.push(create_sequence(sequence, words));
            statements.push(Statement::new(format!("ALTER TABLE {on} ADD COLUMN {}", definition(column, words))));
            statements.push(own(sequence, table, &column.name, words));
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

/// One column that changes, with everything a part of the change needs.
struct Alteration<'a> {
    table: &'a QualifiedName,
    from: &'a Column,
    to: &'a Column,
    words: &'a Words,
}

impl Alteration<'_> {
    /// A default stands in the way of most type changes, so it goes first and comes back last.
    fn statements(&self) -> Vec<Statement> {
        let replaces_default = self.replaces_default();
        let mut statements = Vec::new();
        // An identity column has to be NOT NULL, so NOT NULL goes last on the way out and comes first on the way in.
        if replaces_default {
            statements.extend(self.take_default());
        }
        if self.from.data_type != self.to.data_type || self.from.collation != self.to.collation {
            statements.push(self.type_change());
        }
        statements.extend(self.sequence_type_change());
        statements.extend(self.nullability());
        if replaces_default {
            statements.extend(self.put_default());
        }
        if self.from.comment != self.to.comment {
            statements.push(comment_on(self.table, self.to, self.words));
        }
        statements
    }

    fn alter(&self, action: impl std::fmt::Display) -> Statement {
        Statement::new(format!(
            "ALTER TABLE {} ALTER COLUMN {} {action}",
            self.words.name(self.table),
            identifier(&self.to.name)
        ))
    }

    /// Whether the default has to go and come back: it differs, or its type does.
    fn replaces_default(&self) -> bool {
        let other_base =
            self.from.data_type.base != self.to.data_type.base || self.from.data_type.array != self.to.data_type.array;
        match (&self.from.default, &self.to.default) {
            (ColumnDefault::Serial(from), ColumnDefault::Serial(to)) => from.name != to.name,
            (ColumnDefault::Expression(_), _) | (_, ColumnDefault::Expression(_)) => {
                other_base || self.from.default != self.to.default
            }
            (from, to) => from != to,
        }
    }

    fn take_default(&self) -> Vec<Statement> {
        match &self.from.default {
            ColumnDefault::None => Vec::new(),
            // SET DEFAULT replaces; a DROP before it is only needed where the type changes in between.
            ColumnDefault::Expression(_)
                if self.from.data_type == self.to.data_type
                    && matches!(self.to.default, ColumnDefault::Expression(_)) =>
            {
                Vec::new()
            }
            ColumnDefault::Expression(_) => vec![self.alter("DROP DEFAULT")],
            ColumnDefault::Identity(_) if matches!(self.to.default, ColumnDefault::Identity(_)) => Vec::new(),
            ColumnDefault::Identity(_) => vec![self.alter("DROP IDENTITY")],
            ColumnDefault::Serial(sequence) => vec![
                self.alter("DROP DEFAULT"),
                Statement::new(format!("DROP SEQUENCE {}", self.words.name(&sequence.name))),
            ],
            ColumnDefault::Generated(_) => vec![self.alter("DROP EXPRESSION")],
        }
    }

    fn put_default(&self) -> Vec<Statement> {
        match &self.to.default {
            ColumnDefault::None => Vec::new(),
            ColumnDefault::Expression(expression) => vec![self.alter(format!("SET DEFAULT {}", expression.sql))],
            ColumnDefault::Identity(identity) => match &self.from.default {
                ColumnDefault::Identity(from) => vec![self.alter(identity_change(from, identity))],
                ColumnDefault::None
                | ColumnDefault::Expression(_)
                | ColumnDefault::Serial(_)
                | ColumnDefault::Generated(_) => {
                    vec![self.alter(format!("ADD {}", generated_as_identity(identity))), self.advance()]
                }
            },
            ColumnDefault::Serial(sequence) => vec![
                create_sequence(sequence, self.words),
                self.alter(format!("SET DEFAULT {}", next_value(sequence, self.words))),
                own(sequence, self.table, &self.to.name, self.words),
                self.advance(),
            ],
            // A column that becomes generated is made again.
            ColumnDefault::Generated(_) => Vec::new(),
        }
    }

    fn type_change(&self) -> Statement {
        let Column { data_type, collation, .. } = self.to;
        let collate = collation.as_ref().map(|it| format!(" COLLATE {it}")).unwrap_or_default();
        let using = self.words.using(self.table, &self.to.name, &self.from.data_type, data_type);
        let using = using.map(|it| format!(" USING {it}")).unwrap_or_default();
        self.alter(format!("TYPE {}{collate}{using}", self.words.data_type(data_type)))
    }

    /// The sequence of an identity follows its column by itself; that of a serial does not.
    fn sequence_type_change(&self) -> Option<Statement> {
        match (&self.from.default, &self.to.default) {
            (ColumnDefault::Serial(from), ColumnDefault::Serial(to)) if from.data_type != to.data_type => {
                Some(Statement::new(format!(
                    "ALTER SEQUENCE {} AS {}",
                    self.words.name(&to.name),
                    self.words.data_type(&to.data_type)
                )))
            }
            _ => None,
        }
    }

    fn nullability(&self) -> Vec<Statement> {
        match (self.from.nullable, self.to.nullable) {
            (true, false) => {
                let fill = self.words.fill(self.table, &self.to.name).map(|fill| {
                    let name = identifier(&self.to.name);
                    let on = self.words.name(self.table);
                    Statement::new(format!("UPDATE {on} SET {name} = ({}) WHERE {name} IS NULL", fill.sql))
                });
                fill.into_iter().chain([self.alter("SET NOT NULL")]).collect()
            }
            (false, true) => vec![self.alter("DROP NOT NULL")],
            (true, true) | (false, false) => Vec::new(),
        }
    }

    /// A new sequence starts behind the values that are there. `setval` ignores the NULL of an empty table.
    fn advance(&self) -> Statement {
        let on = self.words.name(self.table);
        Statement::new(format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {on}",
            literal(&on),
            literal(&self.to.name),
            identifier(&self.to.name),
        ))
    }
}

fn next_value(sequence: &Sequence, words: &Words) -> String {
    format!("nextval({}::regclass)", literal(&words.name(&sequence.name)))
}

fn generated_as_identity(identity: &Identity) -> String {
    let options = options(&identity.options);
    let when = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
    let options = if options.is_empty() { options } else { format!(" ({})", options.trim_start()) };
    format!("GENERATED {when} AS IDENTITY{options}")
}

/// `SET ..` for everything that differs; Postgres' defaults are written out, for there is no RESET.
fn identity_change(from: &Identity, to: &Identity) -> String {
    let (before, after) = (&from.options, &to.options);
    let mut sets = Vec::new();
    if from.always != to.always {
        sets.push(format!("SET GENERATED {}", if to.always { "ALWAYS" } else { "BY DEFAULT" }));
    }
    if before.increment != after.increment {
        sets.push(format!("SET INCREMENT BY {}", after.increment.unwrap_or(1)));
    }
    let bounds = [("MINVALUE", before.min, after.min), ("MAXVALUE", before.max, after.max)];
    for (name, _, bound) in bounds.into_iter().filter(|(_, before, after)| before != after) {
        sets.push(bound.map_or_else(|| format!("SET NO {name}"), |bound| format!("SET {name} {bound}")));
    }
    let start = |it: &SequenceOptions| {
        let ascends = it.increment.is_none_or(|increment| increment > 0);
        it.start.unwrap_or(if ascends { it.min.unwrap_or(1) } else { it.max.unwrap_or(-1) })
    };
    if start(before) != start(after) {
        sets.push(format!("SET START WITH {}", start(after)));
    }
    if before.cache != after.cache {
        sets.push(format!("SET CACHE {}", after.cache.unwrap_or(1)));
    }
    if before.cycle != after.cycle {
        sets.push(if after.cycle { "SET CYCLE" } else { "SET NO CYCLE" }.to_owned());
    }
    sets.join(" ")
}

/// The options that differ from Postgres' defaults, for CREATE.
fn options(options: &SequenceOptions) -> String {
    let SequenceOptions { start, increment, min, max, cache, cycle } = options;
    let numbers =
        [("START WITH", start), ("INCREMENT BY", increment), ("MINVALUE", min), ("MAXVALUE", max), ("CACHE", cache)];
    let numbers = numbers.into_iter().filter_map(|(name, value)| value.map(|value| format!(" {name} {value}")));
    numbers.chain(cycle.then(|| " CYCLE".to_owned())).collect()
}

/// Drops and sets the default of a column around `change`, which must not meet it.
pub(super) fn around_default(
    table: &QualifiedName,
    column: &Column,
    change: Statement,
    words: &Words,
) -> Vec<Statement> {
    let ColumnDefault::Expression(default) = &column.default else { return vec![change] };
    let alter = |action: String| {
        Statement::new(format!("ALTER TABLE {} ALTER COLUMN {} {action}", words.name(table), identifier(&column.name)))
    };
    vec![alter("DROP DEFAULT".to_owned()), change, alter(format!("SET DEFAULT {}", default.sql))]
}

/// `ALTER COLUMN .. TYPE` through text, for a type that is exchanged.
pub(super) fn through_text(table: &QualifiedName, column: &Column, words: &Words) -> Statement {
    let name = identifier(&column.name);
    let target = words.data_type(&column.data_type);
    let text = text_of(&column.data_type);
    Statement::new(format!(
        "ALTER TABLE {} ALTER COLUMN {name} TYPE {target} USING {name}::{text}::{target}",
        words.name(table)
    ))
}
