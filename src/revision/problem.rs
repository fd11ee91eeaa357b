//! What may be wrong with a history, or with a target in it. Every text stands here; the hints say what leads out.

use super::{Id, Revision, Target};
use crate::error::{Error, Kind};

/// Several heads where one is needed.
pub(super) fn several_heads(heads: &[&Revision], label: Option<&str>) -> Error {
    let ids = heads.iter().map(|head| head.id.as_str()).collect::<Vec<_>>().join(" ");
    let of = label.map(|label| format!(" of `{label}`")).unwrap_or_default();
    Error::new(Kind::SeveralHeads, format!("there are several heads{of}: {}", titles(heads)))
        .hint(format!("autogen merge -m \"merge heads\" {ids}   joins them"))
        .hint("or name one revision, or `heads` for all of them")
}

pub(super) fn unknown(name: &str) -> Error {
    Error::new(Kind::Error, format!("there is no revision `{name}`")).hint("autogen history   lists them all")
}

pub(super) fn unknown_branch(name: &str, labels: &[&str]) -> Error {
    let error = Error::new(Kind::Error, format!("there is no branch `{name}`"));
    if labels.is_empty() {
        error.hint("no revision has a line `-- Branch Labels:`; autogen create --branch-label NAME   writes one")
    } else {
        error.hint(format!("branches: {}", labels.join(", ")))
    }
}

pub(super) fn not_of_the_branch(revision: &Revision, label: &str) -> Error {
    Error::new(Kind::Error, format!("revision {} is not of branch `{label}`", revision.title()))
        .hint(format!("leave out `{label}@`, or name another: autogen branches -v   shows them"))
}

pub(super) fn ambiguous_prefix(name: &str, candidates: &[&Revision]) -> Error {
    Error::new(Kind::SeveralHeads, format!("several revisions begin with `{name}`"))
        .hint(format!("name one of: {}", titles(candidates)))
}

/// A walk that could go several ways.
pub(super) fn ambiguous(target: &Target, candidates: &[&Revision]) -> Error {
    Error::new(Kind::SeveralHeads, format!("`{target}` is ambiguous: it could go by {}", titles(candidates)))
        .hint("name a revision, or LABEL@ in front of the target")
}

pub(super) fn too_far(target: &Target) -> Error {
    Error::new(Kind::Error, format!("`{target}` goes too far: there are not so many revisions"))
        .hint("autogen history   lists them all")
}

pub(super) fn too_far_back(target: &Target, applied: u64) -> Error {
    let what = match applied {
        0 => format!("`{target}` goes too far: nothing is applied"),
        1 => format!("`{target}` goes too far: only 1 is applied"),
        many => format!("`{target}` goes too far: only {many} are applied"),
    };
    Error::new(Kind::Error, what).hint("autogen downgrade base   takes everything back")
}

pub(super) fn nothing_of_the_branch(target: &Target, label: &str) -> Error {
    Error::new(Kind::Error, format!("`{target}` goes back from nothing: nothing of branch `{label}` is applied"))
        .hint("autogen current   shows what is applied")
}

pub(super) fn before_what_is_applied(target: &Target) -> Error {
    Error::new(Kind::Usage, format!("`{target}` lies before what is applied"))
        .hint(format!("autogen downgrade {target}   goes back"))
}

pub(super) fn not_applied(target: &Target, missing: &Id) -> Error {
    Error::new(Kind::Error, format!("`{target}` is not applied, so nothing goes back to it"))
        .hint(format!("autogen upgrade {missing}   goes forward"))
        .hint("autogen current   shows what is applied")
}

/// A range whose end does not come after its start, though they are of one history.
pub(super) fn not_an_ancestor(from: &Revision, to: &Revision) -> Error {
    Error::new(Kind::Error, format!("{} is not an ancestor of {}", from.title(), to.title()))
        .hint(format!("the older one stands first: {}:{}", to.id, from.id))
}

/// A range between revisions neither of which comes after the other.
pub(super) fn not_linked(from: &Revision, to: &Revision) -> Error {
    Error::new(
        Kind::Error,
        format!("{} and {} are not linked: neither comes after the other", from.title(), to.title()),
    )
    .hint("autogen history --graph   draws how they stand to each other")
}

pub(super) fn overlap(later: &Revision, earlier: &Revision) -> Error {
    let what = format!("revision {} overlaps with {}: it comes after it", later.title(), earlier.title());
    Error::new(Kind::Usage, what).hint(format!("name {} alone: what comes before it is meant too", later.id))
}

pub(super) fn not_a_head(revision: &Revision) -> Error {
    Error::new(Kind::Usage, format!("revision {} is not a head", revision.title()))
        .hint("--splice   begins a new branch there")
        .hint("autogen heads   lists the heads")
}

pub(super) fn loops(id: &str, file: &str) -> Error {
    Error::new(Kind::Error, format!("revision {id}{file} comes after itself"))
        .hint(format!("write another id into the line `-- Revises:`{}", of(file)))
}

pub(super) fn dependency_loop(id: &str, file: &str) -> Error {
    Error::new(Kind::Error, format!("revision {id}{file} depends on itself"))
        .hint(format!("take {id} out of the line `-- Depends On:`{}", of(file)))
}

/// `members` in order, each after the next, the first again at the end.
pub(super) fn cycle(members: &[String]) -> Error {
    Error::new(Kind::Error, format!("revisions come after each other: {}", members.join(", ")))
        .hint("correct the line `-- Revises:` of the one that is the oldest, so that it comes after none of the others")
}

pub(super) fn dependency_cycle(members: &[String]) -> Error {
    Error::new(Kind::Error, format!("revisions depend on each other: {}", members.join(", ")))
        .hint("take the id that closes the circle out of a line `-- Depends On:`")
}

pub(super) fn duplicate(id: &str, first: &str, second: &str) -> Error {
    let files = if first.is_empty() { String::new() } else { format!(": {first} and {second}") };
    let error = Error::new(Kind::Error, format!("revision {id} is there twice{files}"));
    if first.is_empty() {
        return error.hint("remove one of them, or give it another `-- Revision ID:`");
    }
    error.hint(format!("rm {second}   if it is a copy")).hint(format!(
        "else give it another id: its line `-- Revision ID:` and the lines `-- Revises: {id}` that mean it"
    ))
}

pub(super) fn missing_parent(id: &str, file: &str, parent: &str) -> Error {
    Error::new(Kind::Error, format!("revision {id}{file} comes after {parent}, which is not there"))
        .hint(format!("git log --all --diff-filter=D -- '*{parent}*'   finds the commit that removed its file"))
        .hint(format!("or correct the line `-- Revises:`{}", of(file)))
}

pub(super) fn missing_dependency(id: &str, file: &str, dependency: &str) -> Error {
    Error::new(Kind::Error, format!("revision {id}{file} depends on {dependency}, which is not there"))
        .hint(format!("git log --all --diff-filter=D -- '*{dependency}*'   finds the commit that removed its file"))
        .hint(format!("or correct the line `-- Depends On:`{}", of(file)))
}

pub(super) fn label_twice(label: &str, first: &str, second: &str) -> Error {
    let what = format!("branch label `{label}` is there twice: of revisions {first} and {second}");
    Error::new(Kind::Error, what).hint("take it out of one of the lines `-- Branch Labels:`")
}

pub(super) fn label_is_an_id(label: &str, revision: &str) -> Error {
    Error::new(Kind::Error, format!("branch label `{label}` of revision {revision} is the id of a revision"))
        .hint("write another name into the line `-- Branch Labels:`")
}

/// ` (migrations/x.sql)` as ` of migrations/x.sql`.
fn of(file: &str) -> String {
    let file = file.trim_start_matches(" (").trim_end_matches(')');
    if file.is_empty() { String::new() } else { format!(" of {file}") }
}

pub(super) fn titles(revisions: &[&Revision]) -> String {
    revisions.iter().map(|revision| revision.title()).collect::<Vec<_>>().join(", ")
}
