//! What an attribute can say of a column or a relation and the entity leaves open: defaults, actions, exact types.

use crate::introspect::{Edit, Words};
use crate::schema::{
    Action, BaseType, Column, ColumnDefault, ConstraintKind, DataType, Fact, ForeignKey, Models, Object, Schema, Table,
};

/// Defaults, and what happens to rows that refer to others.
pub(super) fn facts(models: &Models, current: &Schema) -> Vec<(Object, Edit)> {
    let tables = models.schema.tables.iter().filter_map(|it| Some((it, current.table(&it.name)?)));
    tables
        .flat_map(|(declared, table)| {
            let defaults = declared.columns.iter().filter_map(move |it| default(models, declared, it, table));
            defaults.chain(actions(models, declared, table))
        })
        .collect()
}

/// Exact types of columns whose type is left open.
pub(super) fn types(models: &Models, current: &Schema) -> Vec<(Object, Edit)> {
    let tables = models.schema.tables.iter().filter_map(|it| Some((it, current.table(&it.name)?)));
    tables
        .flat_map(|(declared, table)| {
            declared.columns.iter().filter_map(move |column| {
                let object = Object::Column(declared.name.clone(), column.name.clone());
                let there = &table.column(&column.name)?.data_type;
                let open = !models.stated.contains(&object, Fact::Type) && *there != column.data_type;
                let words = format!("column_type = \"{}\"", column_type(there).filter(|_| open)?);
                let place = models.places.get(&object)?.clone();
                Some((object, Edit { place, words: Words::OfColumn(words) }))
            })
        })
        .collect()
}

fn default(models: &Models, declared: &Table, column: &Column, table: &Table) -> Option<(Object, Edit)> {
    let object = Object::Column(declared.name.clone(), column.name.clone());
    let words = default_of(table.column(&column.name)?)?;
    let unsaid = !models.stated.contains(&object, Fact::Default) && column.default == ColumnDefault::None;
    let place = models.places.get(&object).filter(|_| unsaid)?.clone();
    Some((object, Edit { place, words: Words::OfColumn(words) }))
}

/// The attribute of a column's default.
pub(super) fn default_of(column: &Column) -> Option<String> {
    match &column.default {
        ColumnDefault::Expression(expression) => Some(default_words(&expression.sql)),
        ColumnDefault::None | ColumnDefault::Identity(_) | ColumnDefault::Serial(_) | ColumnDefault::Generated(_) => {
            None
        }
    }
}

/// `default_value = 0`, `default_value = "new"`, or the SQL itself.
fn default_words(sql: &str) -> String {
    let text = sql.strip_prefix('\'').and_then(|rest| {
        let (text, cast) = rest.rsplit_once('\'')?;
        let is_plain = cast.is_empty()
            || cast.starts_with("::") && !cast.contains(['(', '[', ' '])
            || cast == "::character varying";
        (is_plain && !text.replace("''", "").contains('\'')).then(|| text.replace("''", "'"))
    });
    let is_number = !sql.is_empty() && sql.chars().all(|it| it.is_ascii_digit()) && sql.parse::<i64>().is_ok();
    match (text, sql) {
        (Some(text), _) => format!("default_value = {text:?}"),
        (None, "true" | "false") => format!("default_value = {sql}"),
        (None, "CURRENT_TIMESTAMP") => "default_expr = \"Expr::current_timestamp()\"".to_owned(),
        (None, "CURRENT_DATE") => "default_expr = \"Expr::current_date()\"".to_owned(),
        (None, _) if is_number => format!("default_value = {sql}"),
        (None, _) => {
            let code = format!("Expr::cust({sql:?})");
            let fence = "#".repeat(fence(&code));
            format!("default_expr = r{fence}\"{code}\"{fence}")
        }
    }
}

/// How many `#` a raw text needs so that nothing in it ends it.
fn fence(text: &str) -> usize {
    let runs = text.split('"').skip(1).map(|rest| rest.chars().take_while(|it| *it == '#').count() + 1);
    runs.max().unwrap_or(0)
}

fn actions(models: &Models, declared: &Table, table: &Table) -> Vec<(Object, Edit)> {
    let keys = |table: &'_ Table| -> Vec<(String, ForeignKey)> {
        let key = |it: &crate::schema::Constraint| match &it.kind {
            ConstraintKind::ForeignKey(key) => Some((it.name.clone(), key.clone())),
            ConstraintKind::PrimaryKey { .. }
            | ConstraintKind::Unique { .. }
            | ConstraintKind::Check { .. }
            | ConstraintKind::Exclusion { .. } => None,
        };
        table.constraints.iter().filter_map(key).collect()
    };
    let there = keys(table);
    let mut found = Vec::new();
    for (name, key) in keys(declared) {
        let same = |it: &&(String, ForeignKey)| {
            (&it.1.columns, &it.1.references, &it.1.referenced_columns)
                == (&key.columns, &key.references, &key.referenced_columns)
        };
        let Some((_, here)) = there.iter().find(same) else { continue };
        let object = Object::Constraint(declared.name.clone(), name);
        let Some(place) = models.places.get(&object) else { continue };
        for (fact, attribute, action) in
            [(Fact::OnDelete, "on_delete", here.on_delete), (Fact::OnUpdate, "on_update", here.on_update)]
        {
            if let Some(word) = action_word(action).filter(|_| !models.stated.contains(&object, fact)) {
                let words = Words::OfRelation(format!("{attribute} = \"{word}\""));
                found.push((object.clone(), Edit { place: place.clone(), words }));
            }
        }
    }
    found
}

/// What is Postgres' own default need not be said.
fn action_word(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("Restrict"),
        Action::Cascade => Some("Cascade"),
        Action::SetNull => Some("SetNull"),
        Action::SetDefault => Some("SetDefault"),
    }
}

/// SeaORM's word for a type.
fn column_type(data_type: &DataType) -> Option<String> {
    let BaseType::Builtin(name) = &data_type.base else { return None };
    if data_type.array {
        return None;
    }
    Some(match (name.as_str(), data_type.modifiers.as_deref()) {
        ("text", None) => "Text".to_owned(),
        ("character varying", None) => "String(StringLen::None)".to_owned(),
        ("character varying", Some(length)) => format!("String(StringLen::N({}))", number(length)?),
        ("character", Some(length)) => format!("Char(Some({}))", number(length)?),
        ("json", None) => "Json".to_owned(),
        ("jsonb", None) => "JsonBinary".to_owned(),
        _ => return None,
    })
}

fn number(modifiers: &str) -> Option<u32> {
    modifiers.trim_matches(['(', ')']).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_as_attributes() {
        for (sql, words) in [
            ("0", "default_value = 0"),
            ("-1", "default_expr = r#\"Expr::cust(\"-1\")\"#"),
            ("true", "default_value = true"),
            ("'new'::status", "default_value = \"new\""),
            ("'it''s \"x\"'::text", "default_value = \"it's \\\"x\\\"\""),
            ("''::character varying", "default_value = \"\""),
            ("CURRENT_TIMESTAMP", "default_expr = \"Expr::current_timestamp()\""),
            ("now()", "default_expr = r#\"Expr::cust(\"now()\")\"#"),
            ("('a'::text || 'b'::text)", "default_expr = r#\"Expr::cust(\"('a'::text || 'b'::text)\")\"#"),
            ("'a'::text || 'b'::text", "default_expr = r#\"Expr::cust(\"'a'::text || 'b'::text\")\"#"),
            ("'{}'::text[]", "default_expr = r#\"Expr::cust(\"'{}'::text[]\")\"#"),
            ("'\"#'::x(1)", "default_expr = r##\"Expr::cust(\"'\\\"#'::x(1)\")\"##"),
        ] {
            assert_eq!(default_words(sql), words);
        }
    }
}
