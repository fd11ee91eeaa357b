use super::laying::Laying;
use crate::schema::{BaseType, Column, ColumnDefault, DataType, Fact, Object, Sequence, Table};

/// The columns of a table that is there and declared: those that stay in their order, then new ones.
pub(super) fn lay(current: &Table, declared: &Table, laying: &mut Laying<'_>) -> Vec<Column> {
    let mut wanted = Vec::new();
    for column in &current.columns {
        let object = Object::Column(current.name.clone(), column.name.clone());
        match declared.column(&column.name) {
            Some(model) => wanted.push(lay_over(&object, column, model, laying)),
            None if laying.keeps(object) => wanted.push(column.clone()),
            None => {}
        }
    }
    for model in declared.columns.iter().filter(|it| current.column(&it.name).is_none()) {
        let object = Object::Column(current.name.clone(), model.name.clone());
        for fact in [Fact::Default, Fact::Comment] {
            if laying.states(&object, fact) {
                laying.declare_fact(object.clone(), fact);
            }
        }
        laying.declare(object);
        wanted.push(model.clone());
    }
    wanted
}

fn lay_over(object: &Object, current: &Column, model: &Column, laying: &mut Laying<'_>) -> Column {
    laying.declare(object.clone());
    if laying.states(object, Fact::Whole) {
        laying.declare_fact(object.clone(), Fact::Default);
        laying.declare_fact(object.clone(), Fact::Comment);
        return model.clone();
    }
    let data_type = data_type(current, model, laying.states(object, Fact::Type));
    let default = follow_type(default(object, current, model, laying), &current.data_type, &data_type);
    Column {
        name: current.name.clone(),
        nullable: model.nullable,
        default,
        collation: model.collation.clone().or_else(|| current.collation.clone()),
        comment: laying.optional_fact(object, object, Fact::Comment, &model.comment, &current.comment),
        data_type,
    }
}

/// What the models say decides, unless they left it open: any text type for a `String`, json or jsonb for a `Json`,
/// any length and precision where none is written. Of two lengths that of the models counts.
fn data_type(current: &Column, model: &Column, stated: bool) -> DataType {
    let (here, there) = (&current.data_type, &model.data_type);
    let same_array = here.array == there.array;
    let open_modifiers = there.modifiers.is_none() && here.base == there.base && family(&there.base) != Family::Text;
    let other_length = here.base == there.base && here.modifiers.is_some() && there.modifiers.is_some();
    let open_family =
        !stated && !other_length && (family(&here.base) == family(&there.base) && family(&here.base) != Family::Other);
    if same_array && (open_modifiers || open_family) { here.clone() } else { there.clone() }
}

#[derive(Debug, PartialEq, Eq)]
enum Family {
    Text,
    Json,
    Other,
}

fn family(base: &BaseType) -> Family {
    match base {
        BaseType::Builtin(name) => match name.as_str() {
            "text" | "character varying" | "character" => Family::Text,
            "json" | "jsonb" => Family::Json,
            _ => Family::Other,
        },
        BaseType::Other(name) if name == "citext" || name.ends_with(".citext") => Family::Text,
        BaseType::Other(_) | BaseType::Enum(_) => Family::Other,
    }
}

/// Serial equals identity, and an auto-increment that nobody wrote out is no statement about a column that is there.
fn default(object: &Object, current: &Column, model: &Column, laying: &mut Laying<'_>) -> ColumnDefault {
    let counts = |default: &ColumnDefault| matches!(default, ColumnDefault::Identity(_) | ColumnDefault::Serial(_));
    let goes = laying.strict || laying.ledger.owns_fact(object, Fact::Default);
    if laying.states(object, Fact::Default) {
        // `auto_increment = false`, which code generators write at every uuid, says of counting alone.
        if model.default == ColumnDefault::None && matches!(current.default, ColumnDefault::Expression(_)) && !goes {
            return current.default.clone();
        }
        laying.declare_fact(object.clone(), Fact::Default);
        if counts(&model.default) && counts(&current.default) {
            return current.default.clone();
        }
        return model.default.clone();
    }
    match (&model.default, &current.default) {
        (_, ColumnDefault::Generated(_)) if !goes => current.default.clone(),
        (ColumnDefault::None, _) if goes => ColumnDefault::None,
        // What was stated and is no longer: auto-increment is SeaORM's default.
        (ColumnDefault::Identity(_) | ColumnDefault::Serial(_), _)
            if laying.ledger.owns_fact(object, Fact::Default) && !counts(&current.default) =>
        {
            model.default.clone()
        }
        _ => current.default.clone(),
    }
}

/// The sequence of a serial counts in the type of its column, and only integers count.
fn follow_type(default: ColumnDefault, before: &DataType, data_type: &DataType) -> ColumnDefault {
    match default {
        ColumnDefault::Serial(sequence) if is_integer(data_type) && before != data_type => {
            ColumnDefault::Serial(Sequence { data_type: data_type.clone(), ..sequence })
        }
        ColumnDefault::Serial(_) | ColumnDefault::Identity(_) if !is_integer(data_type) => ColumnDefault::None,
        other => other,
    }
}

fn is_integer(data_type: &DataType) -> bool {
    matches!(&data_type.base, BaseType::Builtin(name) if matches!(name.as_str(), "smallint" | "integer" | "bigint"))
}
