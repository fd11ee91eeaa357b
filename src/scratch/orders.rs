//! The same schema by two ways: branches that are joined, whichever of them is applied first; revisions one by one, and
//! what takes their place.

use sqlx::Connection;

use super::prove_file::ours;
use super::replay::apply_in_order;
use super::{Scratch, strangers};
use crate::diff::diff;
use crate::error::Result;
use crate::migration::Folder;
use crate::operation::Operation;
use crate::reflect::{Scope, reflect};
use crate::revision::Revision;
use crate::schema::Schema;

impl Scratch {
    /// What differs between two orders of the same revisions, in all namespaces that are not left alone; the order of
    /// columns does not count.
    ///
    /// # Errors
    ///
    /// The statement that fails, with its revision and what Postgres says.
    pub async fn differ_by_order(
        &self,
        folder: &Folder,
        orders: [&[&Revision]; 2],
        given: &Scope,
    ) -> Result<Vec<Operation>> {
        let [one, other] = orders;
        let one = self.replay_in_order(folder, one, given).await?;
        let other = self.replay_in_order(folder, other, given).await?;
        Ok(diff(&one, &other))
    }

    /// What differs when a line of revisions is applied, and when the one that takes their place is; both up to `id`.
    ///
    /// # Errors
    ///
    /// The statement that fails, with its revision and what Postgres says.
    pub async fn differ_by_squash(
        &self,
        [folder, squashed]: [&Folder; 2],
        id: &str,
        given: &Scope,
    ) -> Result<Vec<Operation>> {
        let one = self.replay_in_order(folder, &folder.graph().in_turn(&[id]), given).await?;
        let other = self.replay_in_order(squashed, &squashed.graph().in_turn(&[id]), given).await?;
        Ok(diff(&one, &other))
    }

    async fn replay_in_order(&self, folder: &Folder, order: &[&Revision], given: &Scope) -> Result<Schema> {
        let database = self.database().await?;
        let mut conn = database.connect().await?;
        apply_in_order(&mut conn, folder, order.iter().copied(), given).await?;
        strangers::make_all(&mut conn, given).await?;
        let namespaces = ours(&mut conn, given).await?;
        let default_namespace = self.default_namespace.clone();
        let schema = reflect(&mut conn, &Scope { namespaces, default_namespace, ..given.clone() }).await?;
        let _ = conn.close().await;
        database.drop().await?;
        Ok(schema)
    }
}
