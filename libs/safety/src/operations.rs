//! Operations of graphs that calculate and do nothing else, as data.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

type Sets = HashMap<&'static str, HashSet<&'static str>>;

/// Whether an operation of a set, such as `ai.onnx` or `tensorflow`, is known to do nothing but calculate.
pub(crate) fn calculates(set: &str, name: &str) -> bool {
    static SETS: OnceLock<Sets> = OnceLock::new();
    SETS.get_or_init(|| read(include_str!("../data/operations.txt")))
        .get(set)
        .is_some_and(|names| names.contains(name))
}

/// Sets begin with their name in brackets; behind `#` stand remarks.
fn read(text: &'static str) -> Sets {
    let (mut sets, mut set) = (Sets::new(), "");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => set = name,
            None => sets.entry(set).or_default().extend(line.split_whitespace()),
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_calculates_is_told_from_what_does_more() {
        assert!(calculates("ai.onnx", "MatMul") && calculates("com.microsoft", "MatMulNBits"));
        assert!(calculates("tensorflow", "StatefulPartitionedCall"));
        for name in ["ReadFile", "WriteFile", "PyFunc", "EagerPyFunc", "LoadLibrary", "PrintV2", "", "matmul"]
        {
            assert!(!calculates("tensorflow", name) && !calculates("ai.onnx", name), "{name}");
        }
        assert!(!calculates("com.microsoft", "PythonOp") && !calculates("nobody", "Add"));
    }
}
