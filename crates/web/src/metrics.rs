//! What a Prometheus server reads at `/metrics`.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use crate::Site;

/// The counters of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Option<IntCounterVec>,
    seconds: Option<HistogramVec>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let registry = Registry::new();
        let requests =
            Opts::new("limpide_http_requests_total", "Requests answered, by route, method and status.");
        let requests = IntCounterVec::new(requests, &["route", "method", "status"]).ok();
        let seconds =
            HistogramOpts::new("limpide_http_answer_seconds", "Time until the head of the answer, by route.");
        let seconds = HistogramVec::new(seconds, &["route"]).ok();
        for collector in [requests.clone().map(boxed), seconds.clone().map(boxed)].into_iter().flatten() {
            if let Err(error) = registry.register(collector) {
                tracing::warn!(%error, "a metric is left out: {error}");
            }
        }
        Self { registry, requests, seconds }
    }

    pub(crate) fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        if let Some(requests) = &self.requests {
            requests.with_label_values(&[route, method, &status.to_string()]).inc();
        }
        if let Some(seconds) = &self.seconds {
            seconds.with_label_values(&[route]).observe(took.as_secs_f64());
        }
    }
}

fn boxed<C: prometheus::core::Collector + 'static>(collector: C) -> Box<dyn prometheus::core::Collector> {
    Box::new(collector)
}

/// `GET /metrics`
pub(crate) async fn show(State(site): State<Site>) -> Response {
    match TextEncoder::new().encode_to_string(&site.metrics.registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
