//! A written file as the SQL file that it would be, for those who read it.

use crate::migration::Migration;

/// Remarks and statements of both methods, under the markers of SQL files.
pub(in crate::migration) fn as_sql(migration: &Migration) -> String {
    let mut text = String::new();
    let (mut up, mut down) = (migration.upgrade.iter(), migration.downgrade.iter());
    let mut is_down = None;
    for line in migration.text.lines().map(str::trim) {
        if line.starts_with("async fn up(") || line.starts_with("async fn down(") {
            is_down = Some(line.starts_with("async fn down("));
            let section = if is_down == Some(true) { "downgrade" } else { "upgrade" };
            text.push_str(&format!("\n-- autogen: {section}\n"));
        } else if let (Some(remark), Some(_)) = (line.strip_prefix("// "), is_down) {
            text.push_str(&format!("\n-- {remark}"));
        } else if line.starts_with("let sql = ") {
            let next = if is_down == Some(true) { down.next() } else { up.next() };
            next.iter().for_each(|statement| text.push_str(&format!("\n{};\n", statement.sql)));
        }
    }
    text
}
