//! A hub that is asked by its API: what it holds, and parts of files.

use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use limpide_openness::{Attestation, Reach};
use limpide_words::{Kind, RepoId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_TYPE, LINK, RANGE};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use crate::http::{self, Answer, Failure};

/// What stays as it is in an address.
const IN_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A description with 200 000 files has about half of this.
const LONGEST_DESCRIPTION: u64 = 64 << 20;

/// Pages of a listing that are followed.
const MOST_PAGES: usize = 1000;

/// A hub over HTTP: this one's like, or the public one. It is asked as anybody, unless a token is given.
#[derive(Debug)]
pub struct Hub {
    endpoint: String,
    host: String,
    token: Option<String>,
    client: Client,
    runtime: Handle,
    /// Why it does not answer, once it did not: an audit does not wait for each of a hundred answers.
    down: OnceLock<Failure>,
}

impl Hub {
    /// The hub at an address such as `https://huggingface.co`. With a token it is asked as whoever that stands for: what
    /// is gated or private then looks as it does to them. To be called in a Tokio runtime.
    ///
    /// # Errors
    /// When the address is none, or the system has no certificates to check the hub's with.
    pub fn new(endpoint: &str, token: Option<String>) -> Result<Self, String> {
        let url =
            Url::parse(endpoint).map_err(|error| format!("`{endpoint}` is no address of a hub: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(format!(
                "`{endpoint}` is no address of a hub: it begins with `https://` or `http://`"
            ));
        }
        let client = http::builder().build().map_err(|error| error.to_string())?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Ok(Self { endpoint, host, token, client, runtime: Handle::current(), down: OnceLock::new() })
    }

    /// Its address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Hands what somebody signed to the hub, which keeps it if the token and the key are the signer's.
    ///
    /// # Errors
    /// What the hub answered, or why it could not be asked.
    pub fn attest(&self, kind: Kind, id: &RepoId, attestation: &Attestation) -> Result<(), String> {
        let json = limpide_openness::canonical(attestation).map_err(|error| error.to_string())?;
        let request = self.client.post(self.api(kind, id, &["attestations"])).body(json);
        let request = request.header(CONTENT_TYPE, "application/json");
        let asked = http::ask(self.signed(request), LONGEST_DESCRIPTION, http::PATIENT);
        let answer = self.wait(asked).map_err(Failure::why)?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&answer, answer.status)) }
    }

    /// What the hub answers at one of its own addresses, such as `/api/log/checkpoint`; at most 64 MiB.
    ///
    /// # Errors
    /// What the hub answered instead, or why it could not be asked.
    pub fn ask(&self, path: &str) -> Result<Bytes, String> {
        let answer = self.wait(self.get(format!("{}{path}", self.endpoint), None, LONGEST_DESCRIPTION));
        let answer = answer.map_err(Failure::why)?;
        if answer.status.is_success() { Ok(answer.body) } else { Err(refused(&answer, answer.status)) }
    }

    /// Waits for what is asked.
    pub(crate) fn wait<T>(&self, asking: impl Future<Output = T>) -> T {
        self.runtime.block_on(asking)
    }

    /// What an address of the API says.
    pub(crate) async fn describe<T: DeserializeOwned>(&self, address: String) -> Reach<T> {
        match self.get(address, None, LONGEST_DESCRIPTION).await {
            Ok(answer) => reached(&answer),
            Err(failure) => Reach::Unreachable(failure.why()),
        }
    }

    /// What a listing says, page after page, up to so many items.
    pub(crate) async fn list<T: DeserializeOwned>(&self, first: String, most: usize) -> Reach<Vec<T>> {
        let (mut all, mut next) = (Vec::new(), Some(first));
        for _ in 0..MOST_PAGES {
            let Some(address) = next.take() else { return Reach::Found(all) };
            let answer = match self.get(address, None, LONGEST_DESCRIPTION).await {
                Ok(answer) => answer,
                Err(failure) => return Reach::Unreachable(failure.why()),
            };
            match reached::<Vec<T>>(&answer) {
                Reach::Found(page) => all.extend(page),
                other => return other,
            }
            if all.len() > most {
                break;
            }
            next = self.next_page(&answer);
        }
        Reach::Unreachable(format!("`{}` lists more than {most} files", self.endpoint))
    }

    /// A part of a file of a commit.
    pub(crate) async fn part(
        &self,
        kind: Kind,
        id: &RepoId,
        file: (&str, &str),
        range: Range<u64>,
    ) -> Result<Bytes, Failure> {
        let (commit, path) = file;
        let path: Vec<String> = path.split('/').map(encoded).collect();
        let address =
            format!("{}/{}{id}/resolve/{}/{}", self.endpoint, kind.prefix(), encoded(commit), path.join("/"));
        let length = range.end - range.start;
        let answer = self.get(address, Some(&range), length).await?;
        match answer.status {
            StatusCode::PARTIAL_CONTENT if answer.body.len() as u64 == length => Ok(answer.body),
            // A server may answer with the whole, which is what was asked for when it starts at the beginning.
            StatusCode::OK if range.start == 0 && answer.body.len() as u64 == length => Ok(answer.body),
            status => Err(Failure::Unusable(refused(&answer, status))),
        }
    }

    /// `{endpoint}/api/{kind}/{id}/{rest}`.
    pub(crate) fn api(&self, kind: Kind, id: &RepoId, rest: &[&str]) -> String {
        let mut address = format!("{}/api/{}/{id}", self.endpoint, kind.plural());
        for part in rest {
            address.push('/');
            address.push_str(&encoded(part));
        }
        address
    }

    async fn get(&self, address: String, range: Option<&Range<u64>>, most: u64) -> Result<Answer, Failure> {
        if let Some(failure) = self.down.get() {
            return Err(failure.clone());
        }
        let mut request = self.signed(self.client.get(address));
        if let Some(Range { start, end }) = range {
            request = request.header(RANGE, format!("bytes={start}-{}", end.saturating_sub(1)));
        }
        let answer = http::ask(request, most, http::PATIENT).await;
        if let Err(failure @ Failure::Down { host, .. }) = &answer
            && *host == self.host
        {
            _ = self.down.set(failure.clone());
        }
        answer
    }

    /// With the token, where there is one.
    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The address of the next page, which must be the hub's own: the token goes with the request.
    fn next_page(&self, answer: &Answer) -> Option<String> {
        let links = answer.headers.get(LINK)?.to_str().ok()?;
        let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
        let address = next.trim().strip_prefix('<')?.split_once('>')?.0;
        let here = |url: Url| url.origin() == answer.address.origin();
        Url::parse(address).is_ok_and(here).then(|| address.to_owned())
    }
}

fn encoded(segment: &str) -> String {
    utf8_percent_encode(segment, IN_SEGMENT).to_string()
}

/// What an answer of the API means. The Hub answers 401 to strangers for what is private and for what is not there.
fn reached<T: DeserializeOwned>(answer: &Answer) -> Reach<T> {
    match answer.status {
        StatusCode::OK => match serde_json::from_slice(&answer.body) {
            Ok(said) => Reach::Found(said),
            Err(error) => {
                Reach::Unreachable(format!("`{}` is not the API of a hub: {error}", answer.address))
            }
        },
        status @ (StatusCode::NOT_FOUND | StatusCode::GONE) => Reach::Absent(refused(answer, status)),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Reach::Closed(refused(answer, status)),
        status => Reach::Unreachable(refused(answer, status)),
    }
}

/// `404 Not Found: There is no such repository`.
fn refused(answer: &Answer, status: StatusCode) -> String {
    let said =
        answer.headers.get("x-error-message").and_then(|message| message.to_str().ok()).unwrap_or_default();
    let said: String = said.chars().take(200).collect();
    if said.is_empty() { status.to_string() } else { format!("{status}: {said}") }
}
