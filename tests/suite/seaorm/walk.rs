//! Rounds of edits in a project with a Migrator and in its twin with SQL files.

use std::time::Instant;

use anyhow::{Context as _, Result};

use super::edits::Edits;
use super::{created, must_be_formatted, patient, read};
use crate::Database;
use crate::project::Project;

/// What is edited, and what came of it so far.
pub(super) struct Walk {
    pub(super) name: &'static str,
    pub(super) entity: &'static str,
    pub(super) modules: &'static str,
    pub(super) edits: Edits,
    pub(super) operations: usize,
}

/// The project with `MigrationTrait` files and that with SQL files, each with its database.
pub(super) type Both<'a> = [(&'a Project, &'a Database); 2];

impl Walk {
    /// So many rounds.
    pub(super) fn all(&mut self, rounds: u32, both: Both<'_>) -> Result<()> {
        for round in 0..rounds {
            let told = self.edits.next(both[0].0, self.entity, self.modules)?;
            for file in [self.entity, self.modules] {
                both[1].0.write(file, &read(both[0].0, file)?)?;
            }
            let answers = self.edits.answers();
            self.round(&format!("round {round}"), &answers, both)
                .with_context(|| format!("{} round {round}: {told}", self.name))?;
            self.edits.forget_answers();
        }
        Ok(())
    }

    /// Create, rustfmt, upgrade, check, downgrade to what was before, upgrade.
    pub(super) fn round(&mut self, message: &str, answers: &[String], both: Both<'_>) -> Result<()> {
        let arguments: Vec<&str> =
            ["create", message, "--allow-drops"].into_iter().chain(answers.iter().map(String::as_str)).collect();
        for (position, (project, database)) in both.into_iter().enumerate() {
            let before = database.dump()?;
            let run = project.ok(&arguments)?;
            if position == 0 {
                let is_operation = |line: &&str| ["  + ", "  ~ ", "  - "].iter().any(|mark| line.starts_with(mark));
                self.operations += run.stdout.lines().filter(is_operation).count();
                must_be_formatted(project, &[&created(&run)?])?;
            }
            patient(project, &["upgrade"])?;
            project.ok(&["check"])?.says(0, &["models and migrations agree"])?;
            patient(project, &["downgrade", "-1"])?;
            database.must_be(&before, "the downgrade does not lead back")?;
            patient(project, &["upgrade"])?;
        }
        Ok(())
    }

    /// The figures.
    #[expect(clippy::print_stdout, reason = "the figures of a soak")]
    pub(super) fn tell(&self, rounds: u32, built: u64, begin: Instant) {
        println!(
            "{}: {rounds} rounds in both formats, {} operations; built in {built} s, all in {} s",
            self.name,
            self.operations,
            begin.elapsed().as_secs()
        );
    }
}
