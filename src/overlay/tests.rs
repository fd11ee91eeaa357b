use super::{mass_drop, overlay};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, DataType, Entry, EnumType, Expression, Fact, Identity, Index,
    Kept, Ledger, Models, Namespace, Object, QualifiedName, Schema, Sequence, SequenceOptions, Table,
};

fn users() -> QualifiedName {
    QualifiedName::new("public", "users")
}

fn column(name: &str, data_type: DataType) -> Column {
    Column {
        name: name.to_owned(),
        data_type,
        nullable: true,
        default: ColumnDefault::None,
        collation: None,
        comment: None,
    }
}

fn table(columns: &[Column]) -> Table {
    Table { columns: columns.to_vec(), ..Table::new(users()) }
}

fn schema(table: Table) -> Schema {
    Schema { tables: vec![table], ..Schema::default() }
}

fn models(table: Table) -> Models {
    Models { schema: schema(table), ..Models::default() }
}

fn owns(objects: &[Object]) -> Ledger {
    let mut ledger = Ledger::default();
    for object in objects {
        ledger.insert(Entry { object: object.clone(), fact: None });
    }
    ledger
}

fn text() -> DataType {
    DataType::builtin("text")
}

fn varchar(length: &str) -> DataType {
    DataType::builtin("character varying").with_modifiers(length)
}

/// The wanted form of the only column.
fn laid(current: Column, model: Column, stated: &[Fact], owned: &[Fact]) -> Column {
    let mut models = models(table(&[model]));
    let mut ledger = Ledger::default();
    let object = Object::Column(users(), current.name.clone());
    for fact in stated {
        models.stated.insert(object.clone(), *fact);
    }
    for fact in owned {
        ledger.insert(Entry { object: object.clone(), fact: Some(*fact) });
    }
    let wanted = overlay(&schema(table(&[current])), &models, &ledger, false).wanted;
    wanted.tables[0].columns[0].clone()
}

#[test]
fn a_string_is_any_text_type_until_its_type_is_stated() {
    let (here, model) = (column("bio", varchar("20")), column("bio", DataType::builtin("character varying")));
    assert_eq!(laid(here.clone(), model.clone(), &[], &[]).data_type, varchar("20"));
    assert_eq!(laid(here.clone(), model, &[Fact::Type], &[]).data_type, DataType::builtin("character varying"));
    assert_eq!(laid(here, column("bio", varchar("50")), &[Fact::Type], &[]).data_type, varchar("50"));
}

#[test]
fn the_length_of_a_value_type_counts_against_another_length_only() {
    let model = column("kind", varchar("24"));
    for here in [DataType::builtin("character varying"), text()] {
        assert_eq!(laid(column("kind", here.clone()), model.clone(), &[], &[]).data_type, here);
    }
    assert_eq!(laid(column("kind", varchar("40")), model, &[], &[]).data_type, varchar("24"));
}

#[test]
fn a_precision_that_is_not_written_is_any_precision() {
    let numeric = DataType::builtin("numeric");
    let here = column("price", numeric.clone().with_modifiers("10,2"));
    assert_eq!(laid(here.clone(), column("price", numeric), &[Fact::Type], &[]), here);
}

#[test]
fn a_default_goes_only_if_the_models_once_stated_it() {
    let here = Column { default: ColumnDefault::Expression(Expression::new("''::text")), ..column("bio", text()) };
    let model = column("bio", text());
    assert_eq!(laid(here.clone(), model.clone(), &[], &[]).default, here.default);
    assert_eq!(laid(here, model, &[], &[Fact::Default]).default, ColumnDefault::None);
}

#[test]
fn serial_equals_identity() {
    let bigint = DataType::builtin("bigint");
    let sequence = Sequence {
        name: QualifiedName::new("public", "users_id_seq"),
        data_type: bigint.clone(),
        options: SequenceOptions::default(),
        kept: Kept::default(),
    };
    let here = Column { default: ColumnDefault::Serial(sequence), ..column("id", bigint.clone()) };
    let identity = Identity { always: false, options: SequenceOptions::default() };
    let model = Column { default: ColumnDefault::Identity(identity), ..column("id", bigint) };
    assert_eq!(laid(here.clone(), model.clone(), &[], &[]), here);
    assert_eq!(laid(here.clone(), model, &[Fact::Default], &[]), here);
}

#[test]
fn an_undeclared_column_stays_unless_it_is_owned() {
    let current = schema(table(&[column("id", text()), column("bio", text())]));
    let models = models(table(&[column("id", text())]));
    let bio = Object::Column(users(), "bio".to_owned());
    let laid = overlay(&current, &models, &Ledger::default(), false);
    assert_eq!(laid.wanted, current);
    assert_eq!(laid.left_alone, std::slice::from_ref(&bio));
    let wanted = overlay(&current, &models, &owns(&[bio]), false).wanted;
    assert_eq!(wanted.tables[0].columns, [column("id", text())]);
}

#[test]
fn what_mentions_a_dropped_column_goes_with_it() {
    let mut current = table(&[column("id", text()), column("bio", text())]);
    current.indexes.push(Index::plain("by_bio", false, ["id", "bio"]));
    let ledger = owns(&[Object::Column(users(), "bio".to_owned())]);
    let wanted = overlay(&schema(current), &models(table(&[column("id", text())])), &ledger, false).wanted;
    assert!(wanted.tables[0].indexes.is_empty());
}

#[test]
fn a_unique_index_satisfies_a_unique_constraint_and_the_other_way_round() {
    let unique = Constraint::new(
        "users_email_key",
        ConstraintKind::Unique { columns: vec!["email".to_owned()], include: Vec::new(), nulls_not_distinct: false },
    );
    let mut with_index = table(&[column("email", text())]);
    let mut with_constraint = with_index.clone();
    with_index.indexes.push(Index::plain("users_email", true, ["email"]));
    with_constraint.constraints.push(unique);
    for (current, model) in [(with_index.clone(), with_constraint.clone()), (with_constraint, with_index)] {
        let current = schema(current);
        let laid = overlay(&current, &models(model), &Ledger::default(), false);
        assert_eq!(laid.wanted, current);
        assert!(laid.left_alone.is_empty());
    }
}

#[test]
fn a_unique_group_that_names_a_part_of_the_unique_of_its_name_is_that_one() {
    let columns = ["hall", "seat", "day"].map(|name| column(name, text()));
    let unique = Constraint::new(
        "place",
        ConstraintKind::Unique {
            columns: columns.iter().map(|it| it.name.clone()).collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
        },
    );
    let (mut with_constraint, mut with_index) = (table(&columns), table(&columns));
    with_constraint.constraints.push(unique);
    with_index.indexes.push(Index::plain("place", true, ["hall", "seat", "day"]));
    let group = |name: &str, keys: &[&str]| {
        let mut model = table(&columns);
        model.indexes.push(Index::plain(name, true, keys.iter().copied()));
        models(model)
    };
    for current in [with_constraint, with_index] {
        let current = schema(current);
        let laid = overlay(&current, &group("idx-users-place", &["seat", "hall"]), &Ledger::default(), false);
        assert_eq!((laid.wanted, laid.left_alone), (current.clone(), Vec::new()));
        assert_eq!(laid.widened[0].declared, ["seat", "hall"]);
        // Another name means another unique, and so does a column that the one there does not have.
        for other in [group("idx-users-spot", &["seat"]), group("idx-users-place", &["seat", "row"])] {
            let laid = overlay(&current, &other, &Ledger::default(), false);
            assert!(laid.widened.is_empty() && laid.wanted != current);
        }
    }
}

#[test]
fn labels_are_added_at_their_place_and_removed_only_if_owned() {
    let mood = |labels: &[&str]| Schema {
        enum_types: vec![EnumType {
            name: QualifiedName::new("public", "mood"),
            labels: labels.iter().map(|&it| it.to_owned()).collect(),
            comment: None,
        }],
        ..Schema::default()
    };
    let models = Models { schema: mood(&["a", "b", "c"]), ..Models::default() };
    let labels =
        |ledger: &Ledger| overlay(&mood(&["c", "x", "a"]), &models, ledger, false).wanted.enum_types[0].labels.clone();
    assert_eq!(labels(&Ledger::default()), ["c", "x", "a", "b"]);
    let owned = owns(&[Object::EnumLabel(QualifiedName::new("public", "mood"), "x".to_owned())]);
    assert_eq!(labels(&owned), ["c", "a", "b"]);
}

#[test]
fn more_than_a_third_of_the_tables_is_a_mass_drop() {
    let tables = |names: &[&str]| Schema {
        tables: names.iter().map(|name| Table::new(QualifiedName::new("public", *name))).collect(),
        ..Schema::default()
    };
    assert_eq!(mass_drop(&tables(&["a", "b", "c", "d"]), &tables(&["a", "b"])), Some((2, 4)));
    assert_eq!(mass_drop(&tables(&["a", "b", "c", "d", "e", "f"]), &tables(&["a", "b", "c", "d"])), None);
    assert_eq!(mass_drop(&tables(&["a", "b"]), &tables(&["a"])), None);
}

#[test]
fn a_namespace_goes_only_when_nothing_that_stays_is_in_it() {
    let namespaces = vec![Namespace { name: "crm".to_owned(), comment: None }];
    let theirs = Table::new(QualifiedName::new("crm", "theirs"));
    let full = Schema { namespaces: namespaces.clone(), tables: vec![theirs], ..Schema::default() };
    let empty = Schema { namespaces, ..Schema::default() };
    let ledger = owns(&[Object::Namespace("crm".to_owned())]);
    assert_eq!(overlay(&full, &Models::default(), &ledger, false).wanted, full);
    assert_eq!(overlay(&empty, &Models::default(), &ledger, false).wanted, Schema::default());
}
