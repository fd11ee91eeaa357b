use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result, WithHints};

/// Where to go, as a command line says it: `head`, `heads`, `base`, `ae10`, `+2`, `-1`, `ae10+1`, `label@head`,
/// `label@+2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The branch that it is about.
    pub label: Option<String>,
    /// From where to count.
    pub anchor: Anchor,
    /// Steps up (positive) or down (negative) from there.
    pub offset: i64,
}

/// From where a target counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// What is applied.
    Current,
    /// The only head.
    Head,
    /// Every head.
    Heads,
    /// Before the first revision.
    Base,
    /// An id, the beginning of one, or a branch label.
    Name(String),
}

impl Target {
    /// The only head.
    #[must_use]
    pub fn head() -> Self {
        Self { label: None, anchor: Anchor::Head, offset: 0 }
    }

    /// Before the first revision.
    #[must_use]
    pub fn base() -> Self {
        Self { label: None, anchor: Anchor::Base, offset: 0 }
    }

    /// Reads a target, or `current`.
    ///
    /// # Errors
    /// As [`Target::parse`].
    pub fn parse_with_current(text: &str) -> Result<Self> {
        match text {
            "current" => Ok(Self { label: None, anchor: Anchor::Current, offset: 0 }),
            text => Self::parse(text),
        }
    }

    /// Reads a target.
    ///
    /// # Errors
    /// [`Kind::Usage`] when it is none.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(Kind::Usage, format!("`{text}` is no target"))
                .hint("a target is head, heads, base, an id or its beginning, +2, -1, ID+1, ID-1 or LABEL@head")
        };
        let (label, rest) = match text.split_once('@') {
            Some((label, rest)) if is_name(label) => (Some(label.to_owned()), rest),
            Some(_) => return Err(wrong()),
            None => (None, text),
        };
        let sign = rest.find(['+', '-']);
        let (anchor, offset) = rest.split_at(sign.unwrap_or(rest.len()));
        let offset = match offset {
            "" => 0,
            signed => signed.parse().ok().filter(|offset| *offset != 0).ok_or_else(wrong)?,
        };
        let anchor = match anchor {
            "" if sign.is_some() => Anchor::Current,
            "head" => Anchor::Head,
            "heads" if offset == 0 => Anchor::Heads,
            "base" => Anchor::Base,
            name if is_name(name) => Anchor::Name(name.to_owned()),
            _ => return Err(wrong()),
        };
        Ok(Self { label, anchor, offset })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "@+-:".contains(c))
}

impl FromStr for Target {
    type Err = WithHints;

    fn from_str(text: &str) -> std::result::Result<Self, WithHints> {
        Ok(Self::parse(text)?)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = &self.label {
            write!(f, "{label}@")?;
        }
        match &self.anchor {
            Anchor::Current if self.offset == 0 => f.write_str("current"),
            Anchor::Current => Ok(()),
            Anchor::Head => f.write_str("head"),
            Anchor::Heads => f.write_str("heads"),
            Anchor::Base => f.write_str("base"),
            Anchor::Name(name) => f.write_str(name),
        }?;
        if self.offset == 0 { Ok(()) } else { write!(f, "{:+}", self.offset) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_written_alike() {
        for text in ["head", "heads", "base", "ae10", "+2", "-1", "ae10+1", "ae10-1", "left@head", "left@+2", "head-1"]
        {
            assert_eq!(Target::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in ["", "+", "-", "@head", "a@", "a b", "+x", "a+1+1", "+0", "a:b", "a@b@c"] {
            assert_eq!(Target::parse(text).expect_err(text).kind(), Kind::Usage);
        }
    }
}
