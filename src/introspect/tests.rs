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
    whole_reading(files, configure).map(|reading| reading.models)
}

fn whole_reading(files: &[(&str, &str)], configure: impl FnOnce(&mut Source)) -> Result<Reading, Diagnostics> {
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

/// The warnings of a crate that can be read.
fn warnings(files: &[(&str, &str)]) -> Diagnostics {
    whole_reading(files, |_| {}).unwrap_or_else(|problems| panic!("{problems}")).warnings
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

/// An entity crate that depends on `my-kinds` 1.2.3, its lock file, and that crate in this folder.
fn with_kinds(folder: &str, source: &str, fields: &str, kinds: &str) -> Vec<(String, String)> {
    let manifest = "[package]\nname = \"entity\"\n[dependencies]\nkinds = { package = \"my-kinds\", version = \"1\", \
                    features = [\"money\"] }\n";
    let lock = format!(
        "[[package]]\nname = \"entity\"\nversion = \"0.1.0\"\ndependencies = [\"my-kinds\"]\n[[package]]\n\
         name = \"my-kinds\"\nversion = \"1.2.3\"\nsource = \"{source}\"\n"
    );
    let toml = "[package]\nname = \"my-kinds\"\nversion = \"1.2.3\"\n[features]\nmoney = [\"decimal\"]\ndecimal = []\n\
                [dependencies]\nchrono = \"0.4\"\n";
    [
        ("entity/Cargo.toml", manifest),
        ("entity/Cargo.lock", &lock),
        ("entity/src/lib.rs", &model("", fields)),
        (&format!("{folder}/Cargo.toml"), toml),
        (&format!("{folder}/src/lib.rs"), kinds),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .to_vec()
}

fn reading_kinds(files: &[(String, String)]) -> Result<Models, Diagnostics> {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    reading_with(&files, |source| {
        source.cargo_home = Some(source.root.join("cargo"));
        source.path = "entity".into();
    })
}

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn types_of_fetched_crates_are_followed() {
    let kinds = "mod inner { #[derive(DeriveValueType)] pub struct Cents(pub i64); }\npub use inner::Cents;\n\
                 pub use chrono::NaiveDate as Day;\n#[cfg(feature = \"decimal\")] pub type Price = i16;\n\
                 #[cfg(not(feature = \"decimal\"))] pub type Price = i32;\npub struct Opaque;\nmod gone;\n\
                 #[macro_export] macro_rules! id { ($name:ident) => { #[derive(DeriveValueType)] pub struct $name(pub $crate::Cents); }; }\n";
    let fields = "    pub a: kinds::Cents,\n    pub b: kinds::Day,\n    pub c: kinds::Price,\n    pub d: Id,";
    let folder = "cargo/registry/src/index.crates.io-1949cf8c6b5b557f/my-kinds-1.2.3";
    let mut files = with_kinds(folder, REGISTRY, fields, kinds);
    files[2].1 += "kinds::id!(Id);\n";
    let read = reading_kinds(&files).unwrap_or_else(|problems| panic!("{problems}"));
    let types = ["a", "b", "c", "d"].map(|column| type_of(&read, column));
    assert_eq!(types, ["bigint", "date", "smallint", "bigint"]);

    for (folder, source) in [
        (
            "cargo/git/checkouts/kinds-0123456789abcdef/abc1234/crates/kinds",
            "git+https://example.org/kinds?branch=main#abc1234def",
        ),
        ("vendor/my-kinds", REGISTRY),
    ] {
        let mut files = with_kinds(folder, source, fields, kinds);
        files[2].1 += "use kinds::id;\nid!(Id);\n";
        let config = "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\ndirectory = \"vendor\"\n";
        files.push((".cargo/config.toml".to_owned(), config.to_owned()));
        assert_eq!(type_of(&reading_kinds(&files).unwrap(), "d"), "bigint", "{folder}");
    }
}

#[test]
fn what_a_fetched_crate_does_not_say_is_refused_by_the_name_it_shows() {
    let kinds = "mod inner { pub struct Opaque; }\npub use inner::Opaque;\n#[derive(DeriveActiveEnum)]\n\
                 #[sea_orm(db_type = \"Enm\")]\npub enum Level {}\n";
    let outside = with_kinds("cargo/registry/src/x/my-kinds-1.2.3", REGISTRY, "    pub a: kinds::Level,", kinds);
    let outside: Vec<(&str, &str)> = outside.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let outside = reading_with(&outside, |source| {
        source.cargo_home = Some(source.root.join("cargo"));
        source.root = source.root.join("entity");
        source.path = ".".into();
    });
    let refused = outside.unwrap_err().to_string();
    assert!(refused.contains(" --> my-kinds-1.2.3/src/lib.rs:4:21"), "{refused}");
    let files = |folder| with_kinds(folder, REGISTRY, "    pub a: kinds::Opaque,", kinds);
    let refused = reading_kinds(&files("cargo/registry/src/x/my-kinds-1.2.3")).unwrap_err().to_string();
    assert!(refused.contains("`\"my_kinds::Opaque\" = \"text\"`"), "{refused}");
    assert!(!refused.contains("cargo fetch"), "{refused}");
    let refused = reading_kinds(&files("cargo/registry/src/x/my-kinds-1.0.0")).unwrap_err().to_string();
    assert!(refused.contains("or bring the source of `my_kinds` to this machine: `cargo fetch`"), "{refused}");
}

#[test]
fn a_relation_may_lead_into_another_crate() {
    let target = "pub mod team { use sea_orm::entity::prelude::*;\n#[derive(DeriveEntityModel)]\n\
                  #[sea_orm(table_name = \"teams\", schema_name = \"org\")]\npub struct Model { #[sea_orm(primary_key)] pub id: i64 } }\n";
    let mut files = with_kinds("cargo/registry/src/x/my-kinds-1.2.3", REGISTRY, "    pub team_id: i64,", target);
    files[2].1 += "pub use kinds::team;\n#[derive(DeriveRelation)]\npub enum Relation {\n    #[sea_orm(belongs_to = \"team::Entity\", \
                   from = \"Column::TeamId\", to = \"team::Column::Id\")]\n    Team,\n}\n";
    let read = reading_kinds(&files).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(read.schema.tables.len(), 1);
    let key = read.schema.tables[0].constraint("fk-users-team_id").unwrap();
    assert!(format!("{:?}", key.kind).contains("\"org\""), "{key:?}");
}

#[test]
fn features_that_other_members_turn_on_are_on() {
    let entity =
        "[package]\nname = \"entity\"\n[features]\ndefault = []\ngeo = [\"maps\"]\nmaps = []\nold = []\ntests = []\n";
    let app = "[package]\nname = \"app\"\n[features]\ndefault = [\"full\"]\nfull = [\"entity?/old\", \"entity/geo\"]\n\
               [dependencies]\nentity = { workspace = true, optional = true }\n\
               [dev-dependencies]\nentity = { path = \"../entity\", features = [\"tests\"] }\n";
    let root =
        "[workspace]\nmembers = [\"crates/*\"]\n[workspace.dependencies]\nentity = { path = \"crates/entity\" }\n";
    let fields = ["geo", "maps", "old", "tests"]
        .map(|feature| format!("    #[cfg(feature = \"{feature}\")]\n    pub {feature}: String,\n"))
        .concat();
    let read = reading_with(
        &[
            ("Cargo.toml", root),
            ("crates/entity/Cargo.toml", entity),
            ("crates/entity/src/lib.rs", &model("", &fields)),
            ("crates/app/Cargo.toml", app),
        ],
        |source| source.path = "crates/entity".into(),
    )
    .unwrap();
    let columns = &read.schema.table(&users()).unwrap().columns;
    assert_eq!(columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["id", "geo", "maps", "old"]);
}

#[test]
fn a_library_comes_before_a_binary_that_the_manifest_names() {
    let manifest = "[package]\nname = \"app\"\n[[bin]]\nname = \"app\"\npath = \"src/main.rs\"\n";
    let main = format!("use app::Kind;\n{}", model("", "    pub kind: Kind,").replace("users", "jobs"));
    let lib = format!("pub type Kind = i16;\n{}", model("", ""));
    let files = [("Cargo.toml", manifest), ("src/lib.rs", lib.as_str()), ("src/main.rs", &main)];
    let name = |read: Models| read.schema.tables[0].name.name.clone();
    assert_eq!(name(reading(&files).unwrap()), "users");
    let binary = reading_with(&files, |source| source.path = "src/main.rs".into());
    assert_eq!(name(binary.unwrap_or_else(|problems| panic!("{problems}"))), "jobs");
    let ignoring = reading_with(&files, |source| {
        source.path = "src/main.rs".into();
        source.types.insert("app::Kind".into(), "text".into());
    });
    assert_eq!(ignoring.unwrap().schema.tables[0].columns[1].data_type.to_string(), "text");
}

/// The lock file of a project with this SeaORM.
fn locked(version: &str) -> String {
    format!("[[package]]\nname = \"sea-orm\"\nversion = \"{version}\"\n")
}

#[test]
fn before_2_0_some_types_go_by_their_text() {
    let text = format!(
        "type DateTime = chrono::DateTime<chrono::Utc>;\npub struct Json;\n{}",
        model("", "    pub a: DateTime,\n    pub b: Option<Json>,\n    pub c: Option<DateTime>,")
            .replace("use sea_orm::entity::prelude::*;", "")
    );
    let read = |version: &str| reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", &text)]);
    let old = read("1.1.20").unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("timestamp without time zone".into(), "json".into()));
    assert_eq!(type_of(&read("0.12.15").unwrap(), "c"), "timestamp without time zone");
    assert!(read("2.0.4").unwrap_err().to_string().contains("column type of `Json`"));
}

#[test]
fn a_key_of_text_stops_counting_in_2_0_only() {
    let text = "use sea_orm::entity::prelude::*;\n#[derive(DeriveValueType)]\npub struct UserUuid(i64);\n#[derive(DeriveEntityModel)]\n\
                #[sea_orm(table_name = \"users\")]\npub struct Model { #[sea_orm(primary_key)] pub id: UserUuid }\n";
    let default = |version: &str| {
        let read = reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", text)]).unwrap();
        read.schema.tables[0].columns[0].default.clone()
    };
    assert!(matches!(default("1.1.20"), ColumnDefault::Serial(_)));
    assert_eq!(default("2.0.4"), ColumnDefault::None);
}

#[test]
fn what_an_older_seaorm_ignores_is_refused() {
    let text = model(", rename_all = \"camelCase\"", "    pub first_name: String,");
    let read = |version: &str| reading(&[("Cargo.lock", &locked(version)), ("src/lib.rs", &text)]);
    assert!(read("1.1.20").unwrap().schema.tables[0].column("firstName").is_some());
    assert!(read("0.12.15").unwrap_err().to_string().contains("SeaORM 0.12 ignores `rename_all`"));
    let text = model(
        "",
        "    #[sea_orm(column_type = \"Bit(Some(3))\")]\n    pub a: Vec<u8>,\n    #[sea_orm(column_type = \"VarBinary(3)\")]\n    pub b: Vec<u8>,",
    );
    let old = reading(&[("Cargo.lock", &locked("0.12.15")), ("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&old, "a"), type_of(&old, "b")), ("bit varying(3)".into(), "bit varying(3)".into()));
}

#[test]
fn relation_fields_are_keys_in_a_model_and_not_in_a_compact_model() {
    let text = |attribute: &str, more: &str| {
        format!(
            "use sea_orm::entity::prelude::*;\nuse sea_orm::{{model, compact_model}};\n{attribute}\n#[derive(DeriveEntityModel)]\n\
             #[sea_orm(table_name = \"users\", model_attrs(sea_orm(schema_name = \"hr\")))]\npub struct Model {{\n    \
             #[sea_orm(primary_key)]\n    pub id: i64,\n    pub boss_id: Option<i64>,\n    \
             #[sea_orm(self_ref, relation_enum = \"Boss\", from = \"boss_id\", to = \"id\")]\n    pub boss: HasOne<Entity>,\n}}\n{more}"
        )
    };
    let keys = |text: &str| {
        let read = reading(&[("src/lib.rs", text)]).unwrap_or_else(|problems| panic!("{problems}"));
        let table = read.schema.table(&QualifiedName::new("hr", "users")).unwrap().clone();
        assert_eq!(table.columns.len(), 2);
        table.constraints.len() - 1
    };
    for dense in ["#[model]", "#[sea_orm::model]", "#[::sea_orm::model]"] {
        assert_eq!(keys(&text(dense, "")), 1, "{dense}");
    }
    let none = "pub enum Relation {}";
    let one = "#[derive(DeriveRelation)]\npub enum Relation { #[sea_orm(belongs_to = \"Entity\", from = \"Column::BossId\", to = \"Column::Id\")] Boss }";
    for compact in ["#[compact_model]", "#[sea_orm::compact_model]"] {
        assert_eq!((keys(&text(compact, none)), keys(&text(compact, one))), (0, 1), "{compact}");
    }
}

#[test]
fn a_condition_at_the_top_of_a_file_takes_it_away() {
    let post = format!("#![cfg(feature = \"off\")]\n{}", model("", "").replace("users", "posts"));
    let read = reading(&[("src/lib.rs", &format!("mod post;\n{}", model("", ""))), ("src/post.rs", &post)]).unwrap();
    assert_eq!(read.schema.tables.len(), 1);
}

#[test]
fn two_defaults_of_a_column_are_refused() {
    let fields = "    #[sea_orm(default_value = 1, extra = \"DEFAULT 2\")]\n    pub a: i64,";
    let text = refusal(&[("src/lib.rs", &model("", fields))]);
    assert!(text.contains("the column `a` says twice where its values come from\n --> src/lib.rs:9:9"), "{text}");
}

#[test]
fn relation_fields_count_beside_an_entity_by_hand() {
    let text = "use sea_orm::entity::prelude::*;\n#[derive(DeriveEntity)]\n#[sea_orm(model_ex = ModelEx)]\npub struct Entity;\n\
                impl EntityName for Entity { fn table_name(&self) -> &'static str { \"users\" } }\n#[sea_orm::model]\n\
                #[derive(DeriveEntityModel)]\npub struct Model {\n    #[sea_orm(primary_key)]\n    pub id: i64,\n    pub boss_id: i64,\n    \
                #[sea_orm(belongs_to, self_ref, relation_enum = \"Boss\", from = \"boss_id\", to = \"id\")]\n    pub boss: BelongsTo<Entity>,\n}\n";
    let read = reading(&[("src/lib.rs", text)]).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(read.schema.table(&users()).unwrap().constraint("fk-users-boss_id").is_some());
}

#[test]
fn enums_and_newtypes_by_hand_are_read() {
    let by_hand = "
pub enum Size { Small, Big }
impl ActiveEnum for Size {
    type Value = String;
    fn name() -> DynIden { SeaRc::new(SizeEnum) }
    fn to_value(&self) -> Self::Value { match self { Self::Small => \"s\", Self::Big => \"b\" }.to_owned() }
    fn db_type() -> ColumnDef {
        ColumnType::Enum { name: Self::name(), variants: Self::iter().map(|it| Alias::new(it.to_value()).into_iden()).collect() }.def()
    }
}
impl sea_orm::sea_query::ValueType for Size {
    fn column_type() -> ColumnType { <Self as ActiveEnum>::db_type().get_column_type().to_owned().into() }
}
#[derive(DeriveIden)]
#[sea_orm(iden = \"size\")]
pub struct SizeEnum;

pub enum Mood { Good }
#[derive(DeriveIden)]
pub enum MoodNames { Table, VeryGood }
impl ActiveEnum for Mood {
    fn db_type() -> ColumnDef {
        ColumnType::Enum { name: MoodNames::Table.into_iden(), variants: vec![MoodNames::VeryGood.into_iden()] }.def()
    }
}
pub struct Tag(String);
impl ValueType for Tag {
    #[cfg(feature = \"off\")]
    fn column_type() -> ColumnType { ColumnType::Uuid }
    #[cfg(not(feature = \"off\"))]
    fn column_type() -> ColumnType { ColumnType::Array(std::sync::Arc::new(<i16 as ValueType>::column_type())) }
}
pub struct Label;
impl ValueType for Label {
    fn column_type() -> ColumnType { ColumnType::Custom(Alias::new(\"citext\").into_iden()) }
}
pub struct Weird;
impl ValueType for Weird {
    fn column_type() -> ColumnType { if true { ColumnType::Uuid } else { ColumnType::Text } }
}
pub struct Circle;
impl ValueType for Circle {
    fn column_type() -> ColumnType { Self::column_type() }
}
";
    let with = |fields: &str| format!("{}{by_hand}", model("", fields));
    let read = reading(&[(
        "src/lib.rs",
        &with("    pub a: Size,\n    pub b: Option<Mood>,\n    pub c: Tag,\n    pub d: Vec<Label>,"),
    )]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    let types = ["a", "b", "c", "d"].map(|column| type_of(&read, column));
    assert_eq!(types, ["size", "mood_names", "smallint[]", "citext[]"]);
    let labels: Vec<_> = read.schema.enum_types.iter().map(|it| (it.name.name.as_str(), it.labels.join(","))).collect();
    assert_eq!(labels, [("mood_names", "very_good".to_owned()), ("size", "s,b".to_owned())]);
    assert_eq!(read.places[&Object::EnumType(QualifiedName::new("public", "size"))].line, 14);
    for (field, line) in [("    pub a: Weird,", 48), ("    pub a: Circle,", 52)] {
        let text = refusal(&[("src/lib.rs", &with(field))]);
        assert!(
            text.contains("cannot tell what `column_type` of") && text.contains(&format!("src/lib.rs:{line}:")),
            "{text}"
        );
    }
}

#[test]
fn an_impl_elsewhere_in_the_crate_is_found() {
    let user = model("", "    pub kind: crate::kinds::Kind,");
    let read = reading_with(
        &[
            ("Cargo.toml", "[package]\nname = \"app\"\n"),
            ("src/lib.rs", "mod entities;\nmod kinds;\nmod db;\n"),
            ("src/kinds.rs", "pub struct Kind;"),
            (
                "src/db.rs",
                "use crate::kinds::Kind;\nimpl ValueType for Kind { fn column_type() -> ColumnType { ColumnType::Inet } }",
            ),
            ("src/entities/mod.rs", "pub mod user;"),
            ("src/entities/user.rs", &user),
        ],
        |source| source.path = "src/entities/mod.rs".into(),
    );
    assert_eq!(type_of(&read.unwrap(), "kind"), "inet");
}

#[test]
fn columns_named_by_hand_are_read() {
    let text = |names: &str| {
        format!(
            "use sea_orm::entity::prelude::*;\n#[derive(DeriveEntity)]\n#[sea_orm(table_name = \"users\")]\npub struct Entity;\n\
             #[derive(EnumIter, DeriveCustomColumn)]\npub enum Column {{ Id, Mail, #[strum(disabled)] Table }}\n\
             impl IdenStatic for Column {{ fn as_str(&self) -> &str {{ {names} }} }}\n\
             impl ColumnTrait for Column {{ fn def(&self) -> ColumnDef {{ match self {{ Self::Id => ColumnType::Integer.def(), \
             Self::Mail => ColumnType::Text.def(), Self::Table => panic!() }} }} }}\n\
             #[derive(EnumIter, DerivePrimaryKey)]\npub enum PrimaryKey {{ Id }}\n\
             impl PrimaryKeyTrait for PrimaryKey {{ type ValueType = i32; fn auto_increment() -> bool {{ true }} }}\n"
        )
    };
    let names = "match self { Self::Mail => \"e_mail\", _ => self.default_as_str() }";
    let read = reading(&[("src/lib.rs", &text(names))]).unwrap_or_else(|problems| panic!("{problems}"));
    let columns: Vec<&str> = read.schema.tables[0].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "e_mail"]);
    let refused = refusal(&[("src/lib.rs", &text("self.name_from_somewhere()"))]);
    assert!(refused.contains("cannot tell the name of column `Mail`"), "{refused}");
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
        source.path = "../entity".into();
    });
    assert!(problems.unwrap_err().to_string().contains(" --> ../entity/src/lib.rs:8:12"));
    let folder = crate_of(&[("src/lib.rs", &text)]);
    let problems = reading_with(&[], |source| {
        source.root = "/nowhere/else".into();
        source.path = folder.path().to_owned();
    });
    let shown = folder.path().join("src/lib.rs").display().to_string();
    assert!(problems.unwrap_err().to_string().contains(&format!(" --> {shown}:8:12")));
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

/// All 39 of sea-query 1.0, in the forms that people write.
#[test]
fn every_column_type_is_read() {
    let types = [
        ("Char(None)", "character(1)"),
        ("Char(Some(3))", "character(3)"),
        ("String(StringLen::None)", "character varying"),
        ("String(StringLen::N(9))", "character varying(9)"),
        ("String(StringLen::Max)", "character varying"),
        ("string(Some(9))", "character varying(9)"),
        ("string(None)", "character varying"),
        ("Text", "text"),
        ("Blob", "bytea"),
        ("TinyInteger", "smallint"),
        ("SmallInteger", "smallint"),
        ("Integer", "integer"),
        ("BigInteger", "bigint"),
        ("TinyUnsigned", "smallint"),
        ("SmallUnsigned", "integer"),
        ("Unsigned", "bigint"),
        ("BigUnsigned", "bigint"),
        ("Float", "real"),
        ("Double", "double precision"),
        ("Decimal(None)", "numeric"),
        ("Decimal(Some((19, 4)))", "numeric(19,4)"),
        ("DateTime", "timestamp without time zone"),
        ("Timestamp", "timestamp without time zone"),
        ("TimestampWithTimeZone", "timestamp with time zone"),
        ("Time", "time without time zone"),
        ("Date", "date"),
        ("Interval(None, None)", "interval"),
        ("Interval(Some(PgInterval::DayToSecond), Some(3))", "interval day to second(3)"),
        ("Interval(None, Some(6))", "interval(6)"),
        ("Binary(16)", "bytea"),
        ("VarBinary(StringLen::None)", "bytea"),
        ("VarBinary(StringLen::N(16))", "bytea"),
        ("var_binary(16)", "bytea"),
        ("Bit(None)", "bit(1)"),
        ("Bit(Some(8))", "bit(8)"),
        ("VarBit(8)", "bit varying(8)"),
        ("Boolean", "boolean"),
        ("Money(None)", "money"),
        ("Money(Some((19, 4)))", "money"),
        ("Json", "json"),
        ("JsonBinary", "jsonb"),
        ("Uuid", "uuid"),
        ("custom(\\\"tsvector\\\")", "tsvector"),
        ("Custom(\\\"citext\\\".into())", "citext"),
        ("Custom(Alias::new(\\\"ltree\\\").into_iden())", "ltree"),
        ("Enum { name: \\\"mood\\\".into(), variants: vec![\\\"a\\\".into(), \\\"b\\\".into()] }", "mood"),
        ("Array(RcOrArc::new(ColumnType::Integer))", "integer[]"),
        (
            "Array(std::sync::Arc::new(ColumnType::Array(Arc::new(ColumnType::Custom(\\\"citext\\\".into())))))",
            "citext[]",
        ),
        ("Array(ColumnType::String(StringLen::N(9)).into())", "character varying(9)[]"),
        (
            "Array(Arc::new(ColumnType::Enum { name: \\\"mood\\\".into(), variants: vec![\\\"a\\\".into(), \\\"b\\\".into()] }))",
            "mood[]",
        ),
        ("Vector(None)", "vector"),
        ("Vector(Some(3))", "vector(3)"),
        ("Cidr", "cidr"),
        ("Inet", "inet"),
        ("MacAddr", "macaddr"),
        ("LTree", "ltree"),
    ];
    let attributes = types
        .iter()
        .enumerate()
        .map(|(number, (written, _))| format!("    #[sea_orm(column_type = \"{written}\")]\n    pub c{number}: X,\n"));
    let read = reading(&[("src/lib.rs", &model("", &attributes.collect::<String>()))])
        .unwrap_or_else(|problems| panic!("{problems}"));
    for (number, (written, wanted)) in types.iter().enumerate() {
        assert_eq!(type_of(&read, &format!("c{number}")), *wanted, "{written}");
    }
    for unknown in [
        "citext",
        "text",
        "String",
        "Decimal(19, 4)",
        "Year",
        "Integer()",
        "Array(Integer",
        "Bit(8)",
        "VarBit(Some(8))",
    ] {
        let text = model("", &format!("    #[sea_orm(column_type = \"{unknown}\")]\n    pub a: String,"));
        assert!(reading(&[("src/lib.rs", &text)]).is_err(), "{unknown}");
    }
}

#[test]
fn a_name_from_an_unknown_crate_is_not_that_of_a_glob() {
    let text = format!("use elsewhere::Uuid;\n{}", model("", "    pub a: Uuid,"));
    assert!(refusal(&[("src/lib.rs", &text)]).contains("column type of `Uuid`"));
}

#[test]
fn a_vector_of_newtypes_over_bytes_is_an_array() {
    let text = format!(
        "type Byte = u8;\n#[derive(DeriveValueType)]\npub struct Small(u8);\n{}",
        model("", "    pub a: Vec<Byte>,\n    pub b: Vec<Small>,")
    );
    let read = reading(&[("src/lib.rs", &text)]).unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("bytea".into(), "smallint[]".into()));
}

#[test]
fn a_macro_is_that_of_its_module() {
    let rules = |inner: &str| {
        format!(
            "macro_rules! id {{ ($name:ident) => {{ #[derive(DeriveValueType)] pub struct $name(pub {inner}); }}; }}\n"
        )
    };
    let lib = format!("{}mod a;\nmod b;\n{}", rules("i64"), model("", "    pub a: a::A,\n    pub b: b::B,"));
    let read =
        reading(&[("src/lib.rs", &lib), ("src/a.rs", &format!("{}id!(A);", rules("String"))), ("src/b.rs", "id!(B);")])
            .unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("character varying".into(), "bigint".into()));
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
fn a_derive_under_another_name_is_refused() {
    let text = refusal(&[("src/lib.rs", "use sea_orm::DeriveEntityModel as Table;\n")]);
    assert!(text.contains("`DeriveEntityModel` is called `Table` here"), "{text}");
}

#[test]
fn a_file_that_no_mod_leads_to_is_named() {
    let (user, post) = (model("", ""), model("", "").replace("users", "posts"));
    let found = warnings(&[
        ("Cargo.toml", "[package]\nname = \"entity\"\n"),
        ("src/lib.rs", "pub mod user;\n#[cfg(feature = \"off\")]\npub mod off;\n"),
        ("src/user.rs", &user),
        ("src/off.rs", &post),
        ("src/off/below.rs", &post),
        ("src/post.rs", &post),
        ("src/notes.rs", "//! Not DeriveEntityModel.\n"),
        (
            "src/seaql_migrations.rs",
            "#[derive(DeriveEntity)]\npub struct Entity;\n\
             impl EntityName for Entity { fn table_name(&self) -> &str { \"seaql_migrations\" } }\n",
        ),
        ("tests/fixture.rs", &post),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n"),
        ("other/src/post.rs", &post),
    ]);
    assert_eq!(
        found.to_string(),
        "\
warning: no `mod` leads to this file: the entities there are not read
 --> src/post.rs:5:12
  |
5 | pub struct Model {
  |            ^
  = help: write `pub mod post;` into src/lib.rs
  = help: or leave it out in autogen.toml: `[entities]` `ignore = [\"crate::post\"]`"
    );
}

#[test]
fn what_a_missing_mod_hides_is_one_warning() {
    let (user, post) = (model("", ""), model("", "").replace("users", "posts"));
    let files = [
        ("Cargo.toml", "[package]\nname = \"app\"\n"),
        ("src/lib.rs", "pub mod user;\n"),
        ("src/user.rs", user.as_str()),
        ("src/blog/2post.rs", &post),
        ("src/blog/type.rs", &post),
        ("src/shop/mod.rs", "pub mod a;\npub mod b;\n"),
        ("src/shop/a.rs", &post),
        ("src/shop/b.rs", &post),
        ("src/main.rs", "mod tool;\nfn main() {}\n"),
        ("src/tool.rs", &post),
        ("src/bin/job.rs", &post),
    ];
    let found = warnings(&files);
    let shown: Vec<(String, &str)> =
        found.iter().map(|found| (found.place.to_string(), found.help[0].as_str())).collect();
    let to = |file: &str| format!("{file}:5");
    assert_eq!(
        shown,
        [
            (to("src/bin/job.rs"), "to read them: `[entities]` `path = \"src/bin/job.rs\"` in autogen.toml"),
            (
                to("src/blog/2post.rs"),
                "write `pub mod blog { #[path = \"blog/2post.rs\"] pub mod _2post; }` into src/lib.rs"
            ),
            (to("src/blog/type.rs"), "write `pub mod blog { pub mod r#type; }` into src/lib.rs"),
            (to("src/shop/a.rs"), "write `pub mod shop;` into src/lib.rs"),
            (to("src/tool.rs"), "to read them: `[entities]` `path = \"src/main.rs\"` in autogen.toml"),
        ]
    );
    let shop = found.iter().find(|found| found.place.file.starts_with("src/shop")).unwrap();
    assert!(shop.message.contains("these 2 files (src/shop/a.rs, src/shop/b.rs)"), "{}", shop.message);
    let ignoring = whole_reading(&files, |source| {
        source.ignore = ["crate::blog", "crate::bin::job", "posts"].map(str::to_owned).to_vec();
    });
    assert!(ignoring.unwrap().warnings.is_empty());
}

#[test]
fn an_included_file_is_read() {
    let lib = "include!(\"generated/all.rs\");\n";
    let files = [("Cargo.toml", "[package]\nname = \"entity\"\n"), ("src/lib.rs", lib)];
    let all = model("", "    pub price: Money,");
    let text = refusal(&[files[0], files[1], ("src/generated/all.rs", &all)]);
    assert!(text.contains("--> src/generated/all.rs:8:16"), "{text}");
    assert!(warnings(&[files[0], files[1], ("src/generated/all.rs", &model("", ""))]).is_empty());
}

#[test]
fn entities_in_a_macro_that_cannot_be_expanded_are_refused() {
    let text = refusal(&[("src/lib.rs", &format!("elsewhere::make! {{ {} }}\n", model("", "")))]);
    assert!(
        text.starts_with("error: the macro `make!` makes entities and cannot be expanded here\n --> src/lib.rs:1:12"),
        "{text}"
    );
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
