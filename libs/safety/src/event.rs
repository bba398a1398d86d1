//! What was seen in a file: facts, without a judgement.

use serde::{Deserialize, Serialize};

/// Something that was seen, once or often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it was.
    #[serde(flatten)]
    pub what: What,
    /// Inside which member of the file, outermost first, with `!` between; none for the file itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Where it was seen first: bytes from the beginning of the member, or of the file.
    pub at: u64,
    /// How often it was seen in that member.
    pub count: u64,
}

/// What can be seen. Texts come from the file, and are cut to [`crate::Recorder::LONGEST_TEXT`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// A pickle names something to be imported.
    Import {
        /// The module, under the name that today's Python gives it.
        module: String,
        /// The name in it; with dots where an attribute of an attribute is meant.
        name: String,
    },
    /// A pickle calls something.
    Call {
        /// By which opcode.
        how: CallKind,
        /// `module.name` of what is called; `?` where that comes out only at run time, `module.name()` for what a call
        /// gave. For `build`, the class or function that made the object.
        callee: String,
        /// The kinds of the arguments, in order, with the `module.name` of those that can be called, the `'name'` of an
        /// attribute that is asked for, and `*` where they come out only at run time. The first ones only.
        arguments: Vec<String>,
    },
    /// A pickle changes something that it did not make: attributes of a class, a function or a module.
    Patch {
        /// `module.name` of what is changed.
        target: String,
        /// The names of the attributes, where they are written out.
        attributes: Vec<String>,
    },
    /// A pickle appends, adds or sets items of something that is no plain container of its own.
    Method {
        /// `append`, `extend`, `add` or `__setitem__`.
        method: String,
        /// What it is done to, as for `callee` of a call.
        target: String,
    },
    /// A pickle imports something whose name comes out only at run time.
    DynamicName,
    /// A pickle asks for an entry of the extension registry, whatever that holds.
    Extension {
        /// Its number.
        code: u32,
    },
    /// A pickle refers to something outside it.
    PersistentId {
        /// To what: `torch-storage`, `torch-module`, or the kind of the value that says it, such as `text`.
        to: String,
    },
    /// A tensor lies outside its storage, or goes through it backwards.
    TensorOutOfBounds,
    /// Something is not as the format says, or as one reader sees it and another does not.
    Structure {
        /// What, in few words that do not change, such as `zip-names-differ`.
        kind: String,
    },
    /// A member of an archive would be unpacked outside the folder, or is a link or a device.
    Member {
        /// What about it: `climbs`, `absolute`, `symbolic-link`, `hard-link`, `device`.
        kind: String,
        /// Its path or target.
        path: String,
    },
    /// A template does more than put texts together.
    Template {
        /// What, in few words that do not change, such as `attribute` or `filter`.
        kind: String,
        /// The name or text concerned.
        text: String,
    },
    /// A configuration names a class or function that is made or called when it is loaded.
    Target {
        /// How it is named, such as `keras`, `hydra`, `yaml` or `skops`.
        by: String,
        /// What is named.
        name: String,
    },
    /// A configuration or graph refers to a file or an address.
    Reference {
        /// How, such as `onnx-external-data`.
        by: String,
        /// To what.
        path: String,
    },
    /// A graph holds an operation that reads or writes files, runs code, or that nobody knows.
    Operation {
        /// Of which set, such as `tensorflow` or a domain of ONNX.
        domain: String,
        /// Its name.
        name: String,
    },
    /// Loading runs code of the repository, or of another.
    Capability {
        /// Which, such as `auto-map`, `custom-generate`, `dataset-script`.
        kind: String,
        /// Where the code is.
        path: String,
    },
    /// A text looks like something that lets one in elsewhere. The text itself is not kept.
    Secret {
        /// The rule that found it.
        rule: String,
    },
    /// The file, or a member, is a program.
    Executable {
        /// Of which kind, such as `elf`.
        kind: String,
    },
    /// A virus scanner knows it.
    Virus {
        /// The scanner's name for it.
        name: String,
    },
}

/// By what a pickle calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallKind {
    /// `REDUCE`: calls a function with arguments.
    Reduce,
    /// `INST`, `OBJ`: makes an object of a class, or calls a function.
    Inst,
    /// `NEWOBJ`, `NEWOBJ_EX`: calls `__new__` of a class.
    New,
    /// `BUILD`: calls `__setstate__`, or sets attributes of an object.
    Build,
}
