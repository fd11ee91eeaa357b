//! Runs inputs for some time, and tells what went wrong with which.

use std::any::Any;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// More processor time than this is a hang. The tests of a debug build run beside each other.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// What one input came to: the shapes of the answers, or what is wrong with them.
pub(crate) type Outcome = Result<BTreeSet<String>, String>;

/// Made from a seed and written into a folder: the rest of the work, which is what is measured.
pub(crate) type Input<'a> = Box<dyn FnOnce(&Path) -> Outcome + 'a>;

/// Runs for `AUTOGEN_FUZZ_SECONDS`, or one `AUTOGEN_FUZZ_SEED`.
pub(crate) fn run<'a>(name: &str, input: impl Fn(u64, &Path) -> Input<'a>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("AUTOGEN_FUZZ_SECONDS").unwrap_or(4);
    let only = number("AUTOGEN_FUZZ_SEED");
    let first = only.or_else(|| number("AUTOGEN_FUZZ_FIRST")).unwrap_or(1);
    let memory = Path::new("/dev/shm");
    let place = tempfile::Builder::new().prefix("autogen-fuzz-").tempdir_in(if memory.is_dir() {
        memory
    } else {
        Path::new("/tmp")
    });
    let place = place.expect("a temporary folder");
    let started = Instant::now();
    let watch = Watch::start(name);
    let mut findings: BTreeMap<String, u64> = BTreeMap::new();
    let mut shapes: BTreeMap<String, u64> = BTreeMap::new();
    let mut slowest = (Duration::ZERO, 0);
    let mut seed = first;
    let mut told = Duration::from_secs(60);
    loop {
        let folder = place.path().join(seed.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        watch.begin(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let work = input(seed, &folder);
            let before = cpu();
            let outcome = work(&folder);
            (outcome, cpu().saturating_sub(before))
        }));
        watch.end();
        let finding = match outcome {
            Err(panic) => Some(format!("panic: {}", message(&*panic))),
            Ok((_, spent)) if spent > LONGEST => Some(format!("it took {spent:.1?}")),
            Ok((Err(wrong), _)) => Some(wrong),
            Ok((Ok(seen), spent)) => {
                slowest = slowest.max((spent, seed));
                for shape in seen {
                    *shapes.entry(shape).or_default() += 1;
                }
                None
            }
        };
        if let Some(finding) = finding {
            if !findings.contains_key(&finding) && findings.len() < 200 {
                eprintln!("{name}: seed {seed}: {finding}");
            }
            findings.entry(finding).or_insert(seed);
        }
        if only.is_some() {
            let place = place.keep();
            assert!(findings.is_empty(), "{name}: {findings:#?}; the input is left in {}", place.display());
            return;
        }
        std::fs::remove_dir_all(&folder).expect("the folder goes");
        if started.elapsed() > told {
            told += Duration::from_secs(300);
            eprintln!("{name}: {} inputs, {} findings", seed - first + 1, findings.len());
        }
        if started.elapsed().as_secs() >= seconds {
            break;
        }
        seed += 1;
    }
    eprintln!(
        "{name}: {} inputs in {:.0?} (seeds {first} to {seed}), {} kinds of answers, slowest {:.2?} (seed {})",
        seed - first + 1,
        started.elapsed(),
        shapes.len(),
        slowest.0,
        slowest.1
    );
    if seconds > 60 {
        shapes.iter().for_each(|(shape, count)| eprintln!("{count:9}  {shape}"));
    }
    assert!(findings.is_empty(), "{name}: AUTOGEN_FUZZ_SEED=SEED makes one again: {findings:#?}");
}

fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let at = LAST_PANIC.lock().map(|at| at.clone()).unwrap_or_default();
    format!("{at}: {}", text.unwrap_or_default().chars().take(200).collect::<String>())
}

/// Where the last panic was.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Ends the process when an input does not end, and tells which input a dying process died of.
struct Watch {
    /// Milliseconds since the start when the input began; 0 between two.
    since: Arc<AtomicU64>,
    seed: Arc<AtomicU64>,
    start: Instant,
    last: std::path::PathBuf,
}

impl Watch {
    fn start(name: &str) -> Self {
        std::panic::set_hook(Box::new(|info| {
            if let (Ok(mut at), Some(place)) = (LAST_PANIC.lock(), info.location()) {
                *at = format!("{}:{}", place.file(), place.line());
            }
        }));
        let watch = Self {
            since: Arc::default(),
            seed: Arc::default(),
            start: Instant::now(),
            last: std::env::temp_dir().join(format!("autogen-fuzz-{name}-last-seed")),
        };
        let (since, seed, start, name) =
            (Arc::clone(&watch.since), Arc::clone(&watch.seed), watch.start, name.to_owned());
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(500));
                let began = since.load(Ordering::SeqCst);
                let now = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                if began != 0 && now.saturating_sub(began) > 60_000 {
                    eprintln!("{name}: seed {}: it does not end", seed.load(Ordering::SeqCst));
                    std::process::abort();
                }
            }
        });
        watch
    }

    fn begin(&self, seed: u64) {
        // A process that overflows its stack cannot tell the seed any more.
        let _ = std::fs::write(&self.last, seed.to_string());
        self.seed.store(seed, Ordering::SeqCst);
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.since.store(now.max(1), Ordering::SeqCst);
    }

    fn end(&self) {
        self.since.store(0, Ordering::SeqCst);
    }
}
