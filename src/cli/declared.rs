//! What the project declares: entities, or what a command prints, and the SQL beside them.

use std::path::PathBuf;

use super::global::Global;
use super::report;
use super::unmanaged::{refuse_unmanaged, strangers, unmanaged};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::exchange;
use crate::introspect::{self, Diagnostics, Reading};
use crate::migration::Folder;
use crate::overlay::without_done_circles;
use crate::reflect::Scope;
use crate::schema::{DefinitionKind, Ledger, Models, Object};
use crate::scratch::Extras;

/// What the project declares.
#[derive(Debug)]
pub(super) struct Declared {
    /// What the entities say.
    pub(super) models: Models,
    /// What looks wrong in them.
    pub(super) warnings: Diagnostics,
    /// What they cannot say.
    pub(super) extras: Extras,
}

impl Declared {
    /// Without what the history has done already.
    pub(super) fn beside(mut self, folder: &Folder) -> Self {
        self.models.renames = without_done_circles(std::mem::take(&mut self.models.renames), |it| folder.has_done(it));
        self
    }
}

/// Reads all that is declared, and says what looks wrong. Nothing at all is a sign of a wrong path, unless everything
/// is meant to go.
pub(super) fn read_declared(config: &Config, global: &Global, may_be_empty: bool) -> Result<Declared> {
    let extras = extras(config)?;
    let Reading { models, warnings } = read_models(config)?;
    let mut models = introspect::named(models, &config.naming)?;
    models.unmanaged = unmanaged(config)?;
    refuse_unmanaged(&models, &extras, &config.default_namespace)?;
    if !global.quiet {
        report::warnings(&warnings);
    }
    if models.schema.tables.is_empty() && extras.is_empty() && !may_be_empty {
        return Err(nothing(config));
    }
    Ok(Declared { models, warnings, extras })
}

fn read_models(config: &Config) -> Result<Reading> {
    match &config.entities.command {
        Some(command) => {
            let models = exchange::run(command, &config.root, &config.default_namespace)?;
            Ok(Reading { models, ..Reading::default() })
        }
        None if config.entities.path.is_empty() => Ok(Reading::default()),
        None => Ok(introspect::models(&source(config))?),
    }
}

fn nothing(config: &Config) -> Error {
    let message = |what: &str| Error::new(Kind::Usage, format!("{what} {}", origin(config)));
    match &config.entities.command {
        Some(_) => message("no tables in the output of")
            .hint("it is `command` under [entities] in autogen.toml: run it by hand in the folder of autogen.toml"),
        None if config.entities.path.is_empty() => {
            message("no statement in").hint("declare something there: CREATE TABLE ..")
        }
        None => message("no entities in")
            .hint("name the crate's folder or a module file: `path = \"entity\"` under [entities] in autogen.toml")
            .hint("a module that the crate does not reach by `mod` is not read"),
    }
}

fn source(config: &Config) -> introspect::Source {
    introspect::Source {
        root: config.root.clone(),
        paths: config.entities.path.clone(),
        default_namespace: config.default_namespace.clone(),
        types: config.entities.types.clone(),
        ignore: config.entities.ignore.clone(),
        cargo_home: cargo_home(config),
    }
}

fn cargo_home(config: &Config) -> Option<PathBuf> {
    let written = config.environment().get("CARGO_HOME").map(PathBuf::from);
    written.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn extras(config: &Config) -> Result<Extras> {
    let Some(path) = &config.entities.extras else { return Ok(Extras::default()) };
    let text = std::fs::read_to_string(config.root.join(path)).map_err(|cause| {
        Error::new(Kind::Usage, format!("cannot read {}", path.display()))
            .caused_by(cause)
            .hint("correct `extras` under [entities] in autogen.toml, or create the file: it may be empty")
    })?;
    Extras::parse(path, &text, &config.default_namespace)
}

/// Where it is declared, for people: `models and models/extras.sql`.
pub(super) fn origin(config: &Config) -> String {
    let entities = &config.entities;
    let command = entities.command.as_ref().map(|command| format!("`{}`", exchange::shown_command(command)));
    let files = entities.path.iter().chain(&entities.extras).map(|path| path.display().to_string());
    command.into_iter().chain(files).collect::<Vec<_>>().join(" and ")
}

/// Every namespace that configuration, entities or the ledger name; no others are looked at. The ledger counts because
/// what was declared there may have to go.
pub(super) fn scope(config: &Config, declared: &Declared, ledger: &Ledger) -> Scope {
    let Declared { models, extras, .. } = declared;
    let mut namespaces = vec![config.default_namespace.clone()];
    namespaces.extend(config.namespaces.iter().cloned());
    namespaces.extend(models.schema.namespaces.iter().map(|it| it.name.clone()));
    namespaces.extend(models.schema.tables.iter().map(|it| it.name.namespace.clone()));
    namespaces.extend(extras.namespaces());
    namespaces.extend(ledger.iter().map(|entry| entry.object.namespace().to_owned()));
    // An extension is in no namespace.
    namespaces.retain(|it| !it.is_empty());
    namespaces.sort();
    namespaces.dedup();
    let mut extensions = extras.extensions();
    extensions.extend(ledger.iter().filter_map(|entry| match &entry.object {
        Object::Definition(name) if name.kind == DefinitionKind::Extension => Some(name.name.name.clone()),
        _ => None,
    }));
    let unmanaged = models.unmanaged.clone();
    let default_namespace = config.default_namespace.clone();
    let mut scope = Scope { namespaces, default_namespace, extensions, unmanaged, ..Scope::default() };
    scope.strangers = strangers(models, &scope);
    scope
}
