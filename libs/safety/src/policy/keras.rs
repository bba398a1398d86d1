//! The rules about what configurations of Keras name: modules and classes that only calculate.

use std::collections::HashSet;

use serde::Deserialize;

/// The rules as they are written, which is how they are asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keras {
    /// Modules of Keras that hold classes.
    modules: HashSet<String>,
    /// Their classes and functions; those of `builtins` that stand for functions of Keras as well.
    classes: HashSet<String>,
}

impl Keras {
    /// Whether this is a class or function of Keras that only calculates.
    pub(super) fn allows(&self, name: &str) -> bool {
        match name.rsplit_once('.') {
            None => self.classes.contains(name),
            Some((module, class)) => self.classes.contains(class) && self.is_module(module),
        }
    }

    fn is_module(&self, module: &str) -> bool {
        let own =
            ["tensorflow.python.", "tensorflow.", "tf_"].iter().find_map(|begin| module.strip_prefix(begin));
        let module = own.unwrap_or(module);
        self.modules.contains(module)
            || module.starts_with("keras.src.layers.")
            || module.starts_with("keras.layers.")
    }
}
