//! The web as anybody sees it: pages, and repositories of code. Machines of private networks are not asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use limpide_git::{Elsewhere, Place};
use limpide_openness::{Page, Reach};
use limpide_words::Sha256;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, Url};
use sha2::Digest;
use tokio::runtime::Handle;

use crate::code::Code;
use crate::guard::Guard;
use crate::http::{self, Answer, Failure};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest page that is read; reports with figures are among them.
const LONGEST_PAGE: u64 = 32 << 20;

/// How much of a page is kept as text.
const KEPT_TEXT: usize = 256 << 10;

/// What a repository of code may cost.
const LARGEST_CODE: u64 = 512 << 20;
const PATIENCE_FOR_CODE: Duration = Duration::from_secs(120);

/// What git asks first, what it is told then, and how long that may be.
const FIRST_QUESTION: &str = "/info/refs?service=git-upload-pack";
const FIRST_ANSWER: &str = "application/x-git-upload-pack-advertisement";
const LONGEST_FIRST_ANSWER: u64 = 16 << 20;

/// Forges whose repositories are named by the first two parts of any address of theirs.
const FORGES: [&str; 5] = ["github.com", "www.github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];

/// The web.
#[derive(Debug)]
pub struct Web {
    guard: Guard,
    client: Client,
    runtime: Handle,
    /// Hosts that did not answer, and why: nobody waits for them twice.
    silent: Mutex<BTreeMap<String, String>>,
}

impl Web {
    /// The web for an audit of what lies on `hub`, which is asked even if it is a machine of a private network; with
    /// `allow_private` all such machines are. To be called in a Tokio runtime.
    ///
    /// # Errors
    /// When the system has no certificates to check servers with.
    pub fn new(hub: Option<&str>, allow_private: bool) -> Result<Self, String> {
        let guard = Guard::new(hub, allow_private);
        let client = guard.client(http::builder().timeout(PATIENCE)).map_err(|error| error.to_string())?;
        Ok(Self { guard, client, runtime: Handle::current(), silent: Mutex::default() })
    }

    /// What an address answers.
    pub(crate) fn page(&self, address: &str) -> Reach<Page> {
        self.ask(address, LONGEST_PAGE).and_then(|answer| {
            let text = &answer.body[..answer.body.len().min(KEPT_TEXT)];
            Reach::Found(Page {
                address: answer.address.to_string(),
                status: answer.status.as_u16(),
                sha256: Sha256(sha2::Sha256::digest(&answer.body).into()),
                text: String::from_utf8_lossy(text).into_owned(),
            })
        })
    }

    /// The repository of code at an address, which [`repository_of`] gave.
    pub(crate) fn code(&self, repository: &str) -> Reach<Code> {
        // Asked for here first: git would follow names and redirects wherever they lead.
        let first = self.ask(&format!("{repository}{FIRST_QUESTION}"), LONGEST_FIRST_ANSWER);
        first.and_then(|answer| {
            let kind = answer.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
            match kind == Some(FIRST_ANSWER.as_bytes()) {
                true => self.copy(place(&answer)),
                false => Reach::Absent("what answers there is no git repository".to_owned()),
            }
        })
    }

    fn copy(&self, place: Place) -> Reach<Code> {
        let fetched = async {
            let copy = Elsewhere::fetch(&place).await?;
            let files = copy.files().await?;
            Ok::<_, limpide_git::Error>((copy, files))
        };
        match self.runtime.block_on(fetched) {
            Ok((copy, files)) => Reach::Found(Code::new(place.address, copy, files, self.runtime.clone())),
            Err(error) => Reach::Unreachable(format!("`{}`: {error}", place.address)),
        }
    }

    fn ask(&self, address: &str, most: u64) -> Reach<Answer> {
        let url = match Url::parse(address) {
            Ok(url) => url,
            Err(error) => return Reach::Unreachable(format!("`{address}` is not an address: {error}")),
        };
        if let Err(why) = self.guard.check(&url) {
            return Reach::Unreachable(why);
        }
        let silent = || self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = silent().get(url.host_str().unwrap_or_default()) {
            return Reach::Unreachable(why.clone());
        }
        match self.runtime.block_on(http::ask(self.client.get(url), most, http::BRIEF)) {
            Ok(answer) => reached(answer),
            Err(Failure::Unusable(why)) => Reach::Unreachable(why),
            Err(Failure::Down { host, why }) => {
                silent().insert(host, why.clone());
                Reach::Unreachable(why)
            }
        }
    }
}

/// What an answer says of the thing asked for. Many sites answer 403 to whatever is not a browser: nothing follows from it.
fn reached(answer: Answer) -> Reach<Answer> {
    let said = answer.status.to_string();
    match answer.status {
        status if status.is_success() => Reach::Found(answer),
        StatusCode::NOT_FOUND | StatusCode::GONE => Reach::Absent(said),
        StatusCode::UNAUTHORIZED | StatusCode::PAYMENT_REQUIRED => Reach::Closed(said),
        _ => Reach::Unreachable(format!("`{}` answered {said}", answer.address)),
    }
}

/// Where the repository is that answered, by whichever name and redirect it was reached.
fn place(answer: &Answer) -> Place {
    let url = &answer.address;
    let machine = url.host_str().zip(url.port_or_known_default()).zip(answer.machine);
    Place {
        address: url.as_str().trim_end_matches(FIRST_QUESTION).to_owned(),
        machine: machine.map(|((host, port), machine)| match machine.ip() {
            std::net::IpAddr::V4(ip) => format!("{host}:{port}:{ip}"),
            std::net::IpAddr::V6(ip) => format!("{host}:{port}:[{ip}]"),
        }),
        most: LARGEST_CODE,
        patience: PATIENCE_FOR_CODE,
    }
}

/// The address of the repository to which an address leads: on forges that of the project, elsewhere itself.
pub(crate) fn repository_of(address: &str) -> Option<String> {
    let mut url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_query(None);
    url.set_fragment(None);
    if url.host_str().is_some_and(|host| FORGES.contains(&host)) {
        let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
        let [owner, name, ..] = parts.as_slice() else { return None };
        let path = format!("/{owner}/{name}");
        url.set_path(&path);
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_on_a_forge_leads_to_the_project() {
        for (address, repository) in [
            ("https://github.com/ada/tiny", Some("https://github.com/ada/tiny")),
            (
                "https://github.com/ada/tiny/tree/main/train?tab=readme#code",
                Some("https://github.com/ada/tiny"),
            ),
            ("https://gitlab.com/ada/tiny/-/blob/main/x.py", Some("https://gitlab.com/ada/tiny")),
            ("https://git.example/group/sub/tiny.git/", Some("https://git.example/group/sub/tiny.git")),
            ("https://github.com/ada", None),
            ("ssh://git@github.com/ada/tiny", None),
            ("ext::sh -c date", None),
        ] {
            assert_eq!(repository_of(address).as_deref(), repository, "{address}");
        }
    }
}
