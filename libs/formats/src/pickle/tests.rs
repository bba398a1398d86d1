//! Opcodes, one by one.
