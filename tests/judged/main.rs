//! The differ and the planner before judges that share nothing with them: `pg_dump`, and a query of all catalogs.
//!
//! In CI a part of each, by a seed that is printed. `AUTOGEN_SEED=123` makes a run again, `AUTOGEN_PAIRS=all` and
//! `AUTOGEN_RANDOM=20000` make it longer: `make soak`. Schemas that packages ship are walked by `make schemas`.
#![expect(clippy::print_stderr, reason = "seeds and figures are worth seeing")]

mod atomic;
#[path = "../judge/mod.rs"]
mod judge;
mod published;
#[path = "../fuzz/random.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the fuzz tests use the rest")]
mod random;
mod schemas;
#[path = "../server/mod.rs"]
mod server;
mod walk;

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use autogen::scratch::Scratch;

use random::Random;
use walk::{Desk, Outcome, Pair};

/// How many walk at a time.
const DESKS: usize = 2;

#[test]
fn changes_of_one_table_in_pairs() -> Result<()> {
    let seed = seed();
    let mut pairs = atomic_pairs();
    let wanted = match std::env::var("AUTOGEN_PAIRS").as_deref() {
        Ok("all") => pairs.len(),
        Ok(count) => count.parse()?,
        Err(_) => 100,
    };
    let mut random = Random::new(seed);
    while pairs.len() > wanted {
        pairs.swap_remove(random.below(pairs.len()));
    }
    let only = std::env::var("AUTOGEN_ONLY").unwrap_or_default();
    pairs.retain(|(name, _)| name.contains(&only));
    eprintln!("{} pairs of changes, AUTOGEN_SEED={seed}", pairs.len());
    let failures = walk_all(pairs)?;
    assert!(failures.is_empty(), "{} fail\n\n{}", failures.len(), failures.join("\n\n"));
    Ok(())
}

#[test]
fn random_schemas_in_pairs() -> Result<()> {
    let seed = seed();
    let count = std::env::var("AUTOGEN_RANDOM").ok().and_then(|it| it.parse().ok()).unwrap_or(100);
    eprintln!("{count} pairs of random schemas, AUTOGEN_SEED={seed}");
    let seeds = Mutex::new(seed..seed + count);
    let next = || seeds.lock().expect("no walker panics").next();
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        let walkers: Vec<_> = (0..DESKS).map(|_| scope.spawn(|| block_on(walk_random(&next, &tally)))).collect();
        walkers.into_iter().try_for_each(|walker| walker.join().expect("no walker panics"))
    })?;
    let tally = tally.into_inner().expect("no walker panics");
    eprintln!("{}", tally.figures());
    assert!(tally.failures.is_empty(), "{} fail\n\n{}", tally.failures.len(), tally.failures.join("\n\n"));
    assert!(tally.done * 2 > usize::try_from(count)?, "most pairs should be walked: {}", tally.figures());
    Ok(())
}

#[test]
#[ignore = "tests/schemas.sh fetches them first"]
fn schemas_that_packages_ship() -> Result<()> {
    let pairs = block_on(published::pairs())?;
    eprintln!("{} walks", pairs.len());
    let failures = walk_all(pairs)?;
    assert!(failures.is_empty(), "{} fail\n\n{}", failures.len(), failures.join("\n\n"));
    Ok(())
}

/// What became of the pairs.
#[derive(Default)]
struct Tally {
    done: usize,
    without_rows: usize,
    refused: usize,
    invalid: usize,
    failures: Vec<String>,
}

impl Tally {
    fn figures(&self) -> String {
        let Self { done, without_rows, refused, invalid, failures } = self;
        format!(
            "{done} up, down and up, {without_rows} of them without rows; {refused} refused for want of a cast; {invalid} no \
             schemas; {} failures",
            failures.len()
        )
    }
}

async fn walk_random(next: &impl Fn() -> Option<u64>, tally: &Mutex<Tally>) -> Result<()> {
    let scratch = Scratch::start(server::options().await, &|_| {}).await?;
    let desk = Desk::new(&scratch).await?;
    while let Some(seed) = next() {
        let pair = random_pair(seed);
        let outcome = desk.walk(&as_sql(&pair)).await;
        let failure = match &outcome {
            Err(_) => Some(told_smallest(seed, pair, &desk).await),
            Ok(_) => None,
        };
        let mut tally = tally.lock().expect("no walker panics");
        match outcome {
            Ok(Outcome::Done) => tally.done += 1,
            Ok(Outcome::WithoutRows) => {
                tally.done += 1;
                tally.without_rows += 1;
            }
            Ok(Outcome::Refused(_)) => tally.refused += 1,
            Ok(Outcome::Invalid(reason)) => {
                tally.invalid += 1;
                if std::env::var_os("AUTOGEN_SHOW_INVALID").is_some() {
                    eprintln!("{seed}: {reason}");
                }
            }
            Err(_) => {
                let failure = failure.unwrap_or_default();
                eprintln!("FAILED {failure}\n");
                tally.failures.push(failure);
            }
        }
        let walked = tally.done + tally.refused + tally.invalid + tally.failures.len();
        if walked.is_multiple_of(500) {
            eprintln!("{walked}: {}", tally.figures());
        }
    }
    scratch.stop().await?;
    Ok(())
}

/// Two schemas: the second mostly made from the first, now and then of its own.
fn random_pair(seed: u64) -> (schemas::Schema, schemas::Schema) {
    let mut random = Random::new(seed);
    let before = if random.one(15) { schemas::Schema::default() } else { schemas::schema(&mut random) };
    let after = if random.one(6) { schemas::schema(&mut random) } else { schemas::changed(&mut random, &before) };
    (before, after)
}

fn as_sql((before, after): &(schemas::Schema, schemas::Schema)) -> Pair {
    Pair { before: before.sql() + &schemas::rows(before), after: after.sql() }
}

/// The failure of the smallest pair that still fails.
async fn told_smallest(seed: u64, pair: (schemas::Schema, schemas::Schema), desk: &Desk<'_>) -> String {
    let fails = async |candidate: &_| desk.walk(&as_sql(candidate)).await.is_err();
    let Pair { before, after } = as_sql(&schemas::shrunk(pair, fails).await);
    let error = desk.walk(&Pair { before: before.clone(), after: after.clone() }).await.err();
    let error = error.map(|it| format!("{it:#}")).unwrap_or_default();
    format!("AUTOGEN_RANDOM=1 AUTOGEN_SEED={seed}\n--- before\n{before}--- after\n{after}--- {error}")
}

/// From each change to each other, and from nothing to each.
fn atomic_pairs() -> Vec<(String, Pair)> {
    let after = |change: &str| format!("{}\n{change};\n", atomic::BASE);
    let mut pairs = Vec::new();
    for (at, (name, change)) in atomic::CHANGES.iter().enumerate() {
        pairs.push((format!("base -> {name}"), Pair { before: atomic::BASE.to_owned(), after: after(change) }));
        for (other, other_change) in &atomic::CHANGES[at + 1..] {
            pairs.push((format!("{name} -> {other}"), Pair { before: after(change), after: after(other_change) }));
        }
    }
    pairs
}

/// Walks them all, on a server for each desk, and tells what failed.
fn walk_all(pairs: Vec<(String, Pair)>) -> Result<Vec<String>> {
    let queue = Mutex::new(pairs.into_iter());
    let failures = Mutex::new(Vec::new());
    let next = || queue.lock().expect("no walker panics").next();
    let report = |failure: String| failures.lock().expect("no walker panics").push(failure);
    std::thread::scope(|scope| {
        let walkers: Vec<_> = (0..DESKS).map(|_| scope.spawn(|| block_on(walk_each(&next, &report)))).collect();
        walkers.into_iter().try_for_each(|walker| walker.join().expect("no walker panics"))
    })?;
    Ok(failures.into_inner().expect("no walker panics"))
}

async fn walk_each(next: &impl Fn() -> Option<(String, Pair)>, report: &impl Fn(String)) -> Result<()> {
    let scratch = Scratch::start(server::options().await, &|_| {}).await?;
    let desk = Desk::new(&scratch).await?;
    while let Some((name, pair)) = next() {
        match desk.walk(&pair).await {
            Ok(Outcome::Done) => {}
            Ok(Outcome::WithoutRows) => eprintln!("{name}: without rows"),
            Ok(Outcome::Refused(reason)) => eprintln!("{name}: refused, {reason}"),
            Ok(Outcome::Invalid(reason)) => report(format!("{name}: {reason}")),
            Err(error) => {
                eprintln!("FAILED {name}: {error:#}\n");
                report(format!("{name}: {error:#}"));
            }
        }
    }
    scratch.stop().await?;
    Ok(())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// The seed that `AUTOGEN_SEED` names, or one that nobody chose.
fn seed() -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_nanos() as u64);
    std::env::var("AUTOGEN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(now)
}
