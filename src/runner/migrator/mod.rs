//! A project whose migrations a Migrator of sea-orm-migration runs: its table, and the program that runs it.

mod around;
mod program;
mod table;

pub use program::Runner;
pub(super) use table::{applied, stamp};

use super::lock::Lock;
use super::{Database, OnEvent};
use crate::error::Result;

/// The runner's lock, held while somebody else's program runs.
#[derive(Debug)]
pub struct Held(Lock);

impl Held {
    /// Waits for it.
    ///
    /// # Errors
    /// [`crate::error::Kind::Locked`] when it is not to be had in time.
    pub async fn obtain(database: &Database<'_>, on_event: &mut OnEvent<'_>) -> Result<Self> {
        Lock::obtain(database, on_event).await.map(Self)
    }

    /// Gives it back.
    pub async fn release(self) {
        self.0.release().await;
    }
}
