//! 150 random entities, in one crate, compiled once: what the reader makes of them is what SeaORM makes of them.

use std::path::Path;
use std::process::Command;

use oracle::judge;

/// Names the seed, and which entity to look at: `cargo run -p oracle-soak -- shrink` makes it smaller.
#[test]
fn what_is_read_is_what_is_compiled() {
    let output = Command::new(env!("CARGO_BIN_EXE_oracle-random")).output().expect("the entities run");
    let answer = serde_json::from_slice(&output.stdout).expect("they answer as JSON");
    let folder = env!("ORACLE_RANDOM");
    println!("seed {}, source {folder}/src/lib.rs", env!("ORACLE_RANDOM_SEED"));
    let models = judge::read(Path::new(folder), "").unwrap_or_else(|problems| panic!("{problems}"));
    let verdict = judge::compare(&models, &answer);
    println!("{verdict}");
    assert!(verdict.unexplained.is_empty(), "{} facts differ", verdict.unexplained.len());
}
