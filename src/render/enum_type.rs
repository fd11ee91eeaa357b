use super::column::through_text;
use super::quote::{identifier, literal};
use super::words::aside;
use super::{Statement, Words, column, comment, constraint, definition, index};
use crate::operation::{Change, EnumUsers, Operation};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, Definition, DefinitionKind, EnumType, Expression, KeyTarget,
    QualifiedName, Table,
};

/// An enum type comes, goes or changes its labels or comment.
pub(super) fn statements(
    change: &Change<EnumType>,
    users: &EnumUsers,
    later: &[Operation],
    words: &Words,
) -> Vec<Statement> {
    match change {
        Change::Add(it) => {
            [create(it, words)].into_iter().chain(it.comment.as_ref().map(|_| comment_on(it, words))).collect()
        }
        Change::Drop(it) => vec![Statement::new(format!("DROP TYPE {}", words.name(&it.name)))],
        Change::Alter { from, to } => {
            let exchanges = !from.grows_into(to);
            let mut statements =
                if exchanges { exchange(from, to, users, words) } else { add_values(from, to, later, words) };
            if from.comment != to.comment || (exchanges && to.comment.is_some()) {
                statements.push(comment_on(to, words));
            }
            statements
        }
    }
}

fn create(enum_type: &EnumType, words: &Words) -> Statement {
    let labels: Vec<String> = enum_type.labels.iter().map(|label| literal(label)).collect();
    Statement::new(format!("CREATE TYPE {} AS ENUM ({})", words.name(&enum_type.name), labels.join(", ")))
}

fn comment_on(enum_type: &EnumType, words: &Words) -> Statement {
    comment(&format!("TYPE {}", words.name(&enum_type.name)), enum_type.comment.as_deref())
}

/// Each label stands right after the one before it. A label that a later operation uses has to be committed before:
/// Postgres refuses it inside the transaction that adds it (55P04).
fn add_values(from: &EnumType, to: &EnumType, later: &[Operation], words: &Words) -> Vec<Statement> {
    let added = to.labels.iter().enumerate().filter(|(_, label)| !from.labels.contains(label));
    added
        .map(|(position, label)| {
            let place = match (position.checked_sub(1), from.labels.first()) {
                (Some(before), _) => format!(" AFTER {}", literal(&to.labels[before])),
                (None, Some(first)) => format!(" BEFORE {}", literal(first)),
                (None, None) => String::new(),
            };
            let constant = literal(label);
            let sql = format!("ALTER TYPE {} ADD VALUE {constant}{place}", words.name(&to.name));
            let fills = words.fills.values().any(|fill| fill.sql.contains(&constant));
            Statement { sql, autocommit: fills || later.iter().any(|it| uses(it, label) || becomes(it, &to.name)) }
        })
        .collect()
}

/// Takes labels away, or puts them into another order: a new type under the old name, every column moved over.
/// Everything that stands on the type goes before and comes back after.
fn exchange(from: &EnumType, to: &EnumType, users: &EnumUsers, words: &Words) -> Vec<Statement> {
    let old = aside(&from.name);
    let of_kind = |keep: fn(DefinitionKind) -> bool| -> Vec<(usize, &Definition)> {
        (2..).zip(&users.definitions).filter(|(_, it)| keep(it.name.kind)).collect()
    };
    let functions = of_kind(|kind| kind <= DefinitionKind::Procedure && !is_type(kind));
    let above = of_kind(|kind| kind > DefinitionKind::Procedure);
    let types: Vec<_> =
        of_kind(is_type).into_iter().filter_map(|(number, it)| definition::exchanged(it, number)).collect();

    let (keep, restore) = definition::enum_kept(&words.name(&from.name), 1);

    let mut statements = definition::put_away(&above);
    statements.extend(make_way(users, words));
    statements.extend(definition::put_away(&functions));
    statements.extend(types.iter().rev().flat_map(|it| it.aside.clone()));
    statements.push(keep);
    let rename = format!("ALTER TYPE {} RENAME TO {}", words.name(&from.name), identifier(&old.name));
    statements.push(Statement::new(rename));
    statements.push(create(to, words));
    statements.extend(types.iter().flat_map(|it| it.make.clone()));
    let of_tables = users.columns.chunk_by(|(table, _), (other, _)| table == other);
    statements.extend(of_tables.filter_map(|columns| {
        let (table, _) = columns.first()?;
        Some(through_text(table, &columns.iter().map(|(_, column)| column).collect::<Vec<_>>(), words))
    }));
    statements.extend(types.iter().rev().map(|it| it.drop.clone()));
    statements.push(Statement::new(format!("DROP TYPE {}", words.name(&old))));
    statements.extend(definition::put_back(&functions));
    statements.extend(come_back(users, words));
    statements.extend(definition::put_back(&above));
    // Functions and views that come back use the type: its owner may have taken USAGE from whoever makes them, so that
    // comes back last.
    statements.push(restore);
    statements
}

fn is_type(kind: DefinitionKind) -> bool {
    matches!(kind, DefinitionKind::Domain | DefinitionKind::CompositeType)
}

/// Indexes, constraints and generated columns over the columns of the type go.
fn make_way(users: &EnumUsers, words: &Words) -> Vec<Statement> {
    let EnumUsers { indexes, constraints, generated, .. } = users;
    let indexes = indexes.iter().flat_map(|(table, it)| index::statements(table, &Change::Drop(it.clone()), words));
    let constraints = foreign_keys_last(constraints);
    let constraints = constraints
        .iter()
        .rev()
        .flat_map(|(table, it)| constraint::statements(table, &Change::Drop(it.clone()), words));
    let generated =
        generated.iter().flat_map(|(table, it)| column::statements(table, &Change::Drop(it.clone()), words));
    constraints.chain(indexes).chain(generated).collect()
}

fn come_back(users: &EnumUsers, words: &Words) -> Vec<Statement> {
    let EnumUsers { indexes, constraints, generated, .. } = users;
    let generated = generated.iter().flat_map(|(table, it)| column::statements(table, &Change::Add(it.clone()), words));
    let indexes = indexes.iter().flat_map(|(table, it)| index::create(table, it, words));
    let constraints = foreign_keys_last(constraints);
    let constraints =
        constraints.iter().flat_map(|(table, it)| constraint::statements(table, &Change::Add(it.clone()), words));
    generated.chain(indexes).chain(constraints).collect()
}

/// They may refer to a unique key or index among the others.
fn foreign_keys_last(constraints: &[(QualifiedName, Constraint)]) -> Vec<&(QualifiedName, Constraint)> {
    let (keys, mut ordered): (Vec<_>, Vec<_>) = constraints.iter().partition(|(_, it)| it.is_foreign_key());
    ordered.extend(keys);
    ordered
}

/// Rows that are converted into the type may hold any label.
fn becomes(operation: &Operation, name: &QualifiedName) -> bool {
    match operation {
        Operation::Column(_, Change::Alter { from, to }) => {
            from.data_type != to.data_type && to.data_type.enum_name() == Some(name)
        }
        Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

/// Whether an expression of the operation holds the label as a constant.
fn uses(operation: &Operation, label: &str) -> bool {
    let constant = literal(label);
    let holds = |expression: &Expression| expression.sql.contains(&constant);
    let column = |column: &Column| match &column.default {
        ColumnDefault::Expression(it) => holds(it),
        ColumnDefault::Generated(it) => holds(&it.expression),
        ColumnDefault::None | ColumnDefault::Identity(_) | ColumnDefault::Serial(_) => false,
    };
    let constraint = |kind: &ConstraintKind| match kind {
        ConstraintKind::Check { expression: it, .. } | ConstraintKind::Exclusion { definition: it } => holds(it),
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_) => false,
    };
    let index = |it: &crate::schema::Index| {
        it.predicate.as_ref().is_some_and(holds)
            || it.keys.iter().any(|key| match &key.target {
                KeyTarget::Column(_) => false,
                KeyTarget::Expression(it) => holds(it),
            })
    };
    let table = |it: &Table| {
        it.columns.iter().any(column)
            || it.constraints.iter().any(|it| constraint(&it.kind))
            || it.indexes.iter().any(index)
    };
    match operation {
        Operation::Table(Change::Add(it)) => table(it),
        Operation::Column(_, Change::Add(it) | Change::Alter { to: it, .. }) => column(it),
        Operation::Constraint(_, Change::Add(it)) => constraint(&it.kind),
        Operation::Index(_, Change::Add(it)) => index(it),
        Operation::EnumType(..)
        | Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::Table(_)
        | Operation::Column(..)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enum_type(labels: &[&str]) -> EnumType {
        EnumType {
            name: QualifiedName::new("public", "mood"),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            comment: None,
        }
    }

    fn sql(from: &[&str], to: &[&str]) -> Vec<String> {
        let change = Change::Alter { from: enum_type(from), to: enum_type(to) };
        statements(&change, &EnumUsers::default(), &[], &Words::new("public")).into_iter().map(|it| it.sql).collect()
    }

    #[test]
    fn labels_are_added_at_their_place() {
        assert_eq!(
            sql(&["b", "d"], &["a", "b", "c", "d", "e"]),
            [
                r#"ALTER TYPE "mood" ADD VALUE 'a' BEFORE 'b'"#,
                r#"ALTER TYPE "mood" ADD VALUE 'c' AFTER 'b'"#,
                r#"ALTER TYPE "mood" ADD VALUE 'e' AFTER 'd'"#,
            ]
        );
    }

    #[test]
    fn another_order_exchanges_the_type() {
        let statements = sql(&["a", "b"], &["b", "a"]);
        let plain: Vec<&str> = statements.iter().map(String::as_str).filter(|it| !it.contains("exchanged_1")).collect();
        assert_eq!(
            plain,
            [
                r#"ALTER TYPE "mood" RENAME TO "mood__old""#,
                r#"CREATE TYPE "mood" AS ENUM ('b', 'a')"#,
                r#"DROP TYPE "mood__old""#,
            ]
        );
        let (first, last) = (statements.first().expect("some"), statements.last().expect("some"));
        assert!(first.starts_with("SELECT set_config('autogen.exchanged_1'"), "{first}");
        assert!(last.contains("current_setting('autogen.exchanged_1')"), "{last}");
    }
}
