//! Random entities, a few hundred a crate.

use std::fs;

use oracle::judge;
use oracle_generator::Crate;

use crate::run::Runtime;
use crate::{Outcome, Result, root, shrink};

/// As many as one compilation takes in well.
const CRATE: usize = 250;

/// Makes, compiles and judges `count` entities. Where some differ, the first of each crate is made smaller.
/// `done` gets the outcomes after each crate.
pub(crate) fn judge(
    runtime: &Runtime,
    seed: u64,
    count: usize,
    done: &mut dyn FnMut(&[Outcome]) -> Result<()>,
) -> Result<()> {
    let seaorm = runtime.seaorm()?;
    let mut outcomes = Vec::new();
    for number in 0..count.div_ceil(CRATE) {
        let seed = seed + number as u64;
        let size = CRATE.min(count - number * CRATE);
        let made = Crate::random(seed, runtime.version, size);
        let folder = runtime.folder(&format!("oracle-random-{seed}"))?;
        fs::write(folder.join("Cargo.toml"), made.manifest())?;
        let source = folder.join("src/lib.rs");
        fs::write(&source, made.source())?;
        let answer = runtime.answer(&[], &[("ORACLE_SOURCE", source.display().to_string())])?;
        let outcome = match judge::read(&folder, "") {
            Ok(models) => {
                let verdict = judge::compare(&models, &answer);
                println!("SeaORM {seaorm}, seed {seed}: {verdict}");
                let wrong = verdict.wrong_tables();
                let first = made.entities.iter().find(|entity| wrong.contains(shrink::table(entity).as_str()));
                if let Some(entity) = first {
                    println!("{}", shrink::smallest(runtime, &made, entity.number, &mut |_| true)?);
                }
                Outcome { seed: Some(seed), ..Outcome::of(&seaorm, &verdict) }
            }
            Err(problems) => {
                println!("SeaORM {seaorm}, seed {seed}: REFUSED {problems}");
                let refused = answer.tables.len();
                let refusals = vec![problems.to_string()];
                Outcome {
                    seaorm: seaorm.clone(),
                    seed: Some(seed),
                    entities: refused,
                    refused,
                    refusals,
                    ..Outcome::default()
                }
            }
        };
        outcomes.push(outcome);
        done(&outcomes)?;
    }
    Ok(())
}

/// The entities beside the program of an older version.
pub(crate) fn fixture(runtime: &Runtime) -> Result<Outcome> {
    let answer = runtime.answer(&["--fixture"], &[("ORACLE_COUNT", "0".to_owned())])?;
    let models =
        judge::read(&root(), "tests/oracle-1.1/src/fixture/mod.rs").map_err(|problems| problems.to_string())?;
    let verdict = judge::compare(&models, &answer);
    println!("{verdict}");
    Ok(Outcome::of(&runtime.seaorm()?, &verdict))
}
