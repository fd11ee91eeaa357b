//! Columns that change and stay.

use super::column::comment_on;
use super::quote::{identifier, literal};
use super::sequence::{
    change_sequence, create_sequence, generated_as_identity, identity_change, next_value, own_in_place,
};
use super::words::aside;
use super::{Statement, Words};
use crate::operation::{Change, Operation};
use crate::schema::{Column, ColumnDefault, QualifiedName, Sequence};

/// One column that changes, with everything a part of the change needs.
pub(super) struct Alteration<'a> {
    pub(super) table: &'a QualifiedName,
    pub(super) from: &'a Column,
    pub(super) to: &'a Column,
    pub(super) words: &'a Words,
}

impl<'a> Alteration<'a> {
    /// The alteration that the operation is; a column that is made again is none.
    pub(super) fn of(operation: &'a Operation, words: &'a Words) -> Option<Self> {
        match operation {
            Operation::Column(table, Change::Alter { from, to }) if !from.regenerates_as(to) => {
                Some(Self { table, from, to, words })
            }
            Operation::Column(..)
            | Operation::Rename(_)
            | Operation::Namespace(_)
            | Operation::EnumType(..)
            | Operation::Table(_)
            | Operation::Constraint(..)
            | Operation::Index(..)
            | Operation::Definition(..) => None,
        }
    }

    /// Whether it is done by ALTER TABLE; a comment is not.
    pub(super) fn alters(&self) -> bool {
        !self.actions().is_empty()
    }

    pub(super) fn statements(self) -> Vec<Statement> {
        together(&[self])
    }
}

/// Several columns of one table in one ALTER TABLE: it is read or written again once, whatever their number.
///
/// Within one statement Postgres takes defaults and NOT NULL away first, then changes types, then sets NOT NULL and
/// defaults (the passes of tablecmds.c), so that the order here is for the reader.
pub(super) fn together(alterations: &[Alteration<'_>]) -> Vec<Statement> {
    let Some(first) = alterations.first() else { return Vec::new() };
    let actions: Vec<String> = alterations.iter().flat_map(Alteration::actions).collect();
    let alter = match actions.as_slice() {
        [] => None,
        [action] => Some(format!("ALTER TABLE {} {action}", first.on())),
        actions => Some(format!("ALTER TABLE {}\n    {}", first.on(), actions.join(",\n    "))),
    };
    let before = alterations.iter().flat_map(Alteration::before);
    let after = alterations.iter().flat_map(Alteration::after);
    before.chain(alter.map(Statement::new)).chain(after).collect()
}

impl Alteration<'_> {
    fn on(&self) -> String {
        self.words.name(self.table)
    }

    fn action(&self, action: impl std::fmt::Display) -> String {
        format!("ALTER COLUMN {} {action}", identifier(&self.to.name))
    }

    fn alter(&self, action: impl std::fmt::Display) -> Statement {
        Statement::new(format!("ALTER TABLE {} {}", self.on(), self.action(action)))
    }

    /// What has to be gone before: sequences. An identity needs NOT NULL, so it goes before that does.
    fn before(&self) -> Vec<Statement> {
        if !self.replaces_default() {
            return Vec::new();
        }
        match (&self.from.default, &self.to.default) {
            (ColumnDefault::Serial(from), ColumnDefault::Identity(_)) => self.put_aside(from),
            (ColumnDefault::Serial(sequence), _) => {
                let drop = format!("DROP SEQUENCE {}", self.words.name(&sequence.name));
                vec![self.alter("DROP DEFAULT"), Statement::new(drop)]
            }
            (ColumnDefault::Identity(_), ColumnDefault::Identity(_)) => Vec::new(),
            (ColumnDefault::Identity(_), ColumnDefault::Serial(to)) => self.take_over(to),
            (ColumnDefault::Identity(_), _) => vec![self.alter("DROP IDENTITY")],
            // The type of a generated column is looked at before anything of the statement is done.
            (ColumnDefault::Generated(_), _) if self.retypes() => vec![self.alter("DROP EXPRESSION")],
            (ColumnDefault::None | ColumnDefault::Expression(_) | ColumnDefault::Generated(_), _) => Vec::new(),
        }
    }

    /// A default stands in the way of most type changes, so it goes first and comes back last.
    fn actions(&self) -> Vec<String> {
        let replaces_default = self.replaces_default();
        let mut actions = Vec::new();
        if replaces_default {
            actions.extend(self.take_default());
        }
        if self.retypes() {
            actions.push(self.type_change());
        }
        match (self.from.nullable, self.to.nullable) {
            (true, false) if !self.fills() => actions.push(self.action("SET NOT NULL")),
            (false, true) => actions.push(self.action("DROP NOT NULL")),
            (true, _) | (false, false) => {}
        }
        if replaces_default {
            actions.extend(self.put_default());
        }
        actions
    }

    fn after(&self) -> Vec<Statement> {
        let mut statements = self.sequence_change();
        statements.extend(self.fill());
        if self.replaces_default() {
            statements.extend(self.put_sequence());
        }
        if self.from.comment != self.to.comment {
            statements.push(comment_on(self.table, self.to, self.words));
        }
        statements
    }

    fn retypes(&self) -> bool {
        self.from.data_type != self.to.data_type || self.from.collation != self.to.collation
    }

    /// Whether the default has to go and come back: it differs, or its type does.
    fn replaces_default(&self) -> bool {
        let other_base =
            self.from.data_type.base != self.to.data_type.base || self.from.data_type.array != self.to.data_type.array;
        match (&self.from.default, &self.to.default) {
            // The default knows its sequence by number, whatever that is called.
            (ColumnDefault::Serial(_), ColumnDefault::Serial(_)) => false,
            (ColumnDefault::Expression(_), _) | (_, ColumnDefault::Expression(_)) => {
                other_base || self.from.default != self.to.default
            }
            (from, to) => from != to,
        }
    }

    fn take_default(&self) -> Option<String> {
        match &self.from.default {
            // SET DEFAULT replaces; a DROP before it is only needed where the type changes in between.
            ColumnDefault::Expression(_) => {
                let replaced =
                    self.from.data_type == self.to.data_type && matches!(self.to.default, ColumnDefault::Expression(_));
                (!replaced).then(|| self.action("DROP DEFAULT"))
            }
            ColumnDefault::Generated(_) => (!self.retypes()).then(|| self.action("DROP EXPRESSION")),
            ColumnDefault::None | ColumnDefault::Identity(_) | ColumnDefault::Serial(_) => None,
        }
    }

    fn put_default(&self) -> Option<String> {
        match (&self.from.default, &self.to.default) {
            (_, ColumnDefault::Expression(it)) => Some(self.action(format!("SET DEFAULT {}", it.sql))),
            (ColumnDefault::Identity(from), ColumnDefault::Identity(to)) => {
                Some(self.action(identity_change(from, to)))
            }
            // A column that becomes generated is made again.
            (
                _,
                ColumnDefault::None
                | ColumnDefault::Identity(_)
                | ColumnDefault::Serial(_)
                | ColumnDefault::Generated(_),
            ) => None,
        }
    }

    fn type_change(&self) -> String {
        let Column { data_type, collation, .. } = self.to;
        let collate = collation.as_ref().map(|it| format!(" COLLATE {it}")).unwrap_or_default();
        let using = self.words.using(self.table, &self.to.name, &self.from.data_type, data_type);
        let using = using.map(|it| format!(" USING {it}")).unwrap_or_default();
        self.action(format!("TYPE {}{collate}{using}", self.words.data_type(data_type)))
    }

    fn fills(&self) -> bool {
        self.words.fill(self.table, &self.to.name).is_some()
    }

    /// What is filled is filled in the new type, and NOT NULL after that.
    fn fill(&self) -> Vec<Statement> {
        let becomes_not_null = self.from.nullable && !self.to.nullable;
        let fill = self.words.fill(self.table, &self.to.name).filter(|_| becomes_not_null);
        let Some(fill) = fill else { return Vec::new() };
        let name = identifier(&self.to.name);
        let mut statements = self.words.update(self.table, &format!("{name} = ({}) WHERE {name} IS NULL", fill.sql));
        statements.push(self.alter("SET NOT NULL"));
        statements
    }
}

/// The sequences of the columns.
impl Alteration<'_> {
    /// A serial's sequence waits under another name, so that the identity's can take its own.
    fn put_aside(&self, sequence: &Sequence) -> Vec<Statement> {
        let name = self.words.name(&sequence.name);
        let aside = identifier(&aside(&sequence.name).name);
        let own = Statement::new(format!("ALTER SEQUENCE {name} OWNED BY NONE"));
        let rename = Statement::new(format!("ALTER SEQUENCE {name} RENAME TO {aside}"));
        vec![self.alter("DROP DEFAULT"), own, rename]
    }

    /// A serial's sequence goes on where the identity's was.
    fn take_over(&self, sequence: &Sequence) -> Vec<Statement> {
        let aside = Sequence { name: aside(&sequence.name), ..sequence.clone() };
        let name = self.words.name(&aside.name);
        let back = format!("ALTER SEQUENCE {name} RENAME TO {}", identifier(&sequence.name.name));
        vec![
            create_sequence(&aside, self.words),
            self.go_on_from_identity(&name),
            self.alter("DROP IDENTITY"),
            Statement::new(back),
        ]
    }

    fn put_sequence(&self) -> Vec<Statement> {
        match (&self.from.default, &self.to.default) {
            (ColumnDefault::Identity(_), ColumnDefault::Identity(_)) => Vec::new(),
            (ColumnDefault::Serial(from), ColumnDefault::Identity(identity)) => {
                let old = self.words.name(&aside(&from.name));
                vec![
                    self.alter(format!("ADD {}", generated_as_identity(identity))),
                    self.go_on_from(&old),
                    Statement::new(format!("DROP SEQUENCE {old}")),
                ]
            }
            (_, ColumnDefault::Identity(identity)) => {
                vec![self.alter(format!("ADD {}", generated_as_identity(identity))), self.advance()]
            }
            (ColumnDefault::Identity(_), ColumnDefault::Serial(sequence)) => self.make_serial(sequence),
            (_, ColumnDefault::Serial(sequence)) => {
                let create = create_sequence(sequence, self.words);
                [create].into_iter().chain(self.make_serial(sequence)).chain([self.advance()]).collect()
            }
            (_, ColumnDefault::None | ColumnDefault::Expression(_) | ColumnDefault::Generated(_)) => Vec::new(),
        }
    }

    fn make_serial(&self, sequence: &Sequence) -> Vec<Statement> {
        let next = self.alter(format!("SET DEFAULT {}", next_value(sequence, self.words)));
        [next].into_iter().chain(own_in_place(sequence, self.table, &self.to.name, self.words)).collect()
    }

    /// The sequence of an identity follows its column by itself; that of a serial does not.
    fn sequence_change(&self) -> Vec<Statement> {
        match (&self.from.default, &self.to.default) {
            (ColumnDefault::Serial(from), ColumnDefault::Serial(to)) => change_sequence(from, to, self.words),
            (
                ColumnDefault::None
                | ColumnDefault::Expression(_)
                | ColumnDefault::Identity(_)
                | ColumnDefault::Serial(_)
                | ColumnDefault::Generated(_),
                _,
            ) => Vec::new(),
        }
    }

    fn serial_sequence(&self) -> String {
        format!("pg_get_serial_sequence({}, {})", literal(&self.on()), literal(&self.to.name))
    }

    /// A new sequence starts behind the values that are there. `setval` ignores the NULL of an empty table.
    fn advance(&self) -> Statement {
        let (on, name) = (self.on(), identifier(&self.to.name));
        Statement::new(format!("SELECT setval({}, max({name})) FROM {on}", self.serial_sequence()))
    }

    /// The column's new sequence goes on where the old one is. One that was never used and never set stays at its own
    /// start.
    fn go_on_from(&self, old: &str) -> Statement {
        Statement::new(format!(
            "SELECT setval({}, last_value, is_called) FROM {old}, pg_sequence\n    \
             WHERE seqrelid = {}::regclass AND (is_called OR last_value <> seqstart)",
            self.serial_sequence(),
            literal(old)
        ))
    }

    /// The same from an identity's sequence, whose name is the database's own.
    fn go_on_from_identity(&self, sequence: &str) -> Statement {
        let read = "SELECT last_value, is_called FROM %s, pg_sequence WHERE seqrelid = %L::regclass AND (is_called OR last_value <> seqstart)";
        Statement::new(format!(
            "DO $autogen$ DECLARE identity text := {}; at record; BEGIN\n    \
             FOR at IN EXECUTE format({}, identity, identity) LOOP\n        \
             PERFORM setval({}::regclass, at.last_value, at.is_called);\n    \
             END LOOP;\nEND $autogen$",
            self.serial_sequence(),
            literal(read),
            literal(sequence)
        ))
    }
}
