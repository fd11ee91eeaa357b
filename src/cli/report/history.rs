//! Revisions as `history`, `heads`, `branches` and `show` print them, in the words of Alembic.

use std::collections::{BTreeMap, BTreeSet};

use renderdag::{Ancestor, GraphRowRenderer, Renderer as _};
use serde_json::{Value, json};

use super::out::{print, println};
use super::{json as print_json, talk};
use crate::cli::global::Global;
use crate::migration::Folder;
use crate::revision::{Id, Revision};

/// What is known of the revisions that are shown.
pub(crate) struct Revisions<'a> {
    folder: &'a Folder,
    /// Branch labels, of every revision of the branch.
    labels: BTreeMap<&'a str, Vec<&'a str>>,
    edited: BTreeSet<Id>,
    /// What is applied, and the newest of it, where that was asked for.
    applied: Option<(&'a BTreeSet<Id>, BTreeSet<&'a str>)>,
}

impl<'a> Revisions<'a> {
    pub(crate) fn new(folder: &'a Folder, applied: Option<&'a BTreeSet<Id>>) -> Self {
        let graph = folder.graph();
        let newest = |applied| graph.applied_heads(applied).iter().map(|revision| revision.id.as_str()).collect();
        Self {
            folder,
            labels: graph.branch_names(),
            edited: folder.edited().into_iter().map(|edited| edited.revision).collect(),
            applied: applied.map(|applied| (applied, newest(applied))),
        }
    }

    /// These in this order, one line each; with `-v` a paragraph.
    pub(crate) fn list(&self, global: &Global, revisions: &[&Revision]) {
        if global.json {
            return self.json(revisions);
        }
        for revision in revisions {
            println!("{}", if global.verbose > 0 { self.paragraph(revision) } else { self.line(revision) });
        }
        self.say_empty(global);
    }

    /// The ids of these; with `-v` a paragraph.
    pub(crate) fn ids(&self, global: &Global, revisions: &[&Revision]) {
        if global.json {
            return self.json(revisions);
        }
        for revision in revisions {
            println!("{}", if global.verbose > 0 { self.paragraph(revision) } else { self.name(revision) });
        }
        self.say_empty(global);
    }

    /// A paragraph of each.
    pub(crate) fn paragraphs(&self, global: &Global, revisions: &[&Revision]) {
        if global.json {
            return self.json(revisions);
        }
        for revision in revisions {
            println!("{}", self.paragraph(revision));
        }
    }

    /// Where branches begin, and into what.
    pub(crate) fn branches(&self, global: &Global, points: &[&Revision]) {
        let graph = self.folder.graph();
        if global.json {
            let one = |point: &&Revision| {
                let into: Vec<&str> = graph.children(&point.id).map(|child| child.id.as_str()).collect();
                let mut value = self.json_of(point);
                value["branches_into"] = json!(into);
                value
            };
            return print_json(&points.iter().map(one).collect());
        }
        for point in points {
            println!("{}", if global.verbose > 0 { self.paragraph(point) } else { self.name(point) });
            for child in graph.children(&point.id) {
                let message = if global.verbose > 0 { format!(", {}", child.message) } else { String::new() };
                println!("  -> {}{message}", self.name(child));
            }
            println!("");
        }
        if points.is_empty() && !global.quiet {
            talk("the history has no branches");
        }
    }

    /// The graph of these, newest first; dotted lines are dependencies.
    pub(crate) fn graph(&self, global: &Global, revisions: &[&Revision]) {
        let shown: BTreeSet<&str> = revisions.iter().map(|revision| revision.id.as_str()).collect();
        let mut renderer = GraphRowRenderer::new().output().with_min_row_height(1).build_box_drawing();
        for revision in revisions {
            let parent =
                |id: &Id| if shown.contains(id.as_str()) { Ancestor::Parent(id.clone()) } else { Ancestor::Anonymous };
            let dependency = |id: &Id| shown.contains(id.as_str()).then(|| Ancestor::Ancestor(id.clone()));
            let extra = revision.depends_on.iter().filter(|id| !revision.parents.contains(id)).filter_map(dependency);
            let before = revision.parents.iter().map(parent).chain(extra).collect();
            let text = if global.verbose > 0 { self.paragraph(revision) } else { self.graph_line(revision) };
            print!("{}", renderer.next_row(revision.id.clone(), before, self.glyph(revision).to_owned(), text));
        }
        self.say_empty(global);
    }

    fn glyph(&self, revision: &Revision) -> &'static str {
        match &self.applied {
            Some((_, newest)) if newest.contains(revision.id.as_str()) => "@",
            Some((applied, _)) if applied.contains(&revision.id) => "●",
            Some(_) | None => "○",
        }
    }

    fn say_empty(&self, global: &Global) {
        if self.folder.graph().is_empty() && !global.quiet {
            talk("there is no revision yet");
        }
    }

    fn graph_line(&self, revision: &Revision) -> String {
        let marks = self.marks_but(revision, &["branchpoint", "mergepoint"]);
        format!("{}{}{marks}  {}", revision.id, self.branch_names(revision), revision.message)
    }

    fn line(&self, revision: &Revision) -> String {
        let depends = match revision.depends_on.as_slice() {
            [] => String::new(),
            ids => format!(" ({})", ids.join(", ")),
        };
        format!("{}{depends} -> {}, {}", or_base(&revision.parents), self.name(revision), revision.message)
    }

    fn name(&self, revision: &Revision) -> String {
        format!("{}{}{}", revision.id, self.branch_names(revision), self.marks_but(revision, &[]))
    }

    fn branch_names(&self, revision: &Revision) -> String {
        self.labels.get(revision.id.as_str()).map(|labels| format!(" ({})", labels.join(", "))).unwrap_or_default()
    }

    fn marks_but(&self, revision: &Revision, hidden: &[&str]) -> String {
        let graph = self.folder.graph();
        let is_current = self.applied.as_ref().is_some_and(|(_, newest)| newest.contains(revision.id.as_str()));
        [
            (graph.children(&revision.id).next().is_none(), "head"),
            (graph.is_branch_point(&revision.id), "branchpoint"),
            (revision.parents.len() > 1, "mergepoint"),
            (is_current, "current"),
        ]
        .iter()
        .filter(|(holds, mark)| *holds && !hidden.contains(mark))
        .map(|(_, mark)| format!(" ({mark})"))
        .collect()
    }

    fn paragraph(&self, revision: &Revision) -> String {
        let graph = self.folder.graph();
        let mut lines = vec![format!("Rev: {}{}", revision.id, self.marks_but(revision, &[]))];
        let parent = if revision.parents.len() > 1 { "Merges" } else { "Parent" };
        lines.push(format!("{parent}: {}", or_base(&revision.parents)));
        if !revision.depends_on.is_empty() {
            lines.push(format!("Also depends on: {}", revision.depends_on.join(", ")));
        }
        if graph.is_branch_point(&revision.id) {
            let into: Vec<&str> = graph.children(&revision.id).map(|child| child.id.as_str()).collect();
            lines.push(format!("Branches into: {}", into.join(", ")));
        }
        if let Some(labels) = self.labels.get(revision.id.as_str()) {
            lines.push(format!("Branch names: {}", labels.join(", ")));
        }
        if let Some(migration) = self.folder.migration(&revision.id) {
            lines.push(format!("Path: {}", self.folder.shown(migration)));
            lines.push(format!("Proved: {}", self.proved(revision)));
        }
        lines.push(format!("\n    {}\n", revision.message));
        lines.push(format!("    Revision ID: {}", revision.id));
        lines.push(format!("    Revises: {}", revision.parents.join(", ")).trim_end().to_owned());
        lines.push(format!("    Create Date: {}\n", revision.create_date));
        lines.join("\n")
    }

    /// On what it was proved, as the ledger has it; of an edited file that is worth nothing.
    fn proved(&self, revision: &Revision) -> String {
        let id = &revision.id;
        if self.edited.contains(id) {
            return format!("not since it was edited (autogen prove {id})");
        }
        match self.folder.recorded_proofs(id).as_slice() {
            [] => format!("no (autogen prove {id})"),
            proofs => proofs.iter().map(|it| format!("PostgreSQL {it}")).collect::<Vec<_>>().join(", "),
        }
    }

    fn json(&self, revisions: &[&Revision]) {
        print_json(&revisions.iter().map(|revision| self.json_of(revision)).collect());
    }

    fn json_of(&self, revision: &Revision) -> Value {
        let graph = self.folder.graph();
        let proofs =
            if self.edited.contains(&revision.id) { Vec::new() } else { self.folder.recorded_proofs(&revision.id) };
        let mut value = json!({
            "revision": revision.id,
            "parents": revision.parents,
            "branch_labels": revision.branch_labels,
            "branch_names": self.labels.get(revision.id.as_str()).cloned().unwrap_or_default(),
            "depends_on": revision.depends_on,
            "message": revision.message,
            "create_date": revision.create_date,
            "head": graph.children(&revision.id).next().is_none(),
            "branch_point": graph.is_branch_point(&revision.id),
            "path": self.folder.migration(&revision.id).map(|migration| self.folder.shown(migration)),
            "proved": proofs,
        });
        if let Some((applied, newest)) = &self.applied {
            value["applied"] = json!(applied.contains(&revision.id));
            value["current"] = json!(newest.contains(revision.id.as_str()));
        }
        value
    }
}

pub(super) fn or_base(parents: &[Id]) -> String {
    if parents.is_empty() { "<base>".to_owned() } else { parents.join(", ") }
}
