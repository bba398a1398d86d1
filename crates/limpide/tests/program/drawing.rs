//! The process that draws a page: what it can, and what it cannot do.

use std::fs::read_to_string;
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support::Room;

/// A page of 200 by 100 with a text.
const PDF: &str = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
    2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 200 100]>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n\
    4 0 obj<</Length 38>>stream\nBT /F 24 Tf 20 40 Td (Pure water) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

#[test]
fn a_page_becomes_a_picture_with_its_size_and_text() {
    let drawn = Room::new().piped("draw-pdf 1 400", PDF);
    assert!(
        drawn.status.success() && drawn.stderr.is_empty(),
        "{:?}",
        String::from_utf8_lossy(&drawn.stderr)
    );
    assert!(drawn.stdout.starts_with(b"1 400 200 10\nPure water\x89PNG"), "{:?}", &drawn.stdout[..40]);
    for (words, input, word) in [
        ("draw-pdf 2 400", PDF, "pages 1"),
        ("draw-pdf 0 400", PDF, "pages 1"),
        ("draw-pdf 1 400", "x", "broken"),
    ] {
        let refused = Room::new().piped(words, input);
        assert_eq!((refused.status.code(), refused.stderr), (Some(1), word.into()), "{words}");
    }
}

#[test]
fn nobody_is_told_of_it_by_the_help() {
    assert!(!Room::new().says("--help").contains("draw"));
}

#[test]
fn the_process_is_fenced_in_before_it_reads_a_byte() {
    let room = Room::new();
    let mut command = room.limpide("draw-pdf 1 400");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let status = fenced(&child);
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let limits = read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    for (name, most) in [
        ("Max cpu time", "10"),
        ("Max file size", "0"),
        ("Max core file size", "0"),
        ("Max processes", "0"),
        ("Max open files", "0"),
        ("Max address space", "1073741824"),
    ] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let words: Vec<&str> = line[name.len()..].split_whitespace().take(2).collect();
        assert_eq!(words, [most, most], "{line}");
    }
    child.stdin.take().unwrap().write_all(PDF.as_bytes()).unwrap();
    let mut drawn = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut drawn).unwrap();
    assert!(child.wait().unwrap().success() && drawn.starts_with(b"1 400 200"));
}

#[test]
fn a_document_that_would_be_drawn_for_years_ends_the_process() {
    // Each of ten forms draws the next one ten times.
    let forms: String = (0..10)
        .map(|form| {
            let draws = format!("/X{} Do ", form + 1).repeat(10);
            let next = format!("/X{} {} 0 R", form + 1, form + 11);
            let what = "/Type/XObject/Subtype/Form/BBox[0 0 200 100]";
            let length = draws.len();
            format!("{} 0 obj<<{what}/Resources<</XObject<<{next}>>>>/Length {length}>>stream\n{draws}\nendstream endobj\n", form + 10)
        })
        .collect();
    let last = "20 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 200 100]/Length 14>>stream\n0 0 90 90 re f\nendstream endobj\n";
    let page =
        PDF.replace("/Resources<<", "/Resources<</XObject<</X0 10 0 R>>").replace("BT /F 24", "/X0 Do BT /F");
    let endless = page.replace("trailer", &format!("{forms}{last}trailer"));
    let start = Instant::now();
    let ended = Room::new().piped("draw-pdf 1 400", &endless);
    assert!(!ended.status.success(), "{:?}", ended.status);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// What the kernel says of the process, once it is fenced in.
fn fenced(child: &Child) -> String {
    let start = Instant::now();
    loop {
        let status = read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        if status.contains("Seccomp:\t2") {
            return status;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{status}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
