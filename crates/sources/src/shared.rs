//! One source for many askers: an audit asks for the same repository again and again.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use limpide_openness::{File, Reach, Ref, Source, Standing, Subject, Trouble};

/// A source that others hold too.
#[derive(Clone)]
pub(crate) struct Shared(pub(crate) Arc<dyn Source + Send + Sync>);

impl Source for Shared {
    fn subject(&self) -> Subject {
        self.0.subject()
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        self.0.files()
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        self.0.read(path, range)
    }

    fn expect(&self, parts: &[(String, Range<u64>)]) {
        self.0.expect(parts);
    }

    fn standing(&self) -> Standing {
        self.0.standing()
    }

    fn refs(&self) -> Reach<Vec<Ref>> {
        self.0.refs()
    }

    fn files_at(&self, name: &str) -> Reach<Vec<File>> {
        self.0.files_at(name)
    }
}
