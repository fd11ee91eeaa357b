//! What was proved.

use crate::scratch::{Proof, Rows};

/// `proved on PostgreSQL 15.18: upgrade, downgrade, upgrade, with 3 rows in each of 5 tables (0.2 s)`.
pub(crate) fn proved(proof: &Proof) -> String {
    let Proof { version, took, rows } = proof;
    format!(
        "proved on PostgreSQL {version}: upgrade, downgrade, upgrade{} ({:.1} s)",
        with_rows(rows),
        took.as_secs_f32()
    )
}

/// Why tables stayed empty, a line each.
pub(crate) fn empty_tables(rows: &Rows, default_namespace: &str) -> Vec<String> {
    let line = |(table, reason): (&crate::schema::QualifiedName, &String)| {
        format!("  {} stays empty in the proof: {reason}", table.display(default_namespace))
    };
    rows.empty.iter().map(line).collect()
}

/// The rows as JSON.
pub(crate) fn json_rows(rows: &Rows, default_namespace: &str) -> serde_json::Value {
    let name = |table: &crate::schema::QualifiedName| table.display(default_namespace);
    let tables: serde_json::Map<_, _> =
        rows.tables.iter().map(|(table, count)| (name(table), serde_json::json!(count))).collect();
    let empty: serde_json::Map<_, _> =
        rows.empty.iter().map(|(table, reason)| (name(table), serde_json::json!(reason))).collect();
    serde_json::json!({ "tables": tables, "empty": empty })
}

/// `, with 3 rows in each of 5 tables`; nothing where there is no table.
pub(crate) fn with_rows(rows: &Rows) -> String {
    let (filled, all) = (rows.tables.len(), rows.tables.len() + rows.empty.len());
    let least = rows.tables.values().min().copied().unwrap_or(0);
    let most = rows.tables.values().max().copied().unwrap_or(0);
    let count = if least == most { counted(most, "row") } else { format!("{least} to {most} rows") };
    match (filled, all) {
        (_, 0) => String::new(),
        (0, _) => ", without rows".to_owned(),
        (1, 1) => format!(", with {count} in 1 table"),
        (filled, all) if filled == all => format!(", with {count} in each of {all} tables"),
        (filled, all) => format!(", with rows in {filled} of {all} tables"),
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::QualifiedName;

    #[test]
    fn rows_in_words() {
        let rows = |counts: &[usize], empty: &[&str]| Rows {
            tables: counts
                .iter()
                .enumerate()
                .map(|(number, count)| (QualifiedName::new("public", format!("t{number}")), *count))
                .collect(),
            empty: empty.iter().map(|it| (QualifiedName::new("public", *it), "check c".to_owned())).collect(),
        };
        assert_eq!(with_rows(&rows(&[], &[])), "");
        assert_eq!(with_rows(&rows(&[], &["a"])), ", without rows");
        assert_eq!(with_rows(&rows(&[3], &[])), ", with 3 rows in 1 table");
        assert_eq!(with_rows(&rows(&[3, 3], &[])), ", with 3 rows in each of 2 tables");
        assert_eq!(with_rows(&rows(&[1, 3], &[])), ", with 1 to 3 rows in each of 2 tables");
        assert_eq!(with_rows(&rows(&[3, 3], &["a"])), ", with rows in 2 of 3 tables");
        assert_eq!(empty_tables(&rows(&[], &["a"]), "public"), ["  a stays empty in the proof: check c"]);
    }
}
