//! What must hold for any bytes that a client sends as a push. The fuzz target is this function.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use limpide_git::{Input, PushRequest};

/// Reads bytes as a push, whole and cut into pieces: both must give the same. Gives whether it is one.
pub(crate) fn push_request(bytes: &[u8]) -> bool {
    let whole = read(bytes, bytes.len());
    for piece in [1, 7] {
        assert_eq!(read(bytes, piece), whole, "in pieces of {piece}");
    }
    let Some((request, rest)) = &whole else { return false };
    assert!(bytes.ends_with(rest), "what follows the commands is changed");
    for command in &request.commands {
        assert!(command.old.is_some() || command.new.is_some(), "{command:?}");
        assert!(!command.name.is_empty() && !command.name.contains('\0'), "{command:?}");
    }
    true
}

fn read(bytes: &[u8], piece: usize) -> Option<(PushRequest, Vec<u8>)> {
    let pieces: Vec<_> = bytes.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let input: Input = stream::iter(pieces).boxed();
    futures::executor::block_on(async {
        let (request, rest) = PushRequest::read(input).await.ok()?;
        let rest: Vec<Bytes> = rest.try_collect().await.ok()?;
        Some((request, rest.concat()))
    })
}
