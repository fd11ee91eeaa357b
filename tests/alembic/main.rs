//! The graph of revisions beside Alembic's answers, which `ask.py` wrote down by running Alembic itself; and beside a plain
//! model that shares no code with it.

mod drawing;
mod model;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use autogen::error::{Error, Result};
use autogen::revision::{Id, Range, RevisionGraph, Target};
use serde::Deserialize;

#[derive(Deserialize)]
struct Answers {
    graphs: Vec<Graph>,
    broken: Vec<Broken>,
}

#[derive(Deserialize)]
struct Graph {
    name: String,
    graph: String,
    cases: Vec<Case>,
}

/// What one command does in one state: one of `steps`, `rows`, `parents` and `error` is set.
#[derive(Deserialize)]
struct Case {
    command: String,
    /// What is applied before.
    at: BTreeSet<Id>,
    target: String,
    steps: Option<Vec<Id>>,
    rows: Option<Vec<Id>>,
    parents: Option<Vec<Id>>,
    error: Option<String>,
    #[serde(default)]
    says: String,
    /// Why we do otherwise on purpose, and what.
    differs: Option<String>,
    ours: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Broken {
    name: String,
    graph: String,
    error: Option<String>,
    #[serde(default)]
    warns: String,
}

/// What a command does.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// In this order, or in another that is legal too.
    Steps(Vec<Id>),
    Set(BTreeSet<Id>),
    Error(&'static str),
}

#[test]
fn alembic_answers_the_same() {
    let answers: Answers = serde_json::from_str(&read("answers.json")).expect("the table is JSON");
    let (mut wrong, mut count, mut differing) = (String::new(), 0, 0);
    for Graph { name, graph: drawing, cases } in &answers.graphs {
        let graph = RevisionGraph::new(drawing::parse(drawing)).expect("it is sound");
        for case in cases {
            count += 1;
            let ours = run(&graph, case);
            let expected = match &case.ours {
                Some(ours) => by_hand(case, ours),
                None => theirs(&graph, case),
            };
            differing += usize::from(case.differs.is_some());
            if !same(&ours, &expected) || matches!(&ours, Outcome::Steps(steps) if !is_ordered(&graph, case, steps)) {
                let Case { command, at, target, .. } = case;
                let at: Vec<&str> = at.iter().map(String::as_str).collect();
                let _ = writeln!(
                    wrong,
                    "{name} | {} | {command} {target}: ours {ours:?}, expected {expected:?}",
                    at.join(" ")
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{wrong}", wrong.lines().count());
    assert!(count > 2_000, "only {count} cases");
    assert!(differing * 10 < count, "{differing} of {count} differ on purpose");
}

#[test]
fn alembic_refuses_the_same_graphs() {
    let answers: Answers = serde_json::from_str(&read("answers.json")).expect("the table is JSON");
    for Broken { name, graph, error, warns } in &answers.broken {
        assert!(error.is_some() || !warns.is_empty(), "{name}: Alembic takes it");
        let ours = RevisionGraph::new(drawing::parse(graph)).expect_err(name).to_string();
        let expected = match (error.as_deref(), warns.as_str()) {
            (Some("LoopDetected"), _) => "comes after itself",
            (Some("CycleDetected"), _) => "come after each other",
            (Some("DependencyLoopDetected"), _) => "depends on itself",
            (Some("DependencyCycleDetected"), _) => "depend on each other",
            // Alembic only warns, and takes one of the two.
            (None, warns) if warns.contains("more than once") => "is there twice",
            (Some("KeyError"), _) => "which is not there",
            (Some("RevisionError"), _) => "branch label",
            (other, _) => panic!("{name}: {other:?} has no counterpart"),
        };
        assert!(ours.contains(expected), "{name}: {ours}");
    }
}

fn run(graph: &RevisionGraph, case: &Case) -> Outcome {
    let words: Vec<&str> = case.target.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    let flag = |flag: &str| case.target.split_whitespace().any(|word| word == flag);
    let targets = || words.iter().map(|word| Target::parse(word)).collect::<Result<Vec<_>>>();
    let ids = |revisions: Vec<&autogen::revision::Revision>| revisions.iter().map(|it| it.id.clone()).collect();
    let first = || Target::parse_with_current(words[0]);
    let outcome = match case.command.as_str() {
        "upgrade" => first().and_then(|target| graph.upgrade_path(&case.at, &target)).map(|it| Outcome::Steps(ids(it))),
        "downgrade" => {
            first().and_then(|target| graph.downgrade_path(&case.at, &target)).map(|it| Outcome::Steps(ids(it)))
        }
        "history" => {
            Range::parse(words[0]).and_then(|range| graph.range(&case.at, &range)).map(|it| Outcome::Steps(ids(it)))
        }
        "stamp" => targets().and_then(|targets| graph.stamped(&case.at, &targets)).map(Outcome::Set),
        "show" => first().and_then(|target| graph.named(&case.at, &target)).map(|it| set(ids(it))),
        "create" => first().and_then(|target| graph.parents_at(&target, flag("--splice"))).map(set),
        "merge" => targets().and_then(|targets| graph.parents_of_merge(&targets, false)).map(set),
        "heads" if flag("--resolve-dependencies") => Ok(set(ids(graph.real_heads()))),
        "heads" => Ok(set(ids(graph.heads()))),
        "branches" => Ok(set(ids(graph.branch_points()))),
        other => panic!("there is no command {other}"),
    };
    outcome.unwrap_or_else(|error| Outcome::Error(meaning_of_ours(&error.to_string())))
}

fn set(ids: Vec<Id>) -> Outcome {
    Outcome::Set(ids.into_iter().collect())
}

fn theirs(graph: &RevisionGraph, case: &Case) -> Outcome {
    match (&case.error, &case.steps, &case.rows, &case.parents) {
        (Some(error), ..) => Outcome::Error(meaning_of_theirs(error, &case.says)),
        (_, Some(steps), ..) if case.command == "show" => set(steps.clone()),
        (_, Some(steps), ..) => Outcome::Steps(steps.clone()),
        // Alembic notes the newest only; what comes before them counts as applied.
        (_, _, Some(rows), _) => {
            set(graph.ancestors(rows.iter().map(String::as_str)).into_iter().map(str::to_owned).collect())
        }
        (_, _, _, Some(parents)) => set(parents.clone()),
        (None, None, None, None) => panic!("a case without an answer: {} {}", case.command, case.target),
    }
}

fn by_hand(case: &Case, ours: &[String]) -> Outcome {
    match (ours, case.command.as_str()) {
        ([error], _) if error.contains(' ') => Outcome::Error(meaning_of_ours(error)),
        (ids, "upgrade" | "downgrade" | "history") => Outcome::Steps(ids.to_vec()),
        (ids, _) => set(ids.to_vec()),
    }
}

/// One word for what is meant, whoever says it.
fn meaning_of_theirs(class: &str, says: &str) -> &'static str {
    match class {
        "MultipleHeads" => "several heads",
        "RangeNotAncestorError" if says.starts_with("Revision Nothing to drop") => "not applied",
        "RangeNotAncestorError" => "not an ancestor",
        "ResolutionError" if says.starts_with("Multiple revisions") => "ambiguous prefix",
        "ResolutionError" => "unknown",
        "CommandError" if says.contains("is not a head revision") => "not a head",
        "RevisionError" if says.starts_with("Ambiguous") => "ambiguous",
        "RevisionError" if says.starts_with("Relative") || says.starts_with("Walked") => "too far",
        "RevisionError" if says.contains("overlaps") => "overlap",
        // Its own checks fail, where a walk leaves the graph: any answer in words is better.
        "AssertionError" | "KeyError" => "crash",
        other => panic!("{other}: {says} has no counterpart"),
    }
}

fn meaning_of_ours(text: &str) -> &'static str {
    const MEANINGS: &[(&str, &str)] = &[
        ("there are several heads", "several heads"),
        ("is not applied, so nothing goes back", "not applied"),
        ("is not an ancestor of", "not an ancestor"),
        ("are not linked", "not an ancestor"),
        ("several revisions begin with", "ambiguous prefix"),
        ("there is no revision", "unknown"),
        ("there is no branch", "unknown"),
        ("is not of branch", "unknown"),
        ("is not a head", "not a head"),
        ("is ambiguous", "ambiguous"),
        ("goes too far", "too far"),
        ("goes back from nothing", "too far"),
        ("lies before what is applied", "too far"),
        ("overlaps with", "overlap"),
        ("nothing to join", "nothing to join"),
        ("is no target", "unknown"),
    ];
    let found = MEANINGS.iter().find(|(part, _)| text.contains(part));
    found.unwrap_or_else(|| panic!("an error without a meaning: {text}")).1
}

fn same(ours: &Outcome, expected: &Outcome) -> bool {
    match (ours, expected) {
        (Outcome::Steps(ours), Outcome::Steps(expected)) => {
            ours.len() == expected.len() && ours.iter().collect::<BTreeSet<_>>() == expected.iter().collect()
        }
        (Outcome::Error(_), Outcome::Error("crash")) => true,
        (Outcome::Steps(_) | Outcome::Set(_) | Outcome::Error(_), expected) => ours == expected,
    }
}

/// Whether each step stands after all that it comes after, or the other way round where that is the direction.
fn is_ordered(graph: &RevisionGraph, case: &Case, steps: &[Id]) -> bool {
    let upward: Vec<&Id> =
        if case.command == "upgrade" { steps.iter().collect() } else { steps.iter().rev().collect() };
    upward.iter().enumerate().all(|(index, id)| {
        let before = graph.ancestors([id.as_str()]);
        upward[index + 1..].iter().all(|later| !before.contains(later.as_str()))
    })
}

fn read(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/alembic/");
    fs::read_to_string(format!("{path}{name}")).expect("the table is there")
}

#[test]
fn errors_of_targets_lead_out() {
    let hints = |drawing: &str, at: &str, target: &str| -> String {
        let graph = RevisionGraph::new(drawing::parse(drawing)).expect("it is sound");
        let at: BTreeSet<Id> = at.split_whitespace().map(str::to_owned).collect();
        let error: Error = match target.split_once(' ') {
            Some(("up", target)) => {
                Target::parse(target).and_then(|it| graph.upgrade_path(&at, &it)).expect_err(target)
            }
            Some(("down", target)) => {
                Target::parse(target).and_then(|it| graph.downgrade_path(&at, &it)).expect_err(target)
            }
            Some(("stamp", targets)) => {
                let targets: Vec<Target> = targets.split(' ').map(|it| Target::parse(it).expect("a target")).collect();
                graph.stamped(&at, &targets).expect_err("they overlap")
            }
            other => panic!("{other:?}"),
        };
        format!("{error}\n{}", error.hints().join("\n"))
    };
    let fork = "a:, b:a#left, c:a#right";
    for (drawing, at, target, expected) in [
        (
            fork,
            "",
            "up head",
            "there are several heads: b (message of b), c (message of c)\nautogen merge -m \"merge heads\" b c   joins them",
        ),
        (fork, "", "up left@nosuch", "there is no revision `nosuch`\nautogen history   lists them all"),
        (fork, "", "up nosuch@head", "there is no branch `nosuch`\nbranches: left, right"),
        (
            fork,
            "a",
            "up +1",
            "`+1` is ambiguous: it could go by b (message of b), c (message of c)\nname a revision, or LABEL@ in front",
        ),
        (
            fork,
            "a b",
            "up b+1",
            "`b+1` goes too far: there are not so many revisions\nautogen history   lists them all",
        ),
        (fork, "a", "up base", "`base` lies before what is applied\nautogen downgrade base   goes back"),
        (
            fork,
            "a b c",
            "down -1",
            "`-1` is ambiguous: it could go by b (message of b), c (message of c)\nname a revision, or LABEL@ in front",
        ),
        (
            fork,
            "a b",
            "down right@-1",
            "`right@-1` goes back from nothing: nothing of branch `right` is applied\nautogen current   shows",
        ),
        (fork, "a b", "down c", "`c` is not applied, so nothing goes back to it\nautogen upgrade c   goes forward"),
        (
            fork,
            "a b",
            "down -3",
            "`-3` goes too far: only 2 are applied\nautogen downgrade base   takes everything back",
        ),
        (
            fork,
            "",
            "stamp a b",
            "revision b (message of b) overlaps with a (message of a): it comes after it\nname b alone",
        ),
        (
            "abc1:, abd1:abc1",
            "",
            "up ab",
            "several revisions begin with `ab`\nname one of: abc1 (message of abc1), abd1",
        ),
    ] {
        let text = hints(drawing, at, target);
        assert!(text.starts_with(expected), "{target}: {text}");
    }
}
