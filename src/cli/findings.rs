//! What `check` found, made into a value that every form is rendered from, and the failure that it comes to.

use super::check::{Checked, Live};
use super::comparison::Answers;
use super::report::{self, Line};
use super::unanswered::{open_candidates, shown_candidate};
use super::unknown::Unknown;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::finding::{At, ChangeWord, Compared, FORMAT, Finding, Findings, LeftAlone, Risk, Rule, Severity, Verdict};
use crate::introspect::{self, Diagnostic, Diagnostics};
use crate::operation::Sign;
use crate::overlay;
use crate::schema::Object;

const CREATE: &str = "autogen create \"what changes\"";

/// Everything that was found, and how the run fails.
pub(crate) fn findings(checked: &Checked, config: &Config) -> (Findings, Option<Error>) {
    let mut list: Vec<Finding> = checked.models.iter().map(|line| of_models(line, checked)).collect();
    list.extend(checked.unknown.iter().map(of_unknown));
    list.extend(checked.database.iter().flat_map(of_database));
    list.extend(checked.edited.iter().map(|it| {
        let message = format!("{} was edited after it was written, and is no longer what was proved", it.path);
        let place = Some(At { file: it.path.clone(), line: 1, column: 1 });
        let remedy = Some(format!("prove it again: autogen prove {}", it.revision));
        Finding { place, remedy, ..Finding::new(Rule::Edited, message) }
    }));
    list.extend(checked.unlisted.iter().map(|path| {
        let place = Some(At { file: path.clone(), line: 1, column: 1 });
        let message = format!("{path} is a migration that the Migrator does not list");
        let remedy = Some("put it into `migrations()`, with its `mod` line, or remove the file".to_owned());
        Finding { place, remedy, ..Finding::new(Rule::Unlisted, message) }
    }));
    list.extend(checked.declared.warnings.iter().map(of_source));
    let left_alone = left_alone(checked, config);
    if let Some(sentence) =
        report::left_alone_sentence(&checked.comparison.overlay.left_alone, &checked.comparison.renamed)
    {
        let count = left_alone.len();
        list.push(Finding { count, ..Finding::new(Rule::LeftAlone, sentence) });
    }
    list.extend(checked.comparison.overlay.widened.iter().map(|it| {
        let table = Object::Table(it.table.clone());
        let place = checked.declared.models.places.get(&table).map(At::from);
        let message = report::widened_sentence(it, &config.default_namespace);
        let remedy = Some("name all of its columns in the group, so that the entity says what holds".to_owned());
        Finding { place, remedy, ..Finding::new(Rule::Widened, message) }
    }));
    list.sort_by_key(|it| it.severity);
    let error = failure(checked);
    let verdict = match error.as_ref().map(Error::kind) {
        None => Verdict::Agree,
        Some(Kind::NotAtHead) => Verdict::NotAtHead,
        Some(_) => Verdict::Different,
    };
    let findings = Findings {
        format: FORMAT,
        verdict,
        exit_code: error.as_ref().map_or(0, |it| it.kind().exit_code()),
        compared: Compared {
            tables: checked.declared.models.schema.tables.len(),
            revisions: checked.revisions,
            database: checked.database.as_ref().is_some_and(|it| it.behind.is_none()),
        },
        findings: list,
        left_alone,
        hints: error.as_ref().map(|it| it.hints().to_vec()).unwrap_or_default(),
    };
    (findings, error)
}

/// What kept a run from comparing, in the forms of others: what the reader says, each at its line, or the error.
pub(crate) fn failed(error: &Error, unreadable: Option<&Diagnostics>) -> Findings {
    let causes = std::iter::successors(std::error::Error::source(error), |it| it.source());
    let message = causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"));
    let of_error = || Finding { remedy: error.hints().first().cloned(), ..Finding::new(Rule::Failed, message.clone()) };
    let of_reader = |it: &Diagnostic| {
        let read = of_source(it);
        let rule = if it.severity == introspect::Severity::Error { Rule::Unreadable } else { Rule::Source };
        Finding { rule, severity: rule.severity(), ..read }
    };
    Findings {
        format: FORMAT,
        verdict: Verdict::Failed,
        exit_code: error.kind().exit_code(),
        compared: Compared { tables: 0, revisions: 0, database: false },
        findings: unreadable.map_or_else(|| vec![of_error()], |all| all.iter().map(of_reader).collect()),
        left_alone: Vec::new(),
        hints: error.hints().to_vec(),
    }
}

fn of_models(line: &Line, checked: &Checked) -> Finding {
    let description = &line.description;
    let object = &description.object;
    let (rule, message) = match description.sign {
        Sign::Add => (Rule::Missing, format!("{object} is declared, and no migration makes it")),
        Sign::Drop => (Rule::Undeclared, format!("{object} is no longer declared, and the migrations make it")),
        Sign::Alter if description.verb == "rename" => {
            (Rule::Different, format!("{object} has another name by now, and no migration renames it"))
        }
        Sign::Alter => (Rule::Different, format!("{object} is declared otherwise than the migrations make it")),
    };
    // What goes has no place any more: its table has.
    let host = || line.host.as_ref().and_then(|it| checked.comparison.places.get(&Object::Table(it.clone())));
    let place = line.at.as_ref().or_else(host).map(At::from);
    Finding { place, remedy: Some(format!("write the migration: {CREATE}")), ..of_line(rule, message, line) }
}

/// What the line says, in parts.
fn of_line(rule: Rule, message: String, line: &Line) -> Finding {
    let description = &line.description;
    let message = match description.detail.as_str() {
        "" => message,
        detail => format!("{message}: {detail}"),
    };
    let hazards = line.hazards.iter().map(|it| Risk { kind: it.kind.to_string(), message: it.message.clone() });
    Finding {
        object: Some(description.object.clone()),
        change: Some(match description.sign {
            Sign::Add => ChangeWord::Add,
            Sign::Drop => ChangeWord::Drop,
            Sign::Alter => ChangeWord::Alter,
        }),
        detail: description.detail.clone(),
        hazards: hazards.collect(),
        ..Finding::new(rule, message)
    }
}

fn of_unknown(unknown: &Unknown) -> Finding {
    let Unknown { object, detail, place, trigger } = unknown;
    let message = match trigger {
        None => format!(
            "{object} is NOT NULL without a default, and the entity does not know it: inserts through the entity fail"
        ),
        Some(trigger) => format!(
            "{object} is NOT NULL without a default, and the entity does not know it: inserts through the entity fail, \
             unless the trigger {trigger} fills it"
        ),
    };
    let rule = Rule::BlocksInserts;
    Finding {
        severity: if trigger.is_some() { Severity::Warning } else { rule.severity() },
        object: Some(object.clone()),
        detail: detail.clone(),
        place: place.as_ref().map(At::from),
        remedy: Some(UNKNOWN.to_owned()),
        ..Finding::new(rule, message)
    }
}

const UNKNOWN: &str = "declare it (autogen adopt --dry-run prints the line), or give it a default by a revision";

fn of_database(live: &Live) -> Vec<Finding> {
    let drift = live.drift.iter().map(|line| {
        let object = &line.description.object;
        let message = match line.description.sign {
            Sign::Add => format!("the database has {object}, which its history does not make"),
            Sign::Drop => format!("the database lacks {object}, which its history makes"),
            Sign::Alter => format!("the database has {object} otherwise than its history makes it"),
        };
        let hazards = Vec::new();
        let remedy = Some("bring it into the entities and write a migration, or take it back by hand".to_owned());
        Finding { hazards, remedy, ..of_line(Rule::Drift, message, line) }
    });
    let behind = live.behind.iter().map(|error| Finding {
        remedy: error.hints().first().cloned(),
        ..Finding::new(Rule::NotAtHead, error.to_string())
    });
    let edited = live.edited.iter().map(|it| {
        let message = format!("revision {} was edited after it was applied", it.revision.id);
        Finding::new(Rule::EditedAfterApplied, message)
    });
    drift.chain(behind).chain(edited).collect()
}

fn of_source(warning: &Diagnostic) -> Finding {
    Finding {
        place: Some(At::from(&warning.place)),
        remedy: warning.help.first().cloned(),
        ..Finding::new(Rule::Source, warning.message.clone())
    }
}

fn left_alone(checked: &Checked, config: &Config) -> Vec<LeftAlone> {
    let schema = &checked.comparison.renamed;
    let names = report::named(&checked.comparison.overlay.left_alone, schema, &config.default_namespace);
    names.into_iter().map(|(kind, name)| LeftAlone { kind, name }).collect()
}

/// How the run fails: differences before a database that is behind.
fn failure(checked: &Checked) -> Option<Error> {
    let comparison = &checked.comparison;
    if !checked.models.is_empty() {
        let error = Error::new(Kind::Different, "the entities differ from what the migrations make");
        let error = match overlay::mass_drop(&comparison.renamed, &comparison.desired) {
            Some((dropped, all)) => error.hint(format!(
                "{dropped} of {all} tables would be dropped: did the reader see all entities? look at `[entities] path` \
                 in autogen.toml"
            )),
            None => error,
        };
        let candidates = open_candidates(comparison, &Answers::default());
        let error = candidates.iter().fold(error, |error, it| {
            let namespace = &comparison.up.default_namespace;
            error.hint(format!("this looks like a rename: {}", shown_candidate(it, namespace)))
        });
        return Some(error.hint(format!("write the migration: {CREATE}")));
    }
    if checked.unknown.iter().any(|it| it.trigger.is_none()) {
        let message = "inserts through the entities fail: they do not know columns that must have a value";
        let error = Error::new(Kind::Different, message).hint("declare them: autogen adopt --dry-run prints the lines");
        return Some(error.hint("or give them a default: autogen create --no-autogenerate \"default of ..\""));
    }
    match &checked.database {
        Some(Live { behind: Some(behind), .. }) => {
            let error = Error::new(behind.kind(), behind.to_string());
            Some(behind.hints().iter().fold(error, |error, hint| error.hint(hint.clone())))
        }
        Some(live) if !live.drift.is_empty() => {
            let error = Error::new(Kind::Different, "the database was changed beside its history");
            Some(error.hint("bring it into the entities and write a migration, or take it back by hand"))
        }
        Some(_) | None => None,
    }
}
