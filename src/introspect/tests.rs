use super::*;

/// Reads `lib.rs` and other files from a folder of their own.
fn reading(files: &[(&str, &str)]) -> Result<Models, Diagnostics> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("src").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    models(&Source {
        root: folder.path().to_owned(),
        path: ".".into(),
        default_namespace: "public".into(),
        ..Source::default()
    })
}

#[test]
fn models_of_this_repository_are_read() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let source = Source { root, path: "models".into(), default_namespace: "public".into(), ..Source::default() };
    let read = models(&source).unwrap_or_else(|problems| panic!("{problems}"));
    println!("{:#?}", read.schema);
    assert_eq!(read.schema.tables.len(), 13);
    let _ = reading(&[]);
}

/// Reads the folder that `AUTOGEN_READ` names and says what it holds.
#[test]
#[ignore = "a tool for people: AUTOGEN_READ=/path/to/crate"]
fn read_any_crate() {
    let path = PathBuf::from(std::env::var("AUTOGEN_READ").unwrap());
    let source = Source {
        root: path,
        path: std::env::var("AUTOGEN_MODULE").unwrap_or(".".into()).into(),
        default_namespace: "public".into(),
        ..Source::default()
    };
    match models(&source) {
        Ok(models) => {
            let columns: usize = models.schema.tables.iter().map(|table| table.columns.len()).sum();
            println!(
                "read {} tables, {columns} columns, {} enums",
                models.schema.tables.len(),
                models.schema.enum_types.len()
            );
        }
        Err(problems) => println!("{problems}\n\nrefused: {}", problems.len()),
    }
}
