use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Asks a run to stop: it takes its current step back and fails as interrupted.
///
/// Whoever asks cannot interrupt a statement that the server is working on; the runner does so through its other
/// connection while [`Stop::is_busy`].
#[derive(Debug, Default)]
pub struct Stop {
    asked: AtomicBool,
    busy: AtomicBool,
}

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits until somebody asks.
    pub async fn asked(&self) {
        while !self.is_asked() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Whether a statement of a revision is at work, as opposed to the journal's own.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst)
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::SeqCst);
    }
}
