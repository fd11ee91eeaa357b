//! Questions to whoever sits at the terminal. Each answer is what a flag would have said, and is told as that flag.

use inquire::{InquireError, Select, Text};

use super::comparison::{Answers, Comparison};
use super::global::Global;
use super::suggestion;
use super::unanswered::{no_rename_flag, open_candidates, open_casts, open_fills, path, rename_flag, shell_word};
use crate::error::{Error, Kind, Result};
use crate::operation::{Operation, display_object};
use crate::overlay::Candidate;
use crate::schema::{Object, QualifiedName};

/// Asks for what is open, if somebody can be asked. Whether there are answers now that change the comparison.
///
/// # Errors
/// [`Kind::Interrupted`]: Ctrl-C. [`Kind::Refused`]: no answer, or a terminal that cannot be read.
pub(super) fn ask(comparison: &Comparison, answers: &mut Answers, global: &Global) -> Result<bool> {
    if !global.may_ask() {
        return Ok(false);
    }
    // What a rename brings over needs neither filling nor casting, so renames come first.
    let before = answers.flags.len();
    ask_for_renames(comparison, answers)?;
    if answers.flags.len() == before {
        ask_for_fills(comparison, answers)?;
        ask_for_casts(comparison, answers)?;
    }
    Ok(answers.flags.len() > before)
}

/// One question for each thing that goes.
fn ask_for_renames(comparison: &Comparison, answers: &mut Answers) -> Result<()> {
    let namespace = &comparison.up.default_namespace;
    let mut open = open_candidates(comparison, answers);
    while let Some(first) = open.first().cloned() {
        let (of_it, others): (Vec<Candidate>, Vec<Candidate>) = open.into_iter().partition(|it| it.gone == first.gone);
        open = others;
        match ask_for_rename(&of_it, &first, namespace)? {
            Some(candidate) => {
                answers.flags.push(rename_flag(&candidate.rename, namespace));
                open.retain(|it| it.rename.ends().0 != candidate.rename.ends().0);
                answers.renames.push(candidate.rename);
            }
            None => {
                answers.flags.push(no_rename_flag(&first.rename, namespace));
                answers.gone.insert(first.gone);
            }
        }
    }
    Ok(())
}

/// What it was renamed to; `None` if it was not.
fn ask_for_rename(candidates: &[Candidate], first: &Candidate, namespace: &str) -> Result<Option<Candidate>> {
    let gone = display_object(&first.gone, namespace);
    let mut choices: Vec<String> = candidates.iter().map(|it| choice(it, namespace)).collect();
    choices.push(match first.gone {
        Object::Table(_) => "not renamed: its rows may go".to_owned(),
        Object::Column(..) => "not renamed: its values may go".to_owned(),
        Object::Namespace(_)
        | Object::EnumType(_)
        | Object::EnumLabel(..)
        | Object::Constraint(..)
        | Object::Index(..)
        | Object::Definition(_) => "not renamed: it may go".to_owned(),
    });
    let question = format!("{gone} goes. Was it renamed?");
    let chosen = Select::new(&question, choices).raw_prompt().map_err(|cause| unanswered(&question, cause))?;
    Ok(candidates.get(chosen.index).cloned())
}

/// `renamed to full_name (same type text, same place)`.
fn choice(candidate: &Candidate, namespace: &str) -> String {
    let description = Operation::Rename(candidate.rename.clone()).describe(namespace);
    let new = description.detail.trim_start_matches("-> ").to_owned();
    match candidate.evidence.as_slice() {
        [] => format!("renamed to {new}"),
        signs => format!("renamed to {new} ({})", signs.join(", ")),
    }
}

fn ask_for_fills(comparison: &Comparison, answers: &mut Answers) -> Result<()> {
    let namespace = &comparison.up.default_namespace;
    for (table, column) in open_fills(comparison, answers) {
        let shown = format!("{}.{}", table.display(namespace), column.name);
        let question = format!("{shown} is new and NOT NULL. What do existing rows get?");
        let sql = expression(&question, &format!("SQL, such as {}", suggestion::fill(column, &comparison.desired)))?;
        answers.flags.push(expression_flag("--fill", table, &column.name, &sql, namespace));
        answers.fills.insert(Object::Column(table.clone(), column.name.clone()), sql);
    }
    Ok(())
}

fn ask_for_casts(comparison: &Comparison, answers: &mut Answers) -> Result<()> {
    let namespace = &comparison.up.default_namespace;
    for cast in open_casts(comparison) {
        let shown = format!("{}.{}", cast.table.display(namespace), cast.column.name);
        let question = match cast.flag {
            "--using" => format!("{shown} becomes {}, and Postgres has no cast. By what?", cast.after),
            _ => format!("And back to {} in the downgrade. By what?", cast.after),
        };
        let sql_type = comparison.up.data_type(cast.after);
        let suggested = suggestion::using(&cast.column.name, cast.before, cast.after, &sql_type);
        let sql = expression(&question, &format!("SQL, such as {suggested}"))?;
        answers.flags.push(expression_flag(cast.flag, cast.table, &cast.column.name, &sql, namespace));
        let given = if cast.flag == "--using" { &mut answers.using } else { &mut answers.using_down };
        given.insert(Object::Column(cast.table.clone(), cast.column.name.clone()), sql);
    }
    Ok(())
}

/// SQL that is not empty.
fn expression(question: &str, help: &str) -> Result<String> {
    let answer = Text::new(question).with_help_message(help).prompt().map_err(|cause| unanswered(question, cause))?;
    match answer.trim() {
        "" => Err(Error::new(Kind::Refused, format!("not answered: {question}")).hint(help)),
        sql => Ok(sql.to_owned()),
    }
}

fn expression_flag(flag: &str, table: &QualifiedName, column: &str, sql: &str, namespace: &str) -> String {
    format!("{flag} {}", shell_word(&format!("{}={sql}", path(table, Some(column), namespace))))
}

fn unanswered(question: &str, cause: InquireError) -> Error {
    match cause {
        InquireError::OperationInterrupted => Error::new(Kind::Interrupted, "interrupted; nothing was written"),
        InquireError::OperationCanceled => {
            Error::new(Kind::Refused, format!("not answered: {question}")).hint("--no-input   names the flags instead")
        }
        cause => Error::new(Kind::Refused, format!("not answered: {question}"))
            .hint("--no-input   names the flags instead")
            .caused_by(cause),
    }
}
