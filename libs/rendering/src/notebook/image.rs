//! Images in notebooks: base64 that was read, of bytes that begin as an image does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::LARGEST_IMAGE;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// The address that holds the image, if it is one and not too large. What kind it is, its bytes say.
pub(super) fn source(written: &str) -> Option<String> {
    if written.is_empty() || written.len() > LARGEST_IMAGE * 3 / 2 {
        return None;
    }
    let compact: Vec<u8> = written.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(compact).ok().filter(|bytes| bytes.len() <= LARGEST_IMAGE)?;
    let kind = match &*bytes {
        bytes if bytes.starts_with(PNG) => "png",
        bytes if bytes.starts_with(JPEG) => "jpeg",
        _ => return None,
    };
    Some(format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)))
}
