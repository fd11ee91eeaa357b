use sqlx::Connection;

use super::build::Unprintable;
use super::declare::bring;
use super::{Database, Scratch};
use crate::reflect::{Scope, reflect};
use crate::schema::{Definition, Schema};

/// The desired schema with its definitions in Postgres' words.
#[derive(Debug)]
pub struct Defined {
    /// In the words of `renamed` where both mean the same.
    pub desired: Schema,
    /// In the words of scratch: what must be there after the migration ran on scratch.
    pub on_scratch: Schema,
}

impl Scratch {
    /// Makes the definitions of `desired` on `stage`, which is in the state of `renamed` and is used up, over the tables of
    /// `desired`: Postgres prints a view anew when a column under it changes its type. Whether two texts mean the same,
    /// is seen where scratch has printed both.
    ///
    /// # Errors
    ///
    /// What Postgres refuses of the definitions, by name.
    pub async fn define(
        &self,
        stage: Database,
        renamed: &Schema,
        desired: &Schema,
        scope: &Scope,
    ) -> Result<Defined, Unprintable> {
        let mut conn = stage.connect().await?;
        let before = reflect(&mut conn, scope).await?;
        let made = bring(&mut conn, renamed, desired, scope).await;
        let after = reflect(&mut conn, scope).await;
        let _ = conn.close().await;
        stage.drop().await?;
        made?;
        let after = after?;
        let chosen = |definition: &Definition| {
            let Some(printed) = after.definition(&definition.name) else { return definition.clone() };
            match (renamed.definition(&definition.name), before.definition(&definition.name)) {
                (Some(there), Some(there_printed)) if there_printed == printed => there.clone(),
                (Some(_) | None, _) => printed.clone(),
            }
        };
        let definitions = desired.definitions.iter().map(chosen).collect();
        Ok(Defined {
            desired: Schema { definitions, needs: after.needs.clone(), ..desired.clone() },
            on_scratch: Schema { definitions: after.definitions, needs: after.needs, ..desired.clone() },
        })
    }
}
