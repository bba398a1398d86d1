//! What a Prometheus server reads at `/metrics`.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::Hub;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::{Site, health};

/// The counters of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Option<IntCounterVec>,
    seconds: Option<HistogramVec>,
    jobs: Option<IntGaugeVec>,
    ready: Option<IntGauge>,
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
        let jobs = Opts::new("limpide_jobs", "Jobs of the hub that are not done, by kind and state.");
        let jobs = IntGaugeVec::new(jobs, &["kind", "state"]).ok();
        let ready =
            IntGauge::new("limpide_ready", "Whether the database and the store answer this server: 1 or 0.")
                .ok();
        let all = [
            requests.clone().map(boxed),
            seconds.clone().map(boxed),
            jobs.clone().map(boxed),
            ready.clone().map(boxed),
        ];
        for collector in all.into_iter().flatten() {
            if let Err(error) = registry.register(collector) {
                tracing::warn!(%error, "a metric is left out: {error}");
            }
        }
        Self { registry, requests, seconds, jobs, ready }
    }

    pub(crate) fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        if let Some(requests) = &self.requests {
            requests.with_label_values(&[route, method, &status.to_string()]).inc();
        }
        if let Some(seconds) = &self.seconds {
            seconds.with_label_values(&[route]).observe(took.as_secs_f64());
        }
    }

    /// Notes whether the database and the store answer, and what the database tells, if it does.
    async fn look(&self, hub: &Hub) {
        let is_ready = health::look(hub).await.is_ok();
        if let Some(ready) = &self.ready {
            ready.set(is_ready.into());
        }
        match (is_ready, &self.jobs) {
            (true, _) => self.count_jobs(hub).await,
            // Rather nothing than what was true some time ago.
            (false, Some(jobs)) => jobs.reset(),
            (false, None) => {}
        }
    }

    /// Notes how many jobs there are now. All replicas of a hub tell the same of it.
    async fn count_jobs(&self, hub: &Hub) {
        let Some(jobs) = &self.jobs else { return };
        match hub.job_figures().await {
            Ok(figures) => {
                jobs.reset();
                for figure in figures {
                    jobs.with_label_values(&[figure.kind, figure.state]).set(figure.jobs);
                }
            }
            Err(error) => tracing::warn!(%error, "jobs could not be counted: {error}"),
        }
    }
}

fn boxed<C: prometheus::core::Collector + 'static>(collector: C) -> Box<dyn prometheus::core::Collector> {
    Box::new(collector)
}

/// `GET /metrics`
pub(crate) async fn show(State(site): State<Site>) -> Response {
    site.metrics.look(&site.hub).await;
    match TextEncoder::new().encode_to_string(&site.metrics.registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
