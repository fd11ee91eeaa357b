//! Projects to begin with, and how chance changes one.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::entity_crate;
use crate::random::Random;
use crate::soup::{Kind, stir};
use crate::words;

/// The files of a project, by their paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Project {
    pub(crate) files: BTreeMap<String, String>,
    /// Symbolic links and what they lead to.
    pub(crate) links: Vec<(String, String)>,
    /// `[entities] path`.
    pub(crate) path: String,
    /// `[entities.types]`.
    pub(crate) types: BTreeMap<String, String>,
    pub(crate) ignore: Vec<String>,
}

impl Project {
    fn of_folder(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(inner) = open.pop() {
            for entry in std::fs::read_dir(inner)? {
                let path = entry?.path();
                if path.is_dir() {
                    open.push(path);
                } else if let (Ok(name), Ok(text)) = (path.strip_prefix(folder), std::fs::read_to_string(&path)) {
                    files.insert(name.to_string_lossy().into_owned(), text);
                }
            }
        }
        Ok(Self { files, path: ".".to_owned(), ..Self::default() })
    }

    /// Makes this project of a folder.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        for (name, text) in &self.files {
            let path = folder.join(name);
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(path, text)?;
        }
        for (name, target) in &self.links {
            let path = folder.join(name);
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            // A link of this name may be there already.
            let _ = std::os::unix::fs::symlink(target, path);
        }
        Ok(())
    }

    /// The project after some changes. `lender` lends pieces of its files.
    pub(crate) fn changed(&self, lender: &Self, random: &mut Random) -> Self {
        let mut changed = self.clone();
        for _ in 0..=random.below(2) {
            let names: Vec<String> = changed.files.keys().cloned().collect();
            let Some(name) = names.get(random.below(names.len())) else { break };
            let lent: Vec<&str> = lender.files.values().map(String::as_str).collect();
            let lent = if lent.is_empty() { "" } else { random.pick(&lent) };
            let kind = if name.ends_with(".rs") { Kind::Rust } else { Kind::Toml };
            let text = stir(&changed.files[name], lent, kind, random);
            changed.files.insert(name.clone(), text);
        }
        changed.rearrange(random);
        changed
    }

    /// Files go, come, and are linked to each other; types are configured.
    fn rearrange(&mut self, random: &mut Random) {
        let names: Vec<String> = self.files.keys().cloned().collect();
        let any = |random: &mut Random| names[random.below(names.len())].clone();
        if random.one(30) {
            self.files.remove(&any(random));
        }
        if random.one(30) {
            let text = self.files.get(&any(random)).cloned().unwrap_or_default();
            self.files.insert(any(random), text);
        }
        if random.one(30) {
            let links = ["src/link", "src/link.rs", "src/again", "link", "src/inner"];
            let targets = [".", "..", "link", "lib.rs", "../src/lib.rs", "/dev/zero", "nowhere", "user.rs"];
            self.links.push((random.pick(&links).to_owned(), random.pick(&targets).to_owned()));
        }
        if random.one(10) {
            let written = random.pick(words::VALUES).trim_matches('"');
            let nested = format!("{}{written}{}", "(".repeat(random.below(9)), "[]".repeat(random.length()));
            self.types.insert(random.pick(words::TYPES).to_owned(), nested);
        }
        if random.one(20) {
            self.ignore.push(random.pick(&["crate", "crate::user", "", "::", "users", "public.users"]).to_owned());
        }
        if random.one(40) {
            self.path =
                random.pick(&["src", "src/lib.rs", "src/user.rs", "", "..", "nowhere", "/", "Cargo.toml"]).to_owned();
        }
    }
}

/// What to begin with: this repository's own entities, those of its scenarios, and those of the benchmark.
pub(crate) fn projects(repository: &Path) -> io::Result<Vec<Project>> {
    let mut projects = vec![
        Project::of_folder(&repository.join("models"))?,
        Project::of_folder(&repository.join("fixtures/quickstart/models"))?,
    ];
    let generated = tempfile::tempdir()?;
    entity_crate::write(generated.path(), 26)?;
    let mut generated = Project::of_folder(generated.path())?;
    generated
        .files
        .retain(|name, _| !name.contains("thing_1") && !name.contains("thing_2") || name.ends_with("_20.rs"));
    projects.push(generated);
    let mut scenarios: Vec<PathBuf> = std::fs::read_dir(repository.join("fixtures/scenarios"))?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    scenarios.sort();
    for scenario in scenarios {
        for text in
            ["models.rs", "before.rs"].map(|name| std::fs::read_to_string(scenario.join(name))).into_iter().flatten()
        {
            let files = BTreeMap::from([
                ("Cargo.toml".to_owned(), "[package]\nname = \"entity\"\n[dependencies]\nsea-orm = \"2\"\n".to_owned()),
                ("src/lib.rs".to_owned(), text),
            ]);
            projects.push(Project { files, path: ".".to_owned(), ..Project::default() });
        }
    }
    Ok(projects)
}
