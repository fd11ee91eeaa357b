//! The judge: two databases are the same when `pg_dump` says the same about them. It shares no code with autogen.

/// What `pg_dump` says about the structure of a database.
pub(crate) struct Dump(pub(crate) String);

/// Equal but for what is no structure and the order of columns: a dropped column that comes back stands last, and
/// neither autogen nor its users care.
impl PartialEq for Dump {
    fn eq(&self, other: &Self) -> bool {
        normalise(&self.0) == normalise(&other.0)
    }
}

impl Dump {
    /// The lines that differ, `-` for this side and `+` for the other.
    pub(crate) fn difference(&self, other: &Self) -> String {
        difference(&normalise(&self.0), &normalise(&other.0))
    }
}

fn normalise(dump: &str) -> String {
    let mut normalised = String::new();
    let mut body: Option<Vec<&str>> = None;
    for line in dump.lines().filter(|line| is_structure(line)) {
        match &mut body {
            None => {
                normalised.push_str(&in_order(line));
                normalised.push('\n');
                if ["CREATE TABLE", "CREATE UNLOGGED TABLE"].iter().any(|it| line.starts_with(it))
                    && line.ends_with('(')
                {
                    body = Some(Vec::new());
                }
            }
            Some(lines) if line.starts_with(')') => {
                lines.sort_unstable();
                for line in lines.iter().chain([&line]) {
                    normalised.push_str(line);
                    normalised.push('\n');
                }
                body = None;
            }
            Some(lines) => lines.push(line.trim_end_matches(',')),
        }
    }
    normalised
}

/// Columns of extended statistics stand as they do in the table.
fn in_order(line: &str) -> String {
    let parts = line.strip_prefix("CREATE STATISTICS ").and_then(|rest| rest.split_once(" ON "));
    let Some((name, (columns, table))) = parts.and_then(|(name, rest)| Some((name, rest.rsplit_once(" FROM ")?)))
    else {
        return line.to_owned();
    };
    let mut columns: Vec<&str> = columns.split(", ").collect();
    columns.sort_unstable();
    format!("CREATE STATISTICS {name} ON {} FROM {table}", columns.join(", "))
}

fn is_structure(line: &str) -> bool {
    !(line.is_empty()
        || line.starts_with("--")
        || line.starts_with("SET ")
        || line.starts_with("SELECT pg_catalog.set_config")
        || line.starts_with("\\restrict")
        || line.starts_with("\\unrestrict"))
}

/// The lines that differ, `-` for the left side and `+` for the right.
pub(crate) fn difference(left: &str, right: &str) -> String {
    similar::TextDiff::from_lines(left, right).unified_diff().context_radius(2).to_string()
}
