use std::path::Path;

use super::{Effect, Proof, Review, html};
use crate::diff::diff;
use crate::migration::Migration;
use crate::schema::{
    Action, Column, ColumnDefault, Constraint, ConstraintKind, DataType, ForeignKey, QualifiedName, Schema, Table,
};

const EVIL: &str = "<script>alert(1)</script>";

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

fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(QualifiedName::new("public", name));
    table.columns = columns.iter().map(|it| column(it, "integer")).collect();
    table
}

fn refers(mut table: Table, column: &str, to: &str) -> Table {
    let key = ForeignKey {
        columns: vec![column.to_owned()],
        references: QualifiedName::new("public", to),
        referenced_columns: vec!["id".to_owned()],
        on_update: Action::NoAction,
        on_delete: Action::NoAction,
        on_delete_columns: Vec::new(),
        match_full: false,
    };
    table.constraints.push(Constraint::new(format!("fk-{to}"), ConstraintKind::ForeignKey(key)));
    table
}

fn review(before: Vec<Table>, after: Vec<Table>) -> Review {
    let schema = |tables| Schema { tables, ..Schema::default() }.sorted();
    let (before, after) = (schema(before), schema(after));
    let text = format!(
        "-- add {EVIL}\n--\n-- Revision ID: abc\n-- Revises:\n-- Create Date: {EVIL}\n\n-- autogen: upgrade\n\n\
         -- add column users.bio (models/{EVIL}.rs:21)\n-- hazard may-fail: {EVIL} fails.\nSELECT '{EVIL}';\n\n\
         -- autogen: downgrade\n\nSELECT 2;\n"
    );
    let migration = Migration::parse(Path::new("a.sql"), "a.sql", &text).expect("it is a migration");
    let operations = diff(&before, &after);
    let effect = Effect { before: &before, after: &after, renames: &[], operations: &operations };
    let proof = Proof { versions: vec!["15.20".to_owned()], edited: false };
    Review::new(&migration, "migrations/a.sql".to_owned(), proof, &effect, "public")
}

#[test]
fn a_page_runs_nothing_and_fetches_nothing() {
    let evil = table(EVIL, &["id", EVIL]);
    let page = html(&[review(vec![table("users", &["id"])], vec![table("users", &["id", "bio"]), evil])]).unwrap();
    assert!(!page.contains("<script"), "{page}");
    // In the title, the heading, a place, a hazard, the diagram, the diff and the SQL.
    assert!(page.matches("&#60;script").count() > 8, "{page}");
    for fetched in ["http:", "https:", "src=", "@import", "<link", "url(/"] {
        assert!(!page.contains(fetched), "{fetched} in {page}");
    }
}

#[test]
fn changes_have_what_the_file_says_of_them() {
    let review = review(vec![table("users", &["id"])], vec![table("users", &["id", "bio"])]);
    let [change] = review.changes.as_slice() else { panic!("{:#?}", review.changes) };
    assert_eq!((change.sign, change.object.as_str()), ('+', "column users.bio"));
    assert_eq!(change.hazards, [format!("may-fail: {EVIL} fails.")]);
    let diff: String = review.schema[0].lines.iter().map(|it| format!("{}{}\n", it.sign, it.text)).collect();
    assert_eq!(diff, " CREATE TABLE \"users\" (\n     \"id\" integer\n+    \"bio\" integer\n );\n");
}

#[test]
fn what_is_referred_to_stands_left_and_circles_end() {
    let users = table("users", &["id"]);
    let posts = refers(table("posts", &["id", "user_id", "parent"]), "parent", "posts");
    let before = vec![users.clone(), table("other", &["id"])];
    let a = refers(table("a", &["id", "b"]), "b", "b");
    let b = refers(table("b", &["id", "a"]), "a", "a");
    let after = vec![users, table("other", &["id"]), refers(posts, "user_id", "users"), a, b];
    let diagram = review(before, after).diagram.expect("tables are touched");
    let find = |name: &str| diagram.boxes.iter().find(|it| it.title == name);
    let (users, posts) = (find("users").expect("users"), find("posts").expect("posts"));
    assert!(users.x + users.width < posts.x);
    assert_eq!((users.state, posts.state), ("same", "add"));
    assert!(find("other").is_none(), "nobody touches it");
    assert_eq!(diagram.edges.len(), 4);
    assert!(diagram.boxes.iter().all(|it| it.x + it.width <= diagram.width && it.y + it.height <= diagram.height));
}
