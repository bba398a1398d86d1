//! What a client that pushes says, and what it is told: `git-receive-pack`.
//!
//! Protocol: <https://git-scm.com/docs/gitprotocol-pack#_pushing_data_to_a_server>. The stock program would move refs
//! by itself; here they move in the hub's own transaction, so only packs go to git.

use bytes::{Buf, Bytes, BytesMut};
use futures::stream;
use futures::{StreamExt, TryStreamExt};
use gix_packetline::Channel;
use gix_packetline::PacketLineRef;
use gix_packetline::blocking_io::encode::{band_to_write, data_to_write, flush_to_write};
use gix_packetline::decode::{Stream, streaming};
use limpide_words::ObjectId;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::error::{Error, Result};
use crate::mirror::Ref;
use crate::service::{Input, Output, Protocol};

/// What the hub can do for a client that pushes.
const CAPABILITIES: &str = concat!(
    "report-status delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1 agent=limpide/",
    env!("CARGO_PKG_VERSION")
);

/// The most bytes of all commands of a push: some hundred thousand refs.
const MOST: usize = 32 << 20;

/// The most bytes of a piece of the answer that travels beside others.
const PIECE: usize = 65_515;

/// Pieces of an answer that wait for the client.
const WAITING: usize = 64;

/// What a client would like to be done with a ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The full name of the ref.
    pub name: String,
    /// Where the client saw it; none when it is to be created.
    pub old: Option<ObjectId>,
    /// Where it is to stand; none when it is to be deleted.
    pub new: Option<ObjectId>,
}

/// What a client asks before it sends its pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushRequest {
    /// What is to be done; nothing when the client only finds out whether it may push.
    pub commands: Vec<Command>,
    /// Whether all is to be done, or nothing.
    pub atomic: bool,
    report: bool,
    side_band: bool,
}

/// The answer to a push, as it comes about.
#[derive(Debug)]
pub struct Answer {
    to: mpsc::Sender<Bytes>,
    report: bool,
    side_band: bool,
}

/// What became of a ref: done, or why not, in one line.
pub type Outcome = std::result::Result<(), String>;

/// What a client is told that begins to push: all refs, and what can be done.
pub fn advertise_receive(refs: &[Ref], protocol: Protocol) -> Vec<u8> {
    let mut out = Vec::new();
    line(&mut out, b"# service=git-receive-pack\n");
    flush(&mut out);
    if protocol == Protocol::V1 {
        line(&mut out, b"version 1\n");
    }
    let nothing = (ObjectId([0; 20]), "capabilities^{}");
    let told = refs.iter().map(|found| (found.target, found.name.as_str()));
    let told = told.chain(refs.is_empty().then_some(nothing));
    for (place, (target, name)) in told.enumerate() {
        match place {
            0 => line(&mut out, format!("{target} {name}\0{CAPABILITIES}\n").as_bytes()),
            _ => line(&mut out, format!("{target} {name}\n").as_bytes()),
        }
    }
    flush(&mut out);
    out
}

impl PushRequest {
    /// Reads what is asked; gives also what follows: the pack, unless refs are only deleted.
    ///
    /// # Errors
    /// `Senseless` for what no client says.
    pub async fn read(mut input: Input) -> Result<(Self, Input)> {
        let (mut request, mut begun, mut taken) = (Self::default(), BytesMut::new(), 0);
        loop {
            while let Some(Line { text, length }) = Line::first(&begun)? {
                let Some(text) = text else {
                    begun.advance(length);
                    let begun = stream::iter((!begun.is_empty()).then(|| Ok(begun.freeze())));
                    return Ok((request, begun.chain(input).boxed()));
                };
                request.take(text)?;
                begun.advance(length);
            }
            match input.try_next().await.map_err(broken_off)? {
                Some(piece) => begun.extend_from_slice(&piece),
                None if begun.is_empty() && request.commands.is_empty() => return Ok((request, input)),
                None => return Err(Error::Senseless("the push ended before its commands did".into())),
            }
            taken += begun.len();
            if taken > MOST {
                return Err(Error::Senseless("a push names too many refs".into()));
            }
        }
    }

    fn take(&mut self, line: &[u8]) -> Result<()> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        // What the client itself lacks of old commits: all of it is here.
        if line.starts_with(b"shallow ") {
            return Ok(());
        }
        let mut parts = line.splitn(2, |byte| *byte == 0);
        let command = parts.next().unwrap_or_default();
        if let Some(capabilities) = parts.next() {
            let has = |word: &[u8]| capabilities.split(|byte| *byte == b' ').any(|asked| asked == word);
            self.report = has(b"report-status");
            self.side_band = has(b"side-band-64k");
            self.atomic = has(b"atomic");
        }
        let command = Command::read(command).ok_or_else(|| {
            Error::Senseless(format!("this is no command of a push: {}", String::from_utf8_lossy(command)))
        })?;
        self.commands.push(command);
        Ok(())
    }

    /// Whether a pack follows.
    pub fn has_pack(&self) -> bool {
        self.commands.iter().any(|command| command.new.is_some())
    }

    /// The answer, and where the client reads it.
    pub fn answer(&self) -> (Answer, Output) {
        let (to, from) = mpsc::channel(WAITING);
        let answer = Answer { to, report: self.report, side_band: self.side_band };
        (answer, ReceiverStream::new(from).map(Ok).boxed())
    }
}

impl Command {
    fn read(line: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(line).ok()?.splitn(3, ' ');
        let mut id = || {
            let id: ObjectId = parts.next()?.parse().ok()?;
            Some((id != ObjectId([0; 20])).then_some(id))
        };
        let (old, new) = (id()?, id()?);
        let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
        (old.is_some() || new.is_some()).then_some(Self { name, old, new })
    }
}

impl Answer {
    /// Shows words to the person who pushes; a client that cannot show any misses them.
    pub async fn say(&self, words: &str) {
        if self.side_band {
            self.send(band(Channel::Progress, words.as_bytes())).await;
        }
    }

    /// Lets the client, and what lies between, know that it is still worth waiting.
    pub fn still_here(&self) {
        if self.side_band {
            // Where others wait already, it is clear.
            let _ = self.to.try_send(Bytes::from_static(b"0005\x02"));
        }
    }

    /// Ends the answer: whether the pack was good, and what became of each ref.
    pub async fn end(self, unpacked: &Outcome, outcomes: &[(String, Outcome)]) {
        let mut report = Vec::new();
        if self.report {
            match unpacked {
                Ok(()) => line(&mut report, b"unpack ok\n"),
                Err(why) => line(&mut report, format!("unpack {}\n", one_line(why)).as_bytes()),
            }
            for (name, outcome) in outcomes {
                match outcome {
                    Ok(()) => line(&mut report, format!("ok {name}\n").as_bytes()),
                    Err(why) => line(&mut report, format!("ng {name} {}\n", one_line(why)).as_bytes()),
                }
            }
            flush(&mut report);
        }
        if self.side_band {
            report = band(Channel::Data, &report);
            flush(&mut report);
        }
        self.send(report).await;
    }

    /// A client that has gone needs no answer; its push goes on all the same.
    async fn send(&self, bytes: Vec<u8>) {
        let _ = self.to.send(bytes.into()).await;
    }
}

/// A line of the protocol.
struct Line<'a> {
    /// What it says; nothing when it ends a list.
    text: Option<&'a [u8]>,
    /// How many bytes it takes.
    length: usize,
}

impl<'a> Line<'a> {
    /// The first line of these bytes; none when it has not come whole yet.
    fn first(bytes: &'a [u8]) -> Result<Option<Self>> {
        match streaming(bytes) {
            Ok(Stream::Complete { line: PacketLineRef::Flush, bytes_consumed }) => {
                Ok(Some(Self { text: None, length: bytes_consumed }))
            }
            Ok(Stream::Complete { line: PacketLineRef::Data(line), bytes_consumed }) => {
                Ok(Some(Self { text: Some(line), length: bytes_consumed }))
            }
            Ok(Stream::Complete { .. }) => {
                Err(Error::Senseless("a line of a push is of no known kind".into()))
            }
            Ok(Stream::Incomplete { .. }) => Ok(None),
            Err(error) => Err(Error::Senseless(format!("a line of a push cannot be read: {error}"))),
        }
    }
}

/// The client has gone, or what it packed with gzip cannot be unpacked.
pub(crate) fn broken_off(error: std::io::Error) -> Error {
    Error::Senseless(format!("the push broke off: {error}"))
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(1000).collect()
}

/// Writing to memory fails only for lines that are too long, and these are cut before.
fn line(out: &mut Vec<u8>, bytes: &[u8]) {
    let _ = data_to_write(bytes, out);
}

fn flush(out: &mut Vec<u8>) {
    let _ = flush_to_write(out);
}

fn band(kind: Channel, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for piece in bytes.chunks(PIECE) {
        let _ = band_to_write(kind, piece, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";
    const NONE: &str = "0000000000000000000000000000000000000000";

    fn input(bytes: &[u8], piece: usize) -> Input {
        let pieces: Vec<_> =
            bytes.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        stream::iter(pieces).boxed()
    }

    fn read(bytes: &[u8], piece: usize) -> Result<(PushRequest, Vec<u8>)> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (request, rest) = PushRequest::read(input(bytes, piece)).await?;
            let rest: Vec<Bytes> = rest.try_collect().await.unwrap();
            Ok((request, rest.concat()))
        })
    }

    fn sent(lines: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        lines.iter().for_each(|text| line(&mut out, text.as_bytes()));
        flush(&mut out);
        out
    }

    #[test]
    fn commands_are_read_however_they_are_cut() {
        let mut bytes = sent(&[
            format!("shallow {TWO}"),
            format!("{ONE} {TWO} refs/heads/main\0 report-status side-band-64k atomic agent=git/2"),
            format!("{NONE} {TWO} refs/tags/v 1"),
            format!("{ONE} {NONE} refs/heads/old\n"),
        ]);
        bytes.extend_from_slice(b"PACK0000");
        let command = |name: &str, old: &str, new: &str| Command {
            name: name.to_owned(),
            old: (old != NONE).then(|| old.parse().unwrap()),
            new: (new != NONE).then(|| new.parse().unwrap()),
        };
        for piece in [1, 5, 1000] {
            let (request, rest) = read(&bytes, piece).unwrap();
            let asked = [
                command("refs/heads/main", ONE, TWO),
                command("refs/tags/v 1", NONE, TWO),
                command("refs/heads/old", ONE, NONE),
            ];
            assert_eq!(request.commands, asked);
            assert!(request.atomic && request.report && request.side_band && request.has_pack());
            assert_eq!(rest, b"PACK0000");
        }
    }

    #[test]
    fn a_client_may_only_ask_whether_it_may_push() {
        for bytes in [&b"0000"[..], b""] {
            assert_eq!(read(bytes, 4).unwrap(), (PushRequest::default(), Vec::new()));
        }
    }

    #[test]
    fn what_no_client_says_is_refused() {
        for wrong in [
            format!("{ONE} {TWO}"),
            format!("{ONE} {TWO} "),
            format!("{NONE} {NONE} refs/heads/main"),
            format!("{ONE} zzz refs/heads/main"),
            "push-cert".into(),
        ] {
            assert!(matches!(read(&sent(&[wrong]), 7), Err(Error::Senseless(_))));
        }
        for bytes in [&b"zzzz"[..], b"0003", b"0001", b"0032half a line"] {
            assert!(matches!(read(bytes, 7), Err(Error::Senseless(_))));
        }
    }

    #[tokio::test]
    async fn an_answer_is_told_as_git_reads_it() {
        let request = PushRequest { report: true, side_band: true, ..PushRequest::default() };
        let (answer, told) = request.answer();
        answer.say("hello\n").await;
        answer.still_here();
        let outcomes = [("refs/heads/a".into(), Ok(())), ("refs/heads/b".into(), Err("fetch\nfirst".into()))];
        answer.end(&Ok(()), &outcomes).await;
        let told: Vec<Bytes> = told.try_collect().await.unwrap();
        let told = String::from_utf8(told.concat()).unwrap();
        let report = "000eunpack ok\n0014ok refs/heads/a\n0020ng refs/heads/b fetch first\n0000";
        assert_eq!(told, format!("000b\u{2}hello\n0005\u{2}{:04x}\u{1}{report}0000", report.len() + 5));
    }

    #[test]
    fn a_repository_without_refs_still_says_what_can_be_done() {
        let told = String::from_utf8(advertise_receive(&[], Protocol::V1)).unwrap();
        assert!(told.starts_with("001f# service=git-receive-pack\n0000000eversion 1\n"), "{told}");
        assert!(told.contains(&format!("{NONE} capabilities^{{}}\0report-status ")), "{told}");
    }
}
