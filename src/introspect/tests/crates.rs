//! Crates: where they are, what they hold, which features are on.

use super::*;
use crate::schema::{Constraint, Object};

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
        source.paths = vec!["entity".into()];
    })
}

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

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
        |source| source.paths = vec!["entity".into()],
    )
    .unwrap();
    assert_eq!(type_of(&read, "a"), "numeric");
    assert_eq!(type_of(&read, "b"), "level");
    let level = Object::EnumType(QualifiedName::new("public", "level"));
    assert_eq!(read.places[&level].to_string(), "kinds/src/inner.rs:4");
}

/// A crate that is read by need has not met its macros when their first call is read.
#[test]
fn macros_of_a_module_beside_are_followed() {
    let manifest = "[package]\nname = \"entity\"\n[dependencies]\nkinds = { path = \"../kinds\" }\n";
    let read = reading_with(
        &[
            ("entity/Cargo.toml", manifest),
            ("entity/src/lib.rs", &model("", "    pub a: kinds::Level,\n    pub b: kinds::Grade,")),
            ("kinds/Cargo.toml", "[package]\nname = \"kinds\"\n"),
            ("kinds/src/lib.rs", "mod macros;\npub(crate) use macros::newtype;\nmod deep;\npub use deep::{Grade, Level};\n"),
            (
                "kinds/src/macros.rs",
                "macro_rules! newtype { ($name:ident, $inner:ty) => { #[derive(DeriveValueType)] pub struct $name(pub $inner); } }\n\
                 pub(crate) use newtype;\n",
            ),
            ("kinds/src/deep.rs", "use crate::newtype;\ncrate::newtype!(Level, i16);\nnewtype!(Grade, i64);\n"),
        ],
        |source| source.paths = vec!["entity".into()],
    )
    .unwrap();
    assert_eq!((type_of(&read, "a"), type_of(&read, "b")), ("smallint".to_owned(), "bigint".to_owned()));
}

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
        source.paths = vec![".".into()];
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
        |source| source.paths = vec!["crates/entity".into()],
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
    let binary = reading_with(&files, |source| source.paths = vec!["src/main.rs".into()]);
    assert_eq!(name(binary.unwrap_or_else(|problems| panic!("{problems}"))), "jobs");
    let ignoring = reading_with(&files, |source| {
        source.paths = vec!["src/main.rs".into()];
        source.types.insert("app::Kind".into(), "text".into());
    });
    assert_eq!(ignoring.unwrap().schema.tables[0].columns[1].data_type.to_string(), "text");
}

#[test]
fn a_condition_at_the_top_of_a_file_takes_it_away() {
    let post = format!("#![cfg(feature = \"off\")]\n{}", model("", "").replace("users", "posts"));
    let read = reading(&[("src/lib.rs", &format!("mod post;\n{}", model("", ""))), ("src/post.rs", &post)]).unwrap();
    assert_eq!(read.schema.tables.len(), 1);
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
        |source| source.paths = vec!["src/entities/mod.rs".into()],
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(type_of(&read, "kind"), "smallint");
    assert_eq!(read.places[&Object::Table(users())].to_string(), "src/entities/user.rs:5");
}

#[test]
fn entities_of_another_crate_that_are_handed_on_are_declared() {
    let facade = "[package]\nname = \"models\"\n[dependencies]\nsea-orm = \"2\"\nshop = { path = \"../shop\" }\npeople = { path = \"../people\" }\n";
    let files = [
        ("models/Cargo.toml", facade),
        (
            "models/src/lib.rs",
            "pub use shop::*;\npub use people::user::Entity as User;\npub(crate) use people::inner;\n",
        ),
        ("shop/Cargo.toml", "[package]\nname = \"shop\"\n[dependencies]\nsea-orm = \"2\"\n"),
        ("shop/src/lib.rs", "pub mod order;\n"),
        ("shop/src/order.rs", &model("", "    pub total: i32,").replace("users", "orders")),
        ("people/Cargo.toml", "[package]\nname = \"people\"\n[dependencies]\nsea-orm = \"2\"\n"),
        ("people/src/lib.rs", "pub mod user;\npub mod inner;\n"),
        ("people/src/user.rs", &model("", "    pub name: String,")),
        ("people/src/inner.rs", &model("", "").replace("users", "inner")),
    ];
    let read = reading_with(&files, |source| source.paths = vec!["models".into()]).unwrap();
    let tables: Vec<_> = read.schema.tables.iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(tables, ["orders", "users"]);
}

/// Two crates of one workspace on one database; `orders` refers to `users`.
fn two_crates(orders: &str, lock: Option<&str>) -> Result<Reading, Diagnostics> {
    let users = model("", "");
    let mut files = vec![
        ("identity/Cargo.toml", "[package]\nname = \"identity\"\n[dependencies]\nsea-orm = \"2\"\n"),
        ("identity/src/lib.rs", users.as_str()),
        (
            "shop/Cargo.toml",
            "[package]\nname = \"shop\"\n[dependencies]\nsea-orm = \"2\"\nidentity = { path = \"../identity\" }\n",
        ),
        ("shop/src/lib.rs", orders),
    ];
    files.extend(lock.map(|lock| ("shop/Cargo.lock", lock)));
    whole_reading(&files, |source| source.paths = vec!["identity".into(), "shop".into()])
}

#[test]
fn several_crates_are_on_one_database() {
    let orders = "use sea_orm::entity::prelude::*;\n#[sea_orm::model]\n#[derive(DeriveEntityModel)]\n\
                  #[sea_orm(table_name = \"orders\")]\npub struct Model {\n    #[sea_orm(primary_key)]\n    pub id: i64,\n    \
                  pub user_id: i64,\n    #[sea_orm(belongs_to, from = \"user_id\", to = \"id\")]\n    pub user: HasOne<identity::Entity>,\n}\n";
    let Reading { models, warnings } = two_crates(orders, None).unwrap();
    let tables: Vec<&str> = models.schema.tables.iter().map(|it| it.name.name.as_str()).collect();
    assert_eq!(tables, ["orders", "users"]);
    assert!(warnings.to_string().is_empty(), "{warnings}");
    let key = &models.schema.tables[0].constraints;
    assert!(key.iter().any(Constraint::is_foreign_key), "{key:?}");
    assert_eq!(models.places[&Object::Table(users())].to_string(), "identity/src/lib.rs:5");
}

#[test]
fn a_table_of_two_crates_is_refused_with_both_places() {
    let refused = two_crates(&model("", "    pub name: String,"), None).expect_err("it is declared twice").to_string();
    assert!(refused.contains("identity/src/lib.rs:5") && refused.contains("shop/src/lib.rs:5"), "{refused}");
}

#[test]
fn a_path_below_another_adds_nothing() {
    let files =
        [("Cargo.toml", "[package]\nname = \"one\"\n"), ("src/lib.rs", "mod user;\n"), ("src/user.rs", &model("", ""))];
    let read = reading_with(&files, |source| source.paths = vec![".".into(), "src/user.rs".into()]).unwrap();
    assert_eq!(read.schema.tables.len(), 1);
}
