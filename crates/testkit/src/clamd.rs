//! What listens where ClamAV's daemon would, and answers as a test says. The real one is started by `e2e/clamd.py`.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use tempfile::TempDir;

/// What it calls itself.
pub const ENGINE: &str = "ClamAV 1.4.6/1/today";

/// A place for a daemon. Nobody listens there yet.
pub struct Clamd(TempDir);

impl Default for Clamd {
    fn default() -> Self {
        Self::new()
    }
}

impl Clamd {
    /// A place of its own.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Where that is, as settings say it.
    pub fn address(&self) -> String {
        format!("unix:{}", self.path().display())
    }

    /// Listens from now on: tells its version, and does this with each connection over which a file is sent.
    pub fn listen(&self, then: impl Fn(UnixStream) + Send + 'static) {
        let listener = UnixListener::bind(self.path()).expect("a socket");
        std::thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                match command(&mut connection).as_str() {
                    // Whoever asked may have gone.
                    "zVERSION" => _ = connection.write_all(format!("{ENGINE}\0").as_bytes()),
                    _ => then(connection),
                }
            }
        });
    }

    /// Listens, and knows every file that holds this text under this name.
    pub fn listen_and_know(&self, text: &'static [u8], name: &'static str) {
        self.listen(move |mut connection| {
            let file = received(&mut connection);
            let is_known = file.windows(text.len()).any(|part| part == text);
            let answer = if is_known { format!("stream: {name} FOUND\0") } else { "stream: OK\0".to_owned() };
            _ = connection.write_all(answer.as_bytes());
        });
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("clamd.ctl")
    }
}

fn command(connection: &mut UnixStream) -> String {
    let (mut word, mut byte) = (String::new(), [0]);
    while connection.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != 0 {
        word.push(byte[0].into());
    }
    word
}

/// The file that is sent over a connection, up to the piece without bytes, or as much as comes.
pub fn received(connection: &mut UnixStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let mut length = [0; 4];
        let begin = bytes.len();
        if connection.read_exact(&mut length).is_ok() {
            bytes.resize(begin + u32::from_be_bytes(length) as usize, 0);
        }
        if bytes.len() == begin || connection.read_exact(&mut bytes[begin..]).is_err() {
            return bytes;
        }
    }
}
