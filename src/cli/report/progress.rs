use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// What is going on, on a terminal's last line; nothing elsewhere. Goes when it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Shows nothing yet; with `quiet`, never.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        Self(bar)
    }

    /// The next step. It shows once the step has taken a moment.
    pub(crate) fn step(&self, text: &str) {
        self.0.set_style(ProgressStyle::default_spinner());
        self.0.set_message(text.to_owned());
        self.0.enable_steady_tick(Duration::from_millis(120));
    }

    /// Whether it shows on a terminal.
    pub(crate) fn is_seen(&self) -> bool {
        !self.0.is_hidden()
    }

    /// How far a statement of the server is; without a total only its phase.
    pub(crate) fn of(&self, what: &str, phase: &str, done: u64, total: u64) {
        let template = if total > 0 { "{msg} {bar:16} {percent} % {elapsed}" } else { "{spinner} {msg} {elapsed}" };
        self.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let what = what.split(',').next().unwrap_or_default();
        self.0.set_message(format!("{what}: {phase}"));
        if total > 0 {
            self.0.set_length(total);
            self.0.set_position(done.min(total));
        }
    }

    /// Bytes of the current step, of how many where that is known.
    pub(crate) fn bytes(&self, text: &str, done: u64, total: Option<u64>) {
        let template = if total.is_some() { "{msg} {bar:30} {bytes}/{total_bytes}" } else { "{spinner} {msg} {bytes}" };
        self.0.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.0.set_message(text.to_owned());
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(done);
    }

    /// Takes it off the terminal, so that other lines may follow.
    pub(crate) fn clear(&self) {
        self.0.disable_steady_tick();
        self.0.finish_and_clear();
        self.0.reset();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
