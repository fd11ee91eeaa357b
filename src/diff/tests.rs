use super::diff;
use crate::operation::{Change, Operation, reverse};
use crate::schema::{
    Action, Column, ColumnDefault, Constraint, ConstraintKind, DataType, EnumType, ForeignKey, Index, QualifiedName,
    Rename, Schema, Table,
};

fn name(table: &str) -> QualifiedName {
    QualifiedName::new("public", table)
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        data_type: DataType::builtin(data_type),
        nullable: true,
        default: ColumnDefault::None,
        collation: None,
        comment: None,
    }
}

fn table(table: &str, columns: &[Column]) -> Table {
    Table { columns: columns.to_vec(), ..Table::new(name(table)) }
}

fn foreign_key(column: &str, references: &str) -> Constraint {
    Constraint::new(
        format!("fk-{column}"),
        ConstraintKind::ForeignKey(ForeignKey {
            columns: vec![column.to_owned()],
            references: name(references),
            referenced_columns: vec!["id".to_owned()],
            on_update: Action::NoAction,
            on_delete: Action::NoAction,
            on_delete_columns: Vec::new(),
            match_full: false,
        }),
    )
}

fn schema(tables: &[Table]) -> Schema {
    Schema { tables: tables.to_vec(), ..Schema::default() }.sorted()
}

fn titles(from: &Schema, to: &Schema) -> Vec<String> {
    diff(from, to).iter().map(|operation| operation.describe("public").title()).collect()
}

#[test]
fn equal_schemas_need_nothing() {
    let users = schema(&[table("users", &[column("id", "bigint")])]);
    assert!(diff(&users, &users).is_empty());
}

#[test]
fn order_of_columns_is_not_compared() {
    let a = schema(&[table("users", &[column("id", "bigint"), column("bio", "text")])]);
    let b = schema(&[table("users", &[column("bio", "text"), column("id", "bigint")])]);
    assert!(diff(&a, &b).is_empty());
}

#[test]
fn tables_that_refer_to_each_other_get_their_keys_last() {
    let mut users = table("users", &[column("id", "bigint"), column("team", "bigint")]);
    users.constraints.push(foreign_key("team", "teams"));
    let mut teams = table("teams", &[column("id", "bigint"), column("lead", "bigint")]);
    teams.constraints.push(foreign_key("lead", "users"));
    assert_eq!(
        titles(&Schema::default(), &schema(&[users.clone(), teams.clone()])),
        ["create table teams", "create table users", "add foreign key teams.fk-lead", "add foreign key users.fk-team"]
    );
    assert_eq!(
        titles(&schema(&[users, teams]), &Schema::default()),
        ["drop foreign key teams.fk-lead", "drop foreign key users.fk-team", "drop table teams", "drop table users"]
    );
}

#[test]
fn an_index_goes_before_its_column_and_comes_back_after_it() {
    let mut before = table("users", &[column("id", "bigint"), column("bio", "text")]);
    before.indexes.push(Index::plain("idx-users-bio", false, ["bio"]));
    let after = table("users", &[column("id", "bigint")]);
    let operations = diff(&schema(&[before]), &schema(&[after]));
    let words = |operations: &[Operation]| -> Vec<String> {
        operations.iter().map(|operation| operation.describe("public").title()).collect()
    };
    assert_eq!(words(&operations), ["drop index users.idx-users-bio", "drop column users.bio"]);
    assert_eq!(words(&reverse(&operations)), ["add column users.bio", "create index users.idx-users-bio"]);
}

#[test]
fn only_another_name_is_a_rename() {
    let mut before = table("users", &[column("bio", "text")]);
    let mut after = before.clone();
    before.indexes.push(Index::plain("old", false, ["bio"]));
    after.indexes.push(Index::plain("new", false, ["bio"]));
    assert_eq!(
        diff(&schema(&[before]), &schema(&[after])),
        [Operation::Rename(Rename::Index { table: name("users"), from: "old".to_owned(), to: "new".to_owned() })]
    );
}

#[test]
fn a_foreign_key_steps_aside_for_the_key_it_refers_to() {
    let key = |columns: &[&str]| ConstraintKind::PrimaryKey {
        columns: columns.iter().map(|&it| it.to_owned()).collect(),
        include: Vec::new(),
    };
    let mut users = table("users", &[column("id", "bigint")]);
    users.constraints.push(Constraint::new("users_pkey", key(&["id"])));
    let mut posts = table("posts", &[column("author", "bigint")]);
    posts.constraints.push(foreign_key("author", "users"));
    let mut renumbered = users.clone();
    renumbered.constraints = vec![Constraint { comment: None, ..Constraint::new("users_pk2", key(&["id"])) }];
    renumbered.constraints[0].deferrability = crate::schema::Deferrability::InitiallyDeferred;
    assert_eq!(
        titles(&schema(&[users, posts.clone()]), &schema(&[renumbered, posts])),
        [
            "drop foreign key posts.fk-author",
            "drop primary key users.users_pkey",
            "add primary key users.users_pk2",
            "add foreign key posts.fk-author",
        ]
    );
}

#[test]
fn labels_come_early_and_go_late() {
    let mood = |labels: &[&str]| {
        let labels = labels.iter().map(|&it| it.to_owned()).collect();
        let enum_types = vec![EnumType { name: name("mood"), labels, comment: None }];
        Schema { enum_types, ..Schema::default() }
    };
    let alterations: Vec<(Vec<String>, Vec<String>)> = diff(&mood(&["a", "b"]), &mood(&["c", "b"]))
        .into_iter()
        .map(|operation| match operation {
            Operation::EnumType(Change::Alter { from, to }, _) => (from.labels, to.labels),
            other => panic!("{other:?}"),
        })
        .collect();
    let labels = |list: &[&str]| -> Vec<String> { list.iter().map(|&it| it.to_owned()).collect() };
    assert_eq!(
        alterations,
        [(labels(&["a", "b"]), labels(&["c", "a", "b"])), (labels(&["c", "a", "b"]), labels(&["c", "b"]))]
    );
}
