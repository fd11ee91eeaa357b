//! What a file says above its statements: the mirror of `templates/block.sql`.

use std::collections::BTreeMap;

/// The remarks of the upgrade, by the title of the operation.
#[derive(Debug, Default)]
pub(super) struct Remarks(BTreeMap<String, Remark>);

/// What stands above one operation.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    /// `models/src/user.rs:21`.
    pub(super) place: Option<String>,
    /// `may-fail: this fails if ..`.
    pub(super) hazards: Vec<String>,
}

impl Remarks {
    pub(super) fn of(text: &str) -> Self {
        let (upgrade, _) = sections(text);
        let mut remarks = Self::default();
        let mut last: Option<String> = None;
        for line in upgrade.lines() {
            let Some(comment) = line.strip_prefix("-- ") else {
                last = None;
                continue;
            };
            match (comment.strip_prefix("hazard "), &last) {
                (Some(hazard), Some(title)) => {
                    remarks.0.entry(title.clone()).or_default().hazards.push(hazard.to_owned());
                }
                (Some(_), None) => {}
                (None, _) => {
                    let (title, place) = split_place(comment);
                    remarks.0.insert(title.to_owned(), Remark { place, hazards: Vec::new() });
                    last = Some(title.to_owned());
                }
            }
        }
        remarks
    }

    pub(super) fn get(&self, title: &str) -> Option<&Remark> {
        self.0.get(title)
    }
}

/// `add column users.bio (models/src/user.rs:21)`.
fn split_place(comment: &str) -> (&str, Option<String>) {
    let place = comment.strip_suffix(')').and_then(|it| it.rsplit_once(" ("));
    let is_place = |it: &str| it.rsplit_once(':').is_some_and(|(_, line)| line.parse::<usize>().is_ok());
    match place {
        Some((title, place)) if is_place(place) => (title, Some(place.to_owned())),
        Some(_) | None => (comment, None),
    }
}

/// The texts of the two sections.
pub(super) fn sections(text: &str) -> (String, String) {
    let behind = |marker: &str| text.split_once(marker).map(|(_, rest)| rest).unwrap_or_default();
    let upgrade = behind("\n-- autogen: upgrade\n").split("\n-- autogen: downgrade").next().unwrap_or_default();
    (upgrade.trim().to_owned(), behind("\n-- autogen: downgrade\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_hazards_are_found_by_the_title() {
        let text = "-- m\n\n-- autogen: upgrade\n\n-- add column users.bio (models/src/user.rs:21)\n-- hazard may-fail: it \
                    fails (now).\nALTER TABLE x;\n\n-- hazard stray\nSELECT 1;\n-- by (hand)\n\n-- autogen: downgrade\n\n\
                    -- drop it\nSELECT 2;\n";
        let remarks = Remarks::of(text);
        let said = remarks.get("add column users.bio").unwrap();
        assert_eq!(said.place.as_deref(), Some("models/src/user.rs:21"));
        assert_eq!(said.hazards, ["may-fail: it fails (now)."]);
        assert_eq!(remarks.get("by (hand)"), Some(&Remark::default()));
        assert_eq!(sections(text).1, "-- drop it\nSELECT 2;");
        assert_eq!(sections("-- m\n"), (String::new(), String::new()));
    }
}
