//! Everything that an operator can set, in one table: the command line, the environment, the file, `--help`
//! and `check-config` are all made from it.

mod load;
mod read_files;
mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limpide_blobs::{Location, S3Keys, S3Location};

pub(crate) use load::{Effective, Flags, Given, load};
use value::{DatabaseUrl, LogLevel, Secret, TrustedRootAt, WebAddress};
pub(crate) use value::{LogFormat, Value};

/// What this process is told.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    /// The address under which clients reach it, when requests cannot tell.
    pub(crate) public_url: Option<WebAddress>,
    /// How long a shutdown waits for running requests.
    pub(crate) shutdown_wait: Duration,
    /// How long a shutdown goes on taking requests before that.
    pub(crate) shutdown_notice: Option<Duration>,
    /// How long clients are waited for.
    pub(crate) timeouts: Timeouts,
    /// What is logged.
    pub(crate) log_level: LogLevel,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
    /// The folder for everything that is kept on this machine.
    pub(crate) data: PathBuf,
    /// The database, when it is not the file in the data folder.
    pub(crate) database: Option<DatabaseUrl>,
    /// The bucket, when bytes are not kept in the data folder.
    pub(crate) s3: S3,
    /// The file with the rules by which files are judged, when they are not those that come with the program.
    rules: Option<PathBuf>,
    /// The file with the authorities that may vouch for signers of models.
    roots: Option<PathBuf>,
    /// The Sigstore service that may.
    trusted_root: Option<TrustedRootAt>,
    /// How many bytes the mirrors that git reads may take.
    pub(crate) git_mirrors: u64,
    /// What the rules of the hub look at.
    pub(crate) hub: limpide_hub::Settings,
}

/// How long clients are waited for.
#[derive(Debug, Clone)]
pub(crate) struct Timeouts {
    /// For the head of the next request.
    pub(crate) idle: Duration,
    /// For a body or a reader that stands still.
    pub(crate) stalled: Duration,
}

/// Where a bucket is.
#[derive(Debug, Clone)]
pub(crate) struct S3 {
    bucket: Option<String>,
    prefix: Option<String>,
    endpoint: Option<WebAddress>,
    public_endpoint: Option<WebAddress>,
    region: String,
    access_key: Option<String>,
    secret_key: Option<Secret>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            shutdown_wait: Duration::from_secs(30),
            shutdown_notice: None,
            timeouts: Timeouts { idle: Duration::from_secs(120), stalled: Duration::from_secs(60) },
            log_level: LogLevel::default(),
            log_format: LogFormat::default(),
            data: PathBuf::from("data"),
            database: None,
            s3: S3 {
                bucket: None,
                prefix: None,
                endpoint: None,
                public_endpoint: None,
                region: "us-east-1".to_owned(),
                access_key: None,
                secret_key: None,
            },
            rules: None,
            roots: None,
            trusted_root: None,
            git_mirrors: 20 << 30,
            hub: limpide_hub::Settings::default(),
        }
    }
}

impl Settings {
    /// Where stored bytes lie.
    pub(crate) fn location(&self) -> Location {
        let s3 = &self.s3;
        let Some(bucket) = s3.bucket.clone() else { return Location::Disk(self.data.join("blobs")) };
        let keys = s3.access_key.clone().zip(s3.secret_key.clone());
        Location::S3(S3Location {
            bucket,
            prefix: s3.prefix.clone().unwrap_or_default(),
            endpoint: s3.endpoint.as_ref().map(WebAddress::to_string),
            public_endpoint: s3.public_endpoint.as_ref().map(WebAddress::to_string),
            region: s3.region.clone(),
            keys: keys.map(|(access_key, secret_key)| S3Keys { access_key, secret_key: secret_key.0 }),
            // Whoever writes `http://` has asked for it.
            allow_http: s3.endpoint.as_ref().is_some_and(WebAddress::is_plain),
        })
    }

    /// Whether the rows are in a file of SQLite, which is on this machine.
    pub(crate) fn is_on_sqlite(&self) -> bool {
        self.database.as_ref().is_none_or(|url| url.as_str().starts_with("sqlite:"))
    }

    /// Where the rows are, so that two places can be told apart.
    pub(crate) fn rows_at(&self) -> String {
        match &self.database {
            Some(url) => url.as_str().to_owned(),
            None => absolute(&self.data),
        }
    }

    /// Where the bytes are, so that two places can be told apart.
    pub(crate) fn bytes_at(&self) -> String {
        match self.location() {
            Location::Disk(folder) => absolute(&folder),
            Location::S3(location) => location.to_string(),
        }
    }

    /// What is wrong with settings that are each right by themselves.
    fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        let s3 = &self.s3;
        let places = [
            ("s3.endpoint", s3.endpoint.is_some()),
            ("s3.public-endpoint", s3.public_endpoint.is_some()),
            ("s3.prefix", s3.prefix.is_some()),
            ("s3.access-key", s3.access_key.is_some()),
            ("s3.secret-key", s3.secret_key.is_some()),
        ];
        if s3.bucket.is_none() {
            let useless = places.into_iter().filter(|(_, set)| *set);
            found.extend(useless.map(|(key, _)| {
                format!("`{key}` is set, but no bucket: set `s3.bucket` too, or leave out `{key}`.")
            }));
        } else if s3.access_key.is_some() != s3.secret_key.is_some() {
            found.push("`s3.access-key` and `s3.secret-key` belong together: set both or neither.".into());
        }
        found
    }
}

/// The same folder has one name, as long as it is there.
fn absolute(folder: &Path) -> String {
    let known = folder.canonicalize().or_else(|_| std::path::absolute(folder));
    known.unwrap_or_else(|_| folder.to_owned()).display().to_string()
}

/// Which commands a setting matters to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matters {
    /// To all that open the hub: where its database and its bytes are.
    ToAll,
    /// To the server only.
    ToServer,
}

/// One line of the table.
pub(crate) struct Setting {
    /// Its name in the file; `s3.bucket` is `bucket` under `[s3]`.
    pub(crate) key: &'static str,
    /// What its value looks like.
    pub(crate) form: &'static str,
    /// What it does, in a sentence.
    pub(crate) about: &'static str,
    /// What happens without it, where its default does not say so.
    pub(crate) unset: &'static str,
    /// Which commands know it.
    pub(crate) matters: Matters,
    /// Where it is kept.
    pub(crate) of: fn(&mut Settings) -> &mut dyn Value,
}

impl Setting {
    /// Its name on the command line, after `--`; none for secrets, which other users of the machine would see.
    pub(crate) fn flag(&self) -> Option<String> {
        (self.form != "SECRET").then(|| self.key.replace('.', "-"))
    }

    /// Its name in the environment.
    pub(crate) fn variable(&self) -> String {
        format!("LIMPIDE_{}", self.key.replace(['.', '-'], "_").to_uppercase())
    }
}

const fn server(
    key: &'static str,
    form: &'static str,
    about: &'static str,
    of: fn(&mut Settings) -> &mut dyn Value,
) -> Setting {
    Setting { key, form, about, unset: "", matters: Matters::ToServer, of }
}

const fn storage(
    key: &'static str,
    form: &'static str,
    about: &'static str,
    of: fn(&mut Settings) -> &mut dyn Value,
) -> Setting {
    Setting { key, form, about, unset: "", matters: Matters::ToAll, of }
}

impl Setting {
    const fn or(mut self, unset: &'static str) -> Self {
        self.unset = unset;
        self
    }
}

/// The table.
pub(crate) const SETTINGS: &[Setting] = &[
    storage("data", "FOLDER", "The folder for everything that is kept on this machine", |s| &mut s.data),
    storage("database", "URL", "`sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`", |s| &mut s.database)
        .or("SQLite in the data folder"),
    storage("s3.bucket", "NAME", "The bucket that keeps the bytes of files", |s| &mut s.s3.bucket)
        .or("a folder in the data folder keeps them"),
    storage("s3.prefix", "PATH", "The folder in the bucket", |s| &mut s.s3.prefix).or("the whole bucket"),
    storage("s3.endpoint", "URL", "The service's address", |s| &mut s.s3.endpoint).or("Amazon's own"),
    storage("s3.public-endpoint", "URL", "The service's address as clients reach it", |s| {
        &mut s.s3.public_endpoint
    })
    .or("the same as s3.endpoint"),
    storage("s3.region", "NAME", "The service's region", |s| &mut s.s3.region),
    storage(
        "s3.access-key",
        "KEY",
        "The public half of the keys; the secret half is set in the file or as LIMPIDE_S3_SECRET_KEY",
        |s| &mut s.s3.access_key,
    )
    .or("the variables AWS_…, or the machine's role"),
    storage("s3.secret-key", "SECRET", "The secret half of the keys", |s| &mut s.s3.secret_key),
    server(
        "git.mirrors",
        "SIZE",
        "How much of the data folder may hold copies of histories for git, which are made again when needed",
        |s| &mut s.git_mirrors,
    ),
    server("address", "IP:PORT", "Where to listen; 0.0.0.0:8080 for all networks", |s| &mut s.address),
    server("public-url", "URL", "The address under which clients reach this server", |s| &mut s.public_url)
        .or("as each request tells"),
    server("shutdown-wait", "TIME", "How long a shutdown waits for running requests", |s| {
        &mut s.shutdown_wait
    }),
    server(
        "shutdown-notice",
        "TIME",
        "How long a shutdown takes requests before that, while /readyz says so, for balancers to notice",
        |s| &mut s.shutdown_notice,
    )
    .or("no time"),
    server("timeouts.idle", "TIME", "How long a connection may wait for its next request", |s| {
        &mut s.timeouts.idle
    }),
    server(
        "timeouts.stalled",
        "TIME",
        "How long a request's body may bring less than 1 KiB, or a reader take nothing, before it is cut off",
        |s| &mut s.timeouts.stalled,
    ),
    server(
        "log.level",
        "FILTER",
        "error, warn, info, debug or trace; also by part: info,limpide_hub=debug",
        |s| &mut s.log_level,
    ),
    server("log.format", "text|json", "Lines for people, or one JSON object each", |s| &mut s.log_format),
    server("open-registration", "true|false", "Whether anybody may create an account", |s| {
        &mut s.hub.open_registration
    }),
    server(
        "deduplication",
        "instance|owner",
        "Among whom it shows that a chunk is already stored: everybody here, or each owner alone",
        |s| &mut s.hub.deduplication,
    ),
    server(
        "jobs.workers",
        "COUNT",
        "How many audits and other jobs this server does at a time; 0 leaves them to other servers of the hub",
        |s| &mut s.hub.jobs.workers,
    ),
    storage(
        "collection.history",
        "TIME",
        "How long commits are kept that no branch or tag leads to",
        |s| &mut s.hub.collection.history,
    ),
    storage(
        "collection.content",
        "TIME",
        "How long chunks are kept that no file needs; below 28d, clients may rely on what is gone",
        |s| &mut s.hub.collection.content,
    ),
    server(
        "scrub",
        "TIME",
        "Within which time all stored content is read and hashed once more, by all servers of the hub together",
        |s| &mut s.hub.scrub,
    ),
    server(
        "safety.malicious",
        "show|warn|quarantine",
        "What is done with malicious files: their status tells, downloads warn, or they are held back",
        |s| &mut s.hub.safety.malicious,
    ),
    server(
        "safety.clamav",
        "unix:PATH|tcp:HOST:PORT",
        "The daemon of ClamAV that is asked of each new content, too",
        |s| &mut s.hub.safety.clamav,
    )
    .or("no virus scanner is asked"),
    server("safety.rules", "FILE.toml", "The rules by which files are judged", |s| &mut s.rules)
        .or("those that come with the program"),
    server("signing.roots", "FILE.pem", "Authorities that may vouch for signers of models", |s| &mut s.roots)
        .or("signatures with certificates are not checked"),
    server(
        "signing.trusted-root",
        "public|FILE.json",
        "The Sigstore service that may vouch for signers of models: the public one, or another by its root of trust",
        |s| &mut s.trusted_root,
    )
    .or("signatures without keys are not checked"),
    server(
        "limits.regular-file",
        "SIZE",
        "The largest file kept in git itself rather than as LFS content",
        |s| &mut s.hub.limits.regular_file,
    ),
    server("limits.push", "SIZE", "The largest pack of one git push", |s| &mut s.hub.limits.push),
    server(
        "limits.owner",
        "SIZE",
        "What the repositories of one user or organisation may hold together, before deduplication",
        |s| &mut s.hub.limits.owner,
    )
    .or("as much as fits"),
    server(
        "limits.requests",
        "COUNT",
        "How many requests a user, or an address without one, may make to one server in five minutes: to the API, for files, and for pages, each counted by itself",
        |s| &mut s.hub.limits.requests,
    )
    .or("as many as they like"),
    server("limits.commit", "SIZE", "The largest body of one commit", |s| &mut s.hub.limits.commit),
    server("limits.changes", "COUNT", "The most changes in one commit", |s| &mut s.hub.limits.changes),
    server("limits.file", "SIZE", "The largest file", |s| &mut s.hub.limits.file),
    server(
        "limits.lfs-part",
        "SIZE",
        "Larger files are sent by LFS in parts of this size, by clients that can",
        |s| &mut s.hub.limits.lfs_part,
    ),
    server("limits.claim", "TIME", "How long an uploaded file waits for the commit that names it", |s| {
        &mut s.hub.limits.claim
    }),
    server("limits.content-token", "TIME", "How long a token for the content store is good", |s| {
        &mut s.hub.limits.content_token
    }),
    server("limits.link", "TIME", "How long a signed link to bytes is good", |s| &mut s.hub.limits.link),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_of_the_hub_can_be_set() {
        let all = serde_json::to_value(limpide_hub::Settings::default()).unwrap();
        let mut expected = BTreeSet::new();
        for (key, value) in all.as_object().unwrap() {
            match value.as_object() {
                Some(group) => expected.extend(group.keys().map(|name| format!("{key}.{name}"))),
                None => _ = expected.insert(key.clone()),
            }
        }
        let known: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.key.replace('-', "_")).collect();
        let missing: Vec<_> = expected.difference(&known).collect();
        assert!(missing.is_empty(), "add to SETTINGS: {missing:?}");
    }

    #[test]
    fn the_readme_has_a_row_for_each_setting() {
        let readme = include_str!("../../../README.md");
        let mut table = String::from("| file | environment | default | what |\n|---|---|---|---|\n");
        for setting in SETTINGS {
            let default = match (setting.of)(&mut Settings::default()).show() {
                text if text.is_empty() => setting.unset.to_owned(),
                text => format!("`{text}`"),
            };
            let (key, variable, about) = (setting.key, setting.variable(), setting.about.replace('|', "\\|"));
            table += &format!("| `{key}` | `{variable}` | {default} | {about} |\n");
        }
        assert!(readme.contains(&table), "the table in README.md should be:\n{table}");
    }

    #[test]
    fn every_default_can_be_read_back() {
        for setting in SETTINGS {
            let mut settings = Settings::default();
            let written = (setting.of)(&mut settings).write();
            (setting.of)(&mut settings).read(&written).unwrap();
            assert_eq!((setting.of)(&mut settings).write(), written, "{}", setting.key);
        }
    }
}
