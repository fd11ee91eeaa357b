//! What was proved.

use serde_json::json;

use super::{failure, json as print_json, success, talk};
use crate::error::Error;
use crate::revision::Revision;
use crate::schema::QualifiedName;
use crate::scratch::{FileProof, Proof, Rows, Way};

/// What `prove` found about a revision.
pub(crate) struct Verdict<'a> {
    pub(crate) revision: &'a Revision,
    /// Its file, as messages show it.
    pub(crate) path: String,
    /// Whether the file was another when the ledger was written.
    pub(crate) edited: bool,
    pub(crate) outcome: Result<FileProof, Error>,
}

/// One revision of `prove`, and what is to be known of it.
pub(crate) fn verdict(verdict: &Verdict<'_>, quiet: bool, default_namespace: &str) {
    let Verdict { revision, path, edited, outcome } = verdict;
    let proof = match outcome {
        Ok(proof) => proof,
        Err(error) => {
            talk(&format!("{} ({path})", revision.title()));
            return failure(error);
        }
    };
    let FileProof { version, took, way, rows, losses, notes } = proof;
    let (ways, why) = match way {
        Way::Both => ("upgrade, downgrade, upgrade", None),
        Way::UpOnly(why) => ("upgrade alone", Some(why)),
    };
    let (rows_met, took) = (with_rows(rows), took.as_secs_f32());
    success(&format!("{} proved on PostgreSQL {version}: {ways}{rows_met} ({took:.1} s)", revision.title()));
    if quiet {
        return;
    }
    let told = why.into_iter().map(|why| format!("  it cannot be taken back: {why}")).chain(losses.iter().flat_map(
        |(leg, losses)| losses.iter().map(move |loss| format!("  after {leg} {}", loss.display(default_namespace))),
    ));
    told.chain(notes.iter().map(|note| format!("  {note}")))
        .chain(empty_tables(rows, default_namespace))
        .chain(edited.then(|| format!("  {path} was edited; autogen.lock has its new hash")))
        .for_each(|line| talk(&line));
}

/// The same for programs.
pub(crate) fn verdicts_json(verdicts: &[Verdict<'_>], default_namespace: &str) {
    let one = |verdict: &Verdict<'_>| {
        let Verdict { revision, path, edited, outcome } = verdict;
        let common = json!({ "revision": revision.id, "path": path, "edited": edited, "proved": outcome.is_ok() });
        let more = match outcome {
            Ok(proof) => json!({
                "version": proof.version,
                "irreversible": match &proof.way { Way::Both => None, Way::UpOnly(why) => Some(why) },
                "rows": json_rows(&proof.rows, default_namespace),
                "losses": proof.losses.iter().flat_map(|(leg, losses)| losses.iter().map(move |loss| {
                    format!("after {leg} {}", loss.display(default_namespace))
                })).collect::<Vec<_>>(),
                "notes": proof.notes,
            }),
            Err(error) => json!({
                "error": error.to_string(),
                "cause": std::error::Error::source(error).map(ToString::to_string),
            }),
        };
        let (serde_json::Value::Object(mut all), serde_json::Value::Object(more)) = (common, more) else {
            return serde_json::Value::Null;
        };
        all.extend(more);
        serde_json::Value::Object(all)
    };
    print_json(&json!({ "revisions": verdicts.iter().map(one).collect::<Vec<_>>() }));
}

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
    let line = |(table, reason): (&QualifiedName, &String)| {
        format!("  {} stays empty in the proof: {reason}", table.display(default_namespace))
    };
    rows.empty.iter().map(line).collect()
}

/// The rows as JSON.
pub(crate) fn json_rows(rows: &Rows, default_namespace: &str) -> serde_json::Value {
    let name = |table: &QualifiedName| table.display(default_namespace);
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
