//! Files that no `mod` leads to.

use super::*;

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
