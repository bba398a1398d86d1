//! Any bytes as a xorb: no panic, slicing changes nothing, and what validates unpacks again.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use limpide_xet::{ChunkReader, ChunkTable, Hash, XorbError, XorbValidator};

fuzz_target!(|data: &[u8]| {
    let whole = name_of(data.chunks(data.len().max(1)));
    let sliced = name_of(data.chunks(1 + data.len() % 13));
    assert_eq!(whole, sliced);
    let Ok(name) = whole else { return };
    let mut validator = XorbValidator::new();
    validator.push(data).unwrap();
    let table = validator.finish(name).unwrap();
    assert_eq!(ChunkTable::parse(table.to_bytes()).unwrap(), table);
    assert_eq!(table.xorb_hash(), name);

    let mut reader = ChunkReader::over(Bytes::copy_from_slice(data));
    let mut index = 0;
    while let Some(chunk) = reader.next_piece().unwrap() {
        assert_eq!(table.hash(index), Some(limpide_xet::chunk_hash(&chunk)));
        index += 1;
    }
    reader.finish().unwrap();
    assert_eq!(index, table.len());
});

/// Returns the name that the chunks have, if they are a whole xorb.
fn name_of<'a>(mut slices: impl Iterator<Item = &'a [u8]>) -> Result<Hash, XorbError> {
    let mut validator = XorbValidator::new();
    slices.try_for_each(|slice| validator.push(slice))?;
    match validator.finish(Hash::ZERO) {
        Err(XorbError::WrongHash { found, .. }) => Ok(found),
        Err(error) => Err(error),
        Ok(table) => Ok(table.xorb_hash()),
    }
}
