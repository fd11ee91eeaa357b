use std::cell::OnceCell;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

use proc_macro2::Span;

use super::diagnostic::{Diagnostic, Severity};
use crate::schema::Place;

/// A source file that was read, by the path that people see.
#[derive(Debug, Default)]
pub(super) struct SourceFile {
    /// Relative to the folder of autogen.toml, with `/` between its parts.
    pub(super) shown: PathBuf,
    /// On disk.
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Where its lines begin, in bytes; counted for the first diagnostic.
    lines: OnceCell<Vec<usize>>,
}

/// Bytes. Longer than this is no source that somebody wrote.
const LONGEST: u64 = 16 << 20;

impl SourceFile {
    pub(super) fn new(shown: PathBuf, path: &Path, text: String) -> Self {
        Self { shown, path: path.to_owned(), text, lines: OnceCell::new() }
    }

    /// Reads a file. A missing or unreadable one is a diagnostic about the whole file.
    pub(super) fn read(shown: PathBuf, path: &Path) -> Result<Self, Diagnostic> {
        let mut text = String::new();
        let read = fs::File::open(path).and_then(|file| {
            let length = file.metadata().map_or(0, |metadata| metadata.len());
            text.reserve(usize::try_from(length.min(LONGEST)).unwrap_or_default() + 1);
            file.take(LONGEST).read_to_string(&mut text)
        });
        match read {
            Ok(length) if length as u64 == LONGEST => {
                Err(about_path(shown, format!("the file has more than {} MB", LONGEST >> 20))
                    .help("split it into modules"))
            }
            // rustc does not count a byte order mark either.
            Ok(_) => Ok(Self::new(shown, path, text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(about_path(shown, "this file is no UTF-8 text")
                    .help("save it as UTF-8, which is all that rustc reads"))
            }
            Err(error) => Err(about_path(shown, format!("cannot read the file: {error}"))
                .help("make it readable for the user who runs autogen")),
        }
    }

    /// Where a span of this file starts.
    pub(super) fn place(&self, span: Span) -> Place {
        let start = span.start();
        Place { file: self.shown.clone(), line: start.line, column: start.column + 1 }
    }

    /// A problem at this span.
    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.error_at(&self.place(span), message)
    }

    /// A problem at a place of this file.
    pub(super) fn error_at(&self, place: &Place, message: impl Into<String>) -> Diagnostic {
        let snippet = self.line(place.line).to_owned();
        Diagnostic {
            severity: Severity::Error,
            place: place.clone(),
            message: message.into(),
            snippet,
            help: Vec::new(),
        }
    }

    /// The text of a line, counted from 1.
    fn line(&self, number: usize) -> &str {
        let begins = || std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let lines = self.lines.get_or_init(begins);
        let text = number.checked_sub(1).and_then(|index| self.text.get(*lines.get(index)?..));
        text.and_then(|text| text.split('\n').next()).unwrap_or_default().trim_end_matches('\r')
    }

    /// A problem that syn found in this file, or in a literal of it.
    pub(super) fn syntax_error(&self, error: &syn::Error) -> Diagnostic {
        self.error(error.span(), format!("not valid Rust: {error}"))
            .help("run `cargo check` and mend what it names first")
    }
}

/// A problem about a whole file or folder.
pub(super) fn about_path(shown: PathBuf, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        place: Place { file: shown, line: 0, column: 0 },
        message: message.into(),
        snippet: String::new(),
        help: Vec::new(),
    }
}

/// A path as seen from `root`, without `.` and needless `..`, with `/` between its parts. Where the two have nothing in
/// common but the root of the disk, the path stays absolute.
pub(super) fn relative(root: &Path, path: &Path) -> PathBuf {
    let absolute = path.is_absolute();
    let root = parts(root);
    let path = parts(path);
    let common = root.iter().zip(&path).take_while(|(a, b)| a == b).count();
    if absolute && common <= 1 {
        return path.iter().collect();
    }
    let up = std::iter::repeat_n("..", root.len() - common);
    let shown: Vec<&str> = up.chain(path[common..].iter().map(String::as_str)).collect();
    PathBuf::from(if shown.is_empty() { ".".to_owned() } else { shown.join("/") })
}

fn parts(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            Component::ParentDir | Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                parts.push(component.as_os_str().to_string_lossy().into_owned());
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_folder_of_the_configuration() {
        let shown = |root: &str, path: &str| relative(Path::new(root), Path::new(path)).display().to_string();
        assert_eq!(shown("/p", "/p/models/src/./user.rs"), "models/src/user.rs");
        assert_eq!(shown("/p/app", "/p/app/../entity/src/lib.rs"), "../entity/src/lib.rs");
        assert_eq!(shown("/p/app", "/q/entity/../x.rs"), "/q/x.rs");
        assert_eq!(shown("", "/q/x.rs"), "/q/x.rs");
        assert_eq!(shown("", "models/src/a/../user.rs"), "models/src/user.rs");
    }
}
