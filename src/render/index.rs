use super::constraint::include_clause;
use super::quote::identifier;
use super::{Statement, Words, comment};
use crate::operation::Change;
use crate::schema::{Index, IndexKey, KeyTarget, QualifiedName};

/// An index comes or goes, or its comment changes.
pub(super) fn statements(table: &QualifiedName, change: &Change<Index>, words: &Words) -> Vec<Statement> {
    match change {
        Change::Add(index) if words.online.contains(table) => {
            let mut statements = create(table, index, words);
            if let Some(create) = statements.first_mut() {
                *create = concurrently(create);
            }
            statements
        }
        Change::Add(index) => create(table, index, words),
        Change::Drop(index) => vec![Statement::new(format!("DROP INDEX {}", words.sibling(table, &index.name)))],
        Change::Alter { to, .. } => vec![comment_on(table, to, words)],
    }
}

/// The same while others write (CREATE INDEX, Building Indexes Concurrently): in no transaction.
pub(super) fn concurrently(create: &Statement) -> Statement {
    Statement { sql: create.sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1), autocommit: true }
}

/// The index and its comment.
pub(super) fn create(table: &QualifiedName, index: &Index, words: &Words) -> Vec<Statement> {
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let mut sql = format!(
        "CREATE {}INDEX {} ON {} {}({}){}",
        if index.unique { "UNIQUE " } else { "" },
        identifier(&index.name),
        words.name(table),
        using(&index.method),
        keys.join(", "),
        include_clause(&index.include),
    );
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() {
        sql.push_str(&format!(" WITH ({})", index.options.join(", ")));
    }
    if let Some(predicate) = &index.predicate {
        sql.push_str(&format!(" WHERE {}", predicate.sql));
    }
    let comment = index.comment.as_ref().map(|_| comment_on(table, index, words));
    [Statement::new(sql)].into_iter().chain(comment).collect()
}

fn comment_on(table: &QualifiedName, index: &Index, words: &Words) -> Statement {
    comment(&format!("INDEX {}", words.sibling(table, &index.name)), index.comment.as_deref())
}

/// Nothing for Postgres' default; its other access methods read better unquoted, an extension's is quoted like any name.
fn using(method: &str) -> String {
    match method {
        "btree" => String::new(),
        "hash" | "gin" | "gist" | "spgist" | "brin" => format!("USING {method} "),
        other => format!("USING {} ", identifier(other)),
    }
}

fn key(key: &IndexKey) -> String {
    let mut sql = match &key.target {
        KeyTarget::Column(name) => identifier(name),
        KeyTarget::Expression(expression) => format!("({})", expression.sql),
    };
    if let Some(collation) = &key.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(operator_class) = &key.operator_class {
        sql.push_str(&format!(" {operator_class}"));
    }
    match (key.descending, key.nulls_first) {
        (false, false) => {}
        (false, true) => sql.push_str(" NULLS FIRST"),
        (true, true) => sql.push_str(" DESC"),
        (true, false) => sql.push_str(" DESC NULLS LAST"),
    }
    sql
}
