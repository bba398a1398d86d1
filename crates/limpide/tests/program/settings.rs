//! Where settings come from, which one wins, and what is said of wrong ones.

use std::fs;

use crate::support::{Room, text};

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let room = Room::new();
    let line = |words: &str, variable: Option<&str>| {
        let mut command = room.limpide(&format!("check-config {words}"));
        let output = command.envs(variable.map(|value| ("LIMPIDE_LIMITS_CHANGES", value))).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let all = text(&output.stdout);
        all.lines().find(|line| line.starts_with("changes")).unwrap().to_owned()
    };
    assert_eq!(line("", None), "changes = 25000  # default");
    fs::write(room.path().join("limpide.toml"), "[limits]\nchanges = 100\n").unwrap();
    assert_eq!(line("", None), "changes = 100  # limpide.toml");
    assert_eq!(line("", Some("200")), "changes = 200  # LIMPIDE_LIMITS_CHANGES");
    assert_eq!(line("--limits-changes 300", Some("200")), "changes = 300  # --limits-changes");
    fs::write(room.path().join("other.toml"), "limits.changes = 400\n").unwrap();
    assert_eq!(line("--config other.toml", None), "changes = 400  # other.toml");
}

#[test]
fn what_check_config_prints_is_a_file_with_the_same_effect() {
    let room = Room::new();
    let words =
        "--limits-commit 1GiB --limits-claim 90min --open-registration true --log-level debug,sqlx=warn";
    fs::write(room.path().join("first.toml"), room.says(&format!("check-config {words}"))).unwrap();
    let values = |out: &str| -> Vec<String> {
        out.lines().map(|line| line.split("  # ").next().unwrap_or_default().to_owned()).collect()
    };
    let first = fs::read_to_string(room.path().join("first.toml")).unwrap();
    assert_eq!(values(&room.says("check-config --config first.toml")), values(&first));
    assert!(first.contains("commit = \"1 GiB\""), "{first}");
}

#[test]
fn every_wrong_setting_is_named_with_its_value_and_its_origin_at_once() {
    let room = Room::new();
    let file =
        "adress = \"127.0.0.1:1\"\n[limits]\nfile = \"many\"\nlink = 1.5\n[s3]\nendpoint = \"http://s3\"\n";
    fs::write(room.path().join("limpide.toml"), file).unwrap();
    let mut command = room.limpide("check-config --limits-changes -5 --log-format xml");
    let output = command.env("LIMPIDE_DEDUPLICATION", "nobody").env("LIMPIDE_DATE", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn a_server_with_wrong_settings_does_not_start_and_leaves_nothing() {
    let room = Room::new();
    let words = room.complains("serve --limits-file lots");
    assert!(words.contains("`limits.file` cannot be `lots` (--limits-file)"), "{words}");
    assert!(!room.path().join("data").exists());
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_said_so() {
    let room = Room::new();
    assert!(room.complains("check-config --config nowhere.toml").contains("nowhere.toml cannot be read"));
    fs::write(room.path().join("limpide.toml"), "address = = 1").unwrap();
    assert!(room.complains("check-config").contains("limpide.toml is not TOML"));
}

#[test]
fn secrets_are_never_shown() {
    let room = Room::new();
    let mut command = room.limpide("check-config --s3-bucket b --s3-access-key public-half");
    command.env("LIMPIDE_S3_SECRET_KEY", "secret-half");
    command.env("LIMPIDE_DATABASE", "postgres://ada:pass@localhost/limpide");
    let output = command.output().unwrap();
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{all}");
    assert!(all.contains("public-half") && all.contains("postgres://ada:…@localhost/limpide"), "{all}");
    assert!(!all.contains("secret-half") && !all.contains("pass@"), "{all}");
    assert!(room.complains("check-config --s3-secret-key x").contains("unexpected argument"));
}

#[test]
fn one_half_of_a_pair_of_keys_is_refused() {
    let words = Room::new().complains("check-config --s3-bucket b --s3-access-key a");
    assert!(words.contains("`s3.access-key` and `s3.secret-key` belong together"), "{words}");
}

#[test]
fn a_file_of_rules_is_read_before_a_start_and_what_is_wrong_with_it_is_said_with_its_line() {
    let room = Room::new();
    fs::write(room.path().join("rules.toml"), format!("# Ours\n{}", limpide_safety::RULES)).unwrap();
    assert!(room.says("check-config --safety-rules rules.toml").contains("rules = \"rules.toml\""));
    let odd = limpide_safety::RULES.replacen("event = \"virus\"", "event = \"wirus\"", 1);
    let line = odd.lines().position(|line| line.contains("wirus")).unwrap() + 1;
    fs::write(room.path().join("rules.toml"), odd).unwrap();
    for words in [
        "check-config --safety-rules rules.toml",
        "serve --safety-rules rules.toml",
        "scan . --rules rules.toml",
    ] {
        let said = room.complains(words);
        assert!(said.contains(&format!("`rules.toml` cannot be used, line {line}: ")), "{words}: {said}");
        assert!(said.contains("the rules that come with the program judge"), "{said}");
    }
    assert!(room.complains("check-config --safety-rules none.toml").contains("`none.toml` cannot be read"));
    assert!(!room.path().join("data").exists());
}

#[test]
fn an_address_of_clamav_is_checked_before_a_start() {
    let room = Room::new();
    let said = room.says("check-config --safety-clamav unix:/run/clamav/clamd.ctl");
    assert!(said.contains("clamav = \"unix:/run/clamav/clamd.ctl\"  # --safety-clamav"), "{said}");
    let wrong = room.complains("serve --safety-clamav localhost:3310");
    assert!(
        wrong.contains("`safety.clamav` cannot be `localhost:3310`") && wrong.contains("`tcp:HOST:PORT`"),
        "{wrong}"
    );
}

#[test]
fn roots_of_signers_are_read_before_a_start() {
    let room = Room::new();
    let root = include_str!("../../../../libs/signing/tests/signing/keys/root.pem");
    fs::write(room.path().join("roots.pem"), root).unwrap();
    let words = "check-config --signing-roots roots.pem --signing-trusted-root public";
    assert!(room.says(words).contains("trusted-root = \"public\"  # --signing-trusted-root"));
    fs::write(room.path().join("roots.pem"), "nothing").unwrap();
    let said = room.complains("serve --signing-roots roots.pem --signing-trusted-root none.json");
    assert!(said.contains("`signing.roots` cannot be `roots.pem`: there is no certificate in it"), "{said}");
    assert!(said.contains("`signing.trusted-root` cannot be `none.json`: "), "{said}");
    assert!(!room.path().join("data").exists());
}
