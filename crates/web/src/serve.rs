//! Serves a site on a socket, and waits for nobody without end: not for a request, not for the rest of a body,
//! not for a reader who has stopped to read. Told to stop, it leaves in steps, so that no request is lost on its way.

use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request};
use axum::response::Response;
use axum::{BoxError, Router};
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tower::ServiceExt;

use crate::{Site, router};

/// How long a client is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the head of a request is there, counted from the connection or from the last answer.
    pub idle: Duration,
    /// For the next kibibyte of a body, and for a reader to take something of an answer.
    pub stalled: Duration,
    /// For balancers to notice that this server is about to stop: requests are taken meanwhile.
    pub notice: Duration,
}

/// What a body must bring each time that a stalled client is waited for: a byte now and then is no upload.
const PACE: usize = 1024;

/// How long to wait before a connection is taken again that could not be taken.
const TAKEN_AGAIN: Duration = Duration::from_millis(200);

/// How long a connection that was taken just before the end has to bring its first request.
const LAST_REQUESTS: Duration = Duration::from_millis(100);

/// Serves until told to stop, and returns when all that was asked is answered.
///
/// From the order to stop on, `/readyz` says so, and each answer ends its connection: what comes next goes elsewhere. For
/// as long as balancers may take to notice, requests are still taken. Only then is the door closed.
pub async fn serve(listener: TcpListener, site: Site, timeouts: Timeouts, stop: impl Future<Output = ()>) {
    let leaving = site.leaving.clone();
    let taken = Connections { router: router(site), leaving, timeouts, watched: GracefulShutdown::new() };
    taken.take_until(&listener, stop).await;
    taken.leaving.store(true, Ordering::Relaxed);
    taken.take_until(&listener, sleep(timeouts.notice)).await;
    drop(listener);
    // hyper ends a connection at once on which nothing was asked yet; what is asked on it may be on its way.
    sleep(LAST_REQUESTS).await;
    taken.watched.shutdown().await;
}

/// The connections of a server, and how each is answered.
struct Connections {
    router: Router,
    leaving: Arc<AtomicBool>,
    timeouts: Timeouts,
    watched: GracefulShutdown,
}

impl Connections {
    /// Takes whoever comes, until then; those who came before are taken, too.
    async fn take_until(&self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                biased;
                (socket, address) = take(listener) => self.answer(socket, address),
                () = &mut end => return,
            }
        }
    }

    fn answer(&self, socket: TcpStream, address: SocketAddr) {
        // Answers are small and many: none should wait for the acknowledgement of the one before.
        if let Err(cause) = socket.set_nodelay(true) {
            tracing::debug!(%cause, "TCP_NODELAY cannot be set: {cause}");
        }
        let Timeouts { idle, stalled, .. } = self.timeouts;
        let leaving = self.leaving.clone();
        let service = self.router.clone().map_request(move |request: Request<Incoming>| {
            let mut request = request.map(|body| Body::new(Paced::new(body, stalled)));
            // Anonymous readers are counted by their address.
            request.extensions_mut().insert(ConnectInfo(address));
            request
        });
        let service = service.map_response(move |mut answer: Response| {
            if leaving.load(Ordering::Relaxed) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        });
        let connection =
            http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(idle).serve_connection(
                TokioIo::new(Unstalled::new(socket, stalled)),
                TowerToHyperService::new(service),
            );
        let connection = self.watched.watch(connection);
        tokio::spawn(async move {
            if let Err(cause) = connection.await {
                tracing::debug!(%cause, "a connection ended early: {cause:?}");
            }
        });
    }
}

/// The next connection. While none can be taken, because too many files are open, those that come wait.
async fn take(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    let mut told = false;
    loop {
        match listener.accept().await {
            Ok(taken) => return taken,
            // Gone before it was taken.
            Err(cause)
                if matches!(cause.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(cause) => {
                if !told {
                    tracing::warn!(%cause, "no more connections can be taken, they wait: {cause}");
                }
                told = true;
                sleep(TAKEN_AGAIN).await;
            }
        }
    }
}

/// A clock that runs only while something is waited for.
#[derive(Debug)]
struct Waiting {
    most: Duration,
    end: Option<Pin<Box<Sleep>>>,
}

impl Waiting {
    fn new(most: Duration) -> Self {
        Self { most, end: None }
    }

    /// Goes on waiting; fails when it was too long.
    fn poll<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let deadline = || Box::pin(tokio::time::sleep_until(Instant::now() + self.most));
        ready!(self.end.get_or_insert_with(deadline).as_mut().poll(context));
        let words = format!("nothing came or went for {} s", self.most.as_secs());
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, words)))
    }

    fn done(&mut self) {
        self.end = None;
    }
}

/// The body of a request, which fails when it stands still.
struct Paced {
    body: Incoming,
    waiting: Waiting,
    /// What came since the clock was last stopped.
    came: usize,
}

impl Paced {
    fn new(body: Incoming, most: Duration) -> Self {
        Self { body, waiting: Waiting::new(most), came: 0 }
    }
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            return this.waiting.poll(context).map(|failed| Some(failed.map_err(BoxError::from)));
        };
        if let Some(Ok(frame)) = &frame {
            this.came += frame.data_ref().map_or(0, Bytes::len);
        }
        if this.came >= PACE {
            this.came = 0;
            this.waiting.done();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket whose writes fail when its reader takes nothing.
struct Unstalled {
    socket: TcpStream,
    waiting: Waiting,
}

impl Unstalled {
    fn new(socket: TcpStream, most: Duration) -> Self {
        Self { socket, waiting: Waiting::new(most) }
    }

    fn timed<T>(&mut self, context: &mut Context<'_>, went: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if went.is_pending() {
            return self.waiting.poll(context);
        }
        self.waiting.done();
        went
    }
}

impl AsyncRead for Unstalled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Unstalled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.timed(context, went)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.socket).poll_write_vectored(context, bytes);
        self.timed(context, went)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
