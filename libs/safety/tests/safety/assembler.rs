//! Puts pickles together byte by byte: nothing that these tests look at was ever an object.

use limpide_formats::reading::ReadAt;
use limpide_safety::pickle::{Mode, Surroundings, scan};
use limpide_safety::{CallKind, Level, Policy, Recorder, Scan, Verdict, What};

/// A pickle in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pickle(pub(crate) Vec<u8>);

/// A pickle of protocol 4, without a frame.
pub(crate) fn pickle() -> Pickle {
    Pickle(vec![0x80, 4])
}

impl Pickle {
    /// Any bytes.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// `SHORT_BINUNICODE`.
    pub(crate) fn text(self, text: &str) -> Self {
        self.raw(&[0x8c, text.len() as u8]).raw(text.as_bytes())
    }

    /// `BINBYTES`.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        self.raw(b"B").raw(&(bytes.len() as u32).to_le_bytes()).raw(bytes)
    }

    /// `BININT`.
    pub(crate) fn int(self, number: i32) -> Self {
        self.raw(b"J").raw(&number.to_le_bytes())
    }

    /// `GLOBAL`.
    pub(crate) fn global(self, module: &str, name: &str) -> Self {
        self.raw(format!("c{module}\n{name}\n").as_bytes())
    }

    /// Two texts and `STACK_GLOBAL`.
    pub(crate) fn stack_global(self, module: &str, name: &str) -> Self {
        self.text(module).text(name).raw(b"\x93")
    }

    /// `TUPLE1`, `TUPLE2`, `TUPLE3`: of what lies on the stack.
    pub(crate) fn tuple(self, count: u8) -> Self {
        self.raw(&[0x84 + count])
    }

    /// `MARK`.
    pub(crate) fn mark(self) -> Self {
        self.raw(b"(")
    }

    /// `REDUCE`.
    pub(crate) fn reduce(self) -> Self {
        self.raw(b"R")
    }

    /// What runs a program, with a text that is none.
    pub(crate) fn harm(self) -> Self {
        self.stack_global("os", "system").text("echo limpide-test").tuple(1).reduce()
    }

    /// `STOP`.
    pub(crate) fn stop(self) -> Vec<u8> {
        self.raw(b".").0
    }
}

/// What was seen in a file, and what is thought of it.
pub(crate) struct Found {
    pub(crate) scan: Scan,
    pub(crate) verdict: Verdict,
}

/// Scans a file.
pub(crate) fn found(file: &[u8]) -> Found {
    found_among(file, Mode::File, &())
}

/// Scans a file or a member among other things.
pub(crate) fn found_among(file: &[u8], mode: Mode, surroundings: &dyn Surroundings) -> Found {
    let bytes = file.to_vec();
    let mut recorder = Recorder::new();
    scan(&bytes, mode, surroundings, &mut recorder);
    let scan = recorder.finish(1, "pickle", bytes.size());
    let verdict = Policy::built_in().unwrap().judge(&scan);
    Found { scan, verdict }
}

impl Found {
    /// The level is this one.
    #[track_caller]
    pub(crate) fn is(self, level: Level) -> Self {
        assert_eq!(self.verdict.level, level, "{:#?}\n{:#?}", self.verdict.reasons, self.scan.events);
        self
    }

    /// It imports this.
    #[track_caller]
    pub(crate) fn imports(self, module: &str, name: &str) -> Self {
        self.sees(&What::Import { module: module.to_owned(), name: name.to_owned() })
    }

    /// It calls this.
    #[track_caller]
    pub(crate) fn calls(self, how: CallKind, callee: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self.sees(&What::Call { how, callee: callee.to_owned(), arguments })
    }

    /// Its structure is not as it should be.
    #[track_caller]
    pub(crate) fn structure(self, kind: &str) -> Self {
        self.sees(&What::Structure { kind: kind.to_owned() })
    }

    /// This was seen.
    #[track_caller]
    pub(crate) fn sees(self, what: &What) -> Self {
        assert!(
            self.scan.events.iter().any(|event| event.what == *what),
            "{what:?} is not in {:#?}",
            self.scan.events
        );
        self
    }

    /// Bytes were not understood, for this reason.
    #[track_caller]
    pub(crate) fn gap(self, why: &str) -> Self {
        assert!(self.scan.account.gaps.iter().any(|gap| gap.why == why), "{:?}", self.scan.account);
        self
    }

    /// All bytes were understood.
    #[track_caller]
    pub(crate) fn whole(self) -> Self {
        assert!(self.scan.account.is_whole(), "{:?}", self.scan.account);
        assert_eq!(self.scan.account.accounted, self.scan.size);
        self
    }
}
