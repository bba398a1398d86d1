//! Names of files as text: whatever bytes they have, readable, and never two alike.

/// A path as text. What is not UTF-8, control characters, and U+FFFD itself become U+FFFD and two digits for each
/// byte, so that the bytes can be told from the text: two paths never look the same.
pub(crate) fn readable(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character.is_control() || character == char::REPLACEMENT_CHARACTER {
                true => push_bytes(&mut text, character.encode_utf8(&mut [0; 4]).as_bytes()),
                false => text.push(character),
            }
        }
        push_bytes(&mut text, chunk.invalid());
    }
    text
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        text.push(char::REPLACEMENT_CHARACTER);
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that a readable path stands for.
    fn bytes(text: &str) -> Vec<u8> {
        let mut pieces = text.split(char::REPLACEMENT_CHARACTER);
        let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
        for piece in pieces {
            bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
            bytes.extend_from_slice(&piece.as_bytes()[2..]);
        }
        bytes
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["README.md", "data/é ü?.bin", "a\\xff", "a b"] {
            assert_eq!(readable(name.as_bytes()), name);
        }
        assert_eq!(readable(b"a\xffb"), "a\u{fffd}ffb");
        assert_eq!(readable(b"a\x1b[31m"), "a\u{fffd}1b[31m");
    }

    proptest::proptest! {
        #[test]
        fn no_two_names_look_the_same(name in proptest::collection::vec(proptest::prop_oneof![
            proptest::num::u8::ANY, proptest::sample::select("\u{fffd}\n".as_bytes()),
        ], 0..20)) {
            let text = readable(&name);
            proptest::prop_assert!(!text.chars().any(char::is_control));
            proptest::prop_assert_eq!(bytes(&text), name);
        }
    }
}
