//! Sends callers of a repository's old name to its new one: the same address with the new name, as a
//! relative `Location`, query kept. 307 keeps method and body.

use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use limpide_words::RepoId;

use crate::error::MovedTo;

/// The layer around all routes.
pub(crate) async fn follow(request: Request, next: Next) -> Response {
    let asked = request.uri().clone();
    let mut answer = next.run(request).await;
    let Some(MovedTo(id)) = answer.extensions_mut().remove() else { return answer };
    if let Ok(location) = HeaderValue::try_from(renamed(&asked, &id)) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// The address that was asked, with the name of the repository replaced.
fn renamed(asked: &Uri, id: &RepoId) -> String {
    let mut segments: Vec<&str> = asked.path().split('/').collect();
    // "", then `api` and the kind, or `datasets`, or `spaces`, or nothing; then the owner and the name.
    let owner_at = match segments.get(1) {
        Some(&"api") => 3,
        Some(&"datasets" | &"spaces") => 2,
        _ => 1,
    };
    let git = if segments.get(owner_at + 1).is_some_and(|name| name.ends_with(".git")) { ".git" } else { "" };
    let name = format!("{}{git}", id.name);
    if let Some(place) = segments.get_mut(owner_at) {
        *place = id.owner.as_str();
    }
    if let Some(place) = segments.get_mut(owner_at + 1) {
        *place = &name;
    }
    let path = segments.join("/");
    match asked.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_changes() {
        let id: RepoId = "neo/name".parse().unwrap();
        for (asked, expected) in [
            (
                "/api/models/a/b/tree/main/x%2Fy?recursive=true",
                "/api/models/neo/name/tree/main/x%2Fy?recursive=true",
            ),
            ("/datasets/a/b/resolve/refs%2Fpr%2F1/f", "/datasets/neo/name/resolve/refs%2Fpr%2F1/f"),
            ("/a/b/resolve/main/f", "/neo/name/resolve/main/f"),
            ("/a/b.git/info/lfs/objects/batch", "/neo/name.git/info/lfs/objects/batch"),
        ] {
            assert_eq!(renamed(&asked.parse().unwrap(), &id), expected);
        }
    }
}
