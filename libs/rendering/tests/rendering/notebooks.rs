//! Notebooks, as Jupyter writes them and as nobody should.

use limpide_rendering::notebook::{Cell, LONGEST, MOST_CELLS, Notebook, Output, Problem, read};
use serde_json::{Value, json};

use crate::PLACE;

const PNG: &str = "iVBORw0KGgoAAAAN\n";

fn notebook(cells: Value) -> Notebook {
    let whole = json!({"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells});
    read(whole.to_string().as_bytes(), &PLACE).unwrap()
}

fn outputs(outputs: Value) -> Vec<Output> {
    let mut cells = notebook(json!([{"cell_type": "code", "source": "", "outputs": outputs}])).cells;
    match cells.remove(0) {
        Cell::Code { outputs, .. } => outputs,
        other => panic!("{other:?}"),
    }
}

#[test]
fn cells_come_in_order() {
    let notebook = notebook(json!([
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": ["import x\n", "x"], "execution_count": 3, "outputs": []},
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "raw", "source": "<b>"},
    ]));
    let [Cell::Text(first), Cell::Code { number, lines, .. }, Cell::Text(second), Cell::Raw(raw)] =
        &*notebook.cells
    else {
        panic!("{notebook:?}")
    };
    assert_eq!(
        (&*first.headings[0].id, &*second.headings[0].id),
        ("user-content-title", "user-content-title-1")
    );
    assert_eq!((number, lines.len()), (&Some(3), 2));
    assert_eq!(lines[0], "<span class=\"hl-keyword\">import</span> x");
    assert_eq!(raw, "&lt;b&gt;");
}

#[test]
fn outputs_are_text_or_images_and_never_html() {
    let outputs = outputs(json!([
        {"output_type": "stream", "name": "stdout", "text": ["\u{1b}[31mred\u{1b}[0m\n", "<b>"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u{1b}[0;31mE\u{1b}[0m", "at"]},
        {"output_type": "error", "ename": "E", "evalue": "v"},
        {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": "<Figure>"}},
        {"output_type": "execute_result", "data": {"text/html": "<script>", "text/plain": "a  b"}},
        {"output_type": "execute_result", "data": {"text/html": ["<script>"]}},
        {"output_type": "display_data", "data": {"application/vnd.x+json": {"a": [1]}}},
        {"output_type": "display_data", "data": {"image/png": "PHN2Zz4=", "image/svg+xml": "<svg>"}},
        {"output_type": "display_data", "data": {"image/jpeg": "\" onerror=alert(1)"}},
        {"output_type": "unheard of"},
    ]));
    let image = "data:image/png;base64,iVBORw0KGgoAAAAN".to_owned();
    assert_eq!(
        outputs,
        [
            Output::Text("red\n&lt;b&gt;".to_owned()),
            Output::Error("E\nat\n".to_owned()),
            Output::Error("E: v".to_owned()),
            Output::Image { source: image, alternative: "<Figure>".to_owned() },
            Output::Text("a  b".to_owned()),
            Output::Html,
            Output::Unknown,
            Output::Unknown,
            Output::Unknown,
        ]
    );
}

#[test]
fn what_is_no_notebook_is_refused_with_the_place() {
    assert_eq!(read(b"{\n  \"cells\": [,", &PLACE), Err(Problem::NotJson { line: 2, column: 13 }));
    assert_eq!(read(b"{}", &PLACE), Err(Problem::NotANotebook));
    assert_eq!(read(b"[1]", &PLACE), Err(Problem::NotANotebook));
    assert_eq!(read(b"{\"cells\": {}}", &PLACE), Err(Problem::NotANotebook));
    assert_eq!(read(&vec![b' '; LONGEST + 1], &PLACE), Err(Problem::TooLong));
    let deep = format!("{{\"cells\": [], \"x\": {}", "[".repeat(100_000));
    assert!(read(deep.as_bytes(), &PLACE).is_err());
}

#[test]
fn much_is_cut() {
    let cell = json!({"cell_type": "code", "source": 7, "execution_count": "x", "outputs": []});
    let notebook = notebook(Value::Array(vec![cell; MOST_CELLS + 1]));
    assert_eq!((notebook.cells.len(), notebook.truncated), (MOST_CELLS, true));
    let text = json!({"output_type": "stream", "text": "x".repeat(600_000)});
    let [Output::Text(first), Output::Text(second)] = &*outputs(json!([text, text])) else { panic!() };
    assert!(first.len() == 600_000 && second.len() < 600_000);
}
