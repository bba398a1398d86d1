//! One request, tried again where that helps, with a bound on what comes back.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, StatusCode, Url};

use crate::guard::Private;

/// How long a machine may take to answer the telephone, and to say its next word.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);

/// The waits before a request is made again: of a hub, on which all depends, and of one page among many.
pub(crate) const PATIENT: &[Duration] =
    &[Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(3)];
pub(crate) const BRIEF: &[Duration] = &[Duration::from_millis(500)];

/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Where the answer came from, after redirects.
    pub(crate) address: Url,
    /// The machine that gave it.
    pub(crate) machine: Option<std::net::SocketAddr>,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A machine does not answer, or the network does not reach it: the next request to it will fare no better.
    Down {
        /// The machine: where redirects have led, another than the one that was asked.
        host: String,
        why: String,
    },
    /// This answer could not be had.
    Unusable(String),
}

impl Failure {
    pub(crate) fn why(self) -> String {
        match self {
            Self::Down { why, .. } | Self::Unusable(why) => why,
        }
    }
}

/// What every client of ours is.
pub(crate) fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("limpide/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
}

/// Makes a request, again after each of the waits while the server is busy or the network fails. Of the body come `most`
/// bytes at most; an answer that is longer is none.
pub(crate) async fn ask(request: RequestBuilder, most: u64, waits: &[Duration]) -> Result<Answer, Failure> {
    let mut waits = waits.iter();
    loop {
        let Some(attempt) = request.try_clone() else {
            return Err(Failure::Unusable("the request cannot be made twice".to_owned()));
        };
        let (failure, asked) = match once(attempt, most).await {
            Ok(answer) if !is_passing(answer.status) => return Ok(answer),
            Ok(answer) => {
                let why = format!("`{}` answered {}", answer.address, answer.status);
                (Failure::Unusable(why), retry_after(&answer.headers))
            }
            Err(Failure::Unusable(why)) => return Err(Failure::Unusable(why)),
            Err(failure) => (failure, None),
        };
        match waits.next() {
            Some(wait) if asked.unwrap_or_default() <= LONGEST_WAIT => {
                tokio::time::sleep(asked.unwrap_or_default().max(*wait)).await;
            }
            _ => return Err(failure),
        }
    }
}

/// Whether an answer may be another soon. 501 says that it will not.
fn is_passing(status: StatusCode) -> bool {
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    busy || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// How long the server asks to be left alone; the form with a date is not read, as clients of the Hub do not either.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

async fn once(request: RequestBuilder, most: u64) -> Result<Answer, Failure> {
    let response = request.send().await.map_err(|error| failure(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let (address, machine) = (response.url().clone(), response.remote_addr());
    // What a refusal says at length is for people in a browser.
    let body = if status.is_success() { body(response, most).await? } else { Bytes::new() };
    Ok(Answer { status, headers, address, machine, body })
}

async fn body(mut response: Response, most: u64) -> Result<Bytes, Failure> {
    let too_long =
        |address: &Url| Failure::Unusable(format!("`{address}` answers with more than {most} bytes"));
    if response.content_length().is_some_and(|length| length > most) {
        return Err(too_long(response.url()));
    }
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failure(&error))? {
        if (body.len() + piece.len()) as u64 > most {
            return Err(too_long(response.url()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// What went wrong, with the cause at the bottom: it says most.
fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let address = error.url().map(|url| format!("`{url}`: ")).unwrap_or_default();
    let why = if error.is_timeout() { "it took too long".to_owned() } else { cause.to_string() };
    let why = format!("{address}{why}");
    let ours = error.is_redirect() || error.is_builder() || cause.is::<Private>();
    match error.url().and_then(Url::host_str).filter(|_| !ours) {
        Some(host) => Failure::Down { host: host.to_owned(), why },
        None => Failure::Unusable(why),
    }
}
