//! What must be equal.

use std::path::Path;

use oracle::answer::Answer;
use oracle::judge::{self, Verdict};
use oracle::{ask, known};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn judged(path: &str, answer: &Answer) -> Verdict {
    let models = judge::read(root(), path).unwrap_or_else(|problems| panic!("{problems}"));
    let verdict = judge::compare(&models, answer);
    assert!(verdict.unexplained.is_empty(), "{verdict}");
    verdict
}

#[test]
fn the_models_of_this_repository() {
    let mut answer = ask::begin();
    macro_rules! ask {
        ($($module:ident)+) => {
            $(ask::entity(&mut answer, stringify!($module), models::$module::Entity);)+
        };
    }
    ask!(api_key audit_event membership memory memory_embedding memory_link memory_tag organization project session tag
        usage_record user);
    judged("models", &answer);
}

#[test]
fn every_attribute_and_type_and_every_line_of_the_table() {
    let mut answer = ask::begin();
    macro_rules! ask {
        ($($first:ident $(:: $rest:ident)*)+) => {
            $(ask::entity(&mut answer, stringify!($first $(:: $rest)*), fixture::$first $(::$rest)* ::Entity);)+
        };
    }
    fixture::for_each_entity!(ask);
    let verdict = judged("tests/oracle/fixture", &answer);
    let about = known::KNOWN.iter().filter(|known| known.is_about(answer.version()));
    let unused: Vec<&str> = about.map(|known| known.name).filter(|name| !verdict.known.contains_key(name)).collect();
    assert_eq!(unused, Vec::<&str>::new(), "these lines of the table explain nothing:\n{verdict}");
}
