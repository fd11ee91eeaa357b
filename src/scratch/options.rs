use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

/// Where a throwaway server may come from.
#[derive(Debug, Clone)]
pub struct Options {
    /// A server to use before all others; its role must be allowed to create databases.
    pub given: Option<PgConnectOptions>,
    /// The wanted major, 15 of 15.18. Another is used where this one is not installed.
    pub major: Option<u32>,
    /// Extensions that every database has.
    pub extensions: Vec<String>,
    /// SQL that runs in every database first: what the history does not make (roles, domains, functions).
    pub setup: Option<String>,
    /// `search_path` of every connection.
    pub default_namespace: String,
    /// The target's server, to be used last; `None` unless the user asked for it.
    pub on_target: Option<PgConnectOptions>,
    /// Where fetched servers and templates of data folders are kept: [`Options::user_cache`].
    pub cache: PathBuf,
    /// Never fetch a server.
    pub offline: bool,
}

impl Options {
    /// Whatever is installed, names unqualified in `public`, no extensions.
    #[must_use]
    pub fn new(cache: PathBuf) -> Self {
        Self {
            given: None,
            major: None,
            extensions: Vec::new(),
            setup: None,
            default_namespace: "public".to_owned(),
            on_target: None,
            cache,
            offline: false,
        }
    }

    /// `$XDG_CACHE_HOME/autogen`, `~/Library/Caches/autogen` on macOS, else `~/.cache/autogen`; in the system's
    /// temporary folder for a user without a home.
    #[must_use]
    pub fn user_cache() -> PathBuf {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let below_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| home.map(|home| home.join(below_home)))
            .unwrap_or_else(std::env::temp_dir)
            .join("autogen")
    }
}

/// What takes long while a server starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A server is being fetched.
    Downloading {
        /// Its version, `17.10`.
        version: String,
        /// Bytes so far.
        bytes: u64,
        /// Bytes in all, when the registry says so.
        total: Option<u64>,
    },
    /// The fetched archive is being unpacked.
    Unpacking,
    /// The template of data folders is being made, once for each installed server.
    Initializing {
        /// Version of the server.
        version: String,
    },
    /// The server is starting.
    Starting,
}

/// Called with each step; the library itself never prints.
pub type OnProgress<'a> = dyn Fn(Progress) + Send + Sync + 'a;
