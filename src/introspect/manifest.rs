use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What the reader needs of a Cargo.toml. Without one, everything is empty.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Name of the crate in paths (`my_entities`).
    pub(super) name: Option<String>,
    /// Name of the package (`my-entities`).
    pub(super) package: Option<String>,
    /// Features that are on: `default` and what it turns on.
    pub(super) features: BTreeSet<String>,
    /// Dependencies by the name they have in paths.
    pub(super) dependencies: BTreeMap<String, Dependency>,
    /// `[lib] path` or `[[bin]] path`, when written out.
    pub(super) root_file: Option<PathBuf>,
    /// `[[bin]] path`s that are written out.
    pub(super) binaries: Vec<PathBuf>,
}

/// A dependency of the crate.
#[derive(Debug, Clone, Default)]
pub(super) struct Dependency {
    /// Its real name with underscores: `sea_orm` for `orm = { package = "sea-orm" }`.
    pub(super) package: String,
    /// The folder of a path dependency.
    pub(super) path: Option<PathBuf>,
    /// What the manifest demands: `2`, `^1.1`.
    pub(super) version: Option<String>,
    /// Features that the manifest turns on.
    pub(super) features: Vec<String>,
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
                .map(|name| name.replace('-', "_")),
            package: text(package.and_then(|package| package.get("name"))),
            features: default_features(&manifest),
            dependencies: dependencies(&manifest, folder, workspace.as_ref()),
            root_file: text(library.and_then(|library| library.get("path")))
                .map(|path| folder.join(path))
                .or_else(|| binaries.first().cloned()),
            binaries,
        }
    }
}

/// The TOML file as a table, if it is there and sound.
pub(super) fn table(path: &Path) -> Option<Table> {
    fs::read_to_string(path).ok()?.parse().ok()
}

fn workspace_of(folder: &Path) -> Option<(PathBuf, Table)> {
    let absolute = std::path::absolute(folder).ok()?;
    absolute.ancestors().find_map(|above| {
        let manifest = table(&above.join("Cargo.toml"))?;
        let workspace = manifest.get("workspace")?.as_table()?.clone();
        Some((above.to_owned(), workspace))
    })
}

fn default_features(manifest: &Table) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let features = manifest.get("features").and_then(Value::as_table);
    let mut open = vec!["default".to_owned()];
    while let Some(feature) = open.pop() {
        let implied = features.and_then(|features| features.get(&feature)).and_then(Value::as_array);
        // Features may turn each other on, and `sqlx = ["dep:sqlx"]` itself.
        if on.insert(feature) {
            let names = implied.into_iter().flatten().filter_map(Value::as_str);
            open.extend(names.filter(|name| !name.starts_with("dep:")).map(str::to_owned));
        }
    }
    on
}

fn dependencies(manifest: &Table, folder: &Path, workspace: Option<&(PathBuf, Table)>) -> BTreeMap<String, Dependency> {
    let inherited = workspace.and_then(|(_, table)| table.get("dependencies")).and_then(Value::as_table);
    let listed = manifest.get("dependencies").and_then(Value::as_table).into_iter().flatten();
    listed
        .map(|(name, value)| {
            let own = value.as_table();
            let inherits = own.and_then(|own| own.get("workspace")).and_then(Value::as_bool) == Some(true);
            let (value, base) = match (inherits, workspace) {
                (true, Some((root, _))) => (inherited.and_then(|all| all.get(name)).unwrap_or(value), root.as_path()),
                (true | false, _) => (value, folder),
            };
            (name.replace('-', "_"), dependency(name, value, base))
        })
        .collect()
}

fn dependency(name: &str, value: &Value, base: &Path) -> Dependency {
    let field = |field: &str| value.get(field).and_then(Value::as_str);
    let features = value.get("features").and_then(Value::as_array).into_iter().flatten();
    Dependency {
        package: field("package").unwrap_or(name).replace('-', "_"),
        path: field("path").map(|path| base.join(path)),
        version: value.as_str().or_else(|| field("version")).map(str::to_owned),
        features: features.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}
