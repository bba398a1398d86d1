//! Documents as people write them.

use limpide_drawing::{Problem, draw};

use super::written::{pages, texts};

#[test]
fn each_page_is_drawn_with_its_text() {
    let document = texts(&["One water", "Two waters", "Three"]);
    let page = |number| draw(document.clone(), number, 600);
    let (first, second) = (page(1).unwrap(), page(2).unwrap());
    assert_eq!((first.pages, first.width, first.height), (3, 600, 776));
    assert_eq!((first.text.as_str(), second.text.as_str()), ("One water", "Two waters"));
    assert_ne!(first.png, second.png);
    for number in [0, 4, u32::MAX] {
        assert_eq!(page(number), Err(Problem::NoPage(3)), "{number}");
    }
}

#[test]
fn letters_of_the_standard_fonts_are_drawn_without_fonts_of_the_machine() {
    let blank = draw(texts(&[""]), 1, 300).unwrap();
    let written = draw(texts(&["Ink on the page"]), 1, 300).unwrap();
    assert!(written.png.len() > 2 * blank.png.len(), "{} {}", written.png.len(), blank.png.len());
}

#[test]
fn words_that_stand_apart_are_apart_in_the_text() {
    let drawn = "BT /F 12 Tf 72 700 Td (Left) Tj 100 0 Td (right) Tj -100 -20 Td (below) Tj [(ker) -20 (ned) -600 (far)] TJ ET";
    let text = draw(pages("[0 0 612 792]", &[drawn], "<<>>"), 1, 100).unwrap().text;
    assert_eq!(text, "Left\nright\nbelowkerned far");
}

#[test]
fn a_page_is_turned_and_cut_as_it_says() {
    let sizes = [("[0 0 200 100]", (600, 300)), ("[-50 -50 50 150]", (600, 1200))];
    for (size, expected) in sizes {
        let picture = draw(pages(size, &["0 0 10 10 re f"], "<<>>"), 1, 600).unwrap();
        assert_eq!((picture.width, picture.height), expected, "{size}");
    }
}
