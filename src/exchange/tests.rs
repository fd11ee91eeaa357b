use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{read, write};
use crate::introspect::{self, Source};
use crate::schema::{ColumnDefault, Fact, Models, Object, QualifiedName};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What every scenario, the quickstart and the example domain declare.
fn all_models() -> Vec<(String, Models)> {
    let mut sources = vec![root(), root().join("fixtures/quickstart")];
    let scenarios = fs::read_dir(root().join("fixtures/scenarios")).expect("there are scenarios");
    sources.extend(scenarios.flatten().map(|entry| entry.path()));
    sources.sort();
    let read = |folder: PathBuf| {
        let path = if folder.join("models.rs").exists() { "models.rs" } else { "models" };
        let source = Source {
            root: folder.clone(),
            paths: vec![path.into()],
            default_namespace: "public".to_owned(),
            ..Source::default()
        };
        introspect::models(&source)
            .ok()
            .map(|reading| reading.models)
            .map(|models| (folder.display().to_string(), models))
    };
    sources.into_iter().filter_map(read).collect()
}

fn assert_same(name: &str, a: &Models, b: &Models) {
    assert_eq!(a.schema, b.schema, "{name}");
    assert_eq!(a.stated, b.stated, "{name}");
    assert_eq!(a.places, b.places, "{name}");
    assert_eq!(a.renames, b.renames, "{name}");
}

#[test]
fn what_is_written_and_read_again_is_the_same() {
    let all = all_models();
    assert!(all.len() > 60, "only {} could be read", all.len());
    for (name, models) in all {
        for namespace in ["public", "app"] {
            let text = write(&models, namespace).expect("entities can be written");
            let again = read(&text, namespace).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
            // Without a schema of its own, what was the default namespace is one that others have to make.
            let mut again = again;
            again.schema.namespaces.retain(|it| it.name != "public");
            assert_same(&name, &models, &again);
        }
    }
}

#[test]
fn the_example_of_the_docs_is_read() {
    let docs = fs::read_to_string(root().join("docs/models-json.md")).expect("it is there");
    let example = docs.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let models = read(example, "public").expect("it is right");
    assert_eq!(models.schema.tables[0].columns.len(), 5);
    assert_eq!(models.renames.len(), 1);
}

/// The places and messages of everything that is wrong.
fn problems(text: &str) -> Vec<String> {
    let problems = read(text, "public").expect_err("it is wrong");
    problems.iter().map(|it| format!("{}: {}", it.place, it.message)).collect()
}

fn table(inside: &str) -> String {
    format!(r#"{{"version": 1, "tables": [{{"name": "users", {inside}}}]}}"#)
}

const ID: &str = r#"{"name": "id", "type": "integer", "nullable": false}"#;

#[test]
fn the_least_that_can_be_written() {
    let text = table(&format!(
        r#""columns": [{ID}, {{"name": "org_id", "type": "int8", "nullable": true}}],
        "primary_key": {{"columns": ["id"]}},
        "foreign_keys": [{{"columns": ["org_id"], "references": {{"table": "orgs", "columns": ["id"]}}}}],
        "indexes": [{{"columns": ["org_id", "id"]}}]"#
    ));
    let models = read(&text, "app").expect("it is right");
    let table = &models.schema.tables[0];
    assert_eq!(table.name, QualifiedName::new("app", "users"));
    let names: Vec<&str> = table.constraints.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        (names, table.indexes[0].name.as_str()),
        (vec!["users_org_id_fkey", "users_pkey"], "users_org_id_id_idx")
    );
    assert_eq!(table.columns[1].data_type.to_string(), "bigint");
    // A type that is written is meant; names and all else are unsaid.
    let facts: Vec<Fact> = models.stated.iter().map(|(_, fact)| *fact).collect();
    assert_eq!(facts, [Fact::Type, Fact::Type]);
}

#[test]
fn null_says_that_there_is_none() {
    let column = r#"{"name": "id", "type": "integer", "nullable": false, "default": null, "comment": null}"#;
    let models = read(&table(&format!(r#""columns": [{column}]"#)), "public").expect("it is right");
    let object = Object::Column(QualifiedName::new("public", "users"), "id".to_owned());
    assert!(models.stated.contains(&object, Fact::Default) && models.stated.contains(&object, Fact::Comment));
    assert_eq!(models.schema.tables[0].columns[0].default, ColumnDefault::None);
}

#[test]
fn what_is_no_json_has_its_line() {
    assert_eq!(problems(""), ["line 1, column 0: EOF while parsing a value"]);
    assert_eq!(problems("Compiling..\n{}"), ["line 1, column 1: expected value"]);
    assert_eq!(problems("{\"version\": 1}\nok"), ["line 2, column 1: trailing characters"]);
    assert_eq!(problems("{\"version\": 1,\n"), ["line 2, column 0: EOF while parsing a value"]);
}

#[test]
fn the_version_comes_first() {
    assert_eq!(problems(r#"{"version": 2, "relations": []}"#), ["version: version 2 of the format is not known"]);
    assert_eq!(problems("{}"), [": the version of the format is missing"]);
    assert_eq!(problems("[]").len(), 1);
}

#[test]
fn unknown_fields_and_wrong_types_have_line_and_path() {
    let column = r#"{"name": "id", "type": "integer", "nullable": "no"}"#;
    assert_eq!(
        problems(&table(&format!("\n\"columns\": [{column}]"))),
        ["line 2, column 62, tables[0].columns[0].nullable: invalid type: string \"no\", expected a boolean"]
    );
    let found = problems(&table(r#""columns": [], "collumns": []"#));
    assert!(found[0].starts_with("line 1, column 69, tables[0].collumns: unknown field `collumns`"), "{found:?}");
    let found = problems(&table(r#""columns": [{"name": "id", "type": "integer"}]"#));
    assert_eq!(found, ["line 1, column 89, tables[0].columns[0]: missing field `nullable`"]);
    let found = problems(&table(r#""columns": [], "foreign_keys": [{"on_delete": "drop"}]"#));
    assert!(found[0].contains("tables[0].foreign_keys[0].on_delete: unknown variant `drop`"), "{found:?}");
}

#[test]
fn everything_inconsistent_is_told_at_once() {
    let long = "x".repeat(64);
    let text = format!(
        r#"{{"version": 1,
        "enums": [{{"name": "mood", "labels": [{{"name": "a"}}, {{"name": "a"}}]}}],
        "tables": [
            {{"name": "users", "columns": [
                {{"name": "id", "type": "text", "nullable": true, "default": "serial"}},
                {{"name": "id", "type": "int); DROP TABLE x; --", "nullable": true}},
                {{"name": "{long}", "type": "integer", "nullable": true, "collation": "C; x"}}
              ],
              "primary_key": {{"columns": ["id", "gone"]}},
              "uniques": [{{"columns": []}}],
              "foreign_keys": [{{"columns": ["id"], "references": {{"table": "users", "columns": ["id", "no"]}}}}],
              "checks": [{{"name": "users_pkey", "expression": " "}}]
            }},
            {{"name": "users", "columns": [{ID}], "indexes": [{{"name": "i", "columns": ["id"]}}]}},
            {{"name": "", "columns": [{ID}], "indexes": [{{"name": "i", "columns": ["id", "id"]}}]}},
            {{"name": "mood", "uniques": [{{"name": "users", "columns": ["n"]}}], "columns": [
                {{"name": "n", "type": "integer", "nullable": true, "default": {{"identity": "always"}}}}
            ]}}
        ]}}"#
    );
    let found = problems(&text);
    for expected in [
        "enums[0].labels[1]: label public.mood.a is there already: enums[0].labels[0]",
        "tables[0].columns[0].default: a column of type text does not count",
        "tables[0].columns[1]: column public.users.id is there already: tables[0].columns[0]",
        "tables[0].columns[1].type: `int); DROP TABLE x; --` is no type",
        &format!("tables[0].columns[2]: `{long}` is longer than the 63 bytes of a name in Postgres"),
        "tables[0].columns[2].collation: `C; x` is no collation",
        "tables[0].columns[0].nullable: `id` is in the primary key and cannot be null",
        "tables[0].primary_key.columns[1]: public.users has no column `gone`",
        "tables[0].uniques[0].columns: a unique constraint of public.users has no columns",
        "tables[0].foreign_keys[0].references.columns[1]: public.users has no column `no`",
        "tables[0].foreign_keys[0]: 1 columns refer to public.users: 2 of them",
        "tables[0].checks[0].expression: an expression is empty",
        "tables[0].checks[0]: constraint public.users.users_pkey is there already: tables[0].primary_key",
        "tables[1]: table public.users is there already: tables[0]",
        "tables[2]: a name is empty",
        "tables[2].indexes[0]: the name `i` is taken in Postgres: tables[1].indexes[0]",
        "enums[0]: the enum public.mood and a table have one name: to Postgres both are types",
        "tables[3].uniques[0]: the name `users` is taken in Postgres: tables[0]",
        "tables[3].columns[0].nullable: an identity column cannot be null",
        "tables[2].indexes[0].columns[1]: an index of public. names `id` twice",
    ] {
        assert!(found.iter().any(|it| it == expected), "{expected}\nis not in {found:#?}");
    }
}

/// `UPDATE_EXPECT=1` writes the file anew.
#[test]
fn the_published_json_schema_is_the_one_of_the_types() {
    let path = root().join("docs/models-1.schema.json");
    let mut schema = schemars::schema_for!(super::format::Document);
    schema.insert("title".to_owned(), "The declared schema of autogen, version 1".into());
    let actual = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("docs is a folder");
        fs::write(&path, &actual).expect("it can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == expected, "docs/models-1.schema.json is not what the types say; UPDATE_EXPECT=1 writes it");
}

#[test]
fn what_is_written_is_valid_by_the_published_json_schema() {
    let text = fs::read_to_string(root().join("docs/models-1.schema.json")).expect("it is published");
    let schema: Value = serde_json::from_str(&text).expect("it is JSON");
    for (name, models) in all_models() {
        let text = write(&models, "public").expect("entities can be written");
        let document = serde_json::from_str(&text).expect("it is JSON");
        assert!(is_valid(&schema, &schema, &document), "{name}: {text}");
    }
    for wrong in [
        r#"{"version": 2}"#,
        r#"{"version": 1, "relations": []}"#,
        r#"{"version": 1, "tables": [{"name": "users"}]}"#,
        r#"{"version": 1, "tables": [{"name": "a", "columns": [{"name": "b", "type": 1, "nullable": true}]}]}"#,
    ] {
        assert!(!is_valid(&schema, &schema, &serde_json::from_str(wrong).expect("it is JSON")), "{wrong}");
    }
}

/// Whether a value is valid by a JSON Schema, for the keywords that ours has; any other is a failure of the test.
fn is_valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(keywords) = schema else { return schema == &Value::Bool(true) };
    let list = |keyword: &Value| keyword.as_array().cloned().unwrap_or_default();
    keywords.iter().all(|(keyword, is)| match keyword.as_str() {
        "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
        "$ref" => {
            let path = is.as_str().and_then(|it| it.strip_prefix('#')).expect("a reference into the document");
            is_valid(root, root.pointer(path).expect("it is there"), value)
        }
        "type" => match is {
            Value::Array(types) => types.iter().any(|it| is_of_type(it, value)),
            single => is_of_type(single, value),
        },
        "const" => is == value,
        "enum" => list(is).contains(value),
        "minimum" => value.as_f64() >= is.as_f64(),
        "anyOf" => list(is).iter().any(|it| is_valid(root, it, value)),
        "oneOf" => list(is).iter().filter(|it| is_valid(root, it, value)).count() == 1,
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| is_valid(root, is, item))),
        "required" => {
            value.as_object().is_none_or(|it| list(is).iter().all(|name| it.contains_key(name.as_str().unwrap_or(""))))
        }
        "properties" => value
            .as_object()
            .is_none_or(|it| it.iter().all(|(name, value)| is.get(name).is_none_or(|is| is_valid(root, is, value)))),
        "additionalProperties" => {
            assert_eq!(is, &Value::Bool(false), "only a ban of additional properties is known here");
            value.as_object().is_none_or(|it| it.keys().all(|name| keywords["properties"].get(name).is_some()))
        }
        other => panic!("the keyword `{other}` is not known here"),
    })
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("null") => value.is_null(),
        other => panic!("the type {other:?} is not known here"),
    }
}
