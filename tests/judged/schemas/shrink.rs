use super::Schema;

/// The smallest pair that still fails, found by taking away one thing after another from both sides or from one.
pub(crate) async fn shrunk(
    mut pair: (Schema, Schema),
    mut fails: impl AsyncFnMut(&(Schema, Schema)) -> bool,
) -> (Schema, Schema) {
    // A failure that takes long is no reason to stay for ever.
    let mut patience = 150;
    loop {
        let mut smaller = None;
        for candidate in candidates(&pair) {
            patience -= 1;
            if patience == 0 {
                return pair;
            }
            if fails(&candidate).await {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            Some(smaller) => pair = smaller,
            None => return pair,
        }
    }
}

/// Takes one thing away.
type Edit = Box<dyn Fn(&mut Schema)>;

/// Each with one thing less, the big things first.
fn candidates(pair: &(Schema, Schema)) -> Vec<(Schema, Schema)> {
    let mut names: Vec<_> = pair.0.tables.iter().chain(&pair.1.tables).map(|it| it.name.clone()).collect();
    names.sort();
    names.dedup();
    let mut edits: Vec<Edit> = Vec::new();
    for name in names.clone() {
        edits.push(Box::new(move |schema| schema.tables.retain(|it| it.name != name)));
    }
    edits.push(Box::new(|schema| schema.views.clear()));
    for at in 0..pair.0.enums.len().max(pair.1.enums.len()) {
        edits.push(Box::new(move |schema| {
            if at < schema.enums.len() {
                schema.enums.remove(at);
            }
        }));
    }
    for name in names {
        let tables = [&pair.0, &pair.1].map(|schema| schema.tables.iter().find(|it| it.name == name));
        let tables = || tables.iter().flatten();
        let mut parts: Vec<String> = tables().flat_map(|it| it.columns.iter().map(|it| it.name.clone())).collect();
        parts.extend(tables().flat_map(|it| it.constraints.iter().map(|it| it.name.clone())));
        parts.extend(tables().flat_map(|it| it.indexes.iter().map(|it| it.name.clone())));
        parts.sort();
        parts.dedup();
        for part in parts {
            let name = name.clone();
            edits.push(Box::new(move |schema| {
                for table in schema.tables.iter_mut().filter(|it| it.name == name) {
                    table.constraints.retain(|it| it.name != part);
                    table.indexes.retain(|it| it.name != part);
                    if table.columns.iter().any(|it| it.name == part) {
                        table.columns.retain(|it| it.name != part);
                        table.forget(&part);
                    }
                }
            }));
        }
        let plain = name.clone();
        edits.push(Box::new(move |schema| {
            for table in schema.tables.iter_mut().filter(|it| it.name == plain) {
                (table.comment, table.unlogged) = (None, false);
                table.columns.iter_mut().for_each(|it| it.comment = None);
                table.constraints.iter_mut().for_each(|it| it.comment = None);
                table.indexes.iter_mut().for_each(|it| it.comment = None);
            }
        }));
    }
    let both = edits.iter().map(|edit| {
        let mut smaller = pair.clone();
        for side in [&mut smaller.0, &mut smaller.1] {
            edit(side);
            side.tidy();
        }
        smaller
    });
    let first = edits.iter().map(|edit| {
        let mut smaller = pair.clone();
        edit(&mut smaller.0);
        smaller.0.tidy();
        smaller
    });
    both.chain(first).filter(|smaller| smaller != pair).collect()
}
