use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What the reader needs of a Cargo.toml. Without one, everything is empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Manifest {
    /// Name of the crate in paths (`my_entities`).
    pub(super) name: Option<String>,
    /// Name of the package (`my-entities`).
    pub(super) package: Option<String>,
    /// `[features]`: what each turns on.
    pub(super) features: BTreeMap<String, Vec<String>>,
    /// Dependencies by the name they have in paths, those of other targets too.
    pub(super) dependencies: BTreeMap<String, Dependency>,
    /// `[lib] path`, when written out.
    pub(super) library: Option<PathBuf>,
    /// `[[bin]] path`s that are written out.
    pub(super) binaries: Vec<PathBuf>,
}

/// A dependency of the crate.
#[derive(Debug, Clone, Default)]
pub(super) struct Dependency {
    /// The name of its package: `sea-orm` for `orm = { package = "sea-orm" }`.
    pub(super) name: String,
    /// The same with underscores.
    pub(super) package: String,
    /// The folder of a path dependency.
    pub(super) path: Option<PathBuf>,
    /// What the manifest demands: `2`, `^1.1`.
    pub(super) version: Option<String>,
    /// Features that the manifest turns on, `default` among them unless it is switched off.
    pub(super) features: Vec<String>,
    /// Only there when a feature asks for it.
    pub(super) optional: bool,
}

/// What a set of features turns on.
#[derive(Debug, Default)]
pub(super) struct TurnedOn {
    pub(super) features: BTreeSet<String>,
    /// Optional dependencies, by their names in paths.
    pub(super) dependencies: BTreeSet<String>,
    /// Features of dependencies; whether they turn the dependency itself on is told by `dependencies`.
    pub(super) of_dependencies: BTreeSet<(String, String)>,
}

impl Manifest {
    /// Reads `folder/Cargo.toml`, and the workspace's for what is inherited. A missing or broken one counts as empty:
    /// sources can be read without it, and cargo reports on it better than this could.
    pub(super) fn read(folder: &Path) -> Self {
        let Some(manifest) = table(&folder.join("Cargo.toml")) else { return Self::default() };
        let workspace = workspace_of(folder);
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let package = manifest.get("package").and_then(Value::as_table);
        let library = manifest.get("lib").and_then(Value::as_table);
        let binaries: Vec<PathBuf> = manifest
            .get("bin")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|binary| Some(folder.join(binary.get("path")?.as_str()?)))
            .collect();
        Self {
            name: text(library.and_then(|library| library.get("name")))
                .or_else(|| text(package.and_then(|package| package.get("name"))))
                .map(|name| plain(&name)),
            package: text(package.and_then(|package| package.get("name"))),
            features: features(&manifest),
            dependencies: dependencies(&manifest, folder, workspace.as_ref()),
            library: text(library.and_then(|library| library.get("path"))).map(|path| folder.join(path)),
            binaries,
        }
    }

    /// Everything that these features turn on, as cargo follows them: `a = ["b", "dep:c", "c/d", "c?/d"]`.
    pub(super) fn turned_on(&self, wanted: &BTreeSet<String>) -> TurnedOn {
        let mut on = TurnedOn::default();
        let mut open: Vec<&str> = wanted.iter().map(String::as_str).collect();
        while let Some(value) = open.pop() {
            let optional = |name: &str| self.dependencies.get(name).is_some_and(|dependency| dependency.optional);
            if let Some(dependency) = value.strip_prefix("dep:") {
                on.dependencies.insert(plain(dependency));
            } else if let Some((dependency, feature)) = value.split_once('/') {
                let weak = dependency.strip_suffix('?');
                let name = plain(weak.unwrap_or(dependency));
                if weak.is_none() && optional(&name) {
                    on.dependencies.insert(name.clone());
                    open.push(dependency);
                }
                on.of_dependencies.insert((name, feature.to_owned()));
            } else if on.features.insert(value.to_owned()) {
                match self.features.get(value) {
                    Some(implied) => open.extend(implied.iter().map(String::as_str)),
                    // An optional dependency is a feature too.
                    None if optional(&plain(value)) => {
                        on.dependencies.insert(plain(value));
                    }
                    None => {}
                }
            }
        }
        on
    }
}

/// The TOML file as a table, if it is there and sound.
pub(super) fn table(path: &Path) -> Option<Table> {
    fs::read_to_string(path).ok()?.parse().ok()
}

/// A package's name as paths have it.
pub(super) fn plain(name: &str) -> String {
    name.replace('-', "_")
}

/// The folder of the workspace around a crate, and its `[workspace]`.
pub(super) fn workspace_of(folder: &Path) -> Option<(PathBuf, Table)> {
    let absolute = std::path::absolute(folder).ok()?;
    absolute.ancestors().find_map(|above| {
        let manifest = table(&above.join("Cargo.toml"))?;
        let workspace = manifest.get("workspace")?.as_table()?.clone();
        Some((above.to_owned(), workspace))
    })
}

fn features(manifest: &Table) -> BTreeMap<String, Vec<String>> {
    let all = manifest.get("features").and_then(Value::as_table).into_iter().flatten();
    all.map(|(name, implied)| {
        let implied = implied.as_array().into_iter().flatten();
        (name.clone(), implied.filter_map(Value::as_str).map(str::to_owned).collect())
    })
    .collect()
}

fn dependencies(manifest: &Table, folder: &Path, workspace: Option<&(PathBuf, Table)>) -> BTreeMap<String, Dependency> {
    let inherited = workspace.and_then(|(_, table)| table.get("dependencies")).and_then(Value::as_table);
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = targets.filter_map(|(_, target)| target.get("dependencies")).chain(manifest.get("dependencies"));
    let listed = tables.filter_map(Value::as_table).flatten();
    listed
        .map(|(name, value)| {
            let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
            let read = match (inherits.then_some(inherited).flatten().and_then(|all| all.get(name)), workspace) {
                (Some(from), Some((root, _))) => dependency(name, from, root).with(value),
                (Some(_) | None, _) => dependency(name, value, folder),
            };
            (plain(name), read)
        })
        .collect()
}

fn dependency(name: &str, value: &Value, base: &Path) -> Dependency {
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    let name = field("package").unwrap_or(name);
    let default = value.get("default-features").or_else(|| value.get("default_features")).and_then(Value::as_bool);
    let default = (default != Some(false)).then(|| "default".to_owned());
    Dependency {
        name: name.to_owned(),
        package: plain(name),
        path: field("path").map(|path| base.join(path)),
        version: value.as_str().or_else(|| field("version")).map(str::to_owned),
        features: default.into_iter().chain(listed_features(value)).collect(),
        optional: value.get("optional").and_then(Value::as_bool) == Some(true),
    }
}

fn listed_features(value: &Value) -> impl Iterator<Item = String> {
    let listed = value.get("features").and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(Value::as_str).map(str::to_owned)
}

impl Dependency {
    /// An inherited dependency with what the member adds: features, and whether it is optional.
    fn with(mut self, own: &Value) -> Self {
        self.features.extend(listed_features(own));
        if own.get("default-features").and_then(Value::as_bool) == Some(true) {
            self.features.push("default".to_owned());
        }
        Self { optional: own.get("optional").and_then(Value::as_bool) == Some(true), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_followed_as_cargo_follows_them() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[features]\ndefault = [\"a\"]\na = [\"dep:x\", \"y/f\", \"z?/g\"]\nb = []\n\
                    [dependencies]\nx = { version = \"1\", optional = true }\ny = { version = \"1\", optional = true }\n\
                    z = { version = \"1\", optional = true }\n";
        std::fs::write(folder.path().join("Cargo.toml"), text).unwrap();
        let on = Manifest::read(folder.path()).turned_on(&BTreeSet::from(["default".to_owned()]));
        assert_eq!(on.features, ["a", "default", "y"].map(str::to_owned).into());
        assert_eq!(on.dependencies, ["x", "y"].map(str::to_owned).into());
        let of_dependencies = [("y", "f"), ("z", "g")].map(|(name, feature)| (name.to_owned(), feature.to_owned()));
        assert_eq!(on.of_dependencies, of_dependencies.into());
    }
}
