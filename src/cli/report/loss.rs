//! What is about to be destroyed.

use anstream::eprintln;

use crate::runner::TableRows;

/// The rows of each table, as talk: a question follows.
pub(crate) fn rows_to_lose(tables: &[TableRows], default_namespace: &str) {
    if tables.is_empty() {
        eprintln!("no table holds a row");
        return;
    }
    let names: Vec<String> = tables.iter().map(|it| it.table.display(default_namespace).to_string()).collect();
    let counts: Vec<String> = tables.iter().map(count).collect();
    let name_width = names.iter().map(String::len).max().unwrap_or_default();
    let count_width = counts.iter().map(String::len).max().unwrap_or_default();
    eprintln!("these rows will be lost:");
    for ((name, count), table) in names.iter().zip(&counts).zip(tables) {
        let unit = if table.rows == 1 { "row" } else { "rows" };
        eprintln!("  {name:<name_width$}  {count:>count_width$} {unit}");
    }
}

fn count(table: &TableRows) -> String {
    let about = if table.exact { "" } else { "about " };
    format!("{about}{}", grouped(table.rows))
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = (0..digits.len())
        .rev()
        .step_by(3)
        .rev()
        .scan(0, |start, end| {
            let group = digits.get(*start..=end);
            *start = end + 1;
            group
        })
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (12, "12"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
