//! LFS pointers: the small text that stands in git for content that lies elsewhere.

use limpide_words::Sha256;

/// The longest text that git-lfs reads as a pointer.
pub const LONGEST: usize = 1024;

/// The pointer to content, in the one spelling that git-lfs writes.
pub fn write(sha256: Sha256, size: u64) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n")
}

/// The content that these bytes point to, when they are a pointer.
pub fn read(bytes: &[u8]) -> Option<(Sha256, u64)> {
    if bytes.len() > LONGEST {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let rest = text.strip_prefix("version https://git-lfs.github.com/spec/v1\n")?;
    let (mut sha256, mut size) = (None, None);
    for line in rest.lines() {
        match line.split_once(' ')? {
            ("oid", oid) => sha256 = oid.strip_prefix("sha256:")?.parse().ok(),
            ("size", digits) => size = digits.parse().ok().filter(|size| i64::try_from(*size).is_ok()),
            // Extensions have keys of their own; git-lfs passes over them.
            _ => {}
        }
    }
    Some((sha256?, size?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_reads_back() {
        let sha256 = Sha256([0xab; 32]);
        let text = write(sha256, 12);
        assert!(text.ends_with(&format!("oid sha256:{}\nsize 12\n", "ab".repeat(32))));
        assert_eq!(read(text.as_bytes()), Some((sha256, 12)));
    }

    #[test]
    fn other_text_is_no_pointer() {
        let text = write(Sha256([1; 32]), 12);
        for wrong in
            ["", "version https://git-lfs.github.com/spec/v1\n", &text.replace("size", "siz"), &text[..60]]
        {
            assert_eq!(read(wrong.as_bytes()), None, "{wrong:?}");
        }
        assert_eq!(read(text.replace("12", "99999999999999999999").as_bytes()), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }
    }
}
