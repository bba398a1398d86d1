//! Keys. Those here are made from a row of letters, so that nothing that looks for keys finds one in this file.

use limpide_safety::{Level, What};

use crate::{is, look};

/// Letters as if chosen by chance: so many of those.
fn letters(count: usize, of: &str) -> String {
    let of: Vec<char> = of.chars().collect();
    let mut state = 12_345_usize;
    let next = |_| {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        of[(state >> 8) % of.len()]
    };
    (0..count).map(next).collect()
}

const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

fn rules(text: &str) -> Vec<String> {
    let events = look(text, "notes.txt").events.into_iter();
    let rule = |what| match what {
        What::Secret { rule } => Some(rule),
        _ => None,
    };
    events.filter_map(|event| rule(event.what)).collect()
}

#[test]
fn keys_are_found_and_not_kept() {
    let keys = [
        ("hugging-face-token", format!("hf_{}", letters(34, WORD))),
        ("github-token", format!("ghp_{}", letters(36, WORD))),
        ("openai-key", format!("sk-proj-{}", letters(60, WORD))),
        ("openai-key", format!("sk-{}", letters(48, WORD))),
        ("anthropic-key", format!("sk-ant-api03-{}", letters(95, WORD))),
        ("aws-access-key", format!("AKIA{}", letters(16, &WORD[..26]))),
        ("databricks-token", format!("dapi{}", letters(32, HEX))),
        ("azure-storage-key", format!("AccountKey={}==", letters(86, WORD))),
        ("private-key", format!("-----BEGIN {} KEY-----\n{}\n", "RSA PRIVATE", letters(64, WORD))),
        ("private-key", format!("-----BEGIN {} KEY-----\\n{}\\n", "PRIVATE", letters(64, WORD))),
    ];
    for (rule, key) in keys {
        for text in [format!("token = \"{key}\"\n"), format!("{{\"a\": \"{key}\"}}"), format!("x={key}")] {
            assert_eq!(rules(&text), [rule], "{text}");
            assert!(!serde_json::to_string(&look(&text, "a.txt")).unwrap().contains(&key[12..]));
        }
    }
}

#[test]
fn what_only_looks_like_keys_is_none() {
    let others = [
        "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
        "hf_your_token_here".to_owned(),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        format!("shelf_{}", letters(34, WORD)),
        format!("hf_{}", letters(60, WORD)),
        format!("hf_{}", "ab".repeat(17)),
        format!("sk-{}", letters(20, WORD)),
        "-----BEGIN PRIVATE KEY-----\n...\n".to_owned(),
    ];
    for text in others {
        is(Level::Clean, &text, "notes.txt");
    }
}

#[test]
fn keys_are_found_wherever_they_lie_in_a_long_text() {
    let key = format!("hf_{}", letters(34, WORD));
    for at in [(1 << 20) - 20, (1 << 20) + 1000] {
        let text = format!("{}{key}\n{}", " ".repeat(at), "a b\n".repeat(1 << 10));
        let scan = look(&text, "notes.txt");
        let places: Vec<_> = scan.events.iter().map(|event| (event.at, event.count)).collect();
        assert_eq!(places, [(at as u64, 1)]);
    }
}
