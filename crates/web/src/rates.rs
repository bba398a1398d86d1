//! How many requests a caller may make in a while, counted by each server for itself; and the headers that say so, as in the
//! draft `draft-ietf-httpapi-ratelimit-headers`: stock clients wait as long as these tell them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use limpide_hub::{Caller, Error};
use moka::future::Cache;
use std::sync::OnceLock;

use crate::error::ApiError;

/// The while.
const WINDOW: Duration = Duration::from_secs(300);

/// How many callers are counted at a time; those not heard of for longest are forgotten first.
const CALLERS: u64 = 200_000;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What each caller has asked for lately. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rates {
    most: Option<u32>,
    windows: Cache<(Family, String), Arc<Window>>,
}

/// What is counted by itself: whoever loads many files can still look at pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    Api,
    Files,
    Pages,
}

struct Window {
    begun: Instant,
    spent: AtomicU32,
}

/// What is left to a caller.
#[derive(Debug, Clone, Copy)]
struct Left {
    family: Family,
    most: u32,
    requests: u32,
    seconds: u64,
}

/// What a request has counted for, for the layer that knows the answer.
#[derive(Debug, Clone, Default)]
struct Counted(Arc<OnceLock<Left>>);

impl Rates {
    /// Nobody has asked for anything yet. Without a limit nothing is counted.
    pub(crate) fn new(most: Option<u32>) -> Self {
        Self { most, windows: Cache::builder().max_capacity(CALLERS).time_to_live(WINDOW).build() }
    }

    /// Counts a request of a caller.
    ///
    /// # Errors
    /// `TooOften` when there were too many.
    pub(crate) async fn count(&self, parts: &Parts, caller: &Caller, address: &str) -> Result<(), ApiError> {
        let Some(most) = self.most else { return Ok(()) };
        let who = match caller {
            Caller::User(user) => user.id.clone(),
            _ => address.to_owned(),
        };
        let family = Family::of(parts);
        let begin = async { Arc::new(Window { begun: Instant::now(), spent: AtomicU32::new(0) }) };
        let window = self.windows.get_with((family, who), begin).await;
        let spent = window.spent.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let seconds = WINDOW.saturating_sub(window.begun.elapsed()).as_secs().max(1);
        if let Some(counted) = parts.extensions.get::<Counted>() {
            // The first look at a request counts it.
            let _ = counted.0.set(Left { family, most, requests: most.saturating_sub(spent), seconds });
        }
        if spent <= most {
            return Ok(());
        }
        let minutes = WINDOW.as_secs() / 60;
        let says = format!(
            "You have made more than {most} requests in {minutes} minutes (`limits.requests`). Wait {seconds} seconds."
        );
        Err(Error::TooOften(says, Duration::from_secs(seconds)).into())
    }
}

impl Family {
    fn of(parts: &Parts) -> Self {
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        if route.contains("/resolve/") || route.contains(".git/") || route.contains("/info/") {
            Self::Files
        } else if route.starts_with("/api/") {
            Self::Api
        } else {
            Self::Pages
        }
    }

    /// The word that clients know it by.
    fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Files => "resolvers",
            Self::Pages => "pages",
        }
    }
}

/// The layer that tells each caller what is left to them.
pub(crate) async fn tell(mut request: Request, next: Next) -> Response {
    let counted = Counted::default();
    request.extensions_mut().insert(counted.clone());
    let mut answer = next.run(request).await;
    if let Some(Left { family, most, requests, seconds }) = counted.0.get() {
        let word = family.word();
        let told = [
            (LIMIT, format!("\"{word}\";r={requests};t={seconds}")),
            (POLICY, format!("\"fixed window\";\"{word}\";q={most};w={}", WINDOW.as_secs())),
        ];
        for (name, value) in told {
            if let Ok(value) = HeaderValue::try_from(value) {
                answer.headers_mut().insert(name, value);
            }
        }
    }
    answer
}
