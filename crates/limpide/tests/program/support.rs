//! Runs the built program in a folder of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder in which the program runs, and what surrounds it.
pub(crate) struct Room {
    pub(crate) folder: TempDir,
}

/// A server, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it printed until it said its address.
    pub(crate) greeting: String,
    /// Where it listens.
    pub(crate) url: String,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `limpide …` in this folder, without anything of the machine's own environment.
    pub(crate) fn limpide(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limpide"));
        command.args(words.split_whitespace()).current_dir(self.path()).env_clear();
        command
    }

    /// What a run prints when it succeeds.
    pub(crate) fn says(&self, words: &str) -> String {
        let output = self.limpide(words).output().unwrap();
        assert!(output.status.success(), "limpide {words}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a run complains of when it fails.
    pub(crate) fn complains(&self, words: &str) -> String {
        let output = self.limpide(words).output().unwrap();
        assert!(!output.status.success(), "limpide {words} succeeded: {}", text(&output.stdout));
        text(&output.stderr)
    }

    /// The same as [`Self::says`], with something on the standard input.
    pub(crate) fn says_to(&self, words: &str, input: &str) -> String {
        let output = self.piped(words, input);
        assert!(output.status.success(), "limpide {words}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub(crate) fn piped(&self, words: &str, input: &str) -> Output {
        let mut command = self.limpide(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that refuses before it reads closes its end.
        _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// A server on a free port, once it has said its address.
    pub(crate) fn serve(&self, words: &str) -> Server {
        self.served_by(self.limpide(&format!("serve --address 127.0.0.1:0 {words}")))
    }

    /// The server that a command starts.
    pub(crate) fn served_by(&self, mut command: Command) -> Server {
        let log = std::fs::File::create(self.path().join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("limpide serves ") {
            let read = output.read_line(&mut greeting).unwrap();
            assert!(read > 0, "no server: {greeting}{}", self.log());
        }
        let url = greeting.split("limpide serves ").nth(1).unwrap().trim().to_owned();
        Server { child, output, greeting, url }
    }

    /// A data folder with an administrator, and nobody serving it.
    pub(crate) fn with_hub() -> (Self, String) {
        let room = Self::new();
        let mut server = room.serve("");
        let token = server.first_token();
        server.stop();
        (room, token)
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("log")).unwrap()
    }
}

impl Server {
    /// The token in a first greeting.
    pub(crate) fn first_token(&mut self) -> String {
        while !self.greeting.contains("hf upload") {
            assert!(self.output.read_line(&mut self.greeting).unwrap() > 0, "{}", self.greeting);
        }
        let token = self.greeting.split_whitespace().find(|word| word.starts_with("hf_"));
        token.unwrap().to_owned()
    }

    /// Tells it to end, as an operator does.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap().success());
    }

    /// Its exit status, if it ends in time.
    pub(crate) fn ended(&mut self, within: Duration) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < within {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.ended(Duration::from_secs(20)), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
