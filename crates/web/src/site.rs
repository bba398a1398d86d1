//! What every handler holds: the hub, and how this server presents itself.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use limpide_hub::Hub;

use crate::metrics::Metrics;
use crate::rates::Rates;

/// The state that handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The hub behind the faces.
    pub hub: Hub,
    /// The address under which clients reach it (`https://hub.example.org`), when it is configured; else each
    /// request tells.
    pub(crate) public_url: Option<Arc<str>>,
    pub(crate) metrics: Metrics,
    pub(crate) rates: Rates,
    /// Whether this server is about to stop.
    pub(crate) leaving: Arc<AtomicBool>,
}

impl Site {
    /// A site for this hub. `public_url` has no trailing slash.
    pub fn new(hub: Hub, public_url: Option<String>) -> Self {
        let public_url = public_url.map(|url| url.trim_end_matches('/').into());
        let rates = Rates::new(hub.settings().limits.requests);
        Self { hub, public_url, metrics: Metrics::new(), rates, leaving: Arc::default() }
    }
}
