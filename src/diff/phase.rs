use crate::operation::{Change, Layer, Operation};
use crate::schema::{Column, ColumnDefault, Constraint, Sequence};

/// When an operation runs. The variants stand in execution order; the downgrade walks them backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Before what moves into it.
    AddNamespace,
    /// Names change before all else: everything later speaks of things by their new names.
    Rename,
    /// Views, triggers and policies before all that they stand on.
    DropAbove,
    /// Before the keys and tables they lean on.
    DropForeignKey,
    /// Before the columns they are made from.
    DropIndex,
    /// Likewise.
    DropConstraint,
    /// Before the types of their columns; frees their names.
    DropTable,
    /// Generated columns, and what generates them, before the columns they are made from.
    DropGenerated,
    /// After everything that mentions them.
    DropColumn,
    /// Before the columns that use them. Labels are only added here: a default may need them.
    GrowEnumType,
    /// Types and functions before the tables that need them.
    AddBelow,
    /// Before columns and foreign keys that refer to them.
    AddTable,
    /// A generated column that becomes a plain one of another type, before those that it was made from: on the way back
    /// it is made again from what they were.
    ReleaseGenerated,
    /// Before new columns, so that type changes meet the old names only.
    AlterColumn,
    /// Before keys and indexes over them.
    AddColumn,
    /// After the columns they are made from.
    AddGenerated,
    /// Labels go after the defaults that named them.
    ShrinkEnumType,
    /// Over the final columns.
    AddConstraint,
    /// Likewise.
    AddIndex,
    /// After the keys they refer to, which may be unique indexes.
    AddForeignKey,
    /// Over the final tables; a view may lean on a key.
    AddAbove,
    /// Comments and validation change nothing that others need.
    AlterRest,
    /// After the tables that needed them.
    DropBelow,
    /// After the last column of the type.
    DropEnumType,
    /// After everything that stood in it.
    DropNamespace,
}

/// The phase of an operation. Enum alterations are split by the differ, which knows which part is which.
pub(super) fn phase(operation: &Operation) -> Phase {
    match operation {
        Operation::Rename(_) => Phase::Rename,
        Operation::Namespace(change) => match change {
            Change::Add(_) => Phase::AddNamespace,
            Change::Drop(_) => Phase::DropNamespace,
            Change::Alter { .. } => Phase::AlterRest,
        },
        Operation::EnumType(change, _) => match change {
            Change::Add(_) => Phase::GrowEnumType,
            Change::Drop(_) => Phase::DropEnumType,
            Change::Alter { from, to } if from.labels.iter().all(|label| to.labels.contains(label)) => {
                if from.labels.len() == to.labels.len() { Phase::ShrinkEnumType } else { Phase::GrowEnumType }
            }
            Change::Alter { .. } => Phase::ShrinkEnumType,
        },
        Operation::Table(change) => match change {
            Change::Add(_) => Phase::AddTable,
            Change::Drop(_) => Phase::DropTable,
            Change::Alter { .. } => Phase::AlterRest,
        },
        Operation::Column(_, change) => match change {
            Change::Add(it) if it.is_generated() => Phase::AddGenerated,
            Change::Drop(it) if it.is_generated() => Phase::DropGenerated,
            Change::Add(_) => Phase::AddColumn,
            Change::Drop(_) => Phase::DropColumn,
            Change::Alter { from, to } if renames_sequence_only(from, to) => Phase::Rename,
            Change::Alter { from, to }
                if from.is_generated() && !to.is_generated() && from.data_type == to.data_type =>
            {
                Phase::DropGenerated
            }
            Change::Alter { from, to } if from.is_generated() && !to.is_generated() => Phase::ReleaseGenerated,
            Change::Alter { from, to } if !from.is_generated() && to.is_generated() => Phase::AddGenerated,
            Change::Alter { .. } => Phase::AlterColumn,
        },
        Operation::Constraint(_, change) => match change {
            Change::Add(it) if is_foreign_key(it) => Phase::AddForeignKey,
            Change::Drop(it) if is_foreign_key(it) => Phase::DropForeignKey,
            Change::Add(_) => Phase::AddConstraint,
            Change::Drop(_) => Phase::DropConstraint,
            Change::Alter { .. } => Phase::AlterRest,
        },
        Operation::Index(_, change) => match change {
            Change::Add(_) => Phase::AddIndex,
            Change::Drop(_) => Phase::DropIndex,
            Change::Alter { .. } => Phase::AlterRest,
        },
        Operation::Definition(change, layer) => match (layer, change) {
            (Layer::Below, Change::Add(_) | Change::Alter { .. }) => Phase::AddBelow,
            (Layer::Below, Change::Drop(_)) => Phase::DropBelow,
            (Layer::Above, Change::Add(_) | Change::Alter { .. }) => Phase::AddAbove,
            (Layer::Above, Change::Drop(_)) => Phase::DropAbove,
        },
    }
}

/// Its old name may be that of a new table's sequence.
fn renames_sequence_only(from: &Column, to: &Column) -> bool {
    let (ColumnDefault::Serial(before), ColumnDefault::Serial(after)) = (&from.default, &to.default) else {
        return false;
    };
    let renamed = Sequence { name: after.name.clone(), ..before.clone() };
    before.name != after.name && Column { default: ColumnDefault::Serial(renamed), ..from.clone() } == *to
}

fn is_foreign_key(constraint: &Constraint) -> bool {
    constraint.is_foreign_key()
}
