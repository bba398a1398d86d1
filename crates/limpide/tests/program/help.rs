//! What `--help` says, word for word: this is what operators learn from.

use crate::support::Room;

#[test]
fn help_tells_every_setting_with_its_variable_and_default() {
    insta::assert_snapshot!(Room::new().says("serve --help"));
}

#[test]
fn help_tells_every_command() {
    let room = Room::new();
    let commands = [
        "",
        "audit",
        "attest",
        "sign",
        "verify",
        "check",
        "backup",
        "restore",
        "migrate",
        "user",
        "user create",
        "org",
        "org member add",
        "token",
        "token create",
        "token revoke",
    ];
    let all: Vec<_> =
        commands.into_iter().map(|words| usage(&room.says(&format!("{words} --help")))).collect();
    insta::assert_snapshot!(all.join("\n----\n"));
}

/// A help text up to the settings, which all commands that open the hub share.
fn usage(help: &str) -> String {
    help.split("\nSettings:").next().unwrap().trim_end().to_owned()
}
