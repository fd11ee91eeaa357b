//! What happened to each revision.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::layout::{Piece, paragraph, rows};
use super::out::{print, println};
use super::runner::difference;
use super::{json as print_json, paint, talk, width};
use crate::cli::global::Global;
use crate::error::Result;
use crate::execute::{Direction, StepState};
use crate::runner::{RevisionStatus, Standing, Status};

/// The revisions in a table, and below each what is not as it should be.
pub(crate) fn status(global: &Global, shown: &str, status: &Status) {
    if global.json {
        print_json(&as_json(status));
        return;
    }
    if !global.quiet {
        talk(&headline(shown, status));
    }
    let cells: Vec<Vec<Piece>> = status.revisions.iter().map(line).collect();
    for (revision, line) in status.revisions.iter().zip(rows(&cells, 40, width())) {
        print!("{line}");
        below(revision, global.verbose > 0);
    }
    if status.revisions.is_empty() && !global.quiet {
        talk("there is no revision yet");
    }
}

/// What became of one database of many.
pub(crate) fn fleet_line(quiet: bool, name: &str, widest: usize, result: &Result<String>, took: Duration) {
    let pad = " ".repeat(widest.saturating_sub(name.chars().count()));
    let name = Piece::new(name);
    match result {
        Ok(_) if quiet => {}
        Ok(said) => println!(
            "{} {}{pad}  {said} ({:.1} s)",
            paint(AnsiColor::Green.on_default().bold(), "ok"),
            name.text(),
            took.as_secs_f64()
        ),
        Err(error) => {
            let mut lines = error.to_string();
            if let Some(cause) = std::error::Error::source(error) {
                lines.push_str(&format!(": {cause}"));
            }
            let text = lines.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            println!(
                "{} {}{pad}  {}",
                paint(AnsiColor::Red.on_default().bold(), "failed"),
                name.text(),
                Piece::new(&text).text()
            );
        }
    }
}

fn headline(shown: &str, status: &Status) -> String {
    let applied = status.revisions.iter().filter(|it| it.applied.is_some()).count();
    let at_work = status.at_work.as_deref().map(|who| format!("\na runner is at work: {who}")).unwrap_or_default();
    format!("{shown}: {applied} of {} revisions applied{at_work}", status.revisions.len())
}

fn line(status: &RevisionStatus) -> Vec<Piece> {
    let (mark, style) = mark(status);
    let (when, who) = status.applied.as_ref().map_or(("", ""), |it| (&it.applied_at, &it.applied_by));
    vec![
        Piece::new(&status.revision.id),
        Piece::styled(mark, style),
        Piece::dim(when),
        Piece::dim(who),
        Piece::new(&status.revision.message),
    ]
}

fn mark(status: &RevisionStatus) -> (&'static str, Style) {
    let (red, yellow) = (AnsiColor::Red.on_default(), AnsiColor::Yellow.on_default());
    match status.standing() {
        Standing::Applied if status.is_edited() => ("edited", yellow),
        Standing::Applied => ("applied", AnsiColor::Green.on_default()),
        Standing::Unknown => ("no file", yellow),
        Standing::Pending => ("pending", Style::new()),
        Standing::Failed => ("failed", red),
        Standing::Unfinished => ("unfinished", red),
    }
}

fn below(status: &RevisionStatus, verbose: bool) {
    let standing = status.standing();
    let stopped = matches!(standing, Standing::Failed | Standing::Unfinished);
    for step in status.steps.iter().filter(|_| verbose || stopped) {
        print!("{}", paragraph(&Piece::new(&what_became_of(step)), 6, width()));
        let hint = step.hint.as_deref().map(|hint| format!("HINT: {hint}"));
        if let Some(hint) = hint {
            print!("{}", paragraph(&Piece::new(&hint), 8, width()));
        }
    }
    if stopped && let Some(step) = status.steps.first() {
        let id = &status.revision.id;
        let command = match step.direction {
            Direction::Upgrade => format!("autogen upgrade {id}"),
            Direction::Downgrade => "autogen downgrade -1".to_owned(),
        };
        println!("      {command}   goes on");
    }
    if status.is_edited()
        && let (Some(applied), Some(file)) = (&status.applied, &status.file)
    {
        print!("{}", indented(&difference(applied.source.as_deref(), &file.text)));
    }
}

fn what_became_of(step: &StepState) -> String {
    let StepState { direction, step: number, of, .. } = step;
    let begins = format!("{direction}, step {number} of {of}");
    match (&step.finished_at, &step.failed_at) {
        (Some(at), _) => format!("{begins}: done {at}, {:.1} s", step.seconds.unwrap_or_default()),
        (None, Some(at)) => format!("{begins}: failed {at}: {}", said(step)),
        (None, None) if step.message.is_some() => format!("{begins}: begun {}: {}", step.started_at, said(step)),
        (None, None) => format!("{begins}: begun {}, and nobody has seen its end", step.started_at),
    }
}

fn said(step: &StepState) -> String {
    let code = step.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    format!("{}{code}", step.message.as_deref().unwrap_or_default())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn as_json(status: &Status) -> serde_json::Value {
    let revisions = status.revisions.iter().map(|it| {
        let steps = it.steps.iter().map(|step| {
            json!({
                "direction": step.direction.to_string(), "step": step.step, "of": step.of,
                "started_at": step.started_at, "finished_at": step.finished_at, "seconds": step.seconds,
                "failed_at": step.failed_at, "code": step.code, "message": step.message, "hint": step.hint,
            })
        });
        json!({
            "revision": it.revision.id, "message": it.revision.message, "parents": it.revision.parents,
            "standing": mark(it).0, "edited": it.is_edited(),
            "applied_at": it.applied.as_ref().map(|applied| &applied.applied_at),
            "applied_by": it.applied.as_ref().map(|applied| &applied.applied_by),
            "steps": steps.collect::<Vec<_>>(),
        })
    });
    json!({ "at_work": status.at_work, "revisions": revisions.collect::<Vec<_>>() })
}
