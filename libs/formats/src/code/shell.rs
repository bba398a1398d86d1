//! Cuts scripts for a shell into commands of words, without comments and without what is fed to commands or printed.

use super::patterns::{Statement, Word};

/// Words that begin a command in scripts around models.
const COMMANDS: [&str; 55] = [
    "accelerate",
    "axolotl",
    "bash",
    "cat",
    "cd",
    "conda",
    "cp",
    "curl",
    "deepspeed",
    "do",
    "docker",
    "dolma",
    "done",
    "echo",
    "else",
    "env",
    "exit",
    "export",
    "fi",
    "for",
    "git",
    "hf",
    "huggingface-cli",
    "if",
    "lighteval",
    "litgpt",
    "llama-cli",
    "llamafactory-cli",
    "lm-eval",
    "lm_eval",
    "mkdir",
    "module",
    "mv",
    "nohup",
    "pip",
    "python",
    "python3",
    "rm",
    "sbatch",
    "set",
    "sh",
    "sleep",
    "source",
    "srun",
    "tar",
    "tee",
    "then",
    "time",
    "torchrun",
    "tune",
    "unset",
    "uv",
    "vllm",
    "wget",
    "while",
];

/// Whether the first line says that a shell is to run the file.
pub(super) fn has_shebang(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    line.starts_with("#!")
        && line.split(['/', ' ']).any(|word| matches!(word.trim(), "sh" | "bash" | "zsh" | "dash"))
}

/// Whether most commands begin with a known word or set a variable.
pub(super) fn is_likely(text: &str) -> bool {
    let commands = read_all(text);
    let is_known = |command: &&Statement| {
        command.words.first().is_some_and(|word| {
            let is_variable = word.text.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
            });
            is_variable || COMMANDS.contains(&word.text)
        })
    };
    !commands.is_empty() && commands.iter().filter(is_known).count() * 10 >= commands.len() * 6
}

/// The commands that do something.
pub(super) fn read(text: &str) -> Vec<Statement<'_>> {
    let mut commands = read_all(text);
    commands
        .retain(|command| command.words.first().is_some_and(|word| !matches!(word.text, "echo" | "printf")));
    commands
}

fn read_all(text: &str) -> Vec<Statement<'_>> {
    let (mut commands, mut open, mut at) = (Vec::new(), Statement::default(), 0);
    let mut fed = None;
    while let Some(first) = text[at..].chars().next() {
        at += match first {
            '#' => text[at..].find('\n').unwrap_or(text.len() - at),
            '\\' if text[at + 1..].starts_with(['\n', '\r']) => {
                1 + text[at + 1..].find('\n').map_or(1, |end| end + 1)
            }
            '\n' | ';' | '|' | '&' => {
                let end = match fed.take() {
                    Some(mark) if first == '\n' => fed_length(&text[at..], mark),
                    other => {
                        fed = other;
                        1
                    }
                };
                commands.extend((!open.words.is_empty()).then(|| std::mem::take(&mut open)));
                end
            }
            blank if blank.is_whitespace() => blank.len_utf8(),
            _ => {
                let length = word_length(&text[at..]);
                let word = &text[at..at + length];
                fed = fed.or_else(|| mark(word, &text[at + length..]));
                let is_text = word.starts_with(['"', '\'']);
                open.words.push(Word { text: word, is_text, span: at..at + length });
                length
            }
        };
    }
    commands.extend((!open.words.is_empty()).then_some(open));
    commands
}

/// The bytes of the word at the beginning; quotes keep blanks together.
fn word_length(text: &str) -> usize {
    let (mut quote, mut escaped) = (None, false);
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            _ if escaped => escaped = false,
            (_, '\\') if quote != Some('\'') => {
                // Before the end of a line it ends the word, and the next line belongs to the command.
                if quote.is_none() && at > 0 && text[at + 1..].starts_with(['\n', '\r']) {
                    return at;
                }
                escaped = true;
            }
            (Some(open), sign) if sign == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(sign),
            (None, sign) if sign.is_whitespace() || matches!(sign, ';' | '|' | '&') => {
                return at.max(sign.len_utf8());
            }
            _ => {}
        }
    }
    text.len()
}

/// The mark that ends what is fed to a command: `<<EOF`.
fn mark<'a>(word: &'a str, rest: &'a str) -> Option<&'a str> {
    let mark = word.split_once("<<")?.1.trim_start_matches('-');
    let mark = if mark.is_empty() { rest.split_whitespace().next()? } else { mark };
    let mark = mark.trim_matches(['"', '\'']);
    // `<<<` feeds one word.
    (!mark.is_empty() && !mark.starts_with('<')).then_some(mark)
}

/// The bytes up to the line with the mark, from the end of the command's own line.
fn fed_length(text: &str, mark: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim() == mark {
            return at;
        }
    }
    text.len()
}
