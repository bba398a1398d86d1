//! Starting, starting again, and ending without losing what is under way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::Room;

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_first_start_shows_a_token_and_the_second_does_not() {
    let room = Room::new();
    let mut first = room.serve("");
    let token = first.first_token();
    let whoami = |url: String| {
        let request = reqwest::Client::new().get(format!("{url}/api/whoami-v2")).bearer_auth(&token);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    assert!(whoami(first.url.clone()).await.contains("\"admin\""));
    first.stop();

    let second = room.serve("");
    assert_eq!(second.greeting, format!("limpide serves {}\n", second.url));
    assert!(whoami(second.url.clone()).await.contains("\"admin\""));
    assert!(!room.log().contains(&token));
    second.stop();
}

#[test]
fn the_data_folder_is_its_owner_s_alone() {
    let (room, _) = Room::with_hub();
    let mode = std::fs::metadata(room.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_second_server_keeps_out_of_a_folder_that_is_served() {
    let room = Room::new();
    let server = room.serve("");
    let words = room.complains("serve --address 127.0.0.1:0");
    assert!(words.contains("another limpide serves the data folder `data`"), "{words}");
    server.stop();
    room.serve("").stop();
}

#[test]
fn a_taken_port_is_named_with_the_way_out_and_nothing_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let room = Room::new();
    let words = room.complains(&format!("serve --address {address}"));
    assert!(words.contains(&format!("another program listens on {address}")), "{words}");
    assert!(words.contains("--address"), "{words}");
    assert!(!room.path().join("data/limpide.db").exists());
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let room = Room::new();
    let mut server = room.serve("");
    let mut client = half_a_request(&server.url);
    server.signal("TERM");
    assert_eq!(server.ended(Duration::from_millis(300)), None);
    client.write_all(b"{}").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(server.ended(SOON), Some(0));
    assert!(room.log().contains("limpide has stopped"));
}

#[test]
fn a_request_that_never_ends_is_cut_off_in_time() {
    let room = Room::new();
    let mut server = room.serve("--shutdown-wait 1s");
    let _client = half_a_request(&server.url);
    server.signal("TERM");
    assert_eq!(server.ended(SOON), Some(0));
    assert!(room.log().contains("some requests did not end in time"));
}

#[test]
fn told_twice_it_waits_no_longer() {
    let room = Room::new();
    let mut server = room.serve("");
    let _client = half_a_request(&server.url);
    server.signal("INT");
    assert_eq!(server.ended(Duration::from_millis(300)), None);
    server.signal("INT");
    assert_eq!(server.ended(SOON), Some(0));
    assert!(room.log().contains("told again to stop"));
}

#[test]
fn until_balancers_have_noticed_requests_are_answered_and_connections_end() {
    let room = Room::new();
    let mut server = room.serve("--shutdown-notice 2s");
    let mut kept = connect(&server.url);
    assert_eq!(ask(&mut kept, "/readyz"), "HTTP/1.1 200 OK");
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    // On the connection from before, and on a new one, whose every answer is the last.
    let words = ask_last(&mut kept, "/readyz");
    assert!(words.starts_with("HTTP/1.1 503") && words.ends_with("about to stop\n"), "{words}");
    let words = ask_last(&mut connect(&server.url), "/healthz");
    assert!(words.starts_with("HTTP/1.1 200") && words.contains("connection: close"), "{words}");
    assert_eq!(server.ended(SOON), Some(0));
}

#[test]
fn who_came_before_the_door_closed_is_answered() {
    let room = Room::new();
    let mut server = room.serve("");
    // The connection is there when the server is told to stop; what is asked on it comes a little later.
    let mut client = connect(&server.url);
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(30));
    let words = ask_last(&mut client, "/healthz");
    assert!(words.starts_with("HTTP/1.1 200"), "{words}");
    assert_eq!(server.ended(SOON), Some(0));
}

fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap()
}

/// Asks on a connection that stays; gives the first line of the answer.
fn ask(client: &mut TcpStream, path: &str) -> String {
    client.write_all(format!("GET {path} HTTP/1.1\r\nhost: hub\r\n\r\n").as_bytes()).unwrap();
    let mut answer = [0; 1024];
    let length = client.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..length]).lines().next().unwrap().to_owned()
}

/// Asks on a connection that the server ends with its answer; gives all of it.
fn ask_last(client: &mut TcpStream, path: &str) -> String {
    client.write_all(format!("GET {path} HTTP/1.1\r\nhost: hub\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    answer
}

/// A request whose body has not come yet, and which the server has begun to answer.
fn half_a_request(url: &str) -> TcpStream {
    let mut client = connect(url);
    let head = "POST /api/login HTTP/1.1\r\nhost: hub\r\ncontent-length: 2\r\nconnection: close\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    client
}

#[tokio::test]
async fn each_line_of_a_json_log_is_an_object_with_the_request_s_id() {
    let room = Room::new();
    let server = room.serve("--log-format json");
    let request =
        reqwest::Client::new().get(format!("{}/healthz", server.url)).header("x-request-id", "abc-1");
    assert_eq!(request.send().await.unwrap().headers()["x-request-id"], "abc-1");
    server.stop();
    let log = room.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["path"] == "/healthz").unwrap();
    assert_eq!((&answered["status"], &answered["span"]["id"]), (&200.into(), &"abc-1".into()));
}

#[tokio::test]
async fn the_public_address_is_what_links_start_with() {
    let room = Room::new();
    let mut server = room.serve("--public-url https://hub.example.org/");
    let token = server.first_token();
    assert!(server.greeting.contains("export HF_ENDPOINT=https://hub.example.org\n"), "{}", server.greeting);
    // The greeting tells the public address; the log, where this process listens.
    let log = room.log();
    let port = log.split("listens on ").nth(1).unwrap().split_whitespace().next().unwrap();
    let body = serde_json::json!({ "name": "tiny" });
    let request = reqwest::Client::new().post(format!("http://{port}/api/repos/create")).bearer_auth(token);
    let answer: serde_json::Value = request.json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["url"], "https://hub.example.org/admin/tiny");
    server.stop();
}

#[test]
fn a_database_elsewhere_is_used_and_named_without_its_password() {
    let room = Room::new();
    let words = room.complains(
        "serve --address 127.0.0.1:0 --database postgres://ada:pass@127.0.0.1/limpide?sslmode=some",
    );
    assert!(
        words.contains("the database postgres://ada:…@127.0.0.1/limpide?sslmode=some cannot be opened"),
        "{words}"
    );
    assert!(!words.contains("pass@"), "{words}");
}

#[test]
fn what_an_upload_left_behind_long_ago_is_removed_at_the_start() {
    let (room, _) = Room::with_hub();
    let unfinished = room.path().join("data/blobs/tmp");
    std::fs::create_dir_all(&unfinished).unwrap();
    let (old, new) = (unfinished.join("old"), unfinished.join("new"));
    for path in [&old, &new] {
        std::fs::write(path, "half a file").unwrap();
    }
    let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    std::fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    let server = room.serve("");
    let start = std::time::Instant::now();
    while old.exists() && start.elapsed() < SOON {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!old.exists() && new.exists());
    server.stop();
}
