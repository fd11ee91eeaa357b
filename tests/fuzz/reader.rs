//! Projects as soup, for the reader.

use std::collections::BTreeSet;
use std::path::Path;

use autogen::introspect::{Diagnostic, Source, models};

use crate::project::Project;

/// What came out, in a form in which two alike refusals are one.
pub(crate) fn outcome(project: &Project, folder: &Path) -> Result<BTreeSet<String>, String> {
    let source = Source {
        root: folder.to_owned(),
        paths: vec![project.path.clone().into()],
        default_namespace: "public".to_owned(),
        types: project.types.clone(),
        ignore: project.ignore.clone(),
        ..Source::default()
    };
    match models(&source) {
        Ok(reading) => {
            let places = reading.models.places.iter().map(|(object, place)| (object.to_string(), place));
            for (object, place) in places {
                check_place(folder, &place.file, place.line, place.column, None)
                    .map_err(|wrong| format!("{object}: {wrong}"))?;
            }
            reading.warnings.iter().try_for_each(|warning| check(folder, warning))?;
            Ok(BTreeSet::from(["read".to_owned()]))
        }
        Err(refused) => {
            if refused.is_empty() {
                return Err("refused without a reason".to_owned());
            }
            refused.iter().try_for_each(|problem| check(folder, problem))?;
            let _ = refused.to_string();
            Ok(refused.iter().map(|problem| shape(&problem.message)).collect())
        }
    }
}

fn check(folder: &Path, problem: &Diagnostic) -> Result<(), String> {
    if problem.message.is_empty() || problem.help.iter().any(String::is_empty) {
        return Err(format!("a diagnostic says nothing: {problem:?}"));
    }
    let place = &problem.place;
    check_place(folder, &place.file, place.line, place.column, Some(&problem.snippet))
        .map_err(|wrong| format!("{}: {wrong}", problem.message.chars().take(200).collect::<String>()))
}

/// A place lies in its file, and the line beside it is the line of the file.
fn check_place(folder: &Path, file: &Path, line: usize, column: usize, snippet: Option<&str>) -> Result<(), String> {
    let shown = format!("{}:{line}:{column}", file.display());
    if line == 0 {
        return Ok(());
    }
    let text = std::fs::read_to_string(folder.join(file)).map_err(|error| format!("{shown}: {error}"))?;
    // A byte order mark is nothing that people see. An empty file has a first line too, and an error may stand behind
    // the last letter.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let Some(found) = lines.get(line - 1) else { return Err(format!("{shown} lies below the last line")) };
    if column == 0 || column > found.chars().count() + 1 {
        return Err(format!("{shown} lies beside its line"));
    }
    match snippet {
        Some(snippet) if snippet != *found => Err(format!("{shown} shows another line: {snippet}")),
        Some(_) | None => Ok(()),
    }
}

/// A message without the names in it.
fn shape(message: &str) -> String {
    let named: String = message.split('`').step_by(2).collect::<Vec<_>>().join("`..`");
    named.split(": ").next().unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).take(70).collect()
}
