//! What cannot be read is refused, and what the refusal says to write works.

use super::*;

#[test]
fn an_unresolvable_type_names_place_and_remedies() {
    let text = refusal(&[("src/lib.rs", &model("", "    pub price: Money,"))]);
    assert_eq!(
        text,
        "\
error: cannot tell the column type of `Money`
 --> src/lib.rs:8:16
  |
8 |     pub price: Money,
  |                ^
  = help: write it on the field: `#[sea_orm(column_type = \"Text\")]`
  = help: or in autogen.toml, once for all: `[entities.types]` `\"Money\" = \"text\"`"
    );
}

#[test]
fn an_unknown_attribute_is_refused_with_what_may_be_meant() {
    let text = refusal(&[("src/lib.rs", &model("", "    #[sea_orm(uniqe)]\n    pub name: String,"))]);
    assert!(text.starts_with("error: SeaORM knows no `uniqe` for a column\n --> src/lib.rs:8:15\n"), "{text}");
    assert!(text.ends_with("= help: did you mean `unique`?"), "{text}");
}

#[test]
fn everything_is_refused_in_one_run() {
    let fields = "    pub a: Money,\n    #[sea_orm(default_expr = \"magic()\")]\n    pub b: i32,\n    \
                  #[sea_orm(extra = \"STORAGE EXTERNAL\", column_type = \"Texxt\")]\n    pub c: String,";
    let problems = reading(&[("src/lib.rs", &format!("{}mod missing;\n", model(", tabel = 1", fields)))]).unwrap_err();
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "SeaORM knows no `tabel` for a model",
            "cannot tell the column type of `Money`",
            "cannot evaluate the default `magic()`",
            "cannot read `extra`: `STORAGE EXTERNAL`",
            "cannot read the column type `Texxt`",
            "the file of module `missing` is missing: src/missing.rs",
        ]
    );
    assert!(problems.iter().all(|problem| !problem.help.is_empty()));
}

#[test]
fn a_file_that_does_not_parse_is_refused() {
    let text = refusal(&[("src/lib.rs", "pub mod user;\n"), ("src/user.rs", "pub struct {\n")]);
    assert!(text.starts_with("error: not valid Rust: "), "{text}");
    assert!(text.contains(" --> src/user.rs:1:12"), "{text}");
}

#[test]
fn a_missing_folder_is_refused() {
    let problems = reading_with(&[], |source| source.paths = vec!["entities".into()]).unwrap_err();
    assert!(problems.to_string().starts_with("error: there is no such file or folder\n --> entities\nhelp: "));
    assert!(refusal(&[("README.md", "")]).contains("neither src/lib.rs nor src/main.rs"));
}

#[test]
fn two_entities_on_one_table_are_refused_unless_they_agree_or_one_is_ignored() {
    let (a, b) = (model("", ""), model("", "    pub name: String,"));
    let files = [("src/lib.rs", "mod a;\nmod b;\n"), ("src/a.rs", a.as_str()), ("src/b.rs", b.as_str())];
    let text = refusal(&files);
    assert!(
        text.contains("a second entity for table `public.users`, and it differs from the one in src/a.rs:5"),
        "{text}"
    );
    let ignoring = reading_with(&files, |source| source.ignore = vec!["crate::b".into()]).unwrap();
    assert_eq!(ignoring.schema.tables[0].columns.len(), 1);
    let agreeing = reading(&[files[0], files[1], ("src/b.rs", &a)]).unwrap();
    assert_eq!(agreeing.schema.tables.len(), 1);
}

#[test]
fn what_is_wrong_with_an_ignored_entity_is_nobodys_concern() {
    let belongs_to = "#[derive(DeriveRelation)]\npub enum Relation {\n    #[sea_orm(belongs_to = \"super::team::Entity\", \
                      from = \"Column::TeamId\", to = \"super::team::Column::Id\")]\n    Team,\n}\n";
    let user = format!("{}{belongs_to}", model("", "    pub team_id: i64,"));
    let broken = "    pub place: Unknown,\n    #[sea_orm(uniqe)]\n    pub a: i32,";
    let team = format!(
        "{}#[derive(DeriveRelation)]\npub enum Relation {{ #[sea_orm(belongs_to = \"gone::Entity\", from = \"Column::A\", to = \"gone::Column::A\")] A }}\n",
        model("", broken).replace("\"users\"", "\"teams\"")
    );
    let files = [
        ("src/lib.rs", "mod user;\nmod team;\nmod wrong;\nmod gone;\n"),
        ("src/user.rs", user.as_str()),
        ("src/team.rs", &team),
        ("src/wrong.rs", "pub struct {"),
    ];
    for ignored in ["crate::team", "teams", "public.teams"] {
        let read = reading_with(&files, |source| {
            source.ignore = vec![ignored.into(), "crate::wrong".into(), "crate::gone".into()];
        });
        let read = read.unwrap_or_else(|problems| panic!("{ignored}: {problems}"));
        assert_eq!(read.schema.tables.len(), 1);
        let key = read.schema.tables[0].constraint("fk-users-team_id").unwrap();
        assert!(format!("{key:?}").contains("\"teams\""), "{key:?}");
    }
    let problems = reading(&files).unwrap_err();
    assert_eq!(problems.len(), 5, "{problems}");
}

#[test]
fn tables_of_migration_tools_are_refused() {
    for (table, owner) in [("autogen_history", "autogen itself"), ("seaql_migrations", "a migration tool")] {
        let text = model("", "").replace("users", table);
        let refused = refusal(&[("src/lib.rs", &text)]);
        assert!(refused.contains(&format!("the table `{table}` belongs to {owner}")), "{refused}");
        let ignored = reading_with(&[("src/lib.rs", &text)], |source| source.ignore = vec![table.into()]);
        assert!(ignored.unwrap().schema.tables.is_empty());
    }
}

#[test]
fn entities_may_lie_outside_of_the_project() {
    let text = model("", "    pub a: Unknown,");
    let problems = reading_with(&[("app/autogen.toml", ""), ("entity/src/lib.rs", &text)], |source| {
        source.root = source.root.join("app");
        source.paths = vec!["../entity".into()];
    });
    assert!(problems.unwrap_err().to_string().contains(" --> ../entity/src/lib.rs:8:12"));
    let folder = crate_of(&[("src/lib.rs", &text)]);
    let problems = reading_with(&[], |source| {
        source.root = "/nowhere/else".into();
        source.paths = vec![folder.path().to_owned()];
    });
    let shown = folder.path().join("src/lib.rs").display().to_string();
    assert!(problems.unwrap_err().to_string().contains(&format!(" --> {shown}:8:12")));
}

#[test]
fn entities_in_a_macro_that_cannot_be_expanded_are_refused() {
    let text = refusal(&[("src/lib.rs", &format!("elsewhere::make! {{ {} }}\n", model("", "")))]);
    assert!(
        text.starts_with("error: the macro `make!` makes entities and cannot be expanded here\n --> src/lib.rs:1:12"),
        "{text}"
    );
}

#[test]
fn a_derive_under_another_name_is_refused() {
    let text = refusal(&[("src/lib.rs", "use sea_orm::DeriveEntityModel as Table;\n")]);
    assert!(text.contains("`DeriveEntityModel` is called `Table` here"), "{text}");
}

#[test]
fn a_relation_enum_that_a_macro_may_hide_is_asked_for() {
    let text = format!("elsewhere::relations! {{ Team }}\n{}", model("", "    pub team_id: i64,"));
    let refused = refusal(&[("src/lib.rs", &text)]);
    assert!(
        refused.contains("cannot find the enum `Relation`") && refused.contains("`relations!` of this module"),
        "{refused}"
    );
}

#[test]
fn two_defaults_of_a_column_are_refused() {
    let fields = "    #[sea_orm(default_value = 1, extra = \"DEFAULT 2\")]\n    pub a: i64,";
    let text = refusal(&[("src/lib.rs", &model("", fields))]);
    assert!(text.contains("the column `a` says twice where its values come from\n --> src/lib.rs:9:9"), "{text}");
}

/// What a help line says to write, written.
#[test]
fn every_remedy_works() {
    let newtype = "#[derive(DeriveValueType)]\npub struct Wrapped(elsewhere::Inner);\ntype Alias = elsewhere::Other;\npub struct Opaque;\n\
                   #[derive(DeriveActiveEnum)]\n#[sea_orm(rs_type = \"String\", db_type = \"Enum\")]\npub enum Level { #[sea_orm(string_value = \"low\")] Low, VeryHigh }\n";
    let whole = |fields: &str| format!("{}{newtype}", model("", fields));
    // The fields, a help line, and the fields (or a line of `[entities.types]`) with what it says.
    let text = "#[sea_orm(column_type = \"Text\")]";
    let cases: &[(&str, &str, &str)] = &[
        (
            "pub a: Money,",
            "write it on the field: `#[sea_orm(column_type = \"Text\")]`",
            &format!("{text} pub a: Money,"),
        ),
        ("pub a: Money,", "`[entities.types]` `\"Money\" = \"text\"`", "Money"),
        (
            "pub a: Option<elsewhere::Money<i64>>,",
            "`[entities.types]` `\"elsewhere::Money<i64>\" = \"text\"`",
            "elsewhere::Money<i64>",
        ),
        ("pub a: [i16; 4],", "`[entities.types]` `\"[i16;4]\" = \"text\"`", "[i16;4]"),
        ("pub a: Vec<(i16, i16)>,", "`[entities.types]` `\"(i16,i16)\" = \"text\"`", "(i16,i16)"),
        ("pub a: Opaque,", "`[entities.types]` `\"crate::Opaque\" = \"text\"`", "crate::Opaque"),
        ("pub a: Opaque,", "or derive `DeriveValueType` or `FromJsonQueryResult` on `Opaque`", "crate::Opaque"),
        ("pub a: Wrapped,", "write it on `Wrapped`: `#[sea_orm(column_type = \"Text\")]`", "crate::Wrapped"),
        ("pub a: Wrapped,", "`[entities.types]` `\"elsewhere::Inner\" = \"text\"`", "elsewhere::Inner"),
        (
            "pub a: Alias,",
            "write it on each field of type `Alias`: `#[sea_orm(column_type = \"Text\")]`",
            &format!("{text} pub a: Alias,"),
        ),
        ("pub a: Alias,", "`[entities.types]` `\"elsewhere::Other\" = \"text\"`", "elsewhere::Other"),
        ("pub a: Level,", "write `#[sea_orm(string_value = \"very_high\")]` on it", "crate::Level"),
        (
            "#[sea_orm(column_type = \"citext\")] pub a: String,",
            "`column_type = \"custom(\\\"citext\\\")\"`",
            "#[sea_orm(column_type = \"custom(\\\"citext\\\")\")] pub a: String,",
        ),
        (
            "#[sea_orm(column_type = \"Decimal\")] pub a: String,",
            "`column_type = \"Decimal(Some((19, 4)))\"`",
            "#[sea_orm(column_type = \"Decimal(Some((19, 4)))\")] pub a: String,",
        ),
        (
            "#[sea_orm(column_type = \"Year\")] pub a: i16,",
            "`column_type = \"SmallInteger\"`",
            "#[sea_orm(column_type = \"SmallInteger\")] pub a: i16,",
        ),
        (
            "#[sea_orm(default_expr = \"tomorrow()\")] pub a: DateTime,",
            "`default_expr = r#\"Expr::cust(\"now() + interval '1 day'\")\"#`",
            "#[sea_orm(default_expr = r#\"Expr::cust(\"now() + interval '1 day'\")\"#)] pub a: DateTime,",
        ),
        (
            "#[sea_orm(extra = \"STORAGE EXTERNAL\")] pub a: String,",
            "write DEFAULT .., CHECK (..), COLLATE .. or GENERATED ALWAYS AS (..) STORED",
            "#[sea_orm(extra = \"DEFAULT 'x' CHECK (a <> '') COLLATE \\\"C\\\"\")] pub a: String,",
        ),
        (
            "#[sea_orm(auto_increment = 1)] pub a: i64,",
            "write `auto_increment = false`",
            "#[sea_orm(auto_increment = false)] pub a: i64,",
        ),
        (
            "pub a: i64, #[sea_orm(column_name = \"a\")] pub b: i64,",
            "`#[sea_orm(ignore)]`",
            "pub a: i64, #[sea_orm(column_name = \"a\", ignore)] pub b: i64,",
        ),
    ];
    for (fields, help, remedied) in cases {
        let refused = refusal(&[("src/lib.rs", &whole(fields))]);
        assert!(refused.contains(help), "{fields}: {help}\n{refused}");
        let is_type = !remedied.contains("pub ");
        let text = whole(if is_type { fields } else { remedied });
        let read = reading_with(&[("src/lib.rs", &text)], |source| {
            if is_type {
                source.types.insert((*remedied).to_owned(), "text".to_owned());
            }
        });
        read.unwrap_or_else(|problems| panic!("{remedied}\n{problems}"));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever stands in an attribute, a type or a field: an answer or a refusal, never a panic.
    #[test]
    fn no_text_makes_the_reader_panic(
        attribute in "[a-z_]{0,12}( = )?(\"[ -~]{0,24}\"|-?[0-9.]{0,12}|[a-z(){}:!]{0,8})",
        kind in "(Option<|Vec<|\\[|&'static |\\()?[A-Za-z0-9:]{0,12}[>\\])]?",
        value in "[a-zA-Z(): ,0-9'\"\\\\]{0,30}",
        key in proptest::sample::select(vec!["column_type", "default_expr", "extra", "default_value", "unique_key", "column_name"]),
    ) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let fields = format!("    #[sea_orm({attribute})]\n    pub a: {kind},\n    #[sea_orm({key} = \"{value}\")]\n    pub b: {kind},");
        let _ = reading(&[("src/lib.rs", &model("", &fields))]);
    }
}
