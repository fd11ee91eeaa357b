//! Sources that nobody writes and somebody's generator may: they are read or refused, in time and with a place.

use super::*;

#[test]
fn what_nests_too_deep_is_refused() {
    for (before, step, inside, close) in [
        ("const X: i32 = ", "(", "1", ")"),
        ("const X: i32 = ", "-", "1", ""),
        ("const X: i32 = 1", " + 1", "", ""),
        ("const X: i32 = f", ".f()", "", ""),
        ("const X: i32 = ", "|a, b| ", "1", ""),
        ("const X: i32 = ", "if x { 1 } else ", "{ 1 }", ""),
        ("type X = ", "Option<", "i32", ">"),
        ("type X = ", "A<B, fn() -> ", "i32", ">"),
        ("use ", "a::", "b", ""),
        ("use ", "a::{", "b", "}"),
        ("mod m { ", "mod m {", "} ", "}"),
    ] {
        let ladder = format!("{before}{}{inside}{}", step.repeat(10_000), close.repeat(10_000));
        let text = refusal(&[("src/lib.rs", &format!("{ladder};\n{}", model("", "")))]);
        assert!(
            text.starts_with("error: not valid Rust: it nests deeper than 3000 levels"),
            "{before}{step}: {text:.200}"
        );
        assert!(text.contains("--> src/lib.rs:1:"), "{before}{step}: {text:.200}");
    }
}

#[test]
fn what_nests_to_the_limit_is_read() {
    for (before, step, inside, close) in [
        ("const X: i32 = ", "(", "1", ")"),
        ("const X: i32 = ", "|a| ", "1", ""),
        ("const X: i32 = ", "match x { _ => ", "1", "}"),
        ("type X = ", "Vec<Option<", "i32", ">>"),
        ("fn f", "() { fn f", "() {}", "}"),
    ] {
        let times = 2_900 / step.len();
        let ladder = format!("{before}{}{inside}{}", step.repeat(times), close.repeat(times));
        let read = reading(&[("src/lib.rs", &format!("{ladder};\n{}", model("", "")))]);
        assert!(read.is_ok() || !read.unwrap_err().to_string().contains("nests"), "{before}{step}");
    }
}

#[test]
fn long_is_not_deep() {
    let items = "#[doc = \"x\"]\nstruct S;\nimpl S { fn f() {} }\n".repeat(2_000);
    let list = format!("const LIST: &[i32] = &[{}];\n", "1, ".repeat(8_000));
    let arms = format!("fn f(x: i32) {{ match x {{ {} _ => {{}} }} }}\n", "1 => {} ".repeat(4_000));
    let text = format!("{items}{list}{arms}{}", model("", ""));
    assert_eq!(reading(&[("src/lib.rs", &text)]).unwrap().schema.tables.len(), 1);
}

#[test]
fn code_in_strings_has_limits_too() {
    let kind =
        format!("    #[sea_orm(column_type = \"{}Text{}\")]\n    pub a: String,", "(".repeat(9_000), ")".repeat(9_000));
    assert!(refusal(&[("src/lib.rs", &model("", &kind))]).contains("it nests deeper than 3000 levels"));
}

#[test]
fn what_is_wrong_in_a_string_has_the_place_of_the_string() {
    let text = refusal(&[("src/lib.rs", &model("", "    #[sea_orm(column_type = \"Text(\")]\n    pub a: String,"))]);
    assert!(text.contains("--> src/lib.rs:8:29\n"), "{text}");
}

#[test]
fn a_byte_order_mark_and_windows_lines_move_no_place() {
    let text = format!("\u{feff}type A = (;\n{}", model("", "")).replace('\n', "\r\n");
    let text = refusal(&[("src/lib.rs", &text)]);
    assert!(text.contains("--> src/lib.rs:1:10\n  |\n1 | type A = (;\n  |          ^"), "{text}");
}

#[test]
fn a_module_that_includes_itself_is_refused() {
    let text = refusal(&[("src/lib.rs", &format!("#[path = \"lib.rs\"]\nmod again;\n{}", model("", "")))]);
    assert!(text.contains("the module `again` is the file that it stands in, or one above it"), "{text}");
    assert!(text.contains("--> src/lib.rs:2:5\n"), "{text}");
    let twice = "#[path = \"lib.rs\"]\nmod a;\n#[path = \"../src/lib.rs\"]\nmod b;\n";
    assert!(refusal(&[("src/lib.rs", twice)]).contains("the module `b` is"));
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_are_refused() {
    let folder = crate_of(&[("src/lib.rs", "mod a;\nmod b;\n"), ("src/a/mod.rs", "pub mod a;\npub mod b;\n")]);
    for (name, target) in [("a/a", "."), ("a/b", "../a"), ("b", "a")] {
        std::os::unix::fs::symlink(target, folder.path().join("src").join(name)).unwrap();
    }
    let source = Source { root: folder.path().to_owned(), paths: vec![".".into()], ..Source::default() };
    let refused = models(&source).expect_err("it should be refused").to_string();
    assert!(refused.contains("is the file that it stands in, or one above it"), "{refused}");
}

#[test]
fn files_that_include_each_other_end() {
    let text = format!("include!(\"other.rs\");\ninclude!(\"lib.rs\");\n{}", model("", ""));
    let read = reading(&[("src/lib.rs", &text), ("src/other.rs", "include!(\"lib.rs\");\ninclude!(\"other.rs\");\n")]);
    assert!(read.is_ok() || !read.unwrap_err().is_empty());
}

#[test]
fn macros_that_never_end_do() {
    for bomb in [
        "macro_rules! m { () => { m!(); } }\nm!();",
        "macro_rules! m { () => { m!(); m!(); } }\nm!();",
        "macro_rules! m { ($($t:tt)*) => { m!{ $($t)* $($t)* } } }\nm!(a b c);",
        "macro_rules! m { () => { mod a { m!(); } mod b { m!(); } } }\nm!();",
        "macro_rules! m { ($()*) => {} }\nm!(a);",
        "macro_rules! m { ($($x:vis)*) => {} }\nm!(a);",
        "macro_rules! m { ($x:ident) => { struct $r#type; } }\nm!(x);",
        "macro_rules! m { ($($x:tt)*) => { $( const _: &str = stringify!($($x)*); )* } }\nm!(a b c);",
    ] {
        let outcome = reading(&[("src/lib.rs", &format!("{bomb}\n{}", model("", "")))]);
        assert!(outcome.is_ok() || !outcome.unwrap_err().is_empty(), "{bomb}");
    }
}

#[test]
fn long_calls_of_macros_are_read_in_time() {
    let definition = "macro_rules! kinds { ($($name:ident: $inner:ty,)*) => { $(pub type $name = $inner;)* } }\n";
    let call = (0..5_000).map(|number| format!("A{number}: i16,")).collect::<String>();
    let text = format!("{definition}kinds! {{ {call} }}\n{}", model("", "    pub a: A4999,"));
    assert_eq!(type_of(&reading(&[("src/lib.rs", &text)]).unwrap(), "a"), "smallint");
}

#[test]
fn a_crate_that_asks_itself_for_a_macro_ends() {
    let manifest = "[package]\nname = \"me\"\n[dependencies]\nother = { path = \".\" }\n";
    let text = format!("me::m!();\nother::m!();\nuse me::n;\nn!();\n{}", model("", ""));
    let outcome = reading(&[("Cargo.toml", manifest), ("src/lib.rs", &text)]);
    assert!(outcome.is_ok() || !outcome.unwrap_err().is_empty());
}

#[test]
fn a_chain_of_imports_without_end_leads_nowhere() {
    let chain: String = (0..5_000).map(|number| format!("use self::x{} as x{number};\n", number + 1)).collect();
    let text = format!("{chain}type x5000 = i16;\n{}", model("", "    pub a: x0,"));
    assert!(refusal(&[("src/lib.rs", &text)]).contains("cannot tell the column type of `x0`"));
}

#[test]
fn a_file_without_end_is_refused() {
    let text = refusal(&[("src/lib.rs", "mod a;\n"), ("src/a.rs", &" ".repeat(16 << 20))]);
    assert!(text.contains("the file has more than 16 MB"), "{text}");
}

#[test]
fn a_source_does_not_steer_the_terminal() {
    let text = refusal(&[("src/lib.rs", &model(", \u{1b}[2J\u{202e}", ""))]);
    assert!(text.contains("#[sea_orm(table_name = \"users\", ␛[2J\u{fffd})]"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}
