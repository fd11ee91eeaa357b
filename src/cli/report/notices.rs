//! What the server says beside its answers: `RAISE WARNING`, a truncated name, what could not be given back.

use super::{Progress, talk};

/// The driver hands the server's notices to `log`, under this name.
const TARGET: &str = "sqlx::postgres::notice";

struct Notices(Progress);

/// From here on warnings of the server are shown, and with `all` its notices too.
pub(super) fn show(progress: &Progress, all: bool) {
    // A second run in the same process finds the logger of the first, which does the same.
    if log::set_boxed_logger(Box::new(Notices(progress.clone()))).is_ok() {
        log::set_max_level(if all { log::LevelFilter::Info } else { log::LevelFilter::Warn });
    }
}

impl log::Log for Notices {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        self.0.clear();
        match record.level() {
            log::Level::Error | log::Level::Warn => talk(&format!("  the server warns: {}", record.args())),
            log::Level::Info | log::Level::Debug | log::Level::Trace => talk(&format!("  server: {}", record.args())),
        }
    }

    fn flush(&self) {}
}
