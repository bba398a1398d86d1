//! Shards on their way in: `POST /v1/shards` answers when all is done, `POST /v2/shards` tells how far it is.

use std::pin::Pin;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use limpide_hub::Error;
use limpide_hub::content::{Progress, Registered};
use limpide_xet::MAX_SHARD_LEN;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::api::Answer;
use crate::call;
use crate::cas::call::StoreCall;
use crate::error::ApiError;

/// Proxies and clients give up on a connection that says nothing: the last word is said again.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// What is decided within this time is answered with its own status.
const AT_ONCE: Duration = Duration::from_secs(2);

type Registering = Pin<Box<dyn Future<Output = limpide_hub::Result<Registered>> + Send>>;

pub(crate) async fn register(call: StoreCall, body: Body) -> Answer {
    let (registering, _progress) = begin(&call, body).await?;
    let done = registering.await?;
    Ok(Json(json!({ "result": u8::from(done.new), "shard_hash": done.shard })).into_response())
}

pub(crate) async fn register_with_progress(call: StoreCall, body: Body) -> Answer {
    let (mut registering, progress) = begin(&call, body).await?;
    let lines = match tokio::time::timeout(AT_ONCE, &mut registering).await {
        Ok(done) => {
            let line = line(&result(&done?));
            return Ok(answer(Body::from(line)));
        }
        Err(_) => Body::from_stream(Lines { registering, progress, ended: false }.stream()),
    };
    Ok(answer(lines))
}

async fn begin(call: &StoreCall, body: Body) -> Result<(Registering, watch::Receiver<Progress>), ApiError> {
    let pass = call.writer()?;
    let bytes = call::whole(body, MAX_SHARD_LEN).await?;
    let (sender, progress) = watch::channel(Progress::Validating { verified: 0, total: 0 });
    let hub = call.hub.clone();
    Ok((Box::pin(async move { hub.register_shard(&pass, bytes, &sender).await }), progress))
}

fn answer(lines: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
}

/// The lines of an answer, as they come to be. Dropped when the client hangs up, and the registration with it.
struct Lines {
    registering: Registering,
    progress: watch::Receiver<Progress>,
    ended: bool,
}

impl Lines {
    fn stream(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
        futures::stream::unfold(self, |mut lines| async {
            if lines.ended {
                return None;
            }
            let event = lines.next().await;
            Some((Ok(line(&event).into()), lines))
        })
    }

    async fn next(&mut self) -> Value {
        tokio::select! {
            done = &mut self.registering => {
                self.ended = true;
                match done {
                    Ok(done) => result(&done),
                    Err(error) => refusal(&error),
                }
            }
            Ok(()) = self.progress.changed() => event(*self.progress.borrow_and_update()),
            () = tokio::time::sleep(HEARTBEAT) => event(*self.progress.borrow()),
        }
    }
}

fn event(progress: Progress) -> Value {
    match progress {
        Progress::Validating { verified, total } => {
            json!({ "type": "validating", "verified": verified, "total": total })
        }
        Progress::Committing => json!({ "type": "committing", "stage": "syncing" }),
    }
}

fn result(done: &Registered) -> Value {
    json!({ "type": "result", "result": u8::from(done.new), "shard_hash": done.shard })
}

/// The status was sent long ago: what it would have said stands in the last line.
fn refusal(error: &Error) -> Value {
    if let Error::Internal(cause) = error {
        tracing::error!(cause = format!("{cause:#}"), "a shard could not be registered: {cause}");
    }
    let retryable = matches!(error, Error::Internal(_) | Error::Full | Error::Conflict(_));
    json!({ "type": "error", "message": error.to_string(), "retryable": retryable })
}

fn line(event: &Value) -> String {
    format!("{event}\n")
}
