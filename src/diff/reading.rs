//! Columns that go in the revision whose new values are made from them.

use std::collections::BTreeSet;

use super::phase::{Phase, phase};
use crate::operation::{Change, Operation};
use crate::schema::Object;

/// The same operations; a column that goes stays until those have their values that are made from it, upgrade and
/// downgrade. `expressions` are the SQL of `--fill` and `--using`, by the column whose values they make.
///
/// Nobody parses that SQL: a word that is the column's name is taken for it. Being dropped a little later does no harm
/// to a column that was not meant.
#[must_use]
pub fn read_before_dropped<'a>(
    operations: Vec<Operation>,
    expressions: impl IntoIterator<Item = (&'a Object, &'a str)>,
) -> Vec<Operation> {
    let reads: Vec<(&Object, &str)> = expressions.into_iter().collect();
    let comes: BTreeSet<Object> = operations.iter().filter(|it| is_column(it, Comes)).map(Operation::object).collect();
    let stays = |operation: &Operation| {
        let goes = operation.object();
        // A column that goes and comes again under its name cannot be there twice.
        is_column(operation, Goes)
            && !comes.contains(&goes)
            && reads.iter().any(|(made, sql)| {
                mentions(sql, made, &goes) || **made == goes && comes.iter().any(|new| mentions(sql, made, new))
            })
    };
    let (late, mut operations): (Vec<Operation>, Vec<Operation>) = operations.into_iter().partition(stays);
    let position = operations.iter().position(|it| phase(it) > Phase::AddColumn).unwrap_or(operations.len());
    operations.splice(position..position, late);
    operations
}

use Way::{Comes, Goes};

#[derive(Clone, Copy)]
enum Way {
    Comes,
    Goes,
}

fn is_column(operation: &Operation, way: Way) -> bool {
    match operation {
        Operation::Column(_, Change::Add(_)) => matches!(way, Comes),
        Operation::Column(_, Change::Drop(_)) => matches!(way, Goes),
        Operation::Column(_, Change::Alter { .. })
        | Operation::Rename(_)
        | Operation::Namespace(_)
        | Operation::EnumType(..)
        | Operation::Table(_)
        | Operation::Constraint(..)
        | Operation::Index(..)
        | Operation::Definition(..) => false,
    }
}

/// Whether the SQL that makes the values of `made` may read `other`, a column of the same table.
fn mentions(sql: &str, made: &Object, other: &Object) -> bool {
    let (Object::Column(table, _), Object::Column(of, name)) = (made, other) else { return false };
    let words = || sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    table == of && if is_plain { words().any(|word| word.eq_ignore_ascii_case(name)) } else { sql.contains(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{BaseType, Column, ColumnDefault, DataType, QualifiedName};

    fn column(change: fn(Column) -> Change<Column>, name: &str) -> Operation {
        let text = DataType::parse("text", BaseType::Other);
        let (default, name) = (ColumnDefault::None, name.to_owned());
        let column = Column { name, data_type: text, nullable: true, default, collation: None, comment: None };
        Operation::Column(QualifiedName::new("public", "users"), change(column))
    }

    fn order(operations: &[Operation], made: &str, sql: &str) -> String {
        let made = Object::Column(QualifiedName::new("public", "users"), made.to_owned());
        read_before_dropped(operations.to_vec(), [(&made, sql)])
            .iter()
            .map(|it| it.describe("public").title())
            .collect::<Vec<_>>()
            .join(", ")
            .replace(" column users.", " ")
    }

    #[test]
    fn what_is_read_goes_after_what_is_made_from_it() {
        let operations = [column(Change::Drop, "first"), column(Change::Drop, "other"), column(Change::Add, "name")];
        let late = "drop other, add name, drop first";
        assert_eq!(order(&operations, "name", "upper(First) || '.'"), late);
        // For the downgrade, in which `first` comes back and `name` goes.
        assert_eq!(order(&operations, "first", "split_part(name, ' ', 1)"), late);
        assert_eq!(order(&operations, "name", "firstly"), "drop first, drop other, add name");
    }

    #[test]
    fn what_comes_back_under_its_name_goes_first() {
        let operations = [column(Change::Drop, "a"), column(Change::Add, "a")];
        assert_eq!(order(&operations, "a", "a::text"), "drop a, add a");
    }
}
