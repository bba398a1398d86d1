//! Answers with the bytes of a file as HTTP wants it: whole or in part, or not at all when the client has them.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use limpide_hub::Error;
use limpide_hub::content::ContentStream;
use limpide_words::Moment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::ranges::{self, Asked};

/// A file to be downloaded.
pub(crate) struct Download {
    /// How many bytes it has.
    pub(crate) size: u64,
    /// What changes when its bytes do, without quotes.
    pub(crate) etag: String,
    /// Since when it has them.
    pub(crate) modified: Option<Moment>,
    /// What else is to be said of it.
    pub(crate) headers: HeaderMap,
}

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// These bytes.
    Range(Range<u64>),
    /// Nothing: the client has it.
    Nothing,
}

impl Download {
    /// What a request asks for.
    ///
    /// # Errors
    /// `PastEnd` for a range of which there is not a byte.
    pub(crate) fn part(&self, asked: &HeaderMap) -> Result<Part, Error> {
        if self.is_known(asked) {
            return Ok(Part::Nothing);
        }
        // Several ranges at once may be answered with the whole; no client of a hub asks for them here.
        let Some([range]) = ranges::of(asked).as_deref().and_then(only).filter(|_| self.range_applies(asked))
        else {
            return Ok(Part::Whole);
        };
        match range.within(self.size) {
            Some(range) => Ok(Part::Range(range)),
            // Old clients learn the length of a file by asking for its first byte, also of an empty one.
            None if self.size == 0 => Ok(Part::Whole),
            None => Err(Error::PastEnd(self.size)),
        }
    }

    /// The answer, with these bytes.
    pub(crate) fn answer(self, part: &Part, bytes: Body) -> Response {
        let (status, length, place) = match part {
            Part::Nothing => (StatusCode::NOT_MODIFIED, None, None),
            Part::Whole if self.size == 0 => (StatusCode::OK, Some(0), Some("bytes 0-0/0".to_owned())),
            Part::Whole => (StatusCode::OK, Some(self.size), None),
            Part::Range(range) => {
                let place = format!("bytes {}-{}/{}", range.start, range.end - 1, self.size);
                (StatusCode::PARTIAL_CONTENT, Some(range.end - range.start), Some(place))
            }
        };
        let etag = format!("\"{}\"", self.etag);
        let mut answer = (status, bytes).into_response();
        let headers = answer.headers_mut();
        headers.extend(self.headers);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        set(headers, header::ETAG, &etag);
        if let Some(modified) = self.modified {
            set(headers, header::LAST_MODIFIED, &http_date(modified));
        }
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        if let Some(place) = place {
            set(headers, header::CONTENT_RANGE, &place);
        }
        answer
    }

    /// Whether the client says that it has these very bytes.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        if let Some(known) = text(asked, &header::IF_NONE_MATCH) {
            return known.split(',').any(|tag| tag.trim() == "*" || self.is_etag(tag));
        }
        match (date(asked, &header::IF_MODIFIED_SINCE), self.modified) {
            (Some(since), Some(modified)) => modified.seconds() <= since,
            _ => false,
        }
    }

    /// Whether a range is meant for these bytes: a client that goes on where it stopped says what it has.
    fn range_applies(&self, asked: &HeaderMap) -> bool {
        let Some(condition) = text(asked, &header::IF_RANGE) else { return true };
        if condition.contains('"') {
            return !condition.starts_with("W/") && self.is_etag(condition);
        }
        let since = date(asked, &header::IF_RANGE);
        since.is_some() && since == self.modified.map(Moment::seconds)
    }

    fn is_etag(&self, tag: &str) -> bool {
        let tag = tag.trim();
        tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == self.etag
    }
}

fn only(ranges: &[Asked]) -> Option<[Asked; 1]> {
    <[Asked; 1]>::try_from(ranges).ok()
}

/// A body of bytes from the store. When they fail on the way, the client sees the connection end too early,
/// and the log says why.
pub(crate) fn body(bytes: ContentStream) -> Body {
    Body::from_stream(bytes.inspect_err(|error| {
        let cause = if let Error::Internal(cause) = error { format!("{cause:#}") } else { error.to_string() };
        tracing::error!(cause, "a download broke off on our side: {cause}");
    }))
}

/// A moment, as headers write it.
pub(crate) fn http_date(moment: Moment) -> String {
    httpdate::fmt_http_date(system_time(moment))
}

/// Sets a header, if the text can stand in one.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}

/// What RFC 5987 lets stand unencoded in a value.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Says what a file is and what to call it. Files are what their writers made them: a browser is told to show
/// only what cannot act, to guess nothing, and to run nothing.
pub(crate) fn describe(headers: &mut HeaderMap, path: &str, as_attachment: bool) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let shown = shown_as(name);
    let disposition = if shown.is_some() && !as_attachment { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|letter| if matches!(letter, ' '..='~') && !"\"\\%".contains(letter) { letter } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(name, ATTRIBUTE);
    set(
        headers,
        header::CONTENT_DISPOSITION,
        &format!("{disposition}; filename*=UTF-8''{encoded}; filename=\"{plain}\";"),
    );
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.unwrap_or("application/octet-stream")));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
}

/// The type under which a browser may show a file: text, pictures, sound and films.
fn shown_as(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let (_, ending) = lower.rsplit_once('.').unwrap_or(("", &lower));
    Some(match ending {
        "txt" | "md" | "markdown" | "rst" | "csv" | "tsv" | "yaml" | "yml" | "toml" | "ini" | "cfg"
        | "py" | "sh" | "rs" | "c" | "h" | "cpp" | "cu" | "java" | "go" | "r" | "jl" | "ipynb" | "jsonl"
        | "log" | "jinja" | "gitattributes" | "gitignore" | "license" | "readme" => {
            "text/plain; charset=utf-8"
        }
        "json" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        _ => return None,
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A date of a header, in seconds since 1970.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<i64> {
    let time = httpdate::parse_http_date(text(headers, name)?).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

fn system_time(moment: Moment) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(moment.seconds().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn download(size: u64) -> Download {
        let modified = Some(Moment::from_seconds(1_767_225_600));
        Download { size, etag: "abc".into(), modified, headers: HeaderMap::new() }
    }

    fn asked(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_client_that_has_the_bytes_gets_none() {
        let nothing: [&[_]; 5] = [
            &[("if-none-match", "\"abc\"")],
            &[("if-none-match", "\"x\", W/\"abc\"")],
            &[("if-none-match", "*")],
            &[("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT")],
            &[("if-none-match", "\"abc\""), ("range", "bytes=0-5")],
        ];
        for headers in nothing {
            assert_eq!(download(10).part(&asked(headers)).unwrap(), Part::Nothing, "{headers:?}");
        }
        let whole: [&[_]; 4] = [
            &[("if-none-match", "\"x\""), ("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT")],
            &[("if-modified-since", "Wed, 31 Dec 2025 23:59:59 GMT")],
            &[("if-modified-since", "yesterday")],
            &[],
        ];
        for headers in whole {
            assert_eq!(download(10).part(&asked(headers)).unwrap(), Part::Whole, "{headers:?}");
        }
    }

    #[test]
    fn a_range_is_given_when_it_is_of_the_same_bytes() {
        let range: [&[_]; 3] = [
            &[("range", "bytes=2-")],
            &[("range", "bytes=2-"), ("if-range", "\"abc\"")],
            &[("range", "bytes=2-"), ("if-range", "Thu, 01 Jan 2026 00:00:00 GMT")],
        ];
        for headers in range {
            assert_eq!(download(10).part(&asked(headers)).unwrap(), Part::Range(2..10), "{headers:?}");
        }
        let whole: [&[_]; 4] = [
            &[("range", "bytes=2-"), ("if-range", "\"x\"")],
            &[("range", "bytes=2-"), ("if-range", "W/\"abc\"")],
            &[("range", "bytes=2-"), ("if-range", "Thu, 01 Jan 2026 00:00:01 GMT")],
            &[("range", "bytes=0-1,4-5")],
        ];
        for headers in whole {
            assert_eq!(download(10).part(&asked(headers)).unwrap(), Part::Whole, "{headers:?}");
        }
        assert!(matches!(download(10).part(&asked(&[("range", "bytes=10-")])), Err(Error::PastEnd(10))));
        assert_eq!(download(0).part(&asked(&[("range", "bytes=0-0")])).unwrap(), Part::Whole);
    }

    #[test]
    fn what_a_browser_could_run_is_not_shown() {
        for name in [
            "a.html",
            "a.HTM",
            "a.svg",
            "a.xml",
            "a.xhtml",
            "a.js",
            "a.pdf",
            "a.unknown",
            "weights.bin",
            "html",
        ] {
            let mut headers = HeaderMap::new();
            describe(&mut headers, &format!("folder/{name}"), false);
            let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert!(disposition.starts_with("attachment; "), "{name}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/octet-stream", "{name}");
        }
        let mut headers = HeaderMap::new();
        describe(&mut headers, "é \"x\"\r\n.txt", false);
        assert_eq!(
            headers[header::CONTENT_DISPOSITION],
            "inline; filename*=UTF-8''%C3%A9%20%22x%22%0D%0A.txt; filename=\"_ _x___.txt\";"
        );
    }
}
