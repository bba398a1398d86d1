//! Users, organizations and tokens, looked after without the site.

use serde_json::Value;

use crate::support::{Room, text};

#[test]
fn commands_on_a_folder_without_a_hub_make_none() {
    let room = Room::new();
    let words = room.complains("user create ada");
    assert!(words.contains("there is no hub in `data` yet"), "{words}");
    assert!(!room.path().join("data").exists());
}

#[test]
fn users_are_created_once_and_listed() {
    let (room, _) = Room::with_hub();
    room.says("user create ada --full-name Ada");
    assert!(room.complains("user create ADA").contains("The name ADA is taken"));
    assert!(room.complains("user create a--b").contains("`--` and `..` are not allowed"));
    let list = room.says("user list");
    let names: Vec<_> = list.lines().map(|line| line.split('\t').take(2).collect::<Vec<_>>()).collect();
    assert_eq!(names, [["ada", "user"], ["admin", "administrator"]]);
}

#[test]
fn passwords_come_from_the_standard_input_and_are_long_enough() {
    let (room, _) = Room::with_hub();
    room.says_to("user create ada --password-stdin", "correct horse battery\n");
    room.says_to("user password ada --password-stdin", "another one entirely\n");
    for (input, reason) in [("short\n", "at least 8 characters"), ("", "the standard input is empty")] {
        let refusal = room.piped("user password ada --password-stdin", input);
        assert!(text(&refusal.stderr).contains(reason), "{}", text(&refusal.stderr));
    }
    let unasked = room.piped("user password ada", "correct horse battery\n");
    assert!(text(&unasked.stderr).contains("--password-stdin"), "{}", text(&unasked.stderr));
}

#[test]
fn members_come_change_and_go() {
    let (room, _) = Room::with_hub();
    room.says("user create ada");
    room.says("org create lab");
    assert_eq!(room.says("org member add lab ada --role read"), "ada has the role read in lab.\n");
    room.says("org member add lab ada --role contributor");
    assert_eq!(room.says("org member list lab"), "ada\tcontributor\n");
    room.says("org member remove lab ada");
    assert_eq!(room.says("org member list lab"), "");
    assert!(room.complains("org member add lab nobody").contains("There is no user nobody."));
    assert!(room.complains("org member add ada ada").contains("There is no organization ada."));
}

#[tokio::test]
async fn tokens_are_made_imported_and_revoked_beside_a_running_server() {
    let room = Room::new();
    let server = room.serve("");
    room.says("user create ada");
    let imported = format!("hf_{}", "a".repeat(34));
    assert_eq!(room.says(&format!("token create ada --value {imported}")).trim(), imported);
    let made = room.says("token create ada --name second --role read").trim().to_owned();
    for token in [&imported, &made] {
        assert_eq!(whoami(&server.url, token).await.unwrap(), "ada");
    }

    let again = room.complains(&format!("token create ada --name third --value {imported}"));
    assert!(again.contains("this very token is in use"), "{again}");
    assert!(room.complains("token create ada --value secret").contains("A token starts with `hf_`"));
    assert_eq!(room.says("token list ada").lines().count(), 2);

    room.says("token revoke ada second");
    assert_eq!(whoami(&server.url, &made).await, None);
    assert_eq!(whoami(&server.url, &imported).await.unwrap(), "ada");
    assert!(room.complains("token revoke ada second").contains("ada has no token called `second`"));
    server.stop();
}

#[test]
fn a_fine_grained_token_says_what_it_is_for() {
    let (room, _) = Room::with_hub();
    let fine = "token create admin --name fine --role fine-grained";
    assert!(room.complains(fine).contains("needs at least one --scope"));
    assert!(room.complains(&format!("{fine} --scope tree:a=read")).contains("`tree` is not one of model"));
    assert!(room.complains("token create admin --scope org:lab=read").contains("--role fine-grained"));
    assert!(room.says(&format!("{fine} --scope model:ada/tiny=write")).starts_with("hf_"));
    assert!(room.says("token list admin").contains("fine\tfineGrained"));
}

async fn whoami(url: &str, token: &str) -> Option<String> {
    let request = reqwest::Client::new().get(format!("{url}/api/whoami-v2")).bearer_auth(token);
    let answer = request.send().await.unwrap();
    let body: Value = answer.error_for_status().ok()?.json().await.unwrap();
    Some(body["name"].as_str().unwrap().to_owned())
}
