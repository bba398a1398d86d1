//! Code in colours.

use limpide_rendering::code::{LONGEST, LONGEST_LINE, Language, highlight};

fn coloured(name: &str, text: &str) -> String {
    let marks = [("<span class=\"hl-", "‹"), ("\">", ":"), ("</span>", "›")];
    let html = highlight(text, Language::of_file(name)).join("\n");
    marks.iter().fold(html, |html, (mark, short)| html.replace(mark, short))
}

#[test]
fn names_of_files_and_fences_say_the_language() {
    for (file, language) in [
        ("src/main.rs", "rust"),
        ("a.PY", "python"),
        ("Dockerfile", "dockerfile"),
        ("dockerfile.cuda", "dockerfile"),
        ("config.json", "json"),
        ("a.ipynb", "json"),
        ("Cargo.lock", "toml"),
        ("x.tsx", "typescript"),
        ("chat_template.jinja", "jinja"),
        ("a.cu", "c++"),
        ("README.md", "markdown"),
        ("run.sh", "shell"),
        ("a.jl", "julia"),
        ("a.R", "r"),
        ("a.patch", "diff"),
        ("LICENSE", "plain"),
        ("a.unknown", "plain"),
        ("", "plain"),
        (".gitignore", "ini"),
        ("python", "python"),
    ] {
        assert_eq!(Language::of_file(file).name(), language, "{file}");
    }
    for (info, language) in [
        ("py", "python"),
        ("Python title=x", "python"),
        ("{r, echo=FALSE}", "r"),
        ("C++", "c++"),
        ("", "plain"),
        (" ", "plain"),
    ] {
        assert_eq!(Language::of_fence(info).name(), language, "{info}");
    }
}

#[test]
fn python() {
    assert_eq!(
        coloured(
            "a.py",
            "@main\ndef f(x: int):\n    return r\"a\\\"b\" + None  # <end>\n\"\"\"a\nb\"\"\" 1e-3"
        ),
        "‹keyword:@main›\n‹keyword:def› ‹function:f›(x: ‹type:int›):\n    ‹keyword:return› r‹string:&quot;a\\&quot;b&quot;› + \
         ‹constant:None›  ‹comment:# &lt;end&gt;›\n‹string:&quot;&quot;&quot;a›\n‹string:b&quot;&quot;&quot;› ‹number:1e-3›"
    );
}

#[test]
fn data_has_keys() {
    assert_eq!(
        coloured("a.json", "{\"a\": \"b\", \"c\" : true}"),
        "{‹tag:&quot;a&quot;›: ‹string:&quot;b&quot;›, ‹tag:&quot;c&quot;› : ‹constant:true›}"
    );
    assert_eq!(
        coloured("a.yml", "a-b: 1 # c\nurl: https://x"),
        "‹tag:a-b›: ‹number:1› ‹comment:# c›\n‹tag:url›: https://x"
    );
    assert_eq!(coloured("a.toml", "[a]\nb = 'c'"), "[a]\n‹tag:b› = ‹string:&#39;c&#39;›");
}

#[test]
fn lifetimes_are_no_strings() {
    assert_eq!(
        coloured("a.rs", "fn f<'a>(x: &'a str) -> char { 'x' } /* a\nb */ r#\"\"\"#"),
        "‹keyword:fn› f&lt;&#39;a&gt;(x: &amp;&#39;a ‹type:str›) -&gt; ‹type:char› { ‹string:&#39;x&#39;› } ‹comment:/* a›\n\
         ‹comment:b */› r‹string:#&quot;&quot;&quot;#›"
    );
}

#[test]
fn markup_templates_and_differences() {
    assert_eq!(
        coloured("a.html", "<a href=\"x\">y</a><!-- z\n-->"),
        "‹tag:&lt;a› ‹type:href›=‹string:&quot;x&quot;›‹tag:&gt;›y‹tag:&lt;/a&gt;›‹comment:&lt;!-- z›\n‹comment:--&gt;›"
    );
    assert_eq!(coloured("a.jinja", "{% if x %}{{ y }}"), "‹keyword:{% if x %}›‹constant:{{ y }}›");
    assert_eq!(coloured("a.diff", "+a\n-b\n@@ c"), "‹inserted:+a›\n‹deleted:-b›\n‹keyword:@@ c›");
    assert_eq!(coloured("a.md", "# A\n[b](c) `d`"), "‹keyword:# A›\n[b‹tag:](c)› ‹string:`d`›");
}

#[test]
fn characters_that_reorder_others_are_written_out() {
    assert_eq!(
        coloured("a.py", "x = 1 #\u{202E} }"),
        "x = ‹number:1› ‹comment:#›‹hidden:U+202E›‹comment: }›"
    );
}

#[test]
fn what_is_too_long_has_no_colours() {
    let line = format!("x = 1 {}", "y".repeat(LONGEST_LINE));
    assert!(!coloured("a.py", &line).contains('‹'));
    assert!(!coloured("a.py", &"x = 1\n".repeat(LONGEST / 5)).contains('‹'));
    assert_eq!(coloured("a.py", "<b>"), "&lt;b&gt;");
    assert_eq!(highlight("", Language::PLAIN), Vec::<String>::new());
}
