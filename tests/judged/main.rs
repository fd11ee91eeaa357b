//! The differ and the planner before judges that share nothing with them: `pg_dump`, and a query of all catalogs.
//!
//! In CI a part of each, by a seed that is printed. `AUTOGEN_SEED=123` makes a run again, `AUTOGEN_PAIRS=all` and
//! `AUTOGEN_RANDOM=20000` make it longer: `make soak`.
#![expect(clippy::print_stderr, reason = "seeds and figures are worth seeing")]

mod atomic;
#[path = "../judge/mod.rs"]
mod judge;
#[path = "../fuzz/random.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the fuzz tests use the rest")]
mod random;
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
            Ok(Outcome::Refused(reason)) => eprintln!("{name}: refused, {reason}"),
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
