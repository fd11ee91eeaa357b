//! Values of every type: Postgres' own, and what is made from them.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::judge::Judge;
use super::literals::literals;
use super::value;
use crate::error::Result;
use crate::execute::parameters;
use crate::schema::{BaseType, DataType, QualifiedName, Schema};
use crate::scratch::lost;

/// What the types of a database are made from.
#[derive(Debug, Default)]
pub(super) struct Types {
    enums: BTreeMap<QualifiedName, Vec<String>>,
    others: BTreeMap<String, Other>,
}

/// A type that neither is Postgres' own nor an enum of the schema.
#[derive(Debug, Clone)]
struct Other {
    name: QualifiedName,
    kind: String,
    labels: Vec<String>,
    attributes: Vec<DataType>,
    base: Option<DataType>,
    checks: Vec<String>,
    /// Where Postgres had to say which of the candidates it takes.
    judged: Option<Vec<String>>,
}

impl Types {
    /// Reads what the types of these columns are made from; one query a layer, none where all are Postgres' own.
    pub(super) async fn read<'a>(
        conn: &mut PgConnection,
        schema: &Schema,
        columns: impl Iterator<Item = &'a DataType>,
    ) -> Result<Self> {
        let enums = schema.enum_types.iter().map(|it| (it.name.clone(), it.labels.clone())).collect();
        let mut types = Self { enums, others: BTreeMap::new() };
        let mut wanted: Vec<String> = columns.filter_map(other).collect();
        while !wanted.is_empty() {
            wanted.sort();
            wanted.dedup();
            let found = read(conn, &wanted).await?;
            let parts = found.iter().flat_map(|(_, it)| it.attributes.iter().chain(&it.base));
            let mut next: Vec<String> = parts.filter_map(other).collect();
            types.others.extend(found);
            next.retain(|name| !types.others.contains_key(name) && !wanted.contains(name));
            wanted = next;
        }
        types.judge(conn).await?;
        Ok(types)
    }

    /// Which values a domain takes, and a type that nobody knows here, Postgres says.
    async fn judge(&mut self, conn: &mut PgConnection) -> Result<()> {
        let mut judge = Judge::default();
        for name in self.others.keys().cloned().collect::<Vec<_>>() {
            let other = &self.others[&name];
            let candidates = match (other.kind.as_str(), &other.base) {
                ("d", Some(base)) if !other.checks.is_empty() => {
                    let written = other.checks.iter().flat_map(|check| literals(check));
                    self.values(base).into_iter().chain(written).chain(general()).collect::<Vec<_>>()
                }
                ("b", _) if value::of_extension(&name, &DataType::builtin(&name)).is_empty() => general(),
                _ => continue,
            };
            let taken = judge.taken(conn, &name, &candidates).await?;
            if let Some(other) = self.others.get_mut(&name) {
                other.judged = Some(taken.into_iter().take(value::VALUES).collect());
            }
        }
        Ok(())
    }

    /// Distinct values of a type, as text; few where it has few, none where nothing is known of it.
    pub(super) fn values(&self, data_type: &DataType) -> Vec<String> {
        if data_type.array {
            let element = DataType { array: false, ..data_type.clone() };
            return arrays(&self.values(&element));
        }
        match &data_type.base {
            BaseType::Builtin(name) => value::builtin(name, data_type),
            BaseType::Enum(name) => self.enums.get(name).cloned().unwrap_or_default(),
            BaseType::Other(name) => self.others.get(name).map_or_else(Vec::new, |it| self.of(it, name, data_type)),
        }
    }

    fn of(&self, other: &Other, name: &str, data_type: &DataType) -> Vec<String> {
        if let Some(judged) = &other.judged {
            return judged.clone();
        }
        let base = || other.base.as_ref().map(|base| self.values(base)).unwrap_or_default();
        match other.kind.as_str() {
            "e" => other.labels.clone(),
            "d" => base(),
            "c" => composites(&other.attributes.iter().map(|it| self.values(it)).collect::<Vec<_>>()),
            "r" => base().iter().map(|bound| format!("[{0},{0}]", quoted(bound))).collect(),
            "m" => base().iter().map(|range| format!("{{{range}}}")).collect(),
            _ => value::of_extension(name, data_type),
        }
    }

    /// The type that a domain is made over, or the type itself.
    pub(super) fn plain(&self, data_type: &DataType) -> DataType {
        match &data_type.base {
            BaseType::Other(name) if !data_type.array => match self.others.get(name) {
                Some(Other { kind, base: Some(base), .. }) if kind == "d" => self.plain(base),
                Some(_) | None => data_type.clone(),
            },
            BaseType::Builtin(_) | BaseType::Enum(_) | BaseType::Other(_) => data_type.clone(),
        }
    }

    /// The enum that a domain is made over.
    pub(super) fn enum_under(&self, domain: &DataType) -> Option<&QualifiedName> {
        match self.plain(domain).base {
            BaseType::Other(name) => self.others.get(&name).filter(|it| it.kind == "e").map(|it| &it.name),
            BaseType::Builtin(_) | BaseType::Enum(_) => None,
        }
    }

    /// Whether the database has the type.
    pub(super) fn knows(&self, data_type: &DataType) -> bool {
        match &data_type.base {
            BaseType::Builtin(_) => true,
            BaseType::Enum(name) => self.enums.contains_key(name),
            BaseType::Other(name) => self.others.contains_key(name),
        }
    }
}

fn other(data_type: &DataType) -> Option<String> {
    match &data_type.base {
        BaseType::Other(name) => Some(name.clone()),
        BaseType::Builtin(_) | BaseType::Enum(_) => None,
    }
}

async fn read(conn: &mut PgConnection, names: &[String]) -> Result<Vec<(String, Other)>> {
    let sql = parameters(include_str!("types.sql"), &["types"]);
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(names).fetch_all(conn).await.map_err(lost)?;
    rows.iter().map(|row| one(row).map_err(lost)).collect()
}

fn one(row: &sqlx::postgres::PgRow) -> sqlx::Result<(String, Other)> {
    let list = |column: &str| -> sqlx::Result<Vec<String>> {
        serde_json::from_str(row.try_get(column)?).map_err(|cause| sqlx::Error::Decode(Box::new(cause)))
    };
    let base: Option<String> = row.try_get("base")?;
    let other = Other {
        name: QualifiedName::new(row.try_get::<&str, _>("namespace")?, row.try_get::<&str, _>("name")?),
        kind: row.try_get("kind")?,
        labels: list("labels")?,
        attributes: list("attributes")?.iter().map(|it| parsed(it)).collect(),
        base: base.as_deref().map(parsed),
        checks: list("checks")?,
        judged: None,
    };
    Ok((row.try_get("type")?, other))
}

/// What is no type of Postgres' own is looked up as another, enums too.
fn parsed(printed: &str) -> DataType {
    DataType::parse(printed, |name| {
        let probe = DataType { base: BaseType::Other(String::new()), modifiers: None, array: false };
        let known = !value::builtin(&name, &DataType { modifiers: Some("1".to_owned()), ..probe }).is_empty();
        if known { BaseType::Builtin(name) } else { BaseType::Other(name) }
    })
}

/// What most types take one of.
fn general() -> Vec<String> {
    const GENERAL: [&str; 24] = [
        "1",
        "2",
        "3",
        "a",
        "b",
        "c",
        "a1",
        "A1",
        "ABC",
        "abc",
        "10",
        "100",
        "0",
        "a@example.org",
        "b@example.org",
        "https://example.org/a",
        "+4930123456",
        "12345",
        "2024-01-01",
        "{}",
        "[1,2]",
        "(1,1)",
        "00000000-0000-4000-8000-000000000001",
        "",
    ];
    GENERAL.iter().map(ToString::to_string).collect()
}

/// One element, then two, so that the arrays are distinct where the elements are.
pub(super) fn arrays(elements: &[String]) -> Vec<String> {
    let array = |(number, element): (usize, &String)| match number % 2 {
        0 => format!("{{{}}}", quoted(element)),
        _ => format!("{{{},{}}}", quoted(element), quoted(&elements[0])),
    };
    elements.iter().enumerate().map(array).collect()
}

fn composites(attributes: &[Vec<String>]) -> Vec<String> {
    let most = attributes.iter().map(Vec::len).max().unwrap_or(0);
    let field = |values: &Vec<String>, number: usize| {
        if values.is_empty() { String::new() } else { quoted(&values[number % values.len()]) }
    };
    let composite = |number| attributes.iter().map(|values| field(values, number)).collect::<Vec<_>>().join(",");
    (0..most).map(|number| format!("({})", composite(number))).collect()
}

/// An element of an array, a field or a bound, as the manual has it for all three.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
