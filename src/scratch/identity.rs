//! What got another name: Postgres knows tables, columns, enum types and labels by numbers, which a rename keeps.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::lost;
use crate::error::Result;
use crate::execute::parameters;
use crate::schema::{QualifiedName, Rename};

/// Names by number.
#[derive(Debug, Default)]
pub(super) struct Identities {
    tables: BTreeMap<i64, QualifiedName>,
    columns: BTreeMap<(i64, i64), String>,
    enums: BTreeMap<i64, QualifiedName>,
    labels: BTreeMap<(i64, i64), String>,
}

impl Identities {
    /// Reads them.
    pub(super) async fn read(conn: &mut PgConnection, namespaces: &[String]) -> Result<Self> {
        let sql = parameters(include_str!("identity.sql"), &["namespaces"]);
        let query = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(namespaces);
        let mut identities = Self::default();
        for row in query.fetch_all(conn).await.map_err(lost)? {
            identities.add(&row).map_err(lost)?;
        }
        Ok(identities)
    }

    fn add(&mut self, row: &sqlx::postgres::PgRow) -> sqlx::Result<()> {
        let (oid, number): (i64, i64) = (row.try_get("oid")?, row.try_get("number")?);
        let (namespace, name): (String, String) = (row.try_get("namespace")?, row.try_get("name")?);
        match row.try_get("kind")? {
            "table" => drop(self.tables.insert(oid, QualifiedName::new(namespace, name))),
            "column" => drop(self.columns.insert((oid, number), name)),
            "enum" => drop(self.enums.insert(oid, QualifiedName::new(namespace, name))),
            _ => drop(self.labels.insert((oid, number), name)),
        }
        Ok(())
    }

    /// The renames that lead to `after`, tables and types first. Names that were exchanged are left out: done in order,
    /// one would meet the other.
    pub(super) fn renames(&self, after: &Self) -> Vec<Rename> {
        let mut renames = Vec::new();
        for (from, to) in changed(&self.tables, &after.tables) {
            renames.push(Rename::Table { from: from.clone(), to: to.clone() });
        }
        for (from, to) in changed(&self.enums, &after.enums) {
            renames.push(Rename::EnumType { from: from.clone(), to: to.clone() });
        }
        for (oid, table) in &after.tables {
            for (from, to) in changed(&parts(&self.columns, *oid), &parts(&after.columns, *oid)) {
                renames.push(Rename::Column { table: table.clone(), from: from.clone(), to: to.clone() });
            }
        }
        for (oid, enum_type) in &after.enums {
            for (from, to) in changed(&parts(&self.labels, *oid), &parts(&after.labels, *oid)) {
                renames.push(Rename::EnumLabel { enum_type: enum_type.clone(), from: from.clone(), to: to.clone() });
            }
        }
        renames
    }
}

fn parts(all: &BTreeMap<(i64, i64), String>, oid: i64) -> BTreeMap<i64, String> {
    all.range((oid, i64::MIN)..=(oid, i64::MAX)).map(|((_, number), name)| (*number, name.clone())).collect()
}

/// What is there both times under another name.
fn changed<'a, N: Clone + PartialEq>(before: &'a BTreeMap<i64, N>, after: &'a BTreeMap<i64, N>) -> Vec<(N, N)> {
    let found: Vec<(N, N)> = before
        .iter()
        .filter_map(|(number, from)| after.get(number).filter(|to| *to != from).map(|to| (from.clone(), to.clone())))
        .collect();
    let exchanged = |name: &N| found.iter().any(|(from, _)| from == name);
    found.iter().filter(|(_, to)| !exchanged(to)).cloned().collect()
}
