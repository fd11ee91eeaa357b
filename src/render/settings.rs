use super::quote::{identifier, literal};
use super::{Statement, Words};
use crate::operation::{Change, EnumUsers, Operation};
use crate::schema::{
    BaseType, Column, Constraint, ConstraintKind, DataType, Deferrability, Definition, Index, KeyTarget, QualifiedName,
    Setting,
};

/// What is given back to the parts of a table that are made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The table.
    pub table: QualifiedName,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// What a drop or another type takes along and nobody compares: storage, statistics targets, what logical replication
/// and CLUSTER go by, privileges. By table, as the database at hand had it when the plan was made ([`Words::kept`]).
#[must_use]
pub fn settings(operations: &[Operation], words: &Words) -> Vec<Settings> {
    let made: Vec<Made<'_>> = operations.iter().flat_map(made_again).collect();
    let tables = words.kept.iter().map(|(table, kept)| {
        let made: Vec<&Made<'_>> = made.iter().filter(|it| it.table == table).collect();
        let lost = kept.settings.iter().filter(|setting| made.iter().any(|it| it.lost(setting)));
        Settings { table: table.clone(), statements: lost.map(|it| statement(table, it, words)).collect() }
    });
    tables.filter(|it| !it.statements.is_empty()).collect()
}

/// Something that is new after an operation.
struct Made<'a> {
    table: &'a QualifiedName,
    what: What<'a>,
}

enum What<'a> {
    Table,
    Column(&'a Column),
    /// Another type: Postgres goes back to how values of it are stored by default.
    Type(&'a str, &'a DataType),
    Index(&'a Index),
    Constraint(&'a Constraint),
}

fn made_again(operation: &Operation) -> Vec<Made<'_>> {
    match operation {
        Operation::Table(Change::Add(table)) => vec![Made { table: &table.name, what: What::Table }],
        Operation::Column(table, Change::Add(column)) => vec![Made { table, what: What::Column(column) }],
        Operation::Column(table, Change::Alter { from, to }) if from.regenerates_as(to) => {
            vec![Made { table, what: What::Column(to) }]
        }
        Operation::Column(table, Change::Alter { from, to }) if from.data_type != to.data_type => {
            vec![Made { table, what: What::Type(&to.name, &to.data_type) }]
        }
        Operation::Constraint(table, Change::Add(it)) => vec![Made { table, what: What::Constraint(it) }],
        Operation::Index(table, Change::Add(index)) => vec![Made { table, what: What::Index(index) }],
        Operation::EnumType(Change::Alter { from, to }, users) if !from.grows_into(to) => of_users(users),
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => Vec::new(),
    }
}

fn of_users(users: &EnumUsers) -> Vec<Made<'_>> {
    let types = users.columns.iter().map(|(table, it)| Made { table, what: What::Type(&it.name, &it.data_type) });
    let generated = users.generated.iter().map(|(table, it)| Made { table, what: What::Column(it) });
    let constraints = users.constraints.iter().map(|(table, it)| Made { table, what: What::Constraint(it) });
    let indexes = users.indexes.iter().map(|(table, it)| Made { table, what: What::Index(it) });
    types.chain(generated).chain(constraints).chain(indexes).collect()
}

impl Made<'_> {
    /// Whether the setting was lost with it and can be set on what took its place.
    fn lost(&self, setting: &Setting) -> bool {
        match (&self.what, setting) {
            (What::Table, _) => true,
            (What::Column(column), Setting::Column(name, action)) => {
                &column.name == name && (!is_storage(action) || can_be_stored_elsewhere(&column.data_type))
            }
            (What::Column(column), Setting::Grant { column: Some(name), .. }) => &column.name == name,
            (What::Type(column, data_type), Setting::Column(name, action)) => {
                column == name && is_storage(action) && can_be_stored_elsewhere(data_type)
            }
            (What::Index(index), Setting::Index(name, action)) => {
                &index.name == name && (action.starts_with("SET ") || has_expression(index, action))
            }
            (What::Index(index), Setting::Cluster(name)) => &index.name == name && index.predicate.is_none(),
            (What::Index(index), Setting::ReplicaIdentity(name)) => {
                &index.name == name && index.unique && index.is_full()
            }
            (What::Constraint(it), Setting::Index(name, _) | Setting::Cluster(name)) => {
                &it.name == name && has_index(it)
            }
            (What::Constraint(it), Setting::ReplicaIdentity(name)) => {
                let at_once = it.deferrability == Deferrability::NotDeferrable;
                &it.name == name && has_index(it) && at_once && !matches!(it.kind, ConstraintKind::Exclusion { .. })
            }
            (
                What::Column(_) | What::Type(..) | What::Index(_) | What::Constraint(_),
                Setting::Table(_)
                | Setting::Column(..)
                | Setting::Index(..)
                | Setting::Cluster(_)
                | Setting::ReplicaIdentity(_)
                | Setting::Grant { .. }
                | Setting::Partition(_)
                | Setting::Definition(_),
            ) => false,
        }
    }
}

fn is_storage(action: &str) -> bool {
    action.starts_with("SET STORAGE ") || action.starts_with("SET COMPRESSION ")
}

/// Types of variable length. Of a domain or an extension's type only Postgres knows, and it is asked by the proof.
fn can_be_stored_elsewhere(data_type: &DataType) -> bool {
    const FIXED: [&str; 20] = [
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "boolean",
        "date",
        "uuid",
        "money",
        "interval",
        "timestamp with time zone",
        "timestamp without time zone",
        "time with time zone",
        "time without time zone",
        "oid",
        "name",
        "\"char\"",
        "macaddr",
        "macaddr8",
        "point",
    ];
    data_type.array
        || match &data_type.base {
            BaseType::Builtin(name) => !FIXED.contains(&name.as_str()),
            BaseType::Other(_) => true,
            BaseType::Enum(_) => false,
        }
}

/// Only keys that are expressions have statistics of their own.
fn has_expression(index: &Index, action: &str) -> bool {
    let number = action.split(' ').nth(2).and_then(|number| number.parse::<usize>().ok());
    let key = number.and_then(|number| number.checked_sub(1)).and_then(|position| index.keys.get(position));
    key.is_some_and(|key| matches!(key.target, KeyTarget::Expression(_)))
}

fn has_index(constraint: &Constraint) -> bool {
    match constraint.kind {
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => true,
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => false,
    }
}

fn statement(table: &QualifiedName, setting: &Setting, words: &Words) -> Statement {
    let on = words.name(table);
    let sql = match setting {
        Setting::Table(action) => format!("ALTER TABLE {on} {action}"),
        Setting::Column(name, action) => format!("ALTER TABLE {on} ALTER COLUMN {} {action}", identifier(name)),
        Setting::Index(name, action) => format!("ALTER INDEX {} {action}", words.sibling(table, name)),
        Setting::Cluster(name) => format!("ALTER TABLE {on} CLUSTER ON {}", identifier(name)),
        Setting::ReplicaIdentity(name) => format!("ALTER TABLE {on} REPLICA IDENTITY USING INDEX {}", identifier(name)),
        Setting::Grant { column, privilege, grantee } => grant(column.as_deref(), privilege, &on, grantee),
        Setting::Partition(sql) | Setting::Definition(sql) => sql.clone(),
    };
    given(setting, sql)
}

/// The grant on something that is no table, if it is one.
pub(super) fn granted(setting: &Setting, on: &str) -> Option<Statement> {
    let Setting::Grant { column, privilege, grantee } = setting else { return None };
    Some(given(setting, grant(column.as_deref(), privilege, on, grantee)))
}

/// Owner and privileges of a definition, as they were when it was read.
pub(super) fn of_definition(definition: &Definition) -> impl Iterator<Item = Statement> {
    definition.kept.settings.iter().filter_map(|setting| match setting {
        Setting::Definition(sql) => Some(given(setting, sql.clone())),
        Setting::Table(_)
        | Setting::Column(..)
        | Setting::Index(..)
        | Setting::Cluster(_)
        | Setting::ReplicaIdentity(_)
        | Setting::Grant { .. }
        | Setting::Partition(_) => None,
    })
}

fn grant(column: Option<&str>, privilege: &str, on: &str, grantee: &str) -> String {
    let column = column.map(|name| format!(" ({})", identifier(name))).unwrap_or_default();
    format!("GRANT {privilege}{column} ON {on} TO {grantee}")
}

/// The statement that sets it. Roles and tablespaces are the server's own affair.
fn given(setting: &Setting, sql: String) -> Statement {
    let elsewhere = match setting {
        Setting::Table(action) | Setting::Index(_, action) => {
            action.starts_with("OWNER TO ") || action.starts_with("SET TABLESPACE ")
        }
        Setting::Grant { grantee, .. } => !grantee.starts_with("PUBLIC"),
        Setting::Definition(sql) => !sql.ends_with(" PUBLIC"),
        Setting::Column(..) | Setting::Cluster(_) | Setting::ReplicaIdentity(_) | Setting::Partition(_) => false,
    };
    Statement::new(if elsewhere { where_there(&sql) } else { sql })
}

/// Another database may lack the role or the tablespace.
fn where_there(sql: &str) -> String {
    let warning = literal(&format!("not given back, for want of the role or tablespace: {sql}"));
    let body = format!(
        "BEGIN {sql}; EXCEPTION WHEN undefined_object OR insufficient_privilege THEN RAISE WARNING USING MESSAGE = {warning}; END"
    );
    let quote = dollar_quote(&body);
    format!("DO {quote} {body} {quote}")
}

/// A dollar quote that the body does not hold.
pub(super) fn dollar_quote(body: &str) -> String {
    let mut quote = "$autogen$".to_owned();
    while body.contains(&quote) {
        quote.insert(quote.len() - 1, '_');
    }
    quote
}
