//! Token soup: real sources with pieces deleted, doubled, swapped, spliced and nested, for everything that reads what
//! people write. Nothing may panic, overflow the stack, hang or point outside of a file.
//!
//! A few seconds in the suite. `make fuzz` runs an hour; a finding prints its seed, and `AUTOGEN_FUZZ_SEED` makes it
//! again.

#![expect(clippy::print_stderr, reason = "an hour wants to be told from a hang")]

#[path = "../../benches/reader/entity_crate.rs"]
mod entity_crate;
mod history;
mod project;
mod random;
mod reader;
mod run;
mod soup;
mod words;

use std::path::Path;

use random::Random;

#[test]
fn the_reader_reads_or_refuses_whatever_stands_in_the_sources() {
    let repository = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs this");
    let projects = project::projects(Path::new(&repository)).expect("the repository can be read");
    run::run("reader", |seed, folder| {
        let mut random = Random::new(seed);
        let base = &projects[random.below(projects.len())];
        let lender = &projects[random.below(projects.len())];
        let project = base.changed(lender, &mut random);
        project.write(folder).expect("the project can be written");
        Box::new(move |folder| reader::outcome(&project, folder))
    });
}

#[test]
fn migrations_the_ledger_and_the_configuration_are_read_or_refused_whatever_stands_in_them() {
    let repository = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs this");
    let histories = history::histories(Path::new(&repository)).expect("the repository can be read");
    run::run("history", |seed, folder| {
        let mut random = Random::new(seed);
        let history = histories[random.below(histories.len())].changed(&mut random);
        history.write(folder).expect("the history can be written");
        Box::new(move |folder| history.outcome(folder))
    });
}
