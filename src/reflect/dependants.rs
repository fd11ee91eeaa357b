use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Scope;
use crate::error::{Error, Kind, Result};
use crate::schema::{DefinitionKind, DefinitionName, Object, QualifiedName};

/// Something that is not looked at, and what it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependant {
    /// A view, rule, policy, trigger, function or foreign key.
    pub object: Object,
    /// A table or a column of those that were asked for.
    pub stands_on: Object,
}

/// What is not looked at and stands on these tables and columns: Postgres drops and changes none of them under it.
///
/// # Errors
///
/// When the server cannot be reached or refuses.
pub async fn unseen_dependants(conn: &mut PgConnection, on: &[Object], scope: &Scope) -> Result<Vec<Dependant>> {
    let on: Vec<(&Object, &QualifiedName, Option<&String>)> = on
        .iter()
        .filter_map(|object| match object {
            Object::Table(table) => Some((object, table, None)),
            Object::Column(table, column) => Some((object, table, Some(column))),
            Object::Namespace(_)
            | Object::EnumType(_)
            | Object::EnumLabel(..)
            | Object::Constraint(..)
            | Object::Index(..)
            | Object::Definition(_) => None,
        })
        .collect();
    let mut sql = include_str!("dependants.sql").to_owned();
    for (number, name) in ["namespaces", "tables", "columns"].into_iter().enumerate() {
        sql = sql.replace(&format!(":'{name}'"), &format!("${}", number + 1));
    }
    let query = sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .bind(on.iter().map(|(_, table, _)| table.namespace.clone()).collect::<Vec<_>>())
        .bind(on.iter().map(|(_, table, _)| table.name.clone()).collect::<Vec<_>>())
        .bind(on.iter().map(|(_, _, column)| column.cloned()).collect::<Vec<_>>());
    let rows = query.fetch_all(conn).await;
    let read = rows.and_then(|rows| {
        let mut dependants = Vec::new();
        for row in rows {
            let at = usize::try_from(row.try_get::<i64, _>("number")? - 1).unwrap_or_default();
            let object = object(row.try_get("kind")?, row.try_get("object_names")?);
            if let (Some((on, ..)), Some(object)) = (on.get(at), object) {
                dependants.push(Dependant { object, stands_on: (*on).clone() });
            }
        }
        Ok(dependants)
    });
    let mut read =
        read.map_err(|cause| Error::new(Kind::Error, "cannot read the database's catalogs").caused_by(cause))?;
    read.retain(|it| !scope.sees(&it.object));
    Ok(read)
}

/// By the words and names of `pg_identify_object_as_address`.
fn object(kind: &str, names: Vec<String>) -> Option<Object> {
    let mut names = names.into_iter();
    let (namespace, name, part) = (names.next()?, names.next()?, names.next());
    let name = QualifiedName::new(namespace, name);
    Some(match kind {
        "table constraint" => Object::Constraint(name, part?),
        kind => Object::Definition(DefinitionName { kind: DefinitionKind::of_words(kind)?, name, part }),
    })
}

impl Scope {
    /// Whether it is looked at.
    fn sees(&self, object: &Object) -> bool {
        self.namespaces.iter().any(|it| it == object.namespace()) && self.unmanaged.rule(object).is_none()
    }
}
