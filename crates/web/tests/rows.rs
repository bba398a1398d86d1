//! Rows of data files and splits of datasets, as a browser without scripts sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::NewRepo;
use limpide_testkit::site::{Actor, TestSite};
use limpide_words::Kind;
use serde_json::json;

async fn shown(actor: &Actor, path: &str) -> String {
    let (status, html) = open(actor, path).await;
    assert_eq!(status, 200, "{path}: {html}");
    html
}

async fn open(actor: &Actor, path: &str) -> (u16, String) {
    let answer = actor.get(path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A dataset of `ada` with these files.
async fn dataset(site: &TestSite, ada: &Actor, name: &str, files: &[(&str, &str)]) {
    let caller = site.caller(ada).await;
    let id = format!("ada/{name}").parse().unwrap();
    let new = NewRepo { kind: Kind::Dataset, id, private: false, sdk: None };
    site.hub.create_repo(&caller, new).await.unwrap();
    let header = json!({ "key": "header", "value": { "summary": "rows", "description": "" } });
    let file = |(path, text): &(&str, &str)| json!({ "key": "file", "value": { "path": path, "content": text, "encoding": "utf-8" } });
    let body: String =
        std::iter::once(header).chain(files.iter().map(file)).map(|line| format!("{line}\n")).collect();
    let commit = ada.call("POST", &format!("/api/datasets/ada/{name}/commit/main"));
    let commit = commit.header("content-type", "application/x-ndjson").body(body);
    assert_eq!(commit.send().await.unwrap().status(), 200);
}

/// The texts of the cells of a page, row by row.
fn cells(html: &str) -> Vec<Vec<String>> {
    let rows = html.split("<tr><th scope=\"row\"").skip(1).map(|row| row.split("</tr>").next().unwrap());
    let cell = |cell: &str| cell.split_once('>').unwrap().1.split("</td>").next().unwrap().to_owned();
    rows.map(|row| row.split("<td").skip(1).map(cell).collect()).collect()
}

/// Where a link of this kind leads.
fn link(html: &str, rel: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test]
async fn a_dataset_is_shown_split_by_split_and_page_by_page() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let rows: String = (0..120).map(|row| format!("{row},word {row}\n")).collect();
    let card = "---\nconfigs:\n- config_name: first\n  data_files: a.csv\n- config_name: second\n  \
                data_files:\n  - split: test\n    path: b.csv\n---\n";
    let files = [("README.md", card), ("a.csv", &format!("n,text\n{rows}")), ("b.csv", "x\né\n")];
    dataset(&site, &ada, "words", &files).await;
    let anyone = site.anyone();
    let mut page = shown(&anyone, "/datasets/ada/words/viewer").await;
    assert!(page.contains(">first</a>") && page.contains(">second</a>") && page.contains(">train</a>"));
    let mut seen = cells(&page);
    while let Some(next) = link(&page, "next") {
        page = shown(&anyone, &next).await;
        seen.extend(cells(&page));
    }
    let expected: Vec<Vec<String>> =
        (0..120).map(|row| vec![row.to_string(), format!("word {row}")]).collect();
    assert_eq!(seen, expected);
    let second = shown(&anyone, "/datasets/ada/words/viewer/main/second/test").await;
    assert_eq!(cells(&second), [["é"]]);
    for address in ["second/train", "third/test"] {
        let (status, _) = open(&anyone, &format!("/datasets/ada/words/viewer/main/{address}")).await;
        assert_eq!(status, 404, "{address}");
    }
    assert_eq!(open(&anyone, "/datasets/ada/words/viewer/main/first/train?file=7").await.0, 400);
}

#[tokio::test]
async fn rows_are_looked_for_and_summed_up() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let rows: String = (0..200).map(|row| format!("{row};{}\n", ["sea", "Lake", ""][row % 3])).collect();
    dataset(&site, &ada, "water", &[("train.csv", &format!("n;kind\n{rows}"))]).await;
    let split = "/datasets/ada/water/viewer/main/default/train";
    let anyone = site.anyone();
    let found = shown(&anyone, &format!("{split}?q=LAKE")).await;
    assert!(found.contains("50 rows were found among 149 rows"), "{found}");
    let on = shown(&anyone, &link(&found, "next").unwrap()).await;
    assert_eq!(cells(&on).len(), 17, "the search goes on where it stopped");
    let above = shown(&anyone, &format!("{split}?column=n&test=above&value=198")).await;
    assert_eq!(cells(&above), [["199", "Lake"]]);
    let missing = shown(&anyone, &format!("{split}?column=kind&test=missing")).await;
    assert_eq!(cells(&missing).len(), 50);
    let columns = shown(&anyone, &format!("{split}?view=columns")).await;
    for fact in ["From all 200 rows.", "66 (33%)", "0 to 9: 10, 10 to 19: 10", "99.5"] {
        assert!(columns.contains(fact), "{fact}: {columns}");
    }
    let file = shown(&anyone, "/datasets/ada/water/blob/main/train.csv?row=5&at=0").await;
    assert_eq!(cells(&file)[0], ["0", "sea"], "the first row is where the file begins");
}

#[tokio::test]
async fn what_cells_hold_is_text_and_is_not_given_away_by_itself() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let hostile = "<script>ran()</script>,\"\"\"><img src=x onerror=ran()>\"\n";
    let files = [("train.csv", format!("{hostile}{hostile}")), ("<b>/test.csv", "a\n1\n".to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    dataset(&site, &ada, "hostile", &files).await;
    let anyone = site.anyone();
    for path in [
        "/datasets/ada/hostile/viewer",
        "/datasets/ada/hostile/viewer/main/default/train?view=columns",
        "/datasets/ada/hostile/viewer/main/default/train?q=%3Cscript%3Eran()",
        "/datasets/ada/hostile/viewer/main/default/train?column=%3Cscript%3E&test=is&value=%3Cscript%3E",
        "/datasets/ada/hostile/blob/main/train.csv",
    ] {
        let html = shown(&anyone, path).await;
        assert!(!html.contains("<script>ran") && !html.contains("<img src=x"), "{path}: {html}");
    }
    for asked in ["row=0&column=0", "row=99&column=0", "row=0&column=99"] {
        let (status, _) = open(&anyone, &format!("/datasets/ada/hostile/cell/main/train.csv?{asked}")).await;
        assert_eq!(status, 404, "{asked}: text is no picture");
    }
    assert_eq!(open(&anyone, "/datasets/ada/hostile/cell/main/train.csv?row=x").await.0, 400);
}

#[tokio::test]
async fn what_has_no_rows_says_so() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    dataset(&site, &ada, "empty", &[]).await;
    dataset(&site, &ada, "words", &[("README.md", "# Words\n")]).await;
    dataset(&site, &ada, "broken", &[("train.parquet", "PAR1 is not all"), ("test.jsonl", "no json\n")])
        .await;
    let anyone = site.anyone();
    for name in ["empty", "words"] {
        let html = shown(&anyone, &format!("/datasets/ada/{name}/viewer")).await;
        assert!(html.contains("No split was found in this revision."), "{name}: {html}");
    }
    assert_eq!(open(&anyone, "/datasets/ada/empty/viewer/nothing").await.0, 404);
    let html = shown(&anyone, "/datasets/ada/broken/viewer").await;
    assert!(html.contains("class=\"note\""), "{html}");
    let file = shown(&anyone, "/datasets/ada/broken/blob/main/test.jsonl").await;
    assert!(file.contains("no json"), "a file that is no table is shown as text");
    let files = [("one.json", "{\"a\":1}"), ("list.json", "[1, 2]"), ("rows.json", "[{\"a\":1},{\"a\":2}]")];
    dataset(&site, &ada, "json", &files).await;
    for (name, is_table) in [("one", false), ("list", false), ("rows", true)] {
        let file = shown(&anyone, &format!("/datasets/ada/json/blob/main/{name}.json")).await;
        assert_eq!(file.contains("<table class=\"rows\">"), is_table, "{name}: {file}");
    }
}
