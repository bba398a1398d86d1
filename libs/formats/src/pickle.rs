//! Reads pickles, Python's own format for objects, one opcode after the other and without doing what they say.
//!
//! A pickle is a program for a small machine with a stack. What counts is what Python's C code takes for a program
//! (`Modules/_pickle.c`), which is not always what its disassembler shows: numbers in text may have signs and leading
//! zeros, texts have escapes, and any opcode may come in any protocol.
//!
//! ```
//! # use limpide_formats::pickle::{Decoder, Op};
//! let pickle = b"\x80\x04K\x07.".to_vec();
//! let mut decoder = Decoder::new(&pickle, 0);
//! assert_eq!(decoder.next_op(), Ok(Op::Proto(4)));
//! assert_eq!(decoder.next_op(), Ok(Op::Int(7)));
//! assert_eq!(decoder.next_op(), Ok(Op::Stop));
//! ```
//!
//! Nothing is kept of long values: they are passed over, and told by where they lie.

mod decoder;
mod number;
mod sniff;
#[cfg(test)]
mod tests;
mod text;

pub use decoder::Decoder;
pub use sniff::{Looks, looks_like_pickle};
pub use text::decode as decode_text;

/// One step of a pickle. The names are those of Python's documentation, put together where they do the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// `PROTO`: the protocol.
    Proto(u8),
    /// `FRAME`: so many bytes belong together.
    Frame(u64),
    /// `STOP`: the end.
    Stop,
    /// `MARK`.
    Mark,
    /// `POP`.
    Pop,
    /// `POP_MARK`.
    PopMark,
    /// `DUP`.
    Dup,
    /// `NONE`.
    None,
    /// `NEWTRUE`, `NEWFALSE`, and `INT` of `00` or `01`.
    Bool(bool),
    /// `INT`, `BININT`, `BININT1`, `BININT2`, `LONG`, `LONG1`, `LONG4`, when it fits.
    Int(i64),
    /// The same, when it does not.
    BigInt,
    /// `FLOAT`, `BINFLOAT`.
    Float,
    /// `STRING`, `BINSTRING`, `SHORT_BINSTRING`, `UNICODE`, `BINUNICODE`, `SHORT_BINUNICODE`, `BINUNICODE8`.
    Text(Text),
    /// `BINBYTES`, `SHORT_BINBYTES`, `BINBYTES8`.
    Bytes(Span),
    /// `BYTEARRAY8`.
    ByteArray(Span),
    /// `NEXT_BUFFER`: something that is not in the pickle.
    NextBuffer,
    /// `READONLY_BUFFER`.
    ReadOnlyBuffer,
    /// `EMPTY_TUPLE`, `TUPLE1`, `TUPLE2`, `TUPLE3`: of so many values.
    TupleOf(u8),
    /// `TUPLE`.
    Tuple,
    /// `EMPTY_LIST`.
    EmptyList,
    /// `LIST`.
    List,
    /// `APPEND`.
    Append,
    /// `APPENDS`.
    Appends,
    /// `EMPTY_DICT`.
    EmptyDict,
    /// `DICT`.
    Dict,
    /// `SETITEM`.
    SetItem,
    /// `SETITEMS`.
    SetItems,
    /// `EMPTY_SET`.
    EmptySet,
    /// `ADDITEMS`.
    AddItems,
    /// `FROZENSET`.
    FrozenSet,
    /// `GLOBAL`: a module and a name in it.
    Global(Text, Text),
    /// `STACK_GLOBAL`.
    StackGlobal,
    /// `INST`: a module and a name in it.
    Inst(Text, Text),
    /// `OBJ`.
    Obj,
    /// `NEWOBJ`.
    NewObj,
    /// `NEWOBJ_EX`.
    NewObjEx,
    /// `REDUCE`.
    Reduce,
    /// `BUILD`.
    Build,
    /// `PERSID`.
    PersId(Text),
    /// `BINPERSID`.
    BinPersId,
    /// `EXT1`, `EXT2`, `EXT4`.
    Ext(u32),
    /// `GET`, `BINGET`, `LONG_BINGET`.
    Get(u64),
    /// `PUT`, `BINPUT`, `LONG_BINPUT`.
    Put(u64),
    /// `MEMOIZE`.
    Memoize,
}

/// Where bytes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where they begin.
    pub at: u64,
    /// How many they are.
    pub length: u64,
}

/// Where a text lies, and how it is written. [`Decoder::text`] reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Where it begins, without quotes.
    pub at: u64,
    /// How many bytes it has there; of a text that is longer than can be said, the most.
    pub length: u32,
    /// How it is written.
    pub coding: Coding,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As UTF-8.
    Plain,
    /// With the escapes of bytes in Python: `\n`, `\x6f`, `\157`.
    Escaped,
    /// As Latin-1, with `\u` and `\U`.
    RawUnicode,
}

/// Why a pickle cannot be read further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It ends before `STOP`.
    #[error("the pickle ends in the middle, at byte {at}")]
    Truncated {
        /// Where what is cut off begins.
        at: u64,
    },
    /// A byte is no opcode.
    #[error("byte {at} is {code:#04x}, which is no opcode")]
    Opcode {
        /// Where.
        at: u64,
        /// Which.
        code: u8,
    },
    /// An opcode or its argument cannot be.
    #[error("{what} at byte {at}")]
    Malformed {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// The bytes could not be read.
    #[error("byte {at} could not be read: {kind}")]
    Unreadable {
        /// Where.
        at: u64,
        /// Why.
        kind: std::io::ErrorKind,
    },
}
