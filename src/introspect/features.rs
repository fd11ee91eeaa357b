//! Which features are on, as in a build of the whole workspace: every member has its `default`, and what any of them
//! turns on in another crate is on there. (A build of one package alone may have less; cargo calls this unification.)
//!
//! Dev- and build-dependencies do not count: what only tests turn on is not deployed. Nor do crates of the registry,
//! except for those on the way to a type: their manifests are not read otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::Value;

use super::manifest::{Manifest, plain, workspace_of};

/// What the workspace asks of each package, by its name with underscores.
#[derive(Debug, Default)]
pub(super) struct Features {
    wanted: BTreeMap<String, BTreeSet<String>>,
}

impl Features {
    /// The features that the workspace around this folder turns on.
    pub(super) fn of_workspace(folder: &Path) -> Self {
        let mut features = Self::default();
        let mut manifests: BTreeMap<PathBuf, Manifest> = BTreeMap::new();
        for member in members(folder) {
            let manifest = Manifest::read(&member);
            features.want(manifest.package.as_deref().unwrap_or_default(), ["default".to_owned()]);
            manifests.insert(member, manifest);
        }
        // What a member turns on may turn on more in the next, and brings path crates from outside of the workspace.
        loop {
            let mut changed = false;
            for manifest in manifests.values() {
                changed |= features.add(manifest);
            }
            let paths: Vec<PathBuf> = manifests
                .values()
                .flat_map(|manifest| manifest.dependencies.values())
                .filter_map(|dependency| Some(lexical(dependency.path.as_deref()?)))
                .filter(|path| !manifests.contains_key(path))
                .collect();
            if !changed && paths.is_empty() {
                return features;
            }
            manifests.extend(paths.into_iter().map(|path| (path.clone(), Manifest::read(&path))));
        }
    }

    /// Adds what a package, with its features as they are on, asks of its dependencies. Whether that is news.
    pub(super) fn add(&mut self, manifest: &Manifest) -> bool {
        let on = manifest.turned_on(&self.wanted(manifest));
        let mut news = false;
        for (name, dependency) in &manifest.dependencies {
            if dependency.optional && !on.dependencies.contains(name) {
                continue;
            }
            let of_it = on.of_dependencies.iter().filter(|(of, _)| of == name).map(|(_, feature)| feature.clone());
            news |= self.want(&dependency.package, dependency.features.iter().cloned().chain(of_it));
        }
        news
    }

    /// The features that are on in a package.
    pub(super) fn of(&self, manifest: &Manifest) -> BTreeSet<String> {
        manifest.turned_on(&self.wanted(manifest)).features
    }

    /// Whether somebody turns this feature of a package on.
    pub(super) fn has(&self, package: &str, feature: &str) -> bool {
        self.wanted.get(package).is_some_and(|wanted| wanted.contains(feature))
    }

    fn wanted(&self, manifest: &Manifest) -> BTreeSet<String> {
        let name = manifest.package.as_deref().map(plain).unwrap_or_default();
        self.wanted.get(&name).cloned().unwrap_or_default()
    }

    fn want(&mut self, package: &str, features: impl IntoIterator<Item = String>) -> bool {
        let wanted = self.wanted.entry(plain(package)).or_default();
        let before = wanted.len();
        wanted.extend(features);
        wanted.len() > before
    }
}

/// The folder itself and every member of its workspace.
fn members(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::from([lexical(folder)]);
    let Some((root, workspace)) = workspace_of(folder) else { return found };
    let listed = |key: &str| -> Vec<PathBuf> {
        let globs = workspace.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        globs.flat_map(|glob| matching(&root, glob)).collect()
    };
    let excluded = listed("exclude");
    let members = listed("members").into_iter().chain([root.clone()]);
    found.extend(members.filter(|member| !excluded.contains(member) && member.join("Cargo.toml").is_file()));
    found
}

/// Folders that a glob names: `crates/*`, `libs/db-*`.
fn matching(root: &Path, glob: &str) -> Vec<PathBuf> {
    let mut found = vec![root.to_owned()];
    for part in glob.split('/').filter(|part| !part.is_empty()) {
        found = match part.split_once('*') {
            None => found.into_iter().map(|folder| folder.join(part)).collect(),
            Some((before, after)) => {
                let entries = found.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten();
                let fits = |name: &str| {
                    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
                };
                let paths = entries.filter(|entry| entry.file_name().to_str().is_some_and(fits));
                paths.map(|entry| entry.path()).collect()
            }
        };
    }
    found.into_iter().map(|folder| lexical(&folder)).collect()
}

/// An absolute path without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for component in absolute.components() {
        match component {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}
