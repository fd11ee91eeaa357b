use super::*;
use crate::schema::{ColumnDefault, Fact, Object, QualifiedName, Rename};

/// A crate in a folder of its own, from the texts of its files. Paths are relative to the folder.
fn crate_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn reading_with(files: &[(&str, &str)], configure: impl FnOnce(&mut Source)) -> Result<Models, Diagnostics> {
    let folder = crate_of(files);
    let mut source = Source {
        root: folder.path().to_owned(),
        path: ".".into(),
        default_namespace: "public".into(),
        ..Source::default()
    };
    configure(&mut source);
    models(&source)
}

fn reading(files: &[(&str, &str)]) -> Result<Models, Diagnostics> {
    reading_with(files, |_| {})
}

/// A model with these attributes and fields, in a crate of one file; `pub struct Model` stands in line 5.
fn model(attributes: &str, fields: &str) -> String {
    format!(
        "use sea_orm::entity::prelude::*;\n\n#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n\
         #[sea_orm(table_name = \"users\"{attributes})]\npub struct Model {{\n    #[sea_orm(primary_key)]\n    \
         pub id: i64,\n{fields}\n}}\n"
    )
}

fn refusal(files: &[(&str, &str)]) -> String {
    reading(files).expect_err("it should be refused").to_string()
}

fn users() -> QualifiedName {
    QualifiedName::new("public", "users")
}

fn type_of(models: &Models, column: &str) -> String {
    models.schema.table(&users()).unwrap().column(column).unwrap().data_type.to_string()
}

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
    let problems = reading_with(&[], |source| source.path = "entities".into()).unwrap_err();
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
fn user_code_shadows_known_names() {
    let money = "pub mod types {\n    #[derive(DeriveValueType)]\n    pub struct Uuid(pub String);\n    use chrono::NaiveDate as Date;\n}\n\
                 use types::*;\n";
    let read = reading(&[(
        "src/lib.rs",
        &format!("{money}{}", model("", "    pub a: Uuid,\n    pub b: uuid::Uuid,\n    pub c: Time,")),
    )])
    .unwrap();
    assert_eq!(type_of(&read, "a"), "character varying");
    assert_eq!(type_of(&read, "b"), "uuid");
    assert_eq!(type_of(&read, "c"), "time without time zone");
}

#[test]
fn a_private_import_is_not_seen_through_a_glob() {
    let types = "pub mod types {\n    use chrono::DateTime as Date;\n}\nuse types::*;\n";
    let read = reading(&[("src/lib.rs", &format!("{types}{}", model("", "    pub day: Date,")))]).unwrap();
    assert_eq!(type_of(&read, "day"), "date");
}

#[test]
fn types_of_path_crates_are_followed() {
    let manifest = "[package]\nname = \"entity\"\n[dependencies]\nsea-orm = \"2\"\nkinds = { package = \"my-kinds\", path = \"../kinds\" }\n";
    let read = reading_with(
        &[
            ("entity/Cargo.toml", manifest),
            ("entity/src/lib.rs", &model("", "    pub a: kinds::Amount,\n    pub b: kinds::Level,")),
            ("kinds/Cargo.toml", "[package]\nname = \"my-kinds\"\n"),
            ("kinds/src/lib.rs", "mod inner;\npub use inner::*;\n"),
            (
                "kinds/src/inner.rs",
                "pub type Amount = rust_decimal::Decimal;\n#[derive(DeriveActiveEnum)]\n\
                 #[sea_orm(rs_type = \"String\", db_type = \"Enum\", enum_name = \"level\", rename_all = \"lowercase\")]\n\
                 pub enum Level { Low, High }\n",
            ),
        ],
        |source| source.path = "entity".into(),
    )
    .unwrap();
    assert_eq!(type_of(&read, "a"), "numeric");
    assert_eq!(type_of(&read, "b"), "level");
    let level = Object::EnumType(QualifiedName::new("public", "level"));
    assert_eq!(read.places[&level].to_string(), "kinds/src/inner.rs:4");
}

#[test]
fn entities_of_a_binary_are_read_by_their_module_file() {
    let user = model("", "    pub kind: crate::kinds::Kind,");
    let read = reading_with(
        &[
            ("Cargo.toml", "[package]\nname = \"app\"\n"),
            ("src/lib.rs", ""),
            ("src/main.rs", "mod entities;\nmod kinds;\nmod broken;\nfn main() {}\n"),
            ("src/broken.rs", "fn ("),
            ("src/kinds.rs", "pub type Kind = i16;"),
            ("src/entities/mod.rs", "pub mod user;"),
            ("src/entities/user.rs", &user),
        ],
        |source| source.path = "src/entities/mod.rs".into(),
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(type_of(&read, "kind"), "smallint");
    assert_eq!(read.places[&Object::Table(users())].to_string(), "src/entities/user.rs:5");
}

#[test]
fn configured_types_come_first() {
    let text = format!("pub struct Cents;\n{}", model("", "    pub a: Cents,\n    pub b: Vec<geo::Point>,"));
    let read = reading_with(&[("src/lib.rs", &text)], |source| {
        source.types.insert("crate::Cents".into(), "numeric(12,2)".into());
        source.types.insert("geo::Point".into(), "point".into());
    })
    .unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("numeric(12,2)".into(), "point[]".into()));
}

#[test]
fn what_is_stated_is_what_the_source_spells_out() {
    let fields = "    pub a: String,\n    #[sea_orm(column_type = \"Text\", default_value = \"x\", comment = \"c\")]\n    \
                  pub b: String,\n    pub c: i64,\n    pub d: Json,\n    pub e: Vec<String>,\n    pub f: Vec<i64>,\n    pub g: Decimal,";
    let read = reading(&[("src/lib.rs", &model("", fields))]).unwrap();
    let stated = |column: &str, fact| read.stated.contains(&Object::Column(users(), column.into()), fact);
    for (column, exact) in
        [("a", false), ("b", true), ("c", true), ("d", false), ("e", false), ("f", true), ("g", false)]
    {
        assert_eq!(stated(column, Fact::Type), exact, "{column}");
    }
    assert!(stated("b", Fact::Default) && stated("b", Fact::Comment));
    assert!(!stated("id", Fact::Default) && !stated("c", Fact::Default));
}

#[test]
fn renames_are_noted() {
    let fields = "    #[sea_orm(renamed_from = \"nick\")]\n    pub name: String,";
    let read = reading(&[("src/lib.rs", &model(", renamed_from = \"people\"", fields))]).unwrap();
    let table = Rename::Table { from: QualifiedName::new("public", "people"), to: users() };
    let column = Rename::Column { table: users(), from: "nick".into(), to: "name".into() };
    assert_eq!(read.renames, [table, column]);
}

#[test]
fn the_version_of_seaorm_decides() {
    let lock = |version: &str| format!("[[package]]\nname = \"sea-orm\"\nversion = \"{version}\"\n");
    let text = model("", "    pub a: u32,\n    #[sea_orm(unique, indexed)]\n    pub b: u16,");
    let old = reading(&[("Cargo.lock", &lock("1.1.20")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("integer".into(), "smallint".into()));
    let table = old.schema.table(&users()).unwrap();
    assert!(
        matches!(&table.column("id").unwrap().default, ColumnDefault::Serial(of) if of.name.name == "users_id_seq")
    );
    assert!(table.index("idx-users-b").is_some_and(|index| !index.unique));

    let new = reading(&[("Cargo.lock", &lock("2.0.4")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&new, "a"), type_of(&new, "b")), ("bigint".into(), "integer".into()));
    assert!(new.schema.table(&users()).unwrap().indexes.is_empty());

    let unknown = refusal(&[("Cargo.lock", &lock("3.0.0")), ("src/lib.rs", &text)]);
    assert!(unknown.contains("SeaORM 3.0.0, whose rules are not known here"), "{unknown}");
}

#[test]
fn features_of_the_manifest_decide_about_fields() {
    let manifest = "[package]\nname = \"entity\"\n[features]\ndefault = [\"geo\", \"log\"]\ngeo = [\"default\"]\nlog = [\"dep:log\"]\nold = []\n";
    let fields = "    #[cfg(feature = \"geo\")]\n    pub place: String,\n    #[cfg(feature = \"old\")]\n    pub gone: Unknown,\n    \
                  #[cfg_attr(feature = \"geo\", sea_orm(unique))]\n    pub code: String,";
    let read = reading(&[("Cargo.toml", manifest), ("src/lib.rs", &model("", fields))]).unwrap();
    let table = read.schema.table(&users()).unwrap();
    assert_eq!(table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "place", "code"]);
    assert!(table.constraint("users_code_key").is_some());
}

#[test]
fn aliases_and_globs_that_lead_in_circles_end() {
    let text = format!(
        "mod a {{ pub use super::b::*; }}\nmod b {{ pub use super::a::*; }}\nuse a::*;\ntype Loop = Loop2;\ntype Loop2 = Loop;\n{}",
        model("", "    pub x: Nothing,\n    pub y: Loop,")
    );
    assert!(refusal(&[("src/lib.rs", &text)]).contains("column type of `Nothing`"));
}

#[test]
fn a_module_that_includes_itself_ends() {
    let read = reading(&[("src/lib.rs", &format!("#[path = \"lib.rs\"]\nmod again;\n{}", model("", "")))]).unwrap();
    assert_eq!(read.schema.tables.len(), 1);
}

/// The macros of SeaORM 1 compare the text of the type; those of 2 ask the type itself.
#[test]
fn seaorm_1_knows_types_by_their_text() {
    let text = model("", "    pub a: Option<Uuid>,\n    pub b: Key,") + "pub struct Key(pub Uuid);\n";
    let text = text.replace("pub struct Key", "#[derive(DeriveValueType)]\npub struct Key");
    let text = format!("{text}#[derive(DeriveValueType)]\npub struct Uuid(pub String);\n");
    for (version, expected) in [("1.1", "uuid"), ("2", "character varying")] {
        let manifest = format!("[package]\nname = \"entity\"\n[dependencies]\nsea-orm = \"{version}\"\n");
        let read = reading(&[("Cargo.toml", &manifest), ("src/lib.rs", &text)]).unwrap();
        assert_eq!((type_of(&read, "a").as_str(), type_of(&read, "b").as_str()), (expected, expected), "{version}");
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
