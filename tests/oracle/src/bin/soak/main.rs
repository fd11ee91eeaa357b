//! More than a test has time for: thousands of random entities on SeaORM 2 and 1.1, and published crates. The results
//! go into `soak.json` beside this crate, and a failing entity is made as small as it can be while it still fails.
//!
//! `cargo run -p oracle --bin soak -- [fixture-1.1] [random-2] [random-1.1] [published] [--seed N] [--count N]`

#![expect(clippy::print_stdout, reason = "a tool that talks")]

mod published;
mod random;
mod run;
mod shrink;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use oracle::judge::Verdict;
use serde::{Deserialize, Serialize};

/// What a tool that only its authors run says when it fails.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The whole file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Soak {
    /// By what was asked.
    random: BTreeMap<String, Vec<Outcome>>,
    /// By crate and version.
    published: BTreeMap<String, Outcome>,
}

/// How one crate came out.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Outcome {
    /// The version of SeaORM.
    seaorm: String,
    /// What random entities were made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// Entities that were compiled and asked.
    entities: usize,
    /// Of these, refused by the reader.
    refused: usize,
    /// Of these, read and equal in every fact, but for known differences.
    equal: usize,
    /// Of these, read and different.
    different: usize,
    columns: usize,
    facts: usize,
    /// How many facts differ on purpose, by the line of the table.
    known: BTreeMap<String, usize>,
    /// What the reader said to what it refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<String>,
}

impl Outcome {
    fn of(seaorm: &str, verdict: &Verdict) -> Self {
        let wrong = verdict.wrong_tables().len();
        Self {
            seaorm: seaorm.to_owned(),
            entities: verdict.tables,
            equal: verdict.tables.saturating_sub(wrong),
            different: wrong,
            columns: verdict.columns,
            facts: verdict.facts,
            known: verdict.known.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect(),
            ..Self::default()
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Puts what is known so far into the file, beside what was known before: a soak takes long.
fn save(now: &Soak) -> Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("soak.json");
    let mut all: Soak = match std::fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => Soak::default(),
    };
    all.random.extend(now.random.clone());
    all.published.extend(now.published.clone());
    Ok(std::fs::write(&file, serde_json::to_string_pretty(&all)? + "\n")?)
}

fn main() -> Result<()> {
    let mut parts = Vec::new();
    let (mut seed, mut count) = (1, 2_000);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => seed = arguments.next().unwrap_or_default().parse()?,
            "--count" => count = arguments.next().unwrap_or_default().parse()?,
            part => parts.push(part.to_owned()),
        }
    }
    if parts.is_empty() {
        parts = ["fixture-1.1", "random-2", "random-1.1", "published"].map(str::to_owned).to_vec();
    }
    let mut now = Soak::default();
    let mut unjudged = 0;
    for part in &parts {
        println!("== {part}");
        match part.as_str() {
            "random-2" | "random-1.1" => {
                let runtime = if part == "random-2" { &run::TWO } else { &run::ONE };
                random::judge(runtime, seed, count, &mut |so_far| {
                    now.random.insert(part.clone(), so_far.to_vec());
                    save(&now)
                })?;
            }
            "fixture-1.1" => drop(now.random.insert(part.clone(), vec![random::fixture(&run::ONE)?])),
            part => {
                let (outcomes, left) = published::judge((part != "published").then_some(part))?;
                now.published.extend(outcomes);
                unjudged += left;
            }
        }
        save(&now)?;
    }
    let outcomes = now.random.values().flatten().chain(now.published.values());
    match (outcomes.map(|outcome| outcome.different).sum::<usize>(), unjudged) {
        (0, 0) => Ok(()),
        (different, unjudged) => Err(format!("{different} entities differ, {unjudged} crates did not compile").into()),
    }
}
