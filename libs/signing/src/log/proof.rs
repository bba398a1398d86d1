//! Proofs that an entry is in a log, and that a log has only grown (RFC 6962, section 2.1; verified as in RFC 9162).

use super::{Hash, LogRefused, MOST_ENTRIES, Nodes, range};

/// The proof that the entry at `index` is among the first `size`.
///
/// # Errors
/// When it is not, or when a subtree is not kept.
pub fn inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>, LogRefused> {
    if index >= size || size > MOST_ENTRIES {
        return Err(LogRefused::Outside { asked: index, size });
    }
    let (mut from, mut to, mut proof) = (0, size, Vec::new());
    // Down to the entry; what lies on the other side of each fork is the proof, from the fork next to the entry on.
    while to - from > 1 {
        let middle = from + fork(to - from);
        if index < middle {
            proof.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the first `old` entries of the first `new` are what they were when there were no more.
///
/// # Errors
/// When there are fewer, or when a subtree is not kept.
pub fn consistency(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, LogRefused> {
    if old > new || new > MOST_ENTRIES {
        return Err(LogRefused::Outside { asked: old, size: new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut from, mut to, mut proof) = (0, new, Vec::new());
    while old < to {
        let middle = from + fork(to - from);
        if old <= middle {
            proof.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    // Where the old log is a subtree at the left edge, whoever verifies knows its hash: it is the old root.
    if from > 0 {
        proof.push(range(nodes, from, to)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Verifies that an entry is in a log of this size and root, at this place.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_inclusion(
    entry: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), LogRefused> {
    if index >= size || size > MOST_ENTRIES {
        return Err(LogRefused::Outside { asked: index, size });
    }
    // Below, a subtree may lie on either side; at the right edge of the tree, only on the left.
    let inner = (index ^ (size - 1)).checked_ilog2().map_or(0, |bits| bits + 1);
    let border = (index >> inner).count_ones();
    expect_length(proof, (inner + border) as usize)?;
    let mut hash = entry;
    for (level, beside) in proof.iter().enumerate() {
        let on_the_left = level >= inner as usize || index >> level & 1 == 1;
        hash = if on_the_left { Hash::of_pair(*beside, hash) } else { Hash::of_pair(hash, *beside) };
    }
    if hash == root { Ok(()) } else { Err(LogRefused::NotIncluded) }
}

/// Verifies that a log of one size and root begins with all of an older one.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_consistency(
    (old, old_root): (u64, Hash),
    (new, new_root): (u64, Hash),
    proof: &[Hash],
) -> Result<(), LogRefused> {
    if old > new || new > MOST_ENTRIES {
        return Err(LogRefused::Outside { asked: old, size: new });
    }
    if old == 0 || old == new {
        expect_length(proof, 0)?;
        let same = if old == 0 { old_root == Hash::of_nothing() } else { old_root == new_root };
        return if same { Ok(()) } else { Err(LogRefused::Rewritten) };
    }
    // The old log ends with a complete subtree of this height, which the proof is about.
    let shift = old.trailing_zeros();
    let (index, last) = ((old - 1) >> shift, (new - 1) >> shift);
    let inner = (index ^ last).checked_ilog2().map_or(0, |bits| bits + 1);
    let border = (index >> inner).count_ones();
    let begins_with_all = old.is_power_of_two();
    expect_length(proof, (inner + border) as usize + usize::from(!begins_with_all))?;
    let (start, beside) = match proof.split_first() {
        Some((first, rest)) if !begins_with_all => (*first, rest),
        _ => (old_root, proof),
    };
    let (mut before, mut after) = (start, start);
    for (level, hash) in beside.iter().enumerate() {
        if level >= inner as usize || index >> level & 1 == 1 {
            before = Hash::of_pair(*hash, before);
            after = Hash::of_pair(*hash, after);
        } else {
            after = Hash::of_pair(after, *hash);
        }
    }
    if before == old_root && after == new_root { Ok(()) } else { Err(LogRefused::Rewritten) }
}

/// How many of several entries lie left of the fork: the largest power of two below their number.
fn fork(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

fn expect_length(proof: &[Hash], expected: usize) -> Result<(), LogRefused> {
    match proof.len() {
        found if found == expected => Ok(()),
        found => Err(LogRefused::Length { found, expected }),
    }
}
