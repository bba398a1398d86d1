//! `git upload-pack` for one client: what it asks goes in, what it is answered comes out, neither held in memory.

use std::io;
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin};
use tokio::task::JoinHandle;
use tokio_util::io::ReaderStream;

use crate::error::{Error, Result};
use crate::mirror::Mirror;
use crate::program::{complaint, git, spawn};

/// What a client sends.
pub type Input = BoxStream<'static, io::Result<Bytes>>;

/// What a client is answered.
pub type Output = BoxStream<'static, io::Result<Bytes>>;

/// A version of git's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// The first one: refs are listed to everybody.
    V0,
    /// The same, and says so.
    V1,
    /// Refs are listed to those who ask.
    V2,
}

/// Pieces of answers.
const PIECE: usize = 64 << 10;

impl Protocol {
    /// The highest version among those that a client names in `Git-Protocol`, such as `version=2`; others are for
    /// later programs.
    pub fn read(header: &str) -> Self {
        let named = |word: &str| header.split(':').any(|item| item.trim() == word);
        match (named("version=2"), named("version=1")) {
            (true, _) => Self::V2,
            (false, true) => Self::V1,
            (false, false) => Self::V0,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::V0 => "version=0",
            Self::V1 => "version=1",
            Self::V2 => "version=2",
        }
    }
}

impl Mirror {
    /// What git tells a client that begins to fetch.
    ///
    /// # Errors
    /// When git cannot be run.
    pub async fn advertise(self: &Arc<Self>, protocol: Protocol) -> Result<Output> {
        let flags = ["upload-pack", "--strict", "--stateless-rpc", "--http-backend-info-refs", "."];
        self.serve(&flags, protocol, None).await
    }

    /// What git answers a client that fetches.
    ///
    /// # Errors
    /// When git cannot be run, or ends without an answer.
    pub async fn upload_pack(self: &Arc<Self>, protocol: Protocol, input: Input) -> Result<Output> {
        self.serve(&["upload-pack", "--strict", "--stateless-rpc", "."], protocol, Some(input)).await
    }

    async fn serve(
        self: &Arc<Self>,
        flags: &[&str],
        protocol: Protocol,
        input: Option<Input>,
    ) -> Result<Output> {
        let mut command = git(self.folder());
        command.args(flags).env("GIT_PROTOCOL", protocol.word()).stdout(Stdio::piped());
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = spawn(&mut command)?;
        let fed = child.stdin.take().zip(input).map(|(stdin, input)| tokio::spawn(feed(input, stdin)));
        let complaint = tokio::spawn(complaint(child.stderr.take()));
        let stdout = child.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let mut pieces = ReaderStream::with_capacity(stdout, PIECE).boxed();
        let Some(first) = pieces.try_next().await? else {
            let complaint = complaint.await.unwrap_or_default();
            return match child.wait().await?.success() {
                true => Ok(stream::empty().boxed()),
                false => Err(Error::complaint("upload-pack", &complaint)),
            };
        };
        let running = Running { pieces, child, complaint, _fed: Fed(fed), _mirror: Arc::clone(self) };
        let rest = stream::unfold(running, |mut running| async {
            let piece = running.next().await?;
            Some((piece, running))
        });
        Ok(stream::once(std::future::ready(Ok(first))).chain(rest).boxed())
    }
}

/// A program at work: it ends when this is dropped, because the client has gone or has everything.
struct Running {
    pieces: Output,
    child: Child,
    complaint: JoinHandle<Vec<u8>>,
    _fed: Fed,
    /// While it is held, the mirror stays.
    _mirror: Arc<Mirror>,
}

impl Running {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if let Some(piece) = self.pieces.next().await {
            return Some(piece);
        }
        // The client was told by git itself.
        if let Ok(status) = self.child.wait().await
            && !status.success()
        {
            let complaint = (&mut self.complaint).await.unwrap_or_default();
            tracing::debug!("git upload-pack: {}", String::from_utf8_lossy(&complaint).trim());
        }
        None
    }
}

struct Fed(Option<JoinHandle<()>>);

impl Drop for Fed {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// Hands a client's words on. When they end too soon, git sees the end of its input and says so.
async fn feed(mut input: Input, mut stdin: ChildStdin) {
    while let Some(Ok(piece)) = input.next().await {
        if stdin.write_all(&piece).await.is_err() {
            return;
        }
    }
}
