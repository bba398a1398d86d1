//! `limpide serve`: starts the hub, and ends it without losing what is under way.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use limpide_web::{Site, Timeouts};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::settings::{Flags, Settings};
use crate::{door, files, housekeeping, logs, welcome};

/// How long the database may take to close.
const CLOSING: Duration = Duration::from_secs(5);

pub(crate) async fn run(flags: Flags<true>) -> Result<()> {
    let settings = door::settings(flags)?;
    logs::start(&settings);
    files::raise_file_limit();
    let _held = files::hold(&settings)?;
    // Before anybody can know that we are there: told to stop from here on, we stop in order.
    let orders = Orders::listen()?;
    // The port before the database: a start that cannot succeed should leave nothing behind.
    let listener = listen(settings.address).await?;
    let (hub, _presence) = door::open_to_serve(&settings).await?;
    let bound = listener.local_addr()?;
    tracing::info!(address = %bound, "limpide {} listens on {bound}", env!("CARGO_PKG_VERSION"));
    welcome::greet(&hub, &address(&settings, bound)).await?;
    let housekeeping = housekeeping::begin(hub.clone());
    let public_url = settings.public_url.as_ref().map(ToString::to_string);
    serve(listener, Site::new(hub.clone(), public_url), orders, &settings).await;
    if timeout(CLOSING, housekeeping.stop()).await.is_err() {
        tracing::warn!("a job was left under way: it is taken up again when its lease ends");
    }
    // What was acknowledged is on the disk already. A request that was cut off may still hold a connection.
    if timeout(CLOSING, hub.close()).await.is_err() {
        tracing::warn!("the database was left without a farewell");
    }
    tracing::info!("limpide has stopped");
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(cause) if cause.kind() == ErrorKind::AddrInUse => bail!(
            "another program listens on {address}. Stop it, or choose another port: --address {}:{}",
            address.ip(),
            address.port().saturating_add(1)
        ),
        Err(cause) => Err(cause).with_context(|| format!("cannot listen on {address}")),
    }
}

/// The address to give to clients.
fn address(settings: &Settings, bound: SocketAddr) -> String {
    match &settings.public_url {
        Some(url) => url.to_string(),
        None if bound.ip().is_unspecified() => format!("http://127.0.0.1:{}", bound.port()),
        None => format!("http://{bound}"),
    }
}

/// The signals by which operators and supervisors tell a program to stop.
struct Orders {
    interrupt: Signal,
    terminate: Signal,
}

impl Orders {
    fn listen() -> Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Serves until told to end; then gives notice, takes no new requests and waits a while for those that run.
async fn serve(listener: TcpListener, site: Site, mut orders: Orders, settings: &Settings) {
    let (stop, stopped) = oneshot::channel::<()>();
    let notice = settings.shutdown_notice.unwrap_or_default();
    let timeouts = Timeouts { idle: settings.timeouts.idle, stalled: settings.timeouts.stalled, notice };
    let server = limpide_web::serve(listener, site, timeouts, async { _ = stopped.await });
    let mut server = std::pin::pin!(server);
    tokio::select! {
        () = &mut server => return,
        () = orders.stop() => {}
    }
    let wait = settings.shutdown_wait;
    tracing::info!(
        "told to stop: requests are taken for {} s more, and then have {} s to end",
        notice.as_secs(),
        wait.as_secs()
    );
    _ = stop.send(());
    tokio::select! {
        () = &mut server => {}
        () = tokio::time::sleep(notice + wait) => tracing::warn!("some requests did not end in time and were cut off"),
        () = orders.stop() => tracing::warn!("told again to stop: running requests were cut off"),
    }
}
