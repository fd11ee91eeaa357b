//! `seaql_migrations`, or what the Migrator calls it: which migrations are applied.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::super::lock::Lock;
use super::super::{Applied, Database, Event, OnEvent, history};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::execute::Record;
use crate::migration::{Folder, Migrator};
use crate::reflect::prepare_session;
use crate::render::qualified;
use crate::revision::{Id, Target};
use crate::schema::QualifiedName;

/// What is applied, in the order of the Migrator; only reads, and finds nothing where there is no table.
pub(in crate::runner) async fn applied(
    conn: &mut PgConnection,
    migrator: &Migrator,
    default_namespace: &str,
) -> Result<Vec<Applied>> {
    prepare_session(conn, default_namespace).await?;
    let name = name(migrator)?;
    let failed = |cause| unreadable(name, cause);
    let values = [("default_namespace", default_namespace), ("table", name)];
    let there = Record::new(include_str!("../sql/migrator_table_exists.sql"), &values).fetch(conn).await;
    let there = there.map_err(failed)?.first().map(|row| row.try_get::<bool, _>(0)).transpose().map_err(failed)?;
    if !there.unwrap_or_default() {
        return Ok(Vec::new());
    }
    let table = qualified(&QualifiedName::new(default_namespace, name), default_namespace);
    let sql = include_str!("../sql/read_migrator_table.sql").replace(":\"table\"", &table);
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await.map_err(failed)?;
    let mut applied = Vec::new();
    for row in rows {
        let revision: String = row.try_get("version").map_err(failed)?;
        let listed = migrator.listed.iter().find(|it| it.migration.revision.id == revision);
        let of_list = listed.map(|it| &it.migration.revision);
        applied.push(Applied {
            parents: of_list.map(|it| it.parents.clone()).unwrap_or_default(),
            message: of_list.map(|it| it.message.clone()).unwrap_or_default(),
            revision,
            hash: String::new(),
            downgrade: String::new(),
            applied_at: row.try_get("applied_at").map_err(failed)?,
            applied_by: "its Migrator".to_owned(),
            source: None,
        });
    }
    let position = |it: &Applied| migrator.listed.iter().position(|listed| listed.migration.revision.id == it.revision);
    applied.sort_by_key(|it| position(it).unwrap_or(usize::MAX));
    Ok(applied)
}

fn name(migrator: &Migrator) -> Result<&str> {
    migrator.table.as_deref().ok_or_else(|| {
        Error::new(Kind::Usage, "what the table of applied migrations is called, the Migrator's text does not tell")
            .hint("write into autogen.toml:\n      [seaorm]\n      table = \"seaql_migrations\"")
    })
}

fn unreadable(name: &str, cause: sqlx::Error) -> Error {
    Error::new(Kind::Error, format!("cannot read {name}"))
        .hint(format!("the role needs SELECT on {name}"))
        .caused_by(cause)
}

/// Makes the table say that the database is at the targets, in one transaction.
pub(in crate::runner) async fn stamp(
    database: &Database<'_>,
    folder: &Folder,
    migrator: &Migrator,
    targets: &[Target],
    purge: bool,
    on_event: &mut OnEvent<'_>,
) -> Result<()> {
    let lock = Lock::obtain(database, on_event).await?;
    let mut conn = config::connect(database.target).await?;
    let rows = applied(&mut conn, migrator, database.default_namespace).await?;
    let before: BTreeSet<Id> = rows.iter().map(|applied| applied.revision.clone()).collect();
    let kept = if purge { BTreeSet::new() } else { history::known(&rows, folder)? };
    let after = folder.graph().stamped(&kept, targets)?;
    let heads = |ids: &BTreeSet<Id>| folder.graph().applied_heads(ids).iter().map(|r| r.id.clone()).collect();
    on_event(Event::Stamp { from: heads(&before), to: heads(&after) });
    let gone: Vec<&Id> = before.iter().filter(|id| !after.contains(*id)).collect();
    let new: Vec<&Id> = after.iter().filter(|id| !before.contains(*id)).collect();
    write(&mut conn, name(migrator)?, database.default_namespace, &gone, &new).await?;
    let _ = conn.close().await;
    lock.release().await;
    Ok(())
}

async fn write(conn: &mut PgConnection, name: &str, namespace: &str, gone: &[&Id], new: &[&Id]) -> Result<()> {
    let failed = |cause: sqlx::Error| Error::new(Kind::Error, format!("cannot write {name}")).caused_by(cause);
    let table = qualified(&QualifiedName::new(namespace, name), namespace);
    let sql = |text: &str| AssertSqlSafe(text.replace(":\"table\"", &table).replace(":'version'", "$1"));
    let mut transaction = conn.begin().await.map_err(failed)?;
    let create = sql(include_str!("../sql/create_migrator_table.sql"));
    sqlx::query(create).persistent(false).execute(&mut *transaction).await.map_err(failed)?;
    for (text, ids) in
        [(include_str!("../sql/delete_migrator_row.sql"), gone), (include_str!("../sql/insert_migrator_row.sql"), new)]
    {
        for id in ids {
            let row = sqlx::query(sql(text)).bind(id.as_str()).persistent(false);
            row.execute(&mut *transaction).await.map_err(failed)?;
        }
    }
    transaction.commit().await.map_err(failed)
}
