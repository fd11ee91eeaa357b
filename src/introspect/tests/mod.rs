//! Sources as people write them, read as [`models`] reads them.

mod by_hand;
mod crates;
mod hostile;
mod refusals;
mod types;
mod unreached;
mod versions;

use super::*;
use crate::schema::QualifiedName;

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
        paths: vec![".".into()],
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

/// The lock file of a project with this SeaORM.
fn locked(version: &str) -> String {
    format!("[[package]]\nname = \"sea-orm\"\nversion = \"{version}\"\n")
}
