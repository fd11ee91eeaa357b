//! Random graphs, and what a path must be, said as plainly as can be: sets and a table of who comes after whom.

use std::collections::BTreeSet;

use autogen::revision::{Id, Revision, RevisionGraph, Target};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_assume, proptest};

/// A random graph: revision n comes after and depends on earlier ones only, so it is sound by itself.
fn graphs() -> impl Strategy<Value = Vec<Revision>> {
    let one = (proptest::collection::vec(any::<u8>(), 0..3), proptest::option::weighted(0.2, any::<u8>()));
    proptest::collection::vec(one, 1..14).prop_map(|list| {
        let revision = |(number, (parents, depends_on)): (usize, (Vec<u8>, Option<u8>))| {
            let earlier = |it: &u8| (number > 0).then(|| format!("r{}", usize::from(*it) % number));
            let parents: BTreeSet<Id> = parents.iter().filter_map(earlier).collect();
            Revision {
                id: format!("r{number}"),
                parents: parents.into_iter().collect(),
                depends_on: depends_on.iter().filter_map(earlier).collect(),
                ..Revision::default()
            }
        };
        list.into_iter().enumerate().map(revision).collect()
    })
}

/// Who comes before whom: `before[a][b]` when a must be applied before b.
struct Model {
    ids: Vec<Id>,
    before: Vec<Vec<bool>>,
}

impl Model {
    fn new(revisions: &[Revision]) -> Self {
        let ids: Vec<Id> = revisions.iter().map(|revision| revision.id.clone()).collect();
        let place = |id: &Id| ids.iter().position(|it| it == id).expect("it is in the graph");
        let mut before = vec![vec![false; ids.len()]; ids.len()];
        for (number, revision) in revisions.iter().enumerate() {
            for earlier in revision.parents.iter().chain(&revision.depends_on) {
                before[place(earlier)][number] = true;
            }
        }
        // Warshall.
        for middle in 0..ids.len() {
            for from in 0..ids.len() {
                for to in 0..ids.len() {
                    before[from][to] |= before[from][middle] && before[middle][to];
                }
            }
        }
        Self { ids, before }
    }

    fn place(&self, id: &str) -> usize {
        self.ids.iter().position(|it| it == id).expect("it is in the graph")
    }

    fn comes_before(&self, earlier: &str, later: &str) -> bool {
        self.before[self.place(earlier)][self.place(later)]
    }

    /// A revision and all before it.
    fn up_to(&self, id: &str) -> BTreeSet<Id> {
        self.ids.iter().filter(|it| *it == id || self.comes_before(it, id)).cloned().collect()
    }

    fn is_topological(&self, path: &[&Revision]) -> bool {
        path.iter().enumerate().all(|(n, it)| path[n + 1..].iter().all(|later| !self.comes_before(&later.id, &it.id)))
    }
}

fn ids(path: &[&Revision]) -> BTreeSet<Id> {
    path.iter().map(|revision| revision.id.clone()).collect()
}

fn target(text: &str) -> Target {
    Target::parse(text).expect("a target")
}

proptest! {
    #[test]
    fn up_and_down(revisions in graphs(), first in any::<u8>(), second in any::<u8>()) {
        let model = Model::new(&revisions);
        let graph = RevisionGraph::new(revisions.clone()).expect("it is sound");
        let pick = |n: u8| model.ids[usize::from(n) % model.ids.len()].clone();
        let (start, goal) = (pick(first), pick(second));
        let applied = model.up_to(&start);

        let up = graph.upgrade_path(&applied, &target(&goal)).expect("there is a path");
        prop_assert!(model.is_topological(&up));
        let expected: BTreeSet<Id> = model.up_to(&goal).difference(&applied).cloned().collect();
        prop_assert_eq!(ids(&up), expected);

        // The same revisions, taken back one by one, lead to where it began.
        let after: BTreeSet<Id> = applied.union(&ids(&up)).cloned().collect();
        let mut down = graph.downgrade_path(&after, &Target::base()).expect("there is a path");
        prop_assert_eq!(ids(&down), after.clone());
        down.reverse();
        prop_assert!(model.is_topological(&down));

        // Stamped is what an upgrade or a downgrade leads to.
        let stamped = graph.stamped(&applied, &[target(&goal)]).expect("it can be stamped");
        prop_assert!(stamped.is_superset(&model.up_to(&goal)));
        let closed = stamped.iter().all(|id| model.up_to(id).is_subset(&stamped));
        prop_assert!(closed, "something is applied without what it needs");
        prop_assert!(!stamped.iter().any(|id| model.comes_before(&goal, id)));
    }

    #[test]
    fn down_to_a_revision_and_up_again_is_nothing(revisions in graphs(), first in any::<u8>(), second in any::<u8>()) {
        let model = Model::new(&revisions);
        let graph = RevisionGraph::new(revisions.clone()).expect("it is sound");
        let pick = |n: u8| model.ids[usize::from(n) % model.ids.len()].clone();
        let (start, goal) = (pick(first), pick(second));
        let applied = model.up_to(&start);
        prop_assume!(applied.contains(&goal));
        let mut down = graph.downgrade_path(&applied, &target(&goal)).expect("it is applied");
        let gone = ids(&down);
        prop_assert!(gone.is_subset(&applied) && !gone.contains(&goal));
        prop_assert!(gone.iter().all(|id| model.comes_before(&goal, id)));
        let left: BTreeSet<Id> = applied.difference(&gone).cloned().collect();
        prop_assert!(left.iter().all(|id| model.up_to(id).is_subset(&left)), "something stays without what it needs");
        // What has the goal as its parent never stays; what only depends on it may.
        for revision in &revisions {
            prop_assert!(!(left.contains(&revision.id) && revision.parents.contains(&goal)));
        }
        let up = graph.upgrade_path(&left, &target(&start)).expect("there is a path");
        down.reverse();
        prop_assert!(model.is_topological(&down) && model.is_topological(&up));
        prop_assert_eq!(ids(&up), gone);
    }
}
