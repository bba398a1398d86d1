//! Draws pages of PDFs for readers: each in a process of its own, which the program fences in (`limpide draw-pdf`), a few
//! at a time, each for seconds. Whatever becomes of the process, the hub goes on and says so.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use limpide_drawing::{LARGEST_DOCUMENT, Picture, Problem};
use moka::future::Cache;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::Hub;
use crate::access::Content;
use crate::error::{Error, Result};
use crate::resolve::Resolved;
use crate::settings::Drawing;

/// How wide pictures are, in points.
const WIDTH: u32 = 1200;

/// The most processes at a time. Each may address a gigabyte.
const MOST_AT_A_TIME: usize = 4;

/// How long a reader waits for the turn.
const TURN: Duration = Duration::from_secs(10);

/// The longest answer and the longest word that are read from a process.
const LONGEST_ANSWER: u64 = 16 << 20;
const LONGEST_WORD: u64 = 300;

/// What is kept of pictures, in bytes and in time: a page is asked for, and then its picture.
const KEPT: u64 = 32 << 20;
const KEPT_FOR: Duration = Duration::from_secs(600);

/// What is kept for something that could not be drawn.
const WEIGHT_OF_NOTHING: u32 = 256;

/// Why a page is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undrawn {
    /// The document is larger than is drawn.
    TooLarge,
    /// It is encrypted.
    Encrypted,
    /// It makes no sense.
    Broken,
    /// It has only so many pages.
    NoPage(u32),
    /// Drawing it took too much time or memory, and was ended.
    TooMuch,
    /// Too many others are being drawn.
    Busy,
    /// This hub draws none.
    Never,
}

/// Starts processes, and remembers what came of them: it follows from bytes, which do not change.
#[derive(Debug)]
pub(crate) struct Drawer {
    program: Option<PathBuf>,
    wait: Duration,
    turns: Semaphore,
    drawn: Cache<(String, u32), Drawn>,
}

type Drawn = std::result::Result<Arc<Picture>, Undrawn>;

impl Hub {
    /// Draws a page of a PDF; the first is page 1.
    ///
    /// # Errors
    /// `Quarantined` when the file is held back: so is its picture. When the bytes cannot be had, or no process can be
    /// started.
    pub async fn draw_page(&self, content: &Content, file: &Resolved, page: u32) -> Result<Drawn> {
        self.release(content, file).await?;
        let drawer = self.drawer();
        let Some(program) = &drawer.program else { return Ok(Err(Undrawn::Never)) };
        if file.size > LARGEST_DOCUMENT as u64 {
            return Ok(Err(Undrawn::TooLarge));
        }
        let key = (file.hash(), page);
        if let Some(drawn) = drawer.drawn.get(&key).await {
            return Ok(drawn);
        }
        let Ok(turn) = timeout(TURN, drawer.turns.acquire()).await else { return Ok(Err(Undrawn::Busy)) };
        let _turn = turn.map_err(|error| Error::Internal(error.into()))?;
        let pieces: Vec<_> = self.open_resolved(content, file, 0..file.size).await?.try_collect().await?;
        let document = pieces.concat();
        if !is_pdf(&document) {
            return Ok(Err(Undrawn::Broken));
        }
        let drawn = timeout(drawer.wait, drawn(program, page, &document)).await;
        let drawn = drawn.unwrap_or(Ok(Err(Undrawn::TooMuch)));
        let drawn = drawn.map_err(|error| Error::Internal(anyhow::Error::from(error).context("drawing")))?;
        if drawn == Err(Undrawn::TooMuch) {
            tracing::info!(file = %file.path, page, "page {page} of {} was not drawn: it took too much", file.path);
        }
        drawer.drawn.insert(key, drawn.clone()).await;
        Ok(drawn)
    }
}

impl Drawer {
    pub(crate) fn new(settings: &Drawing) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let weight = |_: &(String, u32), drawn: &Drawn| {
            let of_picture =
                |it: &Arc<Picture>| u32::try_from(it.png.len() + it.text.len()).unwrap_or(u32::MAX);
            drawn.as_ref().map_or(WEIGHT_OF_NOTHING, of_picture)
        };
        Self {
            program: settings.program.clone(),
            wait: settings.wait,
            turns: Semaphore::new(cores.min(MOST_AT_A_TIME)),
            drawn: Cache::builder().max_capacity(KEPT).weigher(weight).time_to_live(KEPT_FOR).build(),
        }
    }
}

/// Whether bytes begin as a PDF does. Readers allow something before it.
fn is_pdf(document: &[u8]) -> bool {
    document.windows(5).take(1024).any(|bytes| bytes == b"%PDF-")
}

/// Has a process draw. When this is not waited for any longer, the process is killed.
async fn drawn(program: &Path, page: u32, document: &[u8]) -> io::Result<Drawn> {
    let mut command = Command::new(program);
    command.args(["draw-pdf", &page.to_string(), &WIDTH.to_string()]).env_clear().current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut process = command.spawn()?;
    let closed = || io::Error::other("a stream is missing");
    let mut input = process.stdin.take().ok_or_else(closed)?;
    let output = process.stdout.take().ok_or_else(closed)?;
    let word = process.stderr.take().ok_or_else(closed)?;
    let give = async move {
        // One that ends before it has read everything says why.
        _ = input.write_all(document).await;
    };
    let ((), answer, word) = tokio::join!(give, read(output, LONGEST_ANSWER), read(word, LONGEST_WORD));
    let status = process.wait().await?;
    let (answer, word) = (answer?, String::from_utf8_lossy(&word?).into_owned());
    let problem = word.parse::<Problem>().ok().filter(|_| !status.success());
    Ok(match (status.success().then(|| Picture::from_bytes(&answer)).flatten(), problem) {
        (Some(picture), _) => Ok(Arc::new(picture)),
        (None, Some(problem)) => Err(problem.into()),
        (None, None) => {
            tracing::warn!(ended = %status, word = ?word, "the process that draws a page ended without a picture ({status}): {word:?}");
            Err(Undrawn::TooMuch)
        }
    })
}

/// What comes out of a stream, at most so much.
async fn read(stream: impl AsyncRead + Unpin, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(most).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

impl From<Problem> for Undrawn {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::TooLarge => Self::TooLarge,
            Problem::Encrypted => Self::Encrypted,
            Problem::Broken => Self::Broken,
            Problem::NoPage(pages) => Self::NoPage(pages),
        }
    }
}
