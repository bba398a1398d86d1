//! A log and its proofs, beside the plainest way to compute the same; checkpoints, beside examples of C2SP.

use limpide_signing::log::{
    Checkpoint, CheckpointRefused, Hash, LogKey, LogRefused, LogSigner, MemoryLog, consistency, inclusion,
    root, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::made::{hub_key, key};

/// The definitions of RFC 6962, section 2.1, word for word.
mod naive {
    use super::Hash;

    pub(super) fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of_nothing(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(fork(leaves.len()));
                Hash::of_pair(root(left), root(right))
            }
        }
    }

    pub(super) fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(fork(leaves.len()));
        let (mut path, beside) = match index < left.len() {
            true => (path(index, left), root(right)),
            false => (path(index - left.len(), right), root(left)),
        };
        path.push(beside);
        path
    }

    pub(super) fn proof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole { Vec::new() } else { vec![root(leaves)] };
        }
        let (left, right) = leaves.split_at(fork(leaves.len()));
        let (mut proof, beside) = match old <= left.len() {
            true => (proof(old, left, whole), root(right)),
            false => (proof(old - left.len(), right, false), root(left)),
        };
        proof.push(beside);
        proof
    }

    fn fork(length: usize) -> usize {
        let mut fork = 1;
        while fork * 2 < length {
            fork *= 2;
        }
        fork
    }
}

fn log(size: u64) -> (MemoryLog, Vec<Hash>) {
    let mut log = MemoryLog::default();
    let entries: Vec<String> = (0..size).map(|number| format!("entry {number}")).collect();
    for entry in &entries {
        log.add(entry.as_bytes()).unwrap();
    }
    (log, entries.iter().map(|entry| Hash::of_entry(entry.as_bytes())).collect())
}

#[test]
fn known_hashes_come_out() {
    // RFC 6962's test vectors, which every implementation repeats.
    let mut log = MemoryLog::default();
    assert_eq!(log.root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    log.add(b"").unwrap();
    assert_eq!(log.root().to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    log.add(&[0]).unwrap();
    assert_eq!(log.root().to_string(), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

#[test]
fn every_root_and_proof_of_small_logs_is_the_plain_one_and_holds() {
    let (log, leaves) = log(33);
    for size in 0..=33_u64 {
        let all = &leaves[..size as usize];
        let whole = root(&log, size).unwrap();
        assert_eq!(whole, naive::root(all));
        for index in 0..size {
            let proof = inclusion(&log, index, size).unwrap();
            assert_eq!(proof, naive::path(index as usize, all));
            verify_inclusion(leaves[index as usize], index, size, whole, &proof).unwrap();
        }
        for old in 0..=size {
            let proof = consistency(&log, old, size).unwrap();
            if old > 0 {
                assert_eq!(proof, naive::proof(old as usize, all, true), "{old} {size}");
            }
            let before = naive::root(&leaves[..old as usize]);
            verify_consistency((old, before), (size, whole), &proof).unwrap();
        }
    }
}

#[test]
fn what_lies_outside_is_refused() {
    let (log, leaves) = log(5);
    assert_eq!(inclusion(&log, 5, 5), Err(LogRefused::Outside { asked: 5, size: 5 }));
    assert_eq!(consistency(&log, 6, 5), Err(LogRefused::Outside { asked: 6, size: 5 }));
    assert!(matches!(root(&log, 6), Err(LogRefused::Lacks(_))));
    assert!(verify_inclusion(leaves[0], 5, 5, log.root(), &[]).is_err());
    assert!(verify_inclusion(leaves[0], 0, u64::MAX, log.root(), &[]).is_err());
    let forged = (0, leaves[0]);
    assert_eq!(verify_consistency(forged, (5, log.root()), &[]), Err(LogRefused::Rewritten));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_changed_proof_holds(size in 1_u64..200, at in any::<prop::sample::Index>(), flip in any::<u8>()) {
        let (log, leaves) = log(size);
        let index = at.index(size as usize) as u64;
        let mut proof = inclusion(&log, index, size).unwrap();
        let (entry, whole) = (leaves[index as usize], log.root());
        prop_assert_eq!(verify_inclusion(entry, index, size, whole, &proof), Ok(()));
        if size > 1 {
            let other = (index + 1) % size;
            prop_assert!(verify_inclusion(entry, other, size, whole, &proof).is_err());
            let place = usize::from(flip) % proof.len();
            proof[place].0[usize::from(flip) % 32] ^= 1;
            prop_assert_eq!(verify_inclusion(entry, index, size, whole, &proof), Err(LogRefused::NotIncluded));
            proof.pop();
            let short = verify_inclusion(entry, index, size, whole, &proof);
            let wrong_length = matches!(short, Err(LogRefused::Length { .. }));
            prop_assert!(wrong_length);
        }
    }

    #[test]
    fn no_rewritten_log_is_consistent(size in 2_u64..150, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>()) {
        let (log, leaves) = log(size);
        let old = 1 + old.index(size as usize) as u64;
        let before = naive::root(&leaves[..old as usize]);
        // An entry of the old log is another now.
        let mut rewritten = MemoryLog::default();
        let changed = at.index(old as usize) as u64;
        for number in 0..size {
            let entry = if number == changed { "changed".to_owned() } else { format!("entry {number}") };
            rewritten.add(entry.as_bytes()).unwrap();
        }
        let proof = consistency(&rewritten, old, size).unwrap();
        let shown = verify_consistency((old, before), (size, rewritten.root()), &proof);
        prop_assert_eq!(shown, Err(LogRefused::Rewritten));
        let proof = consistency(&log, old, size).unwrap();
        prop_assert_eq!(verify_consistency((old, before), (size, log.root()), &proof), Ok(()));
    }

    #[test]
    fn any_text_is_a_checkpoint_or_refused(text in "(hub.example/log|[ -~\n]{0,8})\n[0-9]{0,20}\n[A-Za-z0-9+/=]{0,44}\n\n(\u{2014} [ -~]{0,40}\n){0,3}") {
        crate::properties::checkpoint(text.as_bytes());
    }
}

fn signer() -> LogSigner {
    LogSigner::new("hub.example/log", hub_key()).unwrap()
}

#[test]
fn a_checkpoint_is_read_as_it_was_signed() {
    let (log, _) = log(20);
    let note = signer().sign(log.size(), log.root()).unwrap();
    assert!(note.starts_with("hub.example/log\n20\n"), "{note}");
    let read = Checkpoint::verify(&note, signer().public()).unwrap();
    assert_eq!((read.size, read.root), (20, log.root()));
    // Others may sign below, and lines may follow that are not known here.
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    assert!(Checkpoint::verify(&witnessed, signer().public()).is_ok());
}

#[test]
fn a_checkpoint_that_is_not_the_logs_is_told_apart() {
    let (log, _) = log(20);
    let key = signer();
    let note = key.sign(log.size(), log.root()).unwrap();
    let verified = |note: &str| Checkpoint::verify(note, key.public());
    assert!(matches!(verified(&note.replacen("20", "21", 1)), Err(CheckpointRefused::Signature(_))));
    assert!(matches!(
        verified(&note.replace("\u{2014} hub", "\u{2014} hob")),
        Err(CheckpointRefused::Unsigned(_))
    ));
    assert!(matches!(verified(&note.replacen("hub", "hob", 1)), Err(CheckpointRefused::OtherLog { .. })));
    for wrong in [
        "",
        "\n\n",
        "a\n1\n",
        &note.replacen("20", "020", 1),
        &note.replacen("20", "+20", 1),
        &note.replace('\n', "\r\n"),
    ] {
        assert!(matches!(verified(wrong), Err(CheckpointRefused::Unreadable(_))), "{wrong:?}");
    }
}

#[test]
fn the_key_of_a_log_is_one_line() {
    // The example in the documentation of Go's package `note`.
    let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(text.parse::<LogKey>().unwrap().to_string(), text);
    let own = signer().public().to_string();
    assert_eq!(&own.parse::<LogKey>().unwrap(), signer().public());
    assert!(own.replacen("hub", "hob", 1).parse::<LogKey>().is_err());
    for wrong in ["", "a", "a+b", "a+00000000+", "a b+00000000+AQ=="] {
        assert!(wrong.parse::<LogKey>().is_err());
    }
    assert!(matches!(LogSigner::new("hub.example/log", key()), Err(CheckpointRefused::Key(_))));
    assert!(matches!(LogSigner::new("hub example", hub_key()), Err(CheckpointRefused::Key(_))));
}
