//! What was imported, each under a number, and what is known of it beforehand.

use std::collections::HashMap;

/// Something that has a name: what was imported, or what a call of it gave.
pub(super) struct Known {
    /// `module.name`, `module.name()`, or `?`.
    pub(super) text: String,
    /// Its module and its name in it, if it was imported.
    pub(super) parts: Option<(String, String)>,
    /// What is special about calling it.
    pub(super) special: Special,
    /// Where it was imported first, and how often.
    pub(super) imported: (u64, u64),
    /// What a call of it gives.
    made: Option<u32>,
    /// What was called for it.
    maker: u32,
    depth: u8,
}

/// What the machine knows of some functions and classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    No,
    /// `numpy.dtype`.
    Dtype,
    /// numpy's `scalar`: of objects, it loads a pickle.
    Scalar,
    /// `torch.Size`.
    Size,
    /// torch's `_rebuild_tensor_v2` and its like.
    Tensor,
    /// torch's `_rebuild_parameter` and its like.
    Parameter,
    /// numpy's `_reconstruct`, which a state completes.
    Array,
    /// numpy's `_frombuffer`.
    Buffer,
    /// `_codecs.encode`, which is how bytes are written below protocol 3.
    Encode,
    /// Loads a pickle from its first argument.
    Loader,
    /// Takes the name of an attribute or module.
    Attribute,
    /// joblib's `NumpyArrayWrapper`, which bytes of an array follow.
    ArrayWrapper,
}

/// All of them. More than a million are not told apart.
pub(super) struct Names {
    known: Vec<Known>,
    by_text: HashMap<String, u32>,
    /// By where the texts of module and name lie.
    by_place: HashMap<(u64, u64, bool), u32>,
}

/// The name of what comes out only at run time.
pub(super) const DYNAMIC: u32 = 0;

const MOST_NAMES: usize = 200_000;
const MOST_PLACES: usize = 50_000;

impl Names {
    pub(super) fn new() -> Self {
        let mut names = Self { known: Vec::new(), by_text: HashMap::new(), by_place: HashMap::new() };
        names.add("?".to_owned(), None, Special::No, 0);
        names
    }

    #[inline]
    pub(super) fn get(&self, name: u32) -> &Known {
        &self.known[name as usize]
    }

    pub(super) fn all(&self) -> &[Known] {
        &self.known
    }

    /// Counts an import.
    pub(super) fn count(&mut self, name: u32, at: u64) {
        let imported = &mut self.known[name as usize].imported;
        if imported.1 == 0 {
            imported.0 = at;
        }
        imported.1 += 1;
    }

    /// Whether there are so many that new ones are not told apart.
    pub(super) fn is_full(&self) -> bool {
        self.known.len() >= MOST_NAMES
    }

    /// The number for the texts at two places, if they were read before.
    pub(super) fn at(&self, place: (u64, u64, bool)) -> Option<u32> {
        self.by_place.get(&place).copied()
    }

    /// Remembers the number for the texts at two places.
    pub(super) fn remember(&mut self, place: (u64, u64, bool), name: u32) {
        if self.by_place.len() >= MOST_PLACES {
            self.by_place.clear();
        }
        self.by_place.insert(place, name);
    }

    /// The number of a name in a module.
    pub(super) fn global(&mut self, module: &str, name: &str) -> u32 {
        let text = format!("{module}.{name}");
        // Two ways to part the same text are two things.
        let key = format!("{module}\0{name}");
        match self.by_text.get(&key) {
            Some(known) => *known,
            None if self.is_full() => DYNAMIC,
            None => {
                let parts = Some((module.to_owned(), name.to_owned()));
                let known = self.add(text, parts, special(module, name), 0);
                self.by_text.insert(key, known);
                known
            }
        }
    }

    /// The number of a text that stands in quotes.
    pub(super) fn quoted(&mut self, text: &str) -> u32 {
        let text = format!("'{text}'");
        match self.by_text.get(&text) {
            Some(known) => *known,
            None if self.is_full() => DYNAMIC,
            None => {
                let known = self.add(text.clone(), None, Special::No, 0);
                self.by_text.insert(text, known);
                known
            }
        }
    }

    /// The number of what a call of something gives.
    #[inline]
    pub(super) fn made(&mut self, name: u32) -> u32 {
        let known = &self.known[name as usize];
        match known.made {
            Some(made) => made,
            // What a call of a call of a call gave is anything.
            None if name == DYNAMIC || known.depth >= 3 => DYNAMIC,
            None => {
                let made = self.add(format!("{}()", known.text), None, Special::No, known.depth + 1);
                self.known[name as usize].made = Some(made);
                self.known[made as usize].maker = name;
                made
            }
        }
    }

    /// What was called for something.
    pub(super) fn maker(&self, made: u32) -> u32 {
        self.known[made as usize].maker
    }

    fn add(&mut self, text: String, parts: Option<(String, String)>, special: Special, depth: u8) -> u32 {
        let name = self.known.len() as u32;
        self.known.push(Known { text, parts, special, imported: (0, 0), made: None, maker: name, depth });
        name
    }
}

fn special(module: &str, name: &str) -> Special {
    match (module, name) {
        ("numpy", "dtype") => Special::Dtype,
        ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Special::Scalar,
        ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Special::Array,
        ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Special::Buffer,
        ("torch", "Size") => Special::Size,
        (
            "torch._utils",
            "_rebuild_tensor" | "_rebuild_tensor_v2" | "_rebuild_tensor_v3" | "_rebuild_qtensor",
        ) => Special::Tensor,
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => Special::Parameter,
        ("_codecs" | "codecs", "encode") => Special::Encode,
        ("joblib.numpy_pickle" | "sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper") => {
            Special::ArrayWrapper
        }
        ("builtins", "getattr" | "__import__")
        | ("operator" | "_operator", "attrgetter" | "methodcaller")
        | ("importlib", "import_module" | "__import__") => Special::Attribute,
        ("torch.storage", "_load_from_bytes") => Special::Loader,
        // What is named otherwise reads other formats: `json.loads`, `marshal.loads`.
        _ if (name == "loads" || name.ends_with(".loads")) && loads_pickles(module, name) => Special::Loader,
        _ => Special::No,
    }
}

fn loads_pickles(module: &str, name: &str) -> bool {
    let is_pickle = |part: &str| {
        part.to_ascii_lowercase().contains("pickle") || matches!(part, "dill" | "Grammar" | "_dill")
    };
    module.split('.').chain(name.split('.')).any(is_pickle)
}
