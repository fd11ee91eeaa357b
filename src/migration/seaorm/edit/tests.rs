use std::fs;

use super::super::find_migrators as find;
use super::*;

const NEW: &str = "m20241211_143000_new";
const MIGRATION: &str = "use sea_orm_migration::prelude::*;\n\n#[derive(DeriveMigrationName)]\npub struct Migration;\n";

/// A crate of these files; every `mod` that has none gets a migration.
fn migrator(files: &[(&str, &str)]) -> (tempfile::TempDir, Migrator) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = [("Cargo.toml", "[package]\nname = \"migration\"\n")];
    for (name, text) in manifest.iter().chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(&path, text).expect("it is written");
        let modules = text.split("mod ").skip(1).filter_map(|rest| rest.split_once(';')).map(|(name, _)| name);
        for module in modules.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let inside = if ["lib", "main", "mod"].contains(&stem.as_str()) { String::new() } else { stem };
            let path = path.with_file_name(inside).join(format!("{module}.rs"));
            if !path.exists() && !files.iter().any(|(file, _)| file.contains(&format!("/{module}"))) {
                fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
                fs::write(path, MIGRATION).expect("it is written");
            }
        }
    }
    let found = find(folder.path());
    let [migrator] = found.as_slice() else { panic!("{} Migrators", found.len()) };
    let migrator = migrator.clone();
    (folder, migrator)
}

/// The text of src/lib.rs with a new migration in it.
fn with_new(text: &str) -> String {
    let (_folder, migrator) = migrator(&[("src/lib.rs", text)]);
    let place = place(&migrator, NEW).expect("there is a place");
    let texts = place.texts.unwrap_or_else(|| panic!("{:?} of\n{text}", migrator.unusual));
    assert_eq!(texts.len(), 1);
    texts[0].1.clone()
}

/// A Migrator with this list, and its modules above it.
fn lib(modules: &str, list: &str) -> String {
    format!(
        "pub use sea_orm_migration::prelude::*;\n\n{modules}\n\npub struct Migrator;\n\n#[async_trait::async_trait]\nimpl \
         MigratorTrait for Migrator {{\n    fn migrations() -> Vec<Box<dyn MigrationTrait>> {{\n        {list}\n    }}\n}}\n"
    )
}

fn formatted(text: &str) -> Option<String> {
    use std::io::Write;
    let mut child = std::process::Command::new("rustfmt")
        .args(["--edition", "2021", "--config", "max_width=100"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Every list before and after. Nothing but the new lines, and spaces where a line is broken, may differ.
#[test]
fn lists_in_many_forms() {
    let two = "mod m1;\nmod m2;";
    let entry = "Box::new(m20241211_143000_new::Migration)";
    for (before, after) in [
        // The form of sea-orm-cli.
        (
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n        ]",
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n            @,\n        ]",
        ),
        // Without a comma behind the last.
        (
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration)\n        ]",
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n            @\n        ]",
        ),
        // One line that rustfmt would break then.
        (
            "vec![Box::new(m1::Migration), Box::new(m2::Migration)]",
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n            @,\n        ]",
        ),
        // One line that is too long already: nobody formats it.
        (
            "vec![Box::new(m1::Migration), Box::new(m2::Migration),               /* and so on, one behind the other */ ]",
            "vec![Box::new(m1::Migration), Box::new(m2::Migration), @,               /* and so on, one behind the other */ ]",
        ),
        // Remarks.
        (
            "vec![\n            // first\n            Box::new(m1::Migration), // one\n            Box::new(m2::Migration), // two, ]\n            // inject-above (do not remove this comment)\n        ]",
            "vec![\n            // first\n            Box::new(m1::Migration), // one\n            Box::new(m2::Migration), // two, ]\n            @,\n            // inject-above (do not remove this comment)\n        ]",
        ),
        (
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration) // last\n        ]",
            "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration), // last\n            @\n        ]",
        ),
        // A bracket on the line of the last.
        (
            "vec![Box::new(m1::Migration),\n             Box::new(m2::Migration)]",
            "vec![Box::new(m1::Migration),\n             Box::new(m2::Migration),\n             @]",
        ),
        // cfg, casts, constructors, other brackets.
        (
            "vec![\n            #[cfg(feature = \"x\")]\n            Box::new(m1::Migration),\n            Box::new(m2::Migration {}) as Box<dyn MigrationTrait>,\n        ]",
            "vec![\n            #[cfg(feature = \"x\")]\n            Box::new(m1::Migration),\n            Box::new(m2::Migration {}) as Box<dyn MigrationTrait>,\n            @,\n        ]",
        ),
        (
            "return vec!(\n            std::boxed::Box::new(m1::Migration::new()),\n            Box::new(self::m2::Migration::default()),\n        );",
            "return vec!(\n            std::boxed::Box::new(m1::Migration::new()),\n            Box::new(self::m2::Migration::default()),\n            Box::new(self::m20241211_143000_new::Migration),\n        );",
        ),
        (
            "let all: Vec<Box<dyn MigrationTrait>> = vec![\n            Box::new(m1::Migration),\n            Box::new(crate::m2::Migration),\n        ];\n        all",
            "let all: Vec<Box<dyn MigrationTrait>> = vec![\n            Box::new(m1::Migration),\n            Box::new(crate::m2::Migration),\n            Box::new(crate::m20241211_143000_new::Migration),\n        ];\n        all",
        ),
    ] {
        let (before, after) =
            (lib(two, before), lib("mod m1;\nmod m2;\nmod m20241211_143000_new;", &after.replace('@', entry)));
        assert_eq!(with_new(&before), after);
        // With line ends of another system.
        assert_eq!(with_new(&before.replace('\n', "\r\n")), after.replace('\n', "\r\n"));
        if formatted(&before).is_some_and(|formatted| formatted == before) {
            assert_eq!(formatted(&after).as_deref(), Some(after.as_str()));
        }
    }
}

#[test]
fn an_empty_list() {
    let one = "Box::new(m20241211_143000_new::Migration)";
    let lines = "pub use sea_orm_migration::prelude::*;\n\nmod m20241211_143000_new;\n\npub struct Migrator;";
    let before = |list: &str| lib("", list).replace("\n\n\n\n", "\n\n");
    let after = with_new(&before("vec![]"));
    assert!(after.contains(&format!("        vec![{one}]\n")) && after.starts_with(lines), "{after}");
    let after = with_new(&before("vec![\n            // none yet\n        ]"));
    assert!(after.contains(&format!("            // none yet\n            {one},\n        ]")), "{after}");
}

#[test]
fn declarations_in_many_forms() {
    let list = "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n        ]";
    for (before, after) in [
        ("pub mod m1;\npub mod m2;", "pub mod m1;\npub mod m2;\npub mod m20241211_143000_new;"),
        (
            "mod m1;\n\npub(crate) mod m2; // two",
            "mod m1;\n\npub(crate) mod m2; // two\npub(crate) mod m20241211_143000_new;",
        ),
        ("mod a;\nmod m1;\nmod m2;\nmod util;", "mod a;\nmod m1;\nmod m2;\nmod m20241211_143000_new;\nmod util;"),
        ("mod m2;\n// old\nmod m1;", "mod m2;\n// old\nmod m1;\nmod m20241211_143000_new;"),
        (
            "#[cfg(feature = \"a\")]\nmod m1;\n#[allow(dead_code)]\npub mod m2;",
            "#[cfg(feature = \"a\")]\nmod m1;\n#[allow(dead_code)]\npub mod m2;\npub mod m20241211_143000_new;",
        ),
        ("mod m1; mod m2;", "mod m1; mod m2;\nmod m20241211_143000_new;"),
        (
            "mod m1;\nmod m2;\nmod inline {\n    pub fn f() {}\n}",
            "mod m1;\nmod m2;\nmod m20241211_143000_new;\nmod inline {\n    pub fn f() {}\n}",
        ),
    ] {
        let listed = list.replace("        ]", "            Box::new(m20241211_143000_new::Migration),\n        ]");
        assert_eq!(with_new(&lib(before, list)), lib(after, &listed), "{before}");
    }
}

#[test]
fn names_that_sort_behind_go_below() {
    let list = "vec![\n            Box::new(v1_a::Migration),\n        ]";
    let after = with_new(&lib("mod v1_a;\nmod v2_b;", list));
    assert!(after.contains("\n\nmod m20241211_143000_new;\nmod v1_a;\nmod v2_b;\n"), "{after}");
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    let list = "vec![\n            Box::new(m1::Migration),\n        ]";
    let text = lib("mod m1;", list);
    assert_eq!(with_new(&format!("\u{feff}{text}")), format!("\u{feff}{}", with_new(&text)));
}

#[test]
fn migrations_in_a_folder_below() {
    let lib = "mod steps;\nuse steps::*;\npub struct Migrator;\nimpl sea_orm_migration::MigratorTrait for Migrator {\n    fn \
               migrations() -> Vec<Box<dyn MigrationTrait>> {\n        vec![\n            Box::new(steps::m1::Migration),\n        ]\n    }\n}\n";
    let (folder, migrator) =
        migrator(&[("src/lib.rs", lib), ("src/steps/mod.rs", "pub mod m1;\n"), ("src/steps/m1/mod.rs", MIGRATION)]);
    // The name is the stem of the file, as DeriveMigrationName has it.
    assert_eq!(migrator.listed[0].migration.revision.id, "mod");
    let place = place(&migrator, NEW).expect("there is a place");
    assert_eq!(place.file, folder.path().join("src/steps/m20241211_143000_new.rs"));
    let texts = place.texts.expect("it is usual");
    assert_eq!(
        texts[0],
        (folder.path().join("src/steps/mod.rs"), "pub mod m1;\npub mod m20241211_143000_new;\n".to_owned())
    );
    assert!(texts[1].1.contains("Box::new(steps::m20241211_143000_new::Migration),\n        ]"), "{}", texts[1].1);
}

#[test]
fn a_migrator_in_a_module_of_an_app() {
    let module = "mod m1;\nuse sea_orm_migration::prelude::*;\npub struct Up;\n#[async_trait::async_trait]\nimpl MigratorTrait for Up {\n    \
                  fn migrations() -> Vec<Box<dyn MigrationTrait>> {\n        vec![Box::new(m1::Migration)]\n    }\n}\n";
    let (folder, migrator) = migrator(&[
        ("src/main.rs", "mod db;\nfn main() {}\n"),
        ("src/db.rs", "pub mod up;\n"),
        ("src/db/up.rs", module),
    ]);
    assert_eq!((migrator.name.as_str(), migrator.module.join("::")), ("Up", "db::up".to_owned()));
    let place = place(&migrator, NEW).expect("there is a place");
    assert_eq!(place.file, folder.path().join("src/db/up/m20241211_143000_new.rs"));
    let text = &place.texts.expect("it is usual")[0].1;
    assert!(text.starts_with("mod m1;\nmod m20241211_143000_new;\n"), "{text}");
}

#[test]
fn unusual_lists_are_left_alone() {
    for (list, listed) in [
        (
            "let mut all: Vec<Box<dyn MigrationTrait>> = vec![Box::new(m1::Migration)];\n        all.push(Box::new(m2::Migration));\n        all",
            2,
        ),
        (
            "let mut all = other::Migrator::migrations();\n        all.extend(vec![Box::new(m2::Migration)]);\n        all",
            1,
        ),
        ("all_of_them!(m1, m2)", 0),
        ("vec![Box::new(m1::Migration), boxed(m2::Migration)]", 1),
    ] {
        let (_folder, migrator) = migrator(&[("src/lib.rs", &lib("mod m1;\nmod m2;", list))]);
        assert!(migrator.unusual.is_some(), "{list}");
        assert_eq!(migrator.listed.len(), listed, "{list}");
        let place = place(&migrator, NEW).expect("there is a place");
        assert!(
            place.texts.is_none() && place.entry == "Box::new(m20241211_143000_new::Migration)",
            "{list}: {place:?}"
        );
        assert_eq!(place.declaration, "mod m20241211_143000_new;");
    }
}

#[test]
fn names_tables_and_conditions() {
    let text = "mod all {\n    use sea_orm_migration::prelude::*;\n    pub struct A;\n    impl MigrationName for A { fn name(&self) -> &str { \"first one\" } }\n    \
                pub struct B;\n    impl sea_orm_migration::MigrationName for B { fn name(&self) -> &str { NAME } }\n    const NAME: &str = \"second\";\n}\n\
                #[cfg(feature = \"c\")]\nmod c;\nuse all::{A, B as Second};\npub struct Migrator;\nimpl MigratorTrait for Migrator {\n    \
                fn migrations() -> Vec<Box<dyn MigrationTrait>> {\n        vec![Box::new(A), Box::new(Second), Box::new(c::Migration)]\n    }\n    \
                fn migration_table_name() -> DynIden { Alias::new(\"our_steps\").into_iden() }\n}\n";
    let (_folder, migrator) = migrator(&[("src/lib.rs", text)]);
    let names: Vec<&str> = migrator.listed.iter().map(|it| it.migration.revision.id.as_str()).collect();
    assert_eq!(names, ["first one", "second", "c"]);
    assert_eq!(migrator.table.as_deref(), Some("our_steps"));
    assert!(migrator.is_conditional("c") && !migrator.is_conditional("second"));
    assert_eq!(migrator.listed[2].migration.revision.parents, ["second"]);
}

#[test]
fn a_function_may_make_the_list() {
    let list = "use super::*;\nmod m1;\nmod m2;\npub fn all() -> Vec<Box<dyn MigrationTrait>> {\n    vec![\n        \
                Box::new(m1::Migration),\n        Box::new(m2::Migration),\n    ]\n}\n";
    let of_mods = lib("mod list;\nuse list as these;", "these::all()");
    let (folder, migrator) = migrator(&[("src/lib.rs", &of_mods), ("src/list.rs", list)]);
    assert_eq!(migrator.unusual, None);
    assert_eq!(migrator.listed.len(), 2);
    let place = place(&migrator, NEW).expect("there is a place");
    assert_eq!(place.file, folder.path().join(format!("src/list/{NEW}.rs")));
    let texts = place.texts.expect("it is usual");
    let [(path, text)] = texts.as_slice() else { panic!("{texts:?}") };
    assert_eq!(*path, folder.path().join("src/list.rs"));
    let expected = list
        .replace("mod m2;", &format!("mod m2;\nmod {NEW};"))
        .replace("(m2::Migration),", &format!("(m2::Migration),\n        Box::new({NEW}::Migration),"));
    assert_eq!(*text, expected);
}

#[test]
fn what_nobody_lists() {
    let two = lib("mod m1;\nmod m2;", "vec![Box::new(m1::Migration)]");
    let tests = "#[cfg(test)]\nmod tests {\n    struct Other;\n    impl MigratorTrait for Other {\n        \
                 fn migrations() -> Vec<Box<dyn MigrationTrait>> { vec![] }\n    }\n}\n";
    let (folder, found) = migrator(&[
        ("src/lib.rs", &format!("{two}{tests}")),
        ("src/lost.rs", MIGRATION),
        ("src/helper.rs", "pub fn help() {}\n"),
    ]);
    let names = |files: &[&str]| files.iter().map(|it| folder.path().join("src").join(it)).collect::<Vec<_>>();
    assert_eq!(found.unlisted(), names(&["lost.rs", "m2.rs"]));
    // What a macro lists, only those can be among that a `mod` leads to.
    let (folder, found) =
        migrator(&[("src/lib.rs", &lib("mod m1;\nmod m2;", "all_of_them!(m1, m2)")), ("src/lost.rs", MIGRATION)]);
    assert_eq!(found.unlisted(), [folder.path().join("src/lost.rs")]);
}

#[test]
fn what_is_elsewhere_stays_in_the_list() {
    let list = "vec![\n            Box::new(m1::Migration),\n            Box::new(sessions::SessionTable),\n        ]";
    let before = lib("mod m1;\n\nuse their_crate as sessions;", list);
    let (_folder, migrator) = migrator(&[("src/lib.rs", &before)]);
    assert!(migrator.unusual.as_ref().is_some_and(|why| why.contains("`sessions::SessionTable`")));
    assert_eq!(migrator.listed.len(), 1);
    let after = before.replace("mod m1;", &format!("mod m1;\nmod {NEW};")).replace(
        "Box::new(sessions::SessionTable),",
        &format!("Box::new(sessions::SessionTable),\n            Box::new({NEW}::Migration),"),
    );
    assert_eq!(with_new(&before), after);
}
