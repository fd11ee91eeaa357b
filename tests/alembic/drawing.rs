//! `id:parent+parent!dependency#label, ..` as revisions.

use autogen::revision::Revision;

pub(crate) fn parse(drawing: &str) -> Vec<Revision> {
    drawing.split(',').map(str::trim).filter(|item| !item.is_empty()).map(revision).collect()
}

fn revision(item: &str) -> Revision {
    let (item, label) = item.split_once('#').unwrap_or((item, ""));
    let (item, depends_on) = item.split_once('!').unwrap_or((item, ""));
    let (id, parents) = item.split_once(':').expect("a colon behind the id");
    let list = |text: &str| text.split('+').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Revision {
        id: id.to_owned(),
        parents: list(parents),
        depends_on: list(depends_on),
        branch_labels: list(label),
        message: format!("message of {id}"),
        ..Revision::default()
    }
}
