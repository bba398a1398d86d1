//! Rules from a file, by which files are judged instead of those that come with the program.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use limpide_safety::{Policy, PolicyProblem};

/// The rules in a file, and its text. What is wrong with them is said with its line.
pub(crate) fn read(path: &Path) -> Result<(Policy, String)> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the rules in `{}` cannot be read", path.display()))?;
    match Policy::read(&text) {
        Ok(policy) => Ok((policy, text)),
        Err(problem) => Err(anyhow!(
            "the rules in `{}` cannot be used{}. Mend them there; without a file, the rules that come with the program \
             judge",
            path.display(),
            why(&problem, &text)
        )),
    }
}

/// `, line 7: unknown field …`.
fn why(problem: &PolicyProblem, text: &str) -> String {
    let (at, words) = match problem {
        PolicyProblem::Unreadable(error) => {
            (error.span().map(|span| span.start), error.message().trim_end().to_owned())
        }
        PolicyProblem::Unknown(word) => (text.find(&format!("\"{word}\"")), problem.to_string()),
    };
    let line = at.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count() + 1);
    line.map(|line| format!(", line {line}")).unwrap_or_default() + ": " + &words
}

#[cfg(test)]
mod tests {
    use limpide_safety::RULES;

    use super::*;

    fn refused(rules: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), rules).unwrap();
        read(file.path()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let line = |text: &str, part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
        let odd = RULES.replacen("event = \"virus\"", "event = \"wirus\"", 1);
        let said = refused(&odd);
        assert!(
            said.contains(&format!("line {}: ", line(&odd, "wirus"))) && said.contains("`wirus`"),
            "{said}"
        );
        let odd = RULES.replacen("event = \"virus\"", "event = 7", 1);
        let said = refused(&odd);
        assert!(said.contains(&format!("line {}: ", line(&odd, "event = 7"))), "{said}");
        assert!(refused("version = \"1\"").contains("missing field"));
        let missing = read(Path::new("/none.toml")).unwrap_err().to_string();
        assert!(missing.contains("`/none.toml` cannot be read"), "{missing}");
    }
}
