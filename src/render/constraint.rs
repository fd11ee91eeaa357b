use super::quote::{identifier, identifiers};
use super::{Statement, Words, comment};
use crate::operation::Change;
use crate::schema::{Action, Constraint, ConstraintKind, Deferrability, ForeignKey, QualifiedName};

/// A constraint comes or goes, or what can change in place does: its comment, and NOT VALID to valid.
pub(super) fn statements(table: &QualifiedName, change: &Change<Constraint>, words: &Words) -> Vec<Statement> {
    let on = words.name(table);
    match change {
        Change::Add(it) => add_while_others_write(table, it, words)
            .unwrap_or_else(|| vec![add(table, it, words)])
            .into_iter()
            .chain(it.comment.as_ref().map(|_| comment_on(table, it, words)))
            .collect(),
        Change::Drop(it) => {
            vec![Statement::new(format!("ALTER TABLE {on} DROP CONSTRAINT {}", identifier(&it.name)))]
        }
        // Back to NOT VALID there is no way but making it again.
        Change::Alter { from, to } if from.validated && !to.validated => {
            let drop = statements(table, &Change::Drop(from.clone()), words);
            drop.into_iter().chain(statements(table, &Change::Add(to.clone()), words)).collect()
        }
        Change::Alter { from, to } => {
            let validate = (!from.validated && to.validated)
                .then(|| Statement::new(format!("ALTER TABLE {on} VALIDATE CONSTRAINT {}", identifier(&to.name))));
            let comment = (from.comment != to.comment).then(|| comment_on(table, to, words));
            let checked = (from.deferrability != to.deferrability).then(|| {
                let when = match to.deferrability {
                    Deferrability::NotDeferrable => "NOT DEFERRABLE",
                    Deferrability::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
                    Deferrability::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
                };
                Statement::new(format!("ALTER TABLE {on} ALTER CONSTRAINT {} {when}", identifier(&to.name)))
            });
            validate.into_iter().chain(checked).chain(comment).collect()
        }
    }
}

/// The same in several steps, none of which keeps others from the rows for longer than a moment (ALTER TABLE, notes on
/// NOT VALID and USING INDEX). A primary key looks for NULLs under its lock whichever way it comes.
fn add_while_others_write(table: &QualifiedName, constraint: &Constraint, words: &Words) -> Option<Vec<Statement>> {
    if !words.online.contains(table) || !constraint.validated {
        return None;
    }
    let (on, name) = (words.name(table), identifier(&constraint.name));
    match &constraint.kind {
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } => {
            let unproved = Constraint { validated: false, ..constraint.clone() };
            let validate = format!("ALTER TABLE {on} VALIDATE CONSTRAINT {name}");
            Some(vec![add(table, &unproved, words), Statement { sql: validate, autocommit: true }])
        }
        ConstraintKind::Unique { columns, include, nulls_not_distinct } => {
            let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            let (columns, include) = (identifiers(columns), include_clause(include));
            let create = Statement::new(format!("CREATE UNIQUE INDEX {name} ON {on} ({columns}){include}{nulls}"));
            let deferrability = deferrability(constraint);
            let sql = format!("ALTER TABLE {on} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}{deferrability}");
            Some(vec![super::index::concurrently(&create), Statement::new(sql)])
        }
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Exclusion { .. } => None,
    }
}

fn deferrability(constraint: &Constraint) -> &'static str {
    match constraint.deferrability {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// `ADD CONSTRAINT`, without its comment.
pub(super) fn add(table: &QualifiedName, constraint: &Constraint, words: &Words) -> Statement {
    Statement::new(format!("ALTER TABLE {} ADD {}", words.name(table), definition(constraint, words)))
}

/// `CONSTRAINT "name" ..`, for CREATE TABLE and ADD.
pub(super) fn definition(constraint: &Constraint, words: &Words) -> String {
    let kind = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, include } => {
            format!("PRIMARY KEY ({}){}", identifiers(columns), include_clause(include))
        }
        ConstraintKind::Unique { columns, include, nulls_not_distinct } => format!(
            "UNIQUE{} ({}){}",
            if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" },
            identifiers(columns),
            include_clause(include),
        ),
        ConstraintKind::ForeignKey(key) => foreign_key(key, words),
        ConstraintKind::Check { expression, no_inherit } => {
            format!("CHECK ({}){}", expression.sql, if *no_inherit { " NO INHERIT" } else { "" })
        }
        ConstraintKind::Exclusion { definition } => definition.sql.clone(),
    };
    let deferrability = deferrability(constraint);
    let not_valid = if constraint.validated { "" } else { " NOT VALID" };
    format!("CONSTRAINT {} {kind}{deferrability}{not_valid}", identifier(&constraint.name))
}

/// Its comment, or none.
pub(super) fn comment_on(table: &QualifiedName, constraint: &Constraint, words: &Words) -> Statement {
    comment(
        &format!("CONSTRAINT {} ON {}", identifier(&constraint.name), words.name(table)),
        constraint.comment.as_deref(),
    )
}

pub(super) fn include_clause(include: &[String]) -> String {
    if include.is_empty() { String::new() } else { format!(" INCLUDE ({})", identifiers(include)) }
}

fn foreign_key(key: &ForeignKey, words: &Words) -> String {
    let mut sql = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        identifiers(&key.columns),
        words.name(&key.references),
        identifiers(&key.referenced_columns),
    );
    if key.match_full {
        sql.push_str(" MATCH FULL");
    }
    if let Some(action) = action(key.on_update) {
        sql.push_str(&format!(" ON UPDATE {action}"));
    }
    if let Some(action) = action(key.on_delete) {
        sql.push_str(&format!(" ON DELETE {action}"));
        if !key.on_delete_columns.is_empty() {
            sql.push_str(&format!(" ({})", identifiers(&key.on_delete_columns)));
        }
    }
    sql
}

fn action(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}
