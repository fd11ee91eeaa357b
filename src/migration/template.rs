//! The user's own template of a revision's file: what stands around the header and the two sections.

use std::path::{Path, PathBuf};

use minijinja::{Environment, UndefinedBehavior, context};

use super::Plan;
use super::render::Parts;
use crate::config::Config;
use crate::error::{Error, Kind, Result};

/// The name of the template's file in `template_folder`.
pub(super) const TEMPLATE_FILE: &str = "migration.sql";

/// A template that was read, or the one that is built in.
#[derive(Debug)]
pub(super) enum Template {
    BuiltIn,
    Own { path: PathBuf, shown: String, text: String },
}

impl Template {
    /// Reads `template_folder`, if there is one.
    pub(super) fn read(config: &Config) -> Result<Self> {
        let Some(folder) = &config.template_folder else { return Ok(Self::BuiltIn) };
        let path = folder.join(TEMPLATE_FILE);
        let shown = config.shown_path(&path);
        let text = std::fs::read_to_string(&path).map_err(|cause| {
            Error::new(Kind::Usage, format!("cannot read the template {shown}"))
                .hint(format!("template_folder in autogen.toml names a folder with a file {TEMPLATE_FILE}:"))
                .hint(EXAMPLE)
                .caused_by(cause)
        })?;
        Ok(Self::Own { path, shown, text })
    }

    /// The text of a plan's file.
    pub(super) fn render(&self, plan: &Plan) -> Result<String> {
        match self {
            Self::BuiltIn => super::render(plan),
            Self::Own { shown, text, .. } => {
                let parts = Parts::of(plan)?;
                let text = own(text, plan, &parts).map_err(|cause| {
                    let line = cause.line().map(|line| format!(":{line}")).unwrap_or_default();
                    let what = cause.detail().map_or_else(|| cause.kind().to_string(), str::to_owned);
                    Error::new(Kind::Usage, format!("{shown}{line}: {what}")).hint(
                        "a template may use {{ header }}, {{ upgrade }}, {{ downgrade }}, {{ message }}, {{ id }}, \
                         {{ parents }}, {{ create_date }}, {{ branch_labels }}, {{ depends_on }}, {{ replaces }}",
                    )
                })?;
                Ok(format!("{}\n", text.trim_end()))
            }
        }
    }

    /// What is wrong where the text that came out is not the plan.
    pub(super) fn refusal(&self, what: &str) -> Error {
        match self {
            Self::BuiltIn => Error::new(Kind::Error, what.to_owned())
                .hint("this is a defect of autogen; please report it with the entities that led to it"),
            Self::Own { shown, .. } => Error::new(Kind::Usage, format!("the template {shown} is refused: {what}"))
                .hint("it may add comments; header, markers and statements come from {{ header }}, {{ upgrade }} and {{ downgrade }}:")
                .hint(EXAMPLE),
        }
    }

    /// The file, where it is the user's own.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn => None,
            Self::Own { path, .. } => Some(path),
        }
    }
}

const EXAMPLE: &str = "\
{{ header }}
-- Ticket:

-- autogen: upgrade

{{ upgrade }}

-- autogen: downgrade

{{ downgrade }}";

fn own(text: &str, plan: &Plan, parts: &Parts) -> std::result::Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let revision = &plan.revision;
    environment.render_str(
        text,
        context! {
            header => parts.header, upgrade => parts.upgrade, downgrade => parts.downgrade,
            message => revision.message, id => revision.id, parents => revision.parents.join(", "),
            create_date => revision.create_date, branch_labels => revision.branch_labels.join(", "),
            depends_on => revision.depends_on.join(", "), replaces => revision.replaces.join(", "),
        },
    )
}
