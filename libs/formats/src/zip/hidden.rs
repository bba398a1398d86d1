//! Members that no directory tells of. A reader that goes from the beginning to the end finds them all the same.

use std::io;
use std::ops::Range;

use super::local::{Header, SIGNATURE};
use super::{Member, Reading, directory};

/// How many bytes are searched for headers in all. What is not searched stays unclaimed, and is looked at as what it is.
const MOST_SEARCHED: u64 = 64 << 20;

impl Reading<'_> {
    /// Lists the members whose headers lie in bytes that belong to nothing.
    pub(super) fn hidden(&mut self) -> io::Result<()> {
        let mut left = MOST_SEARCHED;
        for range in self.claims.unclaimed(self.file.size()) {
            self.hidden_in(range, &mut left)?;
        }
        Ok(())
    }

    fn hidden_in(&mut self, mut range: Range<u64>, left: &mut u64) -> io::Result<()> {
        while !range.is_empty() && !self.zip.is_cut {
            let searched = range.start..range.end.min(range.start.saturating_add(*left));
            let Some(at) = directory::find(self.file, searched, SIGNATURE)? else {
                *left = left.saturating_sub(range.end - range.start);
                return Ok(());
            };
            *left = left.saturating_sub(at - range.start);
            range.start = match Header::read(self.file, at)?.filter(|header| header.data_at <= range.end) {
                Some(header) => self.hidden_member(&header, range.end)?,
                None => at + 4,
            };
        }
        Ok(())
    }

    /// Lists a member, and says where the next could begin.
    fn hidden_member(&mut self, header: &Header, limit: u64) -> io::Result<u64> {
        let mut end = header.ends_before(limit);
        if header.has_descriptor()
            && header.packed == 0
            && let Some(next) = directory::find(self.file, header.data_at..limit, SIGNATURE)?
        {
            end = next;
        }
        self.odd(header.at, "zip-member-not-in-directory");
        self.claims.claim(header.at..end);
        self.list(Member {
            name: header.name(),
            other_name: None,
            method: header.method,
            is_encrypted: header.flags & 0x41 != 0,
            header_at: header.at,
            data: header.data_at..end,
            size: header.size,
            is_link: false,
        });
        Ok(end)
    }
}
