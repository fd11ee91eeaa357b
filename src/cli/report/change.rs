use anstyle::{AnsiColor, Style};

use super::{dim, paint};
use crate::hazard::{Hazard, HazardKind};
use crate::operation::{Description, Operation, Sign};
use crate::schema::Places;

/// One operation as the terminal and the JSON show it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) description: Description,
    /// `models/src/user.rs:21`.
    pub(crate) place: Option<String>,
    pub(crate) hazards: Vec<Hazard>,
}

impl Line {
    pub(crate) fn new(operation: &Operation, places: &Places, hazards: Vec<Hazard>, default_namespace: &str) -> Self {
        Self {
            description: operation.describe(default_namespace),
            place: places.get(&operation.object()).map(ToString::to_string),
            hazards,
        }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "change": match self.description.sign { Sign::Add => "add", Sign::Drop => "drop", Sign::Alter => "alter" },
            "verb": self.description.verb,
            "object": self.description.object,
            "detail": self.description.detail,
            "place": self.place,
            "hazards": self.hazards,
        })
    }
}

/// Sign, object, detail and place in columns; hazards below, indented. The widths follow the longest entry, within
/// `width` characters.
pub(super) fn render(lines: &[Line], width: usize) -> String {
    let object_width = lines.iter().map(|line| line.description.object.chars().count()).max().unwrap_or(0).min(44);
    let mut text = String::new();
    for line in lines {
        text.push_str(&operation(line, object_width, width));
        for hazard in line.hazards.iter().filter(|hazard| shows(hazard.kind)) {
            text.push_str(&format!("      {}\n", paint(hazard_style(hazard.kind), &hazard.to_string())));
        }
    }
    text
}

fn operation(line: &Line, object_width: usize, width: usize) -> String {
    let Description { sign, object, detail, .. } = &line.description;
    let (character, style) = match sign {
        Sign::Add => ("+", AnsiColor::Green.on_default()),
        Sign::Drop => ("-", AnsiColor::Red.on_default()),
        Sign::Alter => ("~", AnsiColor::Yellow.on_default()),
    };
    let place = line.place.as_deref().unwrap_or_default();
    let padding = " ".repeat(object_width.saturating_sub(object.chars().count()));
    let used = 4 + object_width.max(object.chars().count()) + 2;
    let room = width.saturating_sub(used);
    let detail = shorten(detail, room.max(12));
    let rest = room.saturating_sub(detail.chars().count());
    let head = format!("  {} {object}{padding}  {detail}", paint(style, character));
    // The place stands on its own line where it does not fit.
    match place {
        "" => format!("{}\n", head.trim_end()),
        place if place.chars().count() + 2 <= rest => {
            let gap = " ".repeat(rest - place.chars().count());
            format!("{head}{gap}{}\n", dim(place))
        }
        place => format!("{}\n      {}\n", head.trim_end(), dim(place)),
    }
}

fn shorten(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= width {
        return text;
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Locks of milliseconds and index builds stand in the file; the terminal shows what can lose data or fail.
fn shows(kind: HazardKind) -> bool {
    match kind {
        HazardKind::LosesData | HazardKind::MayFail | HazardKind::Rewrites => true,
        HazardKind::Blocks => false,
    }
}

fn hazard_style(kind: HazardKind) -> Style {
    match kind {
        HazardKind::LosesData => AnsiColor::Red.on_default().bold(),
        HazardKind::MayFail | HazardKind::Rewrites => AnsiColor::Yellow.on_default(),
        HazardKind::Blocks => Style::new(),
    }
}
