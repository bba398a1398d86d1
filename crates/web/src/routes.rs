//! Every address of the hub, what it needs of the caller, and who answers it.
//!
//! The table is data: tests walk it with every kind of caller. Paths are matched as they were sent, before
//! percent-decoding: a branch called `feature/x` arrives as one segment, `feature%2Fx`.

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{self, MethodRouter};
use limpide_words::Kind;
use tower_http::catch_panic::CatchPanicLayer;

use crate::api;
use crate::pages::page::Shown;
use crate::pages::visit::Visit;
use crate::pages::{self, Page};
use crate::{Site, cas, git, health, lfs, metrics, moved, openapi, rates, request_id, unread};

/// What a caller must be for a route not to refuse them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nobody is refused.
    Nothing,
    /// A valid token.
    SignedIn,
    /// To see the repository: anybody when it is public.
    Read,
    /// To read its files: anybody when it is public and not gated.
    Content,
    /// To write to the repository.
    Write,
    /// To manage the repository.
    Manage,
    /// An address or a token that this hub signed.
    Signature,
}

/// Whom an address speaks to, and so how it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Programs: statuses, error codes, JSON.
    Programs,
    /// People: pages, and redirects to where one signs in.
    People,
}

/// One address.
pub struct Route {
    /// `GET` (which answers `HEAD` too), `POST`, `PUT`, `DELETE` or `HEAD`.
    pub method: &'static str,
    /// The path, with `{names}` for what varies.
    pub path: String,
    /// What it needs of the caller.
    pub needs: Needs,
    /// Whom it speaks to.
    pub face: Face,
    handler: MethodRouter<Site>,
}

/// The server: every route, and what surrounds them all.
pub fn router(site: Site) -> Router {
    let mut router = Router::new();
    for route in table() {
        router = router.route(&route.path, route.handler);
    }
    for path in api::unsupported::PATHS {
        router = router.route(path, routing::any(api::unsupported::answer));
    }
    router
        .fallback(api::fallback::answer)
        .layer(middleware::from_fn(rates::tell))
        .layer(middleware::from_fn(moved::follow))
        .layer(middleware::from_fn(unread::finish))
        .layer(CatchPanicLayer::custom(api::fallback::panicked))
        .layer(middleware::from_fn_with_state(site.clone(), request_id::follow))
        .with_state(site)
}

/// Every address of the hub.
pub fn table() -> Vec<Route> {
    let mut routes = vec![
        get("/healthz", Needs::Nothing, health::live),
        get("/readyz", Needs::Nothing, health::ready),
        get("/metrics", Needs::Nothing, metrics::show),
        get("/.well-known/openapi.json", Needs::Nothing, openapi::show),
    ];
    routes.extend(pages());
    routes.extend(account_pages());
    routes.extend(Kind::ALL.into_iter().flat_map(repository_pages));
    routes.extend(accounts());
    routes.extend(repositories());
    routes.extend(history());
    routes.extend(openness());
    routes.extend(safety());
    routes.extend(downloads());
    routes.extend(content_store());
    routes.extend(large_files());
    routes.extend(git_services());
    routes
}

/// The pages that anybody may open, and the forms on them.
fn pages() -> Vec<Route> {
    use Needs::Nothing;
    use pages::{assets, compare, docs, home, list, owner, sign_in};
    vec![
        show("/", Nothing, home::show),
        show("/models", Nothing, list::models),
        show("/datasets", Nothing, list::datasets),
        show("/spaces", Nothing, list::spaces),
        show("/compare", Nothing, compare::show),
        show("/docs", Nothing, docs::index),
        show("/docs/api", Nothing, docs::api),
        show("/docs/{page}", Nothing, docs::show),
        show("/login", Nothing, sign_in::show),
        take("/login", Nothing, sign_in::sign_in),
        show("/join", Nothing, sign_in::ask_to_join),
        take("/join", Nothing, sign_in::join),
        take("/logout", Nothing, sign_in::sign_out),
        take("/language", Nothing, sign_in::choose_language),
        show("/{owner}", Nothing, owner::show),
        Route { face: Face::People, ..get("/static/{version}/{name}", Nothing, assets::show) },
        Route { face: Face::People, ..get("/favicon.ico", Nothing, assets::icon) },
        Route { face: Face::People, ..get("/robots.txt", Nothing, assets::robots) },
    ]
}

/// The pages of accounts, organisations and administration.
fn account_pages() -> Vec<Route> {
    use Needs::SignedIn;
    use pages::{administration, new, organization, settings};
    vec![
        show("/new", SignedIn, new::ask),
        take("/new", SignedIn, new::create),
        show("/settings", SignedIn, settings::profile::show),
        take("/settings", SignedIn, settings::profile::change),
        show("/settings/tokens", SignedIn, settings::tokens::show),
        take("/settings/tokens", SignedIn, settings::tokens::change),
        show("/settings/keys", SignedIn, settings::keys::show),
        take("/settings/keys", SignedIn, settings::keys::change),
        show("/settings/sessions", SignedIn, settings::sessions::show),
        take("/settings/sessions", SignedIn, settings::sessions::change),
        show("/settings/notices", SignedIn, settings::notices::show),
        show("/organizations/new", SignedIn, organization::ask),
        take("/organizations/new", SignedIn, organization::found),
        show("/organizations/{org}/settings", SignedIn, organization::show),
        take("/organizations/{org}/settings", SignedIn, organization::change),
        show("/administration", SignedIn, administration::users::show),
        take("/administration", SignedIn, administration::users::change),
        show("/administration/storage", SignedIn, administration::storage::show),
        show("/administration/work", SignedIn, administration::work::show),
        show("/administration/events", SignedIn, administration::events::show),
    ]
}

/// The pages of a repository.
fn repository_pages(kind: Kind) -> Vec<Route> {
    use Needs::{Content, Manage, Read, SignedIn, Write};
    use pages::repo;
    let at = |rest: &str| format!("/{}{{ns}}/{{name}}{rest}", kind.prefix());
    vec![
        show(&at(""), Read, repo::overview::show),
        take(&at("/like"), SignedIn, repo::overview::like),
        show(&at("/tree/{rev}"), Read, repo::files::show),
        show(&at("/tree/{rev}/{*path}"), Read, repo::files::show),
        show(&at("/blob/{rev}/{*path}"), Content, repo::file::show),
        show(&at("/cell/{rev}/{*path}"), Content, repo::cell::show),
        show(&at("/drawing/{rev}/{*path}"), Content, repo::pdf::show),
        show(&at("/viewer"), Content, repo::viewer::show),
        show(&at("/viewer/{rev}"), Content, repo::viewer::show),
        show(&at("/viewer/{rev}/{configuration}/{split}"), Content, repo::viewer::show),
        show(&at("/blame/{rev}/{*path}"), Content, repo::blame::show),
        show(&at("/upload/{rev}"), Write, repo::upload::show),
        take(&at("/upload/{rev}"), Write, repo::upload::take),
        show(&at("/upload/{rev}/{*path}"), Write, repo::upload::show),
        take(&at("/upload/{rev}/{*path}"), Write, repo::upload::take),
        show(&at("/edit/{rev}/{*path}"), Write, repo::edit::show),
        take(&at("/edit/{rev}/{*path}"), Write, repo::edit::take),
        show(&at("/commits/{rev}"), Read, repo::commits::show),
        show(&at("/commit/{rev}"), Read, repo::commit::show),
        show(&at("/openness"), Read, repo::openness::show),
        show(&at("/openness/{rev}"), Read, repo::openness::show),
        take(&at("/openness/{rev}"), Write, repo::openness::again),
        show(&at("/safety"), Read, repo::safety::show),
        show(&at("/safety/{rev}"), Read, repo::safety::show),
        take(&at("/safety/{rev}"), Write, repo::safety::again),
        show(&at("/lineage"), Read, repo::lineage::show),
        show(&at("/settings"), Manage, repo::settings::show),
        take(&at("/settings"), Manage, repo::settings::change),
    ]
}

/// People: who they are, what they own and like.
fn accounts() -> Vec<Route> {
    vec![
        get("/api/whoami-v2", Needs::SignedIn, api::whoami::show),
        post("/api/join", Needs::Nothing, api::register::join),
        post("/api/login", Needs::Nothing, api::register::login),
        get("/api/users/{user}/overview", Needs::Nothing, api::overview::user),
        get("/api/users/{user}/keys", Needs::Nothing, api::keys::of_user),
        get("/api/keys", Needs::SignedIn, api::keys::list),
        post("/api/keys", Needs::SignedIn, api::keys::add),
        delete("/api/keys/{key}", Needs::SignedIn, api::keys::remove),
        get("/api/users/{user}/likes", Needs::Nothing, api::likes::liked),
        get("/api/organizations/{org}/overview", Needs::Nothing, api::overview::organization),
        get("/api/organizations/{org}/members", Needs::Nothing, api::overview::members),
        get("/api/organizations/{org}/settings/repositories", Needs::SignedIn, api::storage::of_organization),
        get("/api/settings/repositories", Needs::SignedIn, api::storage::of_user),
        get("/api/notices", Needs::SignedIn, api::scans::notices),
        get("/api/owners/{owner}/safety", Needs::Nothing, api::scans::of_owner),
        put("/api/owners/{owner}/safety", Needs::SignedIn, api::scans::set_of_owner),
        get("/api/agent-harnesses", Needs::Nothing, api::misc::agent_harnesses),
        get("/api/telemetry/{*topic}", Needs::Nothing, api::misc::telemetry),
        get("/api/tasks", Needs::Nothing, api::misc::tasks),
    ]
}

/// Repositories as a whole: made, found, described, moved, deleted.
fn repositories() -> Vec<Route> {
    vec![
        post("/api/repos/create", Needs::SignedIn, api::create_repo::create),
        delete("/api/repos/delete", Needs::SignedIn, api::delete_repo::delete),
        post("/api/repos/move", Needs::SignedIn, api::move_repo::rename),
        get("/api/models-tags-by-type", Needs::Nothing, api::list::model_tags),
        get("/api/datasets-tags-by-type", Needs::Nothing, api::list::dataset_tags),
        get("/api/{kind}", Needs::Nothing, api::list::list),
        get("/api/{kind}/{ns}/{name}", Needs::Read, api::info::show),
        get("/api/{kind}/{ns}/{name}/revision/{rev}", Needs::Read, api::info::show),
        put("/api/{kind}/{ns}/{name}/settings", Needs::Manage, api::repo_settings::change),
        get("/api/{kind}/{ns}/{name}/auth-check", Needs::Content, api::auth_check::read),
        get("/api/{kind}/{ns}/{name}/auth-check/write", Needs::Write, api::auth_check::write),
        post("/api/{kind}/{ns}/{name}/like", Needs::SignedIn, api::likes::like),
        delete("/api/{kind}/{ns}/{name}/like", Needs::SignedIn, api::likes::unlike),
        get("/api/{kind}/{ns}/{name}/likers", Needs::Read, api::likes::likers),
        get("/api/{kind}/{ns}/{name}/discussions", Needs::Read, api::unsupported::no_discussions),
        post("/api/{kind}/{ns}/{name}/discussions", Needs::Nothing, api::unsupported::answer),
    ]
}

/// What a repository holds, now and before: files, commits, branches, tags.
fn history() -> Vec<Route> {
    vec![
        post("/api/validate-yaml", Needs::Nothing, api::validate_yaml::validate),
        post("/api/{kind}/{ns}/{name}/preupload/{rev}", Needs::Write, api::preupload::ask),
        post("/api/{kind}/{ns}/{name}/commit/{rev}", Needs::Write, api::commit::create),
        get("/api/{kind}/{ns}/{name}/tree/{rev}", Needs::Read, api::tree::list),
        get("/api/{kind}/{ns}/{name}/tree/{rev}/{*path}", Needs::Read, api::tree::list),
        post("/api/{kind}/{ns}/{name}/paths-info/{rev}", Needs::Read, api::paths_info::list),
        get("/api/{kind}/{ns}/{name}/refs", Needs::Read, api::refs::list),
        get("/api/{kind}/{ns}/{name}/commits/{rev}", Needs::Read, api::commits::list),
        post("/api/{kind}/{ns}/{name}/branch/{branch}", Needs::Write, api::refs::create_branch),
        delete("/api/{kind}/{ns}/{name}/branch/{branch}", Needs::Write, api::refs::delete_branch),
        post("/api/{kind}/{ns}/{name}/tag/{rev}", Needs::Write, api::refs::create_tag),
        delete("/api/{kind}/{ns}/{name}/tag/{rev}", Needs::Write, api::refs::delete_tag),
        post("/api/{kind}/{ns}/{name}/super-squash/{rev}", Needs::Write, api::super_squash::squash),
        get("/api/{kind}/{ns}/{name}/lfs-files", Needs::Write, api::lfs_files::list),
        post("/api/{kind}/{ns}/{name}/lfs-files/batch", Needs::Write, api::lfs_files::delete),
        post("/api/{kind}/{ns}/{name}/lfs-files/duplicate", Needs::SignedIn, api::lfs_files::duplicate),
        post("/api/{kind}/{ns}/{name}/duplicate", Needs::SignedIn, api::duplicate_repo::duplicate),
    ]
}

/// What can be verified of a repository.
fn openness() -> Vec<Route> {
    vec![
        get("/api/{kind}/{ns}/{name}/openness", Needs::Read, api::audits::show),
        get("/api/{kind}/{ns}/{name}/openness/{rev}", Needs::Read, api::audits::show),
        post("/api/{kind}/{ns}/{name}/openness/{rev}", Needs::Write, api::audits::again),
        get("/api/{kind}/{ns}/{name}/openness-history", Needs::Read, api::audits::history),
        get("/api/{kind}/{ns}/{name}/openness-badge.svg", Needs::Read, api::audits::badge),
        get("/api/{kind}/{ns}/{name}/openness-badge.json", Needs::Read, api::audits::badge_facts),
        get("/api/{kind}/{ns}/{name}/attestations", Needs::Read, api::attestations::list),
        post("/api/{kind}/{ns}/{name}/attestations", Needs::SignedIn, api::attestations::add),
        delete(
            "/api/{kind}/{ns}/{name}/attestations/{attestation}",
            Needs::SignedIn,
            api::attestations::withdraw,
        ),
    ]
}

/// What the files of a repository would do if they were loaded.
fn safety() -> Vec<Route> {
    vec![
        get("/api/{kind}/{ns}/{name}/security", Needs::Read, api::scans::show),
        get("/api/{kind}/{ns}/{name}/security/{rev}", Needs::Read, api::scans::show),
        post("/api/{kind}/{ns}/{name}/security/{rev}", Needs::Write, api::scans::again),
        get("/api/{kind}/{ns}/{name}/security-file/{rev}/{*path}", Needs::Content, api::scans::file),
        get("/api/log/checkpoint", Needs::Nothing, api::log::checkpoint),
        get("/api/log/key", Needs::Nothing, api::log::key),
        get("/api/log/entries", Needs::Nothing, api::log::entries),
        get("/api/log/inclusion", Needs::Nothing, api::log::inclusion),
        get("/api/log/consistency", Needs::Nothing, api::log::consistency),
        get("/api/{kind}/{ns}/{name}/statements", Needs::Read, api::log::statements),
        get("/api/{kind}/{ns}/{name}/statements/{rev}", Needs::Read, api::log::statements),
        get("/api/{kind}/{ns}/{name}/signatures", Needs::Read, api::scans::signatures),
        get("/api/{kind}/{ns}/{name}/signatures/{rev}", Needs::Read, api::scans::signatures),
        get("/api/{kind}/{ns}/{name}/acknowledgements", Needs::Read, api::scans::acknowledgements),
        post("/api/{kind}/{ns}/{name}/acknowledgements", Needs::Manage, api::scans::acknowledge),
        delete("/api/{kind}/{ns}/{name}/acknowledgements/{content}", Needs::Manage, api::scans::revoke),
    ]
}

/// The bytes of files, and tokens to fetch or to send them another way.
fn downloads() -> Vec<Route> {
    let mut routes = vec![
        get("/api/{kind}/{ns}/{name}/xet-read-token/{rev}", Needs::Content, api::xet_token::read),
        get("/api/{kind}/{ns}/{name}/xet-write-token/{rev}", Needs::Write, api::xet_token::write),
    ];
    let (content, raw) = (api::resolve::content, api::resolve::raw);
    routes.extend(for_each_kind(get, "{ns}/{name}/resolve/{rev}/{*path}", Needs::Content, content));
    routes.extend(for_each_kind(get, "{ns}/{name}/raw/{rev}/{*path}", Needs::Content, raw));
    routes
}

/// What Xet clients ask. `{store}` is the hub's instance, and the deduplication domain if there are several.
fn content_store() -> Vec<Route> {
    use Needs::{Nothing, Signature};
    vec![
        get("/cas/{store}/v1/reconstructions", Signature, cas::reconstructions::batch),
        post("/cas/{store}/v1/reconstructions", Signature, cas::reconstructions::posted_batch),
        get("/cas/{store}/v1/reconstructions/{file}", Signature, cas::reconstructions::first_version),
        get("/cas/{store}/v2/reconstructions/{file}", Signature, cas::reconstructions::second_version),
        head("/cas/{store}/v1/files/{file}", Signature, cas::reconstructions::head),
        get("/cas/{store}/v1/chunks/{prefix}/{chunk}", Signature, cas::chunks::find),
        post("/cas/{store}/v1/xorb-grants/{prefix}/{xorb}", Signature, cas::xorbs::grant),
        post("/cas/{store}/v1/xorb-commits/{prefix}/{xorb}/grant/{grant}", Signature, cas::xorbs::commit),
        post("/cas/{store}/v1/xorbs/{prefix}/{xorb}", Signature, cas::xorbs::put),
        head("/cas/{store}/v1/xorbs/{prefix}/{xorb}", Signature, cas::xorbs::head),
        post("/cas/{store}/v1/shards", Signature, cas::shards::register),
        post("/cas/{store}/v2/shards", Signature, cas::shards::register_with_progress),
        get("/cas/{store}/v2/file-chunk-hashes/{file}", Signature, cas::misc::file_chunk_hashes),
        get("/cas/{store}/x/{object}", Signature, cas::links::read),
        post("/cas/{store}/v1/telemetry", Nothing, cas::misc::telemetry),
        post("/v1/telemetry", Nothing, cas::misc::telemetry),
    ]
}

/// What Git LFS asks: of the repository which objects, of the content store their bytes.
fn large_files() -> Vec<Route> {
    let batch = lfs::batch::ask;
    let mut routes = for_each_kind(post, "{ns}/{name}/info/lfs/objects/batch", Needs::Content, batch);
    let locks = "{ns}/{name}/info/lfs/locks";
    routes.extend(for_each_kind(get, locks, Needs::Read, lfs::locks::list));
    routes.extend(for_each_kind(post, locks, Needs::Write, lfs::locks::create));
    routes.extend(for_each_kind(post, &format!("{locks}/verify"), Needs::Write, lfs::locks::verify));
    routes.extend(for_each_kind(post, &format!("{locks}/{{id}}/unlock"), Needs::Write, lfs::locks::unlock));
    routes.extend([
        put("/cas/{store}/lfs/{oid}", Needs::Signature, lfs::objects::put),
        get("/cas/{store}/lfs/{oid}", Needs::Signature, lfs::objects::get),
        put("/cas/{store}/lfs/{oid}/parts/{number}", Needs::Signature, lfs::parts::put),
        post("/cas/{store}/lfs/{oid}/parts", Needs::Signature, lfs::parts::complete),
        post("/cas/{store}/lfs/{oid}/verify", Needs::Signature, lfs::objects::verify),
    ]);
    routes
}

/// What `git clone`, `git fetch` and `git push` ask.
fn git_services() -> Vec<Route> {
    let mut routes = for_each_kind(get, "{ns}/{name}/info/refs", Needs::Content, git::service::info_refs);
    let (fetch, push) = (git::service::upload_pack, git::service::receive_pack);
    routes.extend(for_each_kind(post, "{ns}/{name}/git-upload-pack", Needs::Content, fetch));
    routes.extend(for_each_kind(post, "{ns}/{name}/git-receive-pack", Needs::Write, push));
    routes
}

/// The same address for each kind of repository: `/{ns}/…`, `/datasets/{ns}/…`, `/spaces/{ns}/…`.
fn for_each_kind<H, T>(route: fn(&str, Needs, H) -> Route, path: &str, needs: Needs, handler: H) -> Vec<Route>
where
    H: Handler<T, Site> + Clone,
    T: 'static,
{
    let of = |kind: Kind| route(&format!("/{}{path}", kind.prefix()), needs, handler.clone());
    Kind::ALL.into_iter().map(of).collect()
}

/// A page.
fn show<F, Fut>(path: &str, needs: Needs, page: F) -> Route
where
    F: FnOnce(Visit) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Shown> + Send + 'static,
{
    Route { face: Face::People, ..get(path, needs, Page(page)) }
}

/// A form of a page.
fn take<F, Fut>(path: &str, needs: Needs, page: F) -> Route
where
    F: FnOnce(Visit) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Shown> + Send + 'static,
{
    Route { face: Face::People, ..post(path, needs, Page(page)) }
}

fn get<H: Handler<T, Site>, T: 'static>(path: &str, needs: Needs, handler: H) -> Route {
    Route {
        method: "GET",
        path: path.to_owned(),
        needs,
        face: Face::Programs,
        handler: routing::get(handler),
    }
}

fn head<H: Handler<T, Site>, T: 'static>(path: &str, needs: Needs, handler: H) -> Route {
    Route {
        method: "HEAD",
        path: path.to_owned(),
        needs,
        face: Face::Programs,
        handler: routing::head(handler),
    }
}

fn post<H: Handler<T, Site>, T: 'static>(path: &str, needs: Needs, handler: H) -> Route {
    Route {
        method: "POST",
        path: path.to_owned(),
        needs,
        face: Face::Programs,
        handler: routing::post(handler),
    }
}

fn put<H: Handler<T, Site>, T: 'static>(path: &str, needs: Needs, handler: H) -> Route {
    Route {
        method: "PUT",
        path: path.to_owned(),
        needs,
        face: Face::Programs,
        handler: routing::put(handler),
    }
}

fn delete<H: Handler<T, Site>, T: 'static>(path: &str, needs: Needs, handler: H) -> Route {
    Route {
        method: "DELETE",
        path: path.to_owned(),
        needs,
        face: Face::Programs,
        handler: routing::delete(handler),
    }
}
