//! Runs that are killed, in every way and at every place: afterwards `upgrade` reaches head, with every statement
//! carried out once.
//!
//! 40 trials by default; `AUTOGEN_KILLS=500` for the soak (`make kill-soak`), `AUTOGEN_SEED=7` for another row of random
//! instants. A place is held with a gate: a lock that the statement at that place asks for. Figures stand in
//! tests/kills.md.

use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::project::{Project, wait};
use crate::server::{Auth, Server};
use crate::{Case, Suite};

pub(crate) fn trials() -> Vec<Case> {
    vec![Case::new("kill::every_place_and_random_instants", every_place)]
}

/// What ends the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weapon {
    /// SIGKILL to the process; the server goes on with its statement.
    Process,
    /// `pg_terminate_backend` to the session that revisions run on.
    Work,
    /// The same to the session that holds the lock.
    Lock,
    /// The server ends at once and starts again.
    Restart,
}

/// Where it ends.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// At the gate of this number: the begin or the end of a step.
    Gate(u32),
    /// While an index that is built waits for an old snapshot.
    Building,
    /// While an index that is not built yet waits for who writes into the table.
    Writers,
    /// With a statement outside of a transaction behind it and the journal not yet written.
    Noting,
    /// After so many milliseconds.
    Instant(u32),
}

/// Statements that are gates: `pass(n)` waits while the test holds the lock of that number. Every step writes what it
/// did, so that a step that is lost or doubled shows.
const HISTORY: [(&str, &str, &str, &str); 4] = [
    (
        "a1",
        "",
        "CREATE TABLE done (what text);\n\
         CREATE FUNCTION pass(n int) RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_xact_lock(4711, n)';\n\
         CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 2000);",
        "DROP TABLE t; DROP FUNCTION pass; DROP TABLE done;",
    ),
    (
        "b2",
        "a1",
        "SELECT pass(1); INSERT INTO done VALUES ('b2.1'); ALTER TABLE t ADD n int; SELECT pass(2);\n\
         -- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON t (id);\n\
         SELECT pass(3); INSERT INTO done VALUES ('b2.3'); SELECT pass(4);\n\
         -- autogen: autocommit\nINSERT INTO done SELECT 'b2.4' FROM pass(5);\n\
         -- autogen: autocommit\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (id);",
        "-- autogen: autocommit\nDROP INDEX CONCURRENTLY u;\nDELETE FROM done WHERE what = 'b2.4';\n\
         SELECT pass(10); DELETE FROM done WHERE what = 'b2.3';\n\
         -- autogen: autocommit\nDROP INDEX CONCURRENTLY i;\n\
         SELECT pass(11); ALTER TABLE t DROP n; DELETE FROM done WHERE what = 'b2.1'; SELECT pass(12);",
    ),
    (
        "c3",
        "b2",
        "SELECT pass(6); INSERT INTO done VALUES ('c3.1'); SELECT pass(7);",
        "DELETE FROM done WHERE what = 'c3.1';",
    ),
    (
        "d4",
        "c3",
        "-- autogen: autocommit\nVACUUM t;\nINSERT INTO done VALUES ('d4.2'); SELECT pass(8);\n\
         -- autogen: autocommit\nDROP INDEX CONCURRENTLY IF EXISTS i;",
        "-- autogen: autocommit\nCREATE INDEX CONCURRENTLY i ON t (id);\nDELETE FROM done WHERE what = 'd4.2';",
    ),
];
/// Gates on the way up, and on the way down.
const GATES: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12];
const HEAD: &str = "b2.1 b2.3 b2.4 c3.1 d4.2|n|u";

#[expect(clippy::print_stdout, reason = "the figures of a soak")]
fn every_place(_: &Suite) -> Result<()> {
    let wanted: u32 = std::env::var("AUTOGEN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let mut random = Random(std::env::var("AUTOGEN_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1));
    // A server of its own: it is ended too.
    let server = Server::start(Auth::Trust)?;
    // What is committed must outlive the server, which the other tests do without.
    server.psql("postgres", "ALTER ROLE postgres SET synchronous_commit = on; CREATE DATABASE empty")?;
    let plan: Vec<(Place, Weapon)> = (0..wanted).map(|number| choose(number, &mut random)).collect();
    // Trials that end the server stand alone; the others mostly wait, and go four by four.
    let (alone, together): (Vec<_>, Vec<_>) = plan.into_iter().partition(|(_, weapon)| *weapon == Weapon::Restart);
    let next = AtomicU32::new(0);
    let work = || -> Result<u32> {
        let mut hit = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((place, weapon)) = together.get(number as usize) else { return Ok(hit) };
            hit += u32::from(trial(&server, number, *place, *weapon)?);
        }
    };
    let begin = Instant::now();
    let outcome = std::thread::scope(|scope| -> Result<u32> {
        let threads = [scope.spawn(work), scope.spawn(work), scope.spawn(work), scope.spawn(work)];
        threads.into_iter().map(|it| it.join().map_err(|_| anyhow::anyhow!("a trial panicked"))?).sum()
    });
    let mut hit = outcome?;
    for (number, (place, weapon)) in alone.iter().enumerate() {
        hit += u32::from(trial(&server, 100_000 + u32::try_from(number)?, *place, *weapon)?);
    }
    server.stop()?;
    println!("{wanted} trials, {hit} hit a run at work, {:.0} s", begin.elapsed().as_secs_f64());
    ensure!(hit * 10 > wanted * 7, "only {hit} of {wanted} trials hit a run at work");
    Ok(())
}

/// Every place with every weapon in turn, then random instants.
fn choose(number: u32, random: &mut Random) -> (Place, Weapon) {
    let weapon = match number % 8 {
        0 | 2 | 4 | 7 => Weapon::Process,
        1 | 5 => Weapon::Work,
        3 => Weapon::Lock,
        _ if number.is_multiple_of(4) => Weapon::Process,
        _ => Weapon::Restart,
    };
    let places = GATES.len() as u32 + 3;
    let place = match number % (places + 6) {
        gate if (gate as usize) < GATES.len() => Place::Gate(GATES[gate as usize]),
        other if other == places - 3 => Place::Building,
        other if other == places - 2 => Place::Writers,
        other if other == places - 1 => Place::Noting,
        _ => Place::Instant(random.below(350)),
    };
    (place, weapon)
}

/// Kills a run and demands that the next ones lead where they should. Gives back whether the run was at work.
fn trial(server: &Server, number: u32, place: Place, weapon: Weapon) -> Result<bool> {
    let name = format!("killed_{number}");
    server.psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE empty"))?;
    let outcome = kill(server, &name, place, weapon).with_context(|| format!("trial {number}: {place:?}, {weapon:?}"));
    server.psql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"))?;
    outcome
}

fn kill(server: &Server, name: &str, place: Place, weapon: Weapon) -> Result<bool> {
    let project = Project::new("", "models.rs")?.env("DATABASE_URL", server.url(name));
    for (id, parent, up, down) in HISTORY {
        project.write_revision(id, parent, up, down)?;
    }
    // The first revision makes what the gates need.
    project.ok(&["upgrade", "a1"])?;
    let is_down = matches!(place, Place::Gate(10..)) || matches!(place, Place::Instant(after) if after % 3 == 0);
    if is_down {
        project.ok(&["upgrade"])?;
    }
    let arguments: &[&str] = if is_down { &["downgrade", "a1"] } else { &["upgrade"] };
    let (mut child, at_place, gates) = bring(server, name, place, || project.spawn(arguments))?;
    strike(server, name, weapon, &mut child)?;
    drop(gates);
    let killed = !wait(&mut child)?.success();
    ensure!(!at_place || killed || weapon == Weapon::Lock, "the run ended well: {}", told(&project)?);
    if is_down {
        again(&project, &["downgrade", "a1"])?;
        let left = server.psql(name, "SELECT count(*) FROM done")?;
        ensure!(left == "0", "{left} rows are left after the downgrade");
        let indexes = server.psql(name, "SELECT count(*) FROM pg_class WHERE relname IN ('i', 'u')")?;
        ensure!(indexes == "0", "an index is left after the downgrade");
    }
    again(&project, &["upgrade"])?;
    at_head(server, name)?;
    Ok(killed)
}

fn told(project: &Project) -> Result<String> {
    Ok(std::fs::read_to_string(project.path("home/stderr"))?)
}

/// The same command reaches its end, though the killed one's session may still be at work for a moment.
fn again(project: &Project, arguments: &[&str]) -> Result<()> {
    let run = project.run(arguments)?;
    ensure!(run.code == 0, "the next run fails: {}", run.told());
    Ok(())
}

fn at_head(server: &Server, name: &str) -> Result<()> {
    let found = server.psql(
        name,
        "SELECT (SELECT string_agg(what, ' ' ORDER BY what) FROM done) || '|' || \
         (SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'n') || '|' || \
         (SELECT string_agg(c.relname, ' ' ORDER BY 1) FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid \
          WHERE x.indrelid = 't'::regclass AND x.indisvalid)",
    )?;
    ensure!(found == HEAD, "at head there should be {HEAD}, and there is {found}");
    let rows = server.psql(
        name,
        "SELECT (SELECT count(*) FROM autogen_history) || ' ' || \
         (SELECT count(*) FROM pg_index WHERE NOT indisvalid) || ' ' || \
         (SELECT count(*) FROM autogen_journal WHERE direction = 'downgrade') || ' ' || \
         (SELECT count(*) FROM autogen_journal WHERE finished_at IS NULL OR failed_at IS NOT NULL) || ' ' || \
         (SELECT count(*) FROM autogen_journal)",
    )?;
    ensure!(rows == "4 0 0 0 10", "history, invalid indexes, journal: {rows}");
    Ok(())
}

/// A psql that holds what the run will ask for; it lets go when it is dropped.
struct Gate(Child);

impl Gate {
    fn close(server: &Server, name: &str, sql: &str) -> Result<Self> {
        server.session(name, sql).map(Self)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // Its session ends with its input.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Starts the run and waits until it is where it is to die. With it, whether it surely is there, and what holds it.
fn bring(
    server: &Server,
    name: &str,
    place: Place,
    start: impl FnOnce() -> Result<Child>,
) -> Result<(Child, bool, Vec<Gate>)> {
    let gate = |number: u32| Gate::close(server, name, &format!("SELECT pg_advisory_lock(4711, {number});"));
    match place {
        Place::Instant(milliseconds) => {
            let child = start()?;
            sleep(Duration::from_millis(u64::from(milliseconds)));
            Ok((child, false, Vec::new()))
        }
        Place::Gate(number) => {
            let gates = vec![gate(number)?];
            let mut child = start()?;
            until(server, name, &at_gate(number), &mut child)?;
            Ok((child, true, gates))
        }
        Place::Building => {
            let old = Gate::close(server, name, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;")?;
            let mut child = start()?;
            until(server, name, &building("old snapshots"), &mut child)?;
            Ok((child, true, vec![old]))
        }
        Place::Writers => {
            let before = gate(5)?;
            let mut child = start()?;
            until(server, name, &at_gate(5), &mut child)?;
            let writer = Gate::close(server, name, "BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE;")?;
            drop(before);
            until(server, name, &building("writers before build"), &mut child)?;
            Ok((child, true, vec![writer]))
        }
        Place::Noting => {
            let old = Gate::close(server, name, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;")?;
            let mut child = start()?;
            until(server, name, &building("old snapshots"), &mut child)?;
            let journal = Gate::close(server, name, "BEGIN; LOCK TABLE autogen_journal IN EXCLUSIVE MODE;")?;
            drop(old);
            let noting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'autogen_journal'::regclass";
            until(server, name, noting, &mut child)?;
            Ok((child, true, vec![journal]))
        }
    }
}

fn at_gate(number: u32) -> String {
    format!(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = database WHERE datname = current_database() \
         AND NOT granted AND locktype = 'advisory' AND classid = 4711 AND objid = {number}"
    )
}

fn building(what: &str) -> String {
    format!(
        "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase = \
         'waiting for {what}'"
    )
}

fn until(server: &Server, name: &str, query: &str, child: &mut Child) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.psql(name, query)? == "0" {
        ensure!(child.try_wait()?.is_none(), "the run ended before it came there");
        ensure!(Instant::now() < deadline, "the run does not come there");
        sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn strike(server: &Server, name: &str, weapon: Weapon, child: &mut Child) -> Result<()> {
    let terminate = |which: &str| {
        let sql = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}' AND \
             application_name <> 'gate' AND application_name {which} 'autogen lock' AND pid <> pg_backend_pid()"
        );
        server.psql("postgres", &sql).map(drop)
    };
    match weapon {
        Weapon::Process => Ok(child.kill()?),
        Weapon::Work => terminate("<>"),
        Weapon::Lock => terminate("="),
        Weapon::Restart => server.restart(),
    }
}

/// xorshift: the same row for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(limit)).unwrap_or_default()
    }
}
