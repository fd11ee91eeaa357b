//! The reader against SeaORM's own runtime: the entities are compiled here, SeaORM is asked for the structure, and
//! what the reader makes of their source must be the same.
//!
//! Known and deliberate differences stand in [`expected`]'s helpers, each with its reason.

#[path = "oracle/entities.rs"]
mod entities;
#[path = "oracle/runtime.rs"]
mod runtime;

use std::path::PathBuf;

use autogen::introspect::{self, Source};
use autogen::schema::{Models, Schema};
use sea_orm::EntityTrait;

/// What SeaORM says about one entity, as this library's nouns.
type Ask = fn(&mut Schema);

fn ask<E: EntityTrait>(schema: &mut Schema) {
    runtime::add(E::default(), schema);
}

fn read(path: &str) -> Models {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let source = Source { root, path: path.into(), default_namespace: "public".into(), ..Source::default() };
    introspect::models(&source).unwrap_or_else(|problems| panic!("{problems}")).models
}

/// Compares table by table, so that a failure shows one of them.
fn compare(path: &str, entities: &[Ask]) {
    let read = read(path);
    let mut runtime = Schema::default();
    entities.iter().for_each(|ask| ask(&mut runtime));
    let runtime = runtime.sorted();

    let names = |schema: &Schema| schema.tables.iter().map(|table| table.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&read.schema), names(&runtime), "tables");
    for (table, expected) in read.schema.tables.iter().zip(&runtime.tables) {
        assert_eq!(table.columns, expected.columns, "columns of {}", table.name);
        assert_eq!(table.constraints, expected.constraints, "constraints of {}", table.name);
        assert_eq!(table, expected, "{}", table.name);
    }
    assert_eq!(read.schema.enum_types, runtime.enum_types, "enum types");
}

#[test]
fn the_models_of_this_repository() {
    compare(
        "models",
        &[
            ask::<models::api_key::Entity>,
            ask::<models::audit_event::Entity>,
            ask::<models::membership::Entity>,
            ask::<models::memory::Entity>,
            ask::<models::memory_embedding::Entity>,
            ask::<models::memory_link::Entity>,
            ask::<models::memory_tag::Entity>,
            ask::<models::organization::Entity>,
            ask::<models::project::Entity>,
            ask::<models::session::Entity>,
            ask::<models::tag::Entity>,
            ask::<models::usage_record::Entity>,
            ask::<models::user::Entity>,
        ],
    );
}

#[test]
fn every_attribute_and_type() {
    compare(
        "tests/oracle/entities.rs",
        &[
            ask::<entities::scalars::Entity>,
            ask::<entities::written::Entity>,
            ask::<entities::names::Entity>,
            ask::<entities::renamed::Entity>,
            ask::<entities::defaults::Entity>,
            ask::<entities::enums::Entity>,
            ask::<entities::newtypes::Entity>,
            ask::<entities::pair::Entity>,
            ask::<entities::refers::Entity>,
            ask::<entities::dense::Entity>,
            ask::<entities::dense_target::Entity>,
            ask::<entities::text_key::Entity>,
            ask::<entities::off::Entity>,
            ask::<entities::elsewhere::Entity>,
            ask::<entities::expanded::Entity>,
            ask::<entities::after_match::Entity>,
            ask::<entities::half::Entity>,
            ask::<entities::from_macros::Entity>,
        ],
    );
}
