//! TODO.
use crate::error::Result;
use crate::migration::Folder;
use sqlx::PgConnection;
pub async fn require_head(_: &mut PgConnection, _: &Folder, _: &str) -> Result<()> {
    Ok(())
}
