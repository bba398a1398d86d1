//! What must hold for any text. The fuzz target is this function; the tests here give it seeds and chance.

use limpide_licences::{Artefact, LONGEST, Span, Tag, Verdict, identify, tag_against_text};

/// A text is identified or refused for its length, the same each time, and every span lies within it. As a tag it is
/// read, or not, without harm. Returns whether it is a known licence.
pub(crate) fn licence_text(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let tag = Tag::parse(&text);
    let _openness = tag.openness(Artefact::Weights);
    let Ok(found) = identify(&text) else {
        assert!(text.len() > LONGEST);
        return false;
    };
    assert_eq!(identify(&text).as_ref(), Ok(&found));
    let _agreement = tag_against_text(&tag, &found);
    let whole = |span: Span| text.get(span.start..span.end).is_some_and(|quote| !quote.is_empty());
    assert!(found.clauses.iter().all(|clause| whole(clause.span)));
    assert!(found.clauses.is_sorted());
    match found.verdict {
        Verdict::Exact { .. } => {
            assert!(found.clauses.is_empty());
            true
        }
        Verdict::Probable { similarity, .. } => {
            assert!((950..=1000).contains(&similarity));
            true
        }
        Verdict::Modified { similarity, inserted, removed, .. } => {
            assert!((900..=1000).contains(&similarity));
            assert!(inserted.is_sorted() && inserted.iter().all(|span| whole(*span)));
            assert!(removed.iter().all(|gone| gone.at <= text.len() && gone.words > 0));
            true
        }
        Verdict::Custom { contains } => {
            assert!(contains.iter().all(|part| (900..=1000).contains(&part.share)));
            false
        }
    }
}
