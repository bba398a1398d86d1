//! Unpacks what git has packed with gzip: long lists of commits that it already has.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

/// The unpacked bytes, at most so many, as the packed ones arrive.
pub(crate) fn gunzip(
    packed: BoxStream<'static, io::Result<Bytes>>,
    most: u64,
) -> BoxStream<'static, io::Result<Bytes>> {
    let decoder = MultiGzDecoder::new(Vec::new());
    let state = (packed, Some(decoder), most);
    stream::try_unfold(state, |(mut packed, decoder, left)| async move {
        let Some(mut decoder) = decoder else { return Ok(None) };
        let (unpacked, decoder) = match packed.try_next().await? {
            Some(piece) => {
                decoder.write_all(&piece)?;
                (std::mem::take(decoder.get_mut()), Some(decoder))
            }
            None => (decoder.finish()?, None),
        };
        match left.checked_sub(unpacked.len() as u64) {
            Some(left) => Ok(Some((Bytes::from(unpacked), (packed, decoder, left)))),
            None => Err(io::Error::other("the request unpacks to more than the hub reads")),
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const MOST: u64 = 1 << 20;

    async fn unpack(packed: &[u8], piece: usize) -> io::Result<Vec<u8>> {
        let pieces: Vec<_> = packed.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let unpacked: Vec<Bytes> = gunzip(stream::iter(pieces).boxed(), MOST).try_collect().await?;
        Ok(unpacked.concat())
    }

    #[tokio::test]
    async fn what_was_packed_comes_out_however_it_is_cut() {
        let text = "0032have 0123456789012345678901234567890123456789\n".repeat(1000);
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        for piece in [1, 7, 4096] {
            assert_eq!(unpack(&packed, piece).await.unwrap(), text.as_bytes());
        }
        assert!(unpack(&packed[..packed.len() - 3], 7).await.is_err());
        assert!(unpack(b"not packed at all", 7).await.is_err());
    }

    #[tokio::test]
    async fn a_bomb_is_not_unpacked_to_its_end() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&[0; MOST as usize + 1]).unwrap();
        assert!(unpack(&packer.finish().unwrap(), 4096).await.is_err());
    }
}
