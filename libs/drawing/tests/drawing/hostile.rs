//! Documents that ask for more than there is, and such as make no sense.

use limpide_drawing::{LARGEST_DOCUMENT, Picture, Problem, draw};

use super::written::{document, pages, texts};

#[test]
fn sizes_that_no_page_has_are_bounded() {
    for size in [
        "[0 0 1e30 1e30]",
        "[0 0 99999999999 1]",
        "[0 0 1 99999999999]",
        "[0 0 0 0]",
        "[5 5 5 5]",
        "[0 0 -100 -200]",
        "[0 0 1 3000000]",
        "[/a (b) null 4]",
        "[0 0 0.00001 0.00001]",
        "[]",
    ] {
        match draw(pages(size, &["0 0 10 10 re f"], "<<>>"), 1, 1200) {
            Ok(picture) => {
                let points = u64::from(picture.width) * u64::from(picture.height);
                assert!((1..=4_100_000).contains(&points), "{size}: {}x{}", picture.width, picture.height);
            }
            Err(problem) => assert_eq!(problem, Problem::Broken, "{size}"),
        }
    }
    let wide = draw(texts(&["x"]), 1, u32::MAX).unwrap();
    assert!(u64::from(wide.width) * u64::from(wide.height) <= 4_100_000);
    assert_eq!(draw(texts(&["x"]), 1, 0).unwrap().width, 1);
}

#[test]
fn what_leads_into_itself_ends() {
    let form = "<</Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources <</XObject <</X 4 0 R>>>> /Length 6>>\nstream\n/X Do \nendstream";
    assert!(draw(pages("[0 0 100 100]", &["/X Do"], form), 1, 100).is_ok());
    let mut tree = vec!["<</Type /Catalog /Pages 2 0 R>>".to_owned()];
    tree.push("<</Type /Pages /Count 9 /Kids [2 0 R 2 0 R] /Parent 2 0 R>>".to_owned());
    assert_eq!(draw(document(&tree), 1, 100), Err(Problem::Broken));
}

#[test]
fn deep_nesting_ends_in_a_picture_or_a_problem() {
    for (open, close) in [("[", "]"), ("<</A ", ">>"), ("(", ")")] {
        let deep = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        _ = draw(pages("[0 0 100 100]", &["0 0 9 9 re f", &deep], &deep), 1, 50);
        _ = draw(pages("[0 0 100 100]", &["0 0 9 9 re f", &deep], &deep), 2, 50);
    }
    let states = format!("{} 0 0 9 9 re f", "q 1 0 0 1 0 0 cm ".repeat(100_000));
    assert!(draw(pages("[0 0 100 100]", &[&states], "<<>>"), 1, 50).is_ok());
}

#[test]
fn a_document_that_is_too_large_or_broken_or_encrypted_is_told_as_such() {
    assert_eq!(draw(vec![b' '; LARGEST_DOCUMENT + 1], 1, 100), Err(Problem::TooLarge));
    for broken in ["", "%PDF-1.7", "%PDF-1.7\nxref\ntrailer <<>>\nstartxref\n9\n%%EOF", "GIF89a"] {
        assert_eq!(draw(broken.into(), 1, 100), Err(Problem::Broken), "{broken}");
    }
    let plain = String::from_utf8(texts(&["secret"])).unwrap();
    let key = "0".repeat(64);
    let lock =
        format!("/Encrypt <</Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}>>> /ID [<00> <00>] /Root");
    assert_eq!(draw(plain.replace("/Root", &lock).into(), 1, 100), Err(Problem::Encrypted));
}

#[test]
fn what_another_process_gives_is_a_picture_or_nothing() {
    let picture = draw(texts(&["Water"]), 1, 80).unwrap();
    let bytes = picture.to_bytes();
    assert_eq!(Picture::from_bytes(&bytes), Some(picture.clone()));
    for length in (0..bytes.len().min(80)).chain([200]) {
        assert!(Picture::from_bytes(&bytes[..length]).is_none_or(|cut| cut.png.len() < picture.png.len()));
    }
    for line in ["1 80 104 99999999", "0 80 104 0", "1 81 104 5", "1 80 104", "-1 80 104 5", "1 80 104 5 6"] {
        let rest = [line.as_bytes(), b"\nWater", &picture.png].concat();
        assert_eq!(Picture::from_bytes(&rest), None, "{line}");
    }
}
