//! A failing entity, made smaller. Each round compiles every attempt at once and goes on with the first that still
//! fails, so that a round costs one compilation.

use std::collections::BTreeSet;
use std::fs;

use oracle::answer::Answer;
use oracle::facts::Difference;
use oracle::judge;
use oracle_generator::{Crate, Entity};

use crate::Result;
use crate::run::Runtime;

/// The qualified name of its table.
pub(crate) fn table(entity: &Entity) -> String {
    format!("{}.{}", entity.namespace.as_deref().unwrap_or("public"), entity.table)
}

/// The source of the smallest entity that still differs, with what it needs, and how it differs. `counts` says which
/// differences do.
pub(crate) fn smallest(
    runtime: &Runtime,
    made: &Crate,
    number: usize,
    counts: &mut dyn FnMut(&Difference) -> bool,
) -> Result<String> {
    let mut smallest = made.only(number);
    let mut rounds = 0;
    loop {
        rounds += 1;
        let attempts = smallest.simpler(number);
        let Some(next) = first_that_fails(runtime, &attempts, number, counts)? else { break };
        smallest = attempts[next].clone();
    }
    let seed = made.seed;
    let left = failing(runtime, std::slice::from_ref(&smallest), number, counts)?;
    let differences: String = left.iter().flat_map(|(_, found)| found).map(|found| format!("{found}\n")).collect();
    Ok(format!(
        "smallest of seed {seed}, entity {number}, after {rounds} rounds:\n{}\n{differences}",
        smallest.source()
    ))
}

fn first_that_fails(
    runtime: &Runtime,
    attempts: &[Crate],
    number: usize,
    counts: &mut dyn FnMut(&Difference) -> bool,
) -> Result<Option<usize>> {
    Ok(failing(runtime, attempts, number, counts)?.first().map(|(at, _)| *at))
}

/// The attempts that fail, and how. What does not compile is left out.
fn failing(
    runtime: &Runtime,
    attempts: &[Crate],
    number: usize,
    counts: &mut dyn FnMut(&Difference) -> bool,
) -> Result<Vec<(usize, Vec<Difference>)>> {
    let folder = runtime.folder("oracle-shrink")?;
    let mut kept: Vec<usize> = (0..attempts.len()).collect();
    let answer = loop {
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let crates: Vec<Crate> = kept.iter().map(|at| attempts[*at].clone()).collect();
        let source = Crate::source_of_all(&crates);
        let file = folder.join("all.rs");
        fs::write(&file, &source)?;
        match runtime.answer(&[], &[("ORACLE_SOURCE", file.display().to_string())]) {
            Ok(answer) => break answer,
            Err(said) => {
                let broken = broken_modules(&source, &said.to_string());
                if broken.is_empty() {
                    return Err(said);
                }
                kept = kept.iter().enumerate().filter(|(at, _)| !broken.contains(at)).map(|(_, kept)| *kept).collect();
            }
        }
    };
    let mut failing = Vec::new();
    for (module, at) in kept.iter().enumerate() {
        let made = &attempts[*at];
        fs::write(folder.join("Cargo.toml"), made.manifest())?;
        fs::write(folder.join("src/lib.rs"), made.source())?;
        let prefix = format!("r{module}::");
        let tables = answer.tables.iter().filter(|table| table.module.starts_with(&prefix)).cloned().collect();
        let own = Answer { tables, ..answer.clone() };
        let Ok(models) = judge::read(&folder, "") else { continue };
        let Some(entity) = made.entities.iter().find(|entity| entity.number == number) else { continue };
        let differences = judge::differences(&models, &own);
        let found: Vec<Difference> =
            differences.into_iter().filter(|found| found.key.table == table(entity) && counts(found)).collect();
        if !found.is_empty() {
            failing.push((*at, found));
        }
    }
    Ok(failing)
}

/// The modules that hold the lines of the compiler's errors.
fn broken_modules(source: &str, said: &str) -> BTreeSet<usize> {
    let starts: Vec<usize> =
        source.lines().enumerate().filter(|(_, line)| line.starts_with("pub mod r")).map(|(at, _)| at + 1).collect();
    let lines = said.lines().filter_map(|line| {
        let (_, place) = line.split_once("lib.rs:")?;
        place.split(':').next()?.parse::<usize>().ok()
    });
    lines.filter_map(|line| starts.iter().rposition(|start| *start <= line)).collect()
}
