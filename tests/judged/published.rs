//! Schemas that people run, as Debian's packages ship them: nobody wrote them with autogen in mind.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use autogen::scratch::{Options, Scratch};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::walk::{Pair, statements};
use crate::{judge, server};

/// From nothing to each schema, and from each to nothing.
pub(crate) async fn pairs() -> Result<Vec<(String, Pair)>> {
    let folder = Options::user_cache().join("test-schemas");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("{}: run tests/schemas.sh", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort_unstable();
    ensure!(!files.is_empty(), "{} is empty", folder.display());
    let scratch = Scratch::start(server::options().await, &|_| {}).await?;
    let mut pairs = Vec::new();
    for file in files {
        let name = file.file_stem().and_then(|it| it.to_str()).context("a name")?.to_owned();
        let sql = as_dumped(&scratch, &std::fs::read_to_string(&file)?).await.with_context(|| name.clone())?;
        // Storage and statistics targets are kept where they are, and come from no declaration.
        let kept = |line: &&str| line.contains(" SET STATISTICS ") || line.contains(" SET STORAGE ");
        let declared: Vec<&str> = sql.lines().filter(|line| !kept(line)).collect();
        pairs.push((format!("{name}, made"), Pair { before: String::new(), after: declared.join("\n") }));
        pairs.push((format!("{name}, dropped"), Pair { before: sql, after: String::new() }));
    }
    scratch.stop().await?;
    Ok(pairs)
}

/// What nobody can declare: operators, here that of icingadb.
const UNDECLARED: &str = "drop operator if exists ~~ (anynonarray, text)";

/// The structure alone, as `pg_dump` says it: the files hold rows and settings too.
async fn as_dumped(scratch: &Scratch, sql: &str) -> Result<String> {
    let database = scratch.database().await?;
    let mut conn = database.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await?;
    sqlx::raw_sql(UNDECLARED).execute(&mut conn).await?;
    conn.close().await?;
    Ok(statements(&judge::dump(&database.options())?))
}
