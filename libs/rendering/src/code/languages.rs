//! The languages that can be coloured, as data: how their comments and strings look, and which words stand out.

/// A language, chosen by the name of a file or by what a block of code says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    at: usize,
}

/// How a language is read.
#[derive(Debug)]
pub(super) enum Manner {
    /// As comments, strings, numbers and words.
    Code(Grammar),
    /// As tags and text, perhaps with the marks of templates.
    Markup { templates: bool },
    /// As Markdown.
    Markdown,
    /// As lines that came and went.
    Difference,
    /// Not at all.
    Plain,
}

/// What stands out in a programming language.
#[derive(Debug)]
pub(super) struct Grammar {
    /// What begins a comment to the end of the line. `#` does only where a word could begin.
    pub(super) comments: &'static [&'static str],
    /// What begins and ends a longer comment.
    pub(super) blocks: &'static [(&'static str, &'static str)],
    /// Strings, longer beginnings first.
    pub(super) quotes: &'static [Quote],
    /// Words of the language.
    pub(super) keywords: &'static [&'static str],
    /// Names of types.
    pub(super) types: &'static [&'static str],
    /// Names of values.
    pub(super) constants: &'static [&'static str],
    /// What words may hold beside letters, digits and `_`.
    pub(super) letters: &'static str,
    /// What words may begin with beside those.
    pub(super) sigils: &'static str,
    /// What follows a key.
    pub(super) keys: &'static str,
    /// Whether a name before a bracket is a function, and one with a capital a type.
    pub(super) calls: bool,
    /// Whether words may be written in capitals.
    pub(super) any_case: bool,
}

/// How a string begins and ends.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) begin: &'static str,
    pub(super) end: &'static str,
    /// Whether a back slash takes the meaning from what follows.
    pub(super) escapes: bool,
    /// Whether it may go on in the next line.
    pub(super) many_lines: bool,
    /// Whether it holds one character only, and is no string otherwise.
    pub(super) one_character: bool,
}

const fn quote(begin: &'static str, end: &'static str, escapes: bool, many_lines: bool) -> Quote {
    Quote { begin, end, escapes, many_lines, one_character: false }
}

const DOUBLE: Quote = quote("\"", "\"", true, false);
const SINGLE: Quote = quote("'", "'", true, false);
const BACK: Quote = quote("`", "`", true, true);
const CHARACTER: Quote =
    Quote { begin: "'", end: "'", escapes: true, many_lines: false, one_character: true };

const NONE: Grammar = Grammar {
    comments: &[],
    blocks: &[],
    quotes: &[DOUBLE, SINGLE],
    keywords: &[],
    types: &[],
    constants: &[],
    letters: "",
    sigils: "",
    keys: "",
    calls: false,
    any_case: false,
};
const SLASHES: Grammar = Grammar { comments: &["//"], blocks: &[("/*", "*/")], calls: true, ..NONE };

/// A language's name, the endings and names of its files and other words for it, and how it is read.
type Entry = (&'static str, &'static str, Manner);

static LANGUAGES: &[Entry] = &[
    ("plain", "text txt plaintext", Manner::Plain),
    ("python", "py pyi pyw python3 ipython bzl pycon", Manner::Code(PYTHON)),
    ("json", "ipynb jsonl ndjson json5 jsonc geojson webmanifest", Manner::Code(JSON)),
    ("yaml", "yml cff", Manner::Code(YAML)),
    ("toml", "cargo.lock uv.lock poetry.lock", Manner::Code(INI)),
    ("ini", "cfg conf properties editorconfig gitconfig .gitattributes .gitignore .env", Manner::Code(INI)),
    ("markdown", "md mdx qmd rmd", Manner::Markdown),
    ("shell", "sh bash zsh ksh console shellscript makefile mk", Manner::Code(SHELL)),
    ("dockerfile", "docker containerfile", Manner::Code(DOCKERFILE)),
    ("rust", "rs", Manner::Code(RUST)),
    ("c", "h", Manner::Code(C)),
    ("c++", "cpp cc cxx hpp hh hxx cu cuh metal glsl", Manner::Code(C)),
    ("java", "kt kts scala gradle groovy kotlin", Manner::Code(JAVA)),
    ("javascript", "js mjs cjs jsx", Manner::Code(SCRIPT)),
    ("typescript", "ts tsx mts cts", Manner::Code(SCRIPT)),
    ("go", "golang", Manner::Code(GO)),
    ("html", "htm xhtml vue svelte", Manner::Markup { templates: false }),
    ("xml", "svg xsl xsd rss plist", Manner::Markup { templates: false }),
    ("jinja", "j2 jinja2 tmpl", Manner::Markup { templates: true }),
    ("css", "scss sass less", Manner::Code(CSS)),
    ("sql", "psql mysql sqlite", Manner::Code(SQL)),
    ("r", "rscript", Manner::Code(R)),
    ("julia", "jl", Manner::Code(JULIA)),
    ("lua", "", Manner::Code(LUA)),
    ("diff", "patch", Manner::Difference),
];

impl Language {
    /// No language: nothing stands out.
    pub const PLAIN: Self = Self { at: 0 };

    /// The language of a file of this name, with folders or without.
    pub fn of_file(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let ending = name.rsplit('.').next().unwrap_or_default();
        let beginning = name.split('.').next().unwrap_or_default();
        let whole = find(&name);
        if whole != Self::PLAIN {
            return whole;
        }
        match beginning {
            "dockerfile" | "containerfile" | "makefile" => find(beginning),
            _ if name.contains('.') => find(ending),
            _ => Self::PLAIN,
        }
    }

    /// The language that a block of code names: the first word after its fence.
    pub fn of_fence(info: &str) -> Self {
        let end = |character: char| character.is_whitespace() || matches!(character, ',' | '{' | '}' | ':');
        let word = info.trim_start_matches(['{', '.', ' ']).split(end).next().unwrap_or_default();
        find(&word.to_ascii_lowercase())
    }

    /// The name of the language, in small letters.
    pub fn name(self) -> &'static str {
        LANGUAGES.get(self.at).map_or("plain", |(name, ..)| name)
    }

    pub(super) fn manner(self) -> &'static Manner {
        LANGUAGES.get(self.at).map_or(&Manner::Plain, |(_, _, manner)| manner)
    }
}

fn find(word: &str) -> Language {
    let known = |(name, others, _): &Entry| *name == word || others.split(' ').any(|other| other == word);
    let at = if word.is_empty() { None } else { LANGUAGES.iter().position(known) };
    Language { at: at.unwrap_or(0) }
}

const PYTHON: Grammar = Grammar {
    comments: &["#"],
    quotes: &[quote("\"\"\"", "\"\"\"", true, true), quote("'''", "'''", true, true), DOUBLE, SINGLE],
    keywords: &[
        "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def", "del", "elif",
        "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ],
    types: &["bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple"],
    constants: &["Ellipsis", "False", "None", "NotImplemented", "True", "cls", "self"],
    sigils: "@",
    calls: true,
    ..NONE
};

const JSON: Grammar = Grammar {
    comments: &["//"],
    blocks: &[("/*", "*/")],
    constants: &["false", "null", "true"],
    keys: ":",
    ..NONE
};

const YAML: Grammar = Grammar {
    comments: &["#"],
    constants: &["false", "no", "null", "off", "on", "true", "yes"],
    letters: "-./",
    keys: ":",
    any_case: true,
    ..NONE
};

const INI: Grammar = Grammar {
    comments: &["#", ";"],
    quotes: &[quote("\"\"\"", "\"\"\"", true, true), quote("'''", "'''", false, true), DOUBLE, SINGLE],
    constants: &["false", "no", "off", "on", "true", "yes"],
    letters: "-.",
    keys: "=",
    any_case: true,
    ..NONE
};

const SHELL: Grammar = Grammar {
    comments: &["#"],
    quotes: &[quote("\"", "\"", true, true), quote("'", "'", false, true), quote("`", "`", true, false)],
    keywords: &[
        "case", "do", "done", "elif", "else", "esac", "export", "fi", "for", "function", "if", "in", "local",
        "readonly", "return", "select", "set", "source", "then", "unset", "until", "while",
    ],
    constants: &["false", "true"],
    letters: "-",
    sigils: "$",
    ..NONE
};

const DOCKERFILE: Grammar = Grammar {
    comments: &["#"],
    keywords: &[
        "ADD",
        "ARG",
        "AS",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ],
    letters: "-",
    sigils: "$",
    ..NONE
};

const RUST: Grammar = Grammar {
    quotes: &[quote("#\"", "\"#", false, true), quote("\"", "\"", true, true), CHARACTER],
    keywords: &[
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "fn",
        "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
        "static", "struct", "super", "trait", "type", "unsafe", "use", "where", "while",
    ],
    types: &[
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
        "u32", "u64", "u8", "usize",
    ],
    constants: &["Err", "None", "Ok", "Some", "false", "self", "true"],
    ..SLASHES
};

const C: Grammar = Grammar {
    quotes: &[DOUBLE, CHARACTER],
    keywords: &[
        "__device__",
        "__global__",
        "__host__",
        "__shared__",
        "asm",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "constexpr",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "explicit",
        "extern",
        "final",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "operator",
        "override",
        "private",
        "protected",
        "public",
        "register",
        "return",
        "sizeof",
        "static",
        "struct",
        "switch",
        "template",
        "this",
        "throw",
        "try",
        "typedef",
        "typename",
        "union",
        "using",
        "virtual",
        "volatile",
        "while",
    ],
    types: &[
        "auto", "bool", "char", "double", "float", "int", "int16_t", "int32_t", "int64_t", "int8_t", "long",
        "short", "signed", "size_t", "string", "uint16_t", "uint32_t", "uint64_t", "uint8_t", "unsigned",
        "vector", "void",
    ],
    constants: &["NULL", "false", "nullptr", "true"],
    sigils: "#",
    ..SLASHES
};

const JAVA: Grammar = Grammar {
    quotes: &[quote("\"\"\"", "\"\"\"", true, true), DOUBLE, SINGLE],
    keywords: &[
        "abstract",
        "assert",
        "break",
        "case",
        "catch",
        "class",
        "continue",
        "data",
        "def",
        "default",
        "do",
        "else",
        "enum",
        "extends",
        "final",
        "finally",
        "for",
        "fun",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "is",
        "native",
        "new",
        "object",
        "override",
        "package",
        "private",
        "protected",
        "public",
        "record",
        "return",
        "sealed",
        "static",
        "super",
        "switch",
        "synchronized",
        "throw",
        "throws",
        "trait",
        "transient",
        "try",
        "val",
        "var",
        "volatile",
        "when",
        "while",
        "with",
        "yield",
    ],
    types: &["boolean", "byte", "char", "double", "float", "int", "long", "short", "void"],
    constants: &["false", "null", "this", "true"],
    sigils: "@",
    ..SLASHES
};

const SCRIPT: Grammar = Grammar {
    quotes: &[DOUBLE, SINGLE, BACK],
    keywords: &[
        "abstract",
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "keyof",
        "let",
        "namespace",
        "new",
        "of",
        "private",
        "protected",
        "public",
        "readonly",
        "return",
        "satisfies",
        "set",
        "static",
        "super",
        "switch",
        "throw",
        "try",
        "type",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ],
    types: &["any", "bigint", "boolean", "never", "number", "object", "string", "symbol", "unknown"],
    constants: &["Infinity", "NaN", "false", "null", "this", "true", "undefined"],
    letters: "$",
    sigils: "@",
    ..SLASHES
};

const GO: Grammar = Grammar {
    quotes: &[DOUBLE, SINGLE, quote("`", "`", false, true)],
    keywords: &[
        "break",
        "case",
        "chan",
        "const",
        "continue",
        "default",
        "defer",
        "else",
        "fallthrough",
        "for",
        "func",
        "go",
        "goto",
        "if",
        "import",
        "interface",
        "map",
        "package",
        "range",
        "return",
        "select",
        "struct",
        "switch",
        "type",
        "var",
    ],
    types: &[
        "any", "bool", "byte", "error", "float32", "float64", "int", "int32", "int64", "rune", "string",
        "uint", "uint32", "uint64", "uint8",
    ],
    constants: &["false", "iota", "nil", "true"],
    ..SLASHES
};

const CSS: Grammar = Grammar {
    blocks: &[("/*", "*/")],
    constants: &["auto", "block", "flex", "grid", "inherit", "initial", "none", "unset"],
    letters: "-",
    sigils: "@",
    keys: ":",
    ..NONE
};

const SQL: Grammar = Grammar {
    comments: &["--"],
    blocks: &[("/*", "*/")],
    quotes: &[quote("'", "'", false, true), quote("\"", "\"", false, false), quote("`", "`", false, false)],
    keywords: &[
        "add",
        "all",
        "alter",
        "and",
        "as",
        "asc",
        "begin",
        "between",
        "by",
        "case",
        "cast",
        "check",
        "column",
        "commit",
        "constraint",
        "create",
        "cross",
        "database",
        "default",
        "delete",
        "desc",
        "distinct",
        "drop",
        "else",
        "end",
        "except",
        "exists",
        "foreign",
        "from",
        "full",
        "group",
        "having",
        "if",
        "in",
        "index",
        "inner",
        "insert",
        "intersect",
        "into",
        "is",
        "join",
        "key",
        "left",
        "like",
        "limit",
        "not",
        "offset",
        "on",
        "or",
        "order",
        "outer",
        "over",
        "partition",
        "primary",
        "references",
        "returning",
        "right",
        "rollback",
        "select",
        "set",
        "table",
        "then",
        "union",
        "unique",
        "update",
        "using",
        "values",
        "view",
        "when",
        "where",
        "with",
    ],
    types: &[
        "bigint",
        "blob",
        "boolean",
        "bytea",
        "char",
        "date",
        "decimal",
        "double",
        "float",
        "int",
        "integer",
        "json",
        "jsonb",
        "numeric",
        "real",
        "smallint",
        "text",
        "time",
        "timestamp",
        "uuid",
        "varchar",
    ],
    constants: &["false", "null", "true"],
    any_case: true,
    ..NONE
};

const R: Grammar = Grammar {
    comments: &["#"],
    keywords: &[
        "break", "else", "for", "function", "if", "in", "library", "next", "repeat", "require", "return",
        "while",
    ],
    constants: &["FALSE", "Inf", "NA", "NULL", "NaN", "TRUE"],
    letters: ".",
    calls: true,
    ..NONE
};

const JULIA: Grammar = Grammar {
    comments: &["#"],
    blocks: &[("#=", "=#")],
    quotes: &[quote("\"\"\"", "\"\"\"", true, true), DOUBLE, CHARACTER],
    keywords: &[
        "abstract",
        "baremodule",
        "begin",
        "break",
        "catch",
        "const",
        "continue",
        "do",
        "else",
        "elseif",
        "end",
        "export",
        "finally",
        "for",
        "function",
        "global",
        "if",
        "import",
        "in",
        "isa",
        "let",
        "local",
        "macro",
        "module",
        "mutable",
        "primitive",
        "quote",
        "return",
        "struct",
        "try",
        "type",
        "using",
        "where",
        "while",
    ],
    constants: &["Inf", "NaN", "false", "missing", "nothing", "true"],
    letters: "!",
    sigils: "@",
    calls: true,
    ..NONE
};

const LUA: Grammar = Grammar {
    comments: &["--"],
    blocks: &[("--[[", "]]")],
    quotes: &[DOUBLE, SINGLE, quote("[[", "]]", false, true)],
    keywords: &[
        "and", "break", "do", "else", "elseif", "end", "for", "function", "goto", "if", "in", "local", "not",
        "or", "repeat", "return", "then", "until", "while",
    ],
    constants: &["false", "nil", "true"],
    calls: true,
    ..NONE
};
