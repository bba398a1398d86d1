//! Queries and form bodies: `application/x-www-form-urlencoded`.

use percent_encoding::percent_decode_str;

/// The pairs of a query or of a form body. What is not UTF-8 once decoded becomes `U+FFFD`.
pub fn read(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_pair_by_pair() {
        let pairs = read("paths=a+b%2Fc&paths=%C3%A9&expand=True&x");
        let expected = [("paths", "a b/c"), ("paths", "é"), ("expand", "True"), ("x", "")];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
