//! The files that come with the program: the style sheet and small scripts. An address holds the hash of all of them, so
//! that browsers keep them for ever and never hold an old one.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::call::Call;

struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "style.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("../../static/style.css"),
    },
    Asset {
        name: "upload.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../static/upload.js"),
    },
    Asset {
        name: "hash.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../static/hash.js"),
    },
    Asset { name: "icon.svg", media: "image/svg+xml", bytes: include_bytes!("../../static/icon.svg") },
];

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.name);
        hash.update(asset.bytes);
    }
    hex::encode(&hash.finalize()[..6])
});

/// The address of a file by its name.
pub(crate) fn address(name: &str) -> String {
    format!("/static/{}/{name}", *VERSION)
}

/// `GET /static/{version}/{name}`: whatever the version says, there is only one.
pub(crate) async fn show(call: Call) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == call.param("name")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let lasts = match call.param("version") == *VERSION {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media)),
        (header::CACHE_CONTROL, HeaderValue::from_static(lasts)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, asset.bytes).into_response()
}

/// `GET /favicon.ico`, which browsers ask for whatever a page says.
pub(crate) async fn icon() -> Response {
    axum::response::Redirect::to(&address("icon.svg")).into_response()
}

/// `GET /robots.txt`: pages may be found; what answers at length for machines is left alone.
pub(crate) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /api/\nDisallow: /cas/\nDisallow: /*/resolve/\nDisallow: /*/raw/\n"
}
