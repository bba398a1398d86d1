//! Where links and images lead.

use crate::html;

fn href(address: &str) -> String {
    let text = html(&format!("<a href=\"{address}\">x</a>"));
    let after = text.split("href=\"").nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn links_lead_to_files_beside_the_text() {
    assert_eq!(href("a.md"), "/ada/tiny/blob/main/docs/a.md");
    assert_eq!(href("./b/../a%20b.md#Part"), "/ada/tiny/blob/main/docs/a%20b.md#user-content-Part");
    assert_eq!(href("code.py#L10"), "/ada/tiny/blob/main/docs/code.py#L10");
    assert_eq!(href("../README.md"), "/ada/tiny/blob/main/README.md");
    assert_eq!(href("/README.md?raw=true"), "/ada/tiny/blob/main/README.md");
    assert_eq!(href("é?.md"), "/ada/tiny/blob/main/docs/%C3%A9");
    assert_eq!(href("#use"), "#user-content-use");
}

#[test]
fn no_path_climbs_out_of_the_repository() {
    for path in [
        "../../../x",
        "/../x",
        "..\\..\\..\\x",
        "%2e%2e/%2e%2e/x",
        "..%2f..%2fx",
        "/\\/../x",
        "....//../../../x",
    ] {
        assert!(href(path).is_empty() || href(path).starts_with("/ada/tiny/blob/main/"), "{path}");
        assert!(!href(path).contains(".."), "{path}: {}", href(path));
    }
    assert_eq!(href("%252e%252e/x"), "/ada/tiny/blob/main/docs/%252e%252e/x");
}

#[test]
fn addresses_elsewhere_say_so_and_keep_their_scheme() {
    assert_eq!(href("HTTPS://Example.org/a b"), "https://example.org/a%20b");
    assert_eq!(href("//evil.org"), "https://evil.org/");
    assert_eq!(href("/\\evil.org"), "https://evil.org/");
    assert_eq!(href("mailto:ada@example.org"), "mailto:ada@example.org");
    assert!(html("[x](https://a.b)").contains("rel=\"nofollow ugc noopener noreferrer\""));
}

#[test]
fn other_schemes_lead_nowhere() {
    for address in [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java&#x09;script:alert(1)",
        "java&Tab;script&colon;alert(1)",
        "&#1;javascript:alert(1)",
        "javascript&#58;alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "blob:https://a.b/c",
        "file:///etc/passwd",
        "https://ada@evil.org/",
        "https:///",
        "https://",
        "view-source:https://a.b",
    ] {
        let href = href(address);
        assert!(
            href.is_empty() || href == "https://evil.org/" && address.ends_with("///"),
            "{address}: {href}"
        );
    }
}

#[test]
fn images_of_other_hosts_become_links_that_say_the_host() {
    let text = html("![A badge](https://img.example.org/b.svg?x)");
    assert_eq!(
        text,
        "<p><a class=\"elsewhere\" href=\"https://img.example.org/b.svg?x\" rel=\"nofollow ugc noopener noreferrer\">\
         A badge (img.example.org)</a></p>\n"
    );
    let text = html("[![Build](https://ci.org/b.svg)](https://ci.org/run)");
    assert!(text.contains("<a href=\"https://ci.org/run\""), "{text}");
    assert!(text.contains("><span class=\"elsewhere\">Build (ci.org)</span></a>"), "{text}");
    assert_eq!(html("![x](data:image/svg+xml,a)"), "<p>x</p>\n");
    assert!(
        !html("<picture><source srcset=\"https://a.b/c\"><img src=\"https://a.b/d\"></picture>")
            .contains("src")
    );
}

#[test]
fn films_and_sounds_of_the_repository_wait_to_be_played() {
    let text = html("<video src=\"a.mp4\" autoplay width=300></video>");
    assert!(text.contains(
        "<video src=\"/ada/tiny/resolve/main/docs/a.mp4\" width=\"300\" controls=\"\" preload=\"none\"></video>"
    ), "{text}");
}

#[test]
fn text_cannot_pretend_to_lead_elsewhere() {
    let text = html("[\u{202E}gro.elgoog\u{202C}](https://evil.org) ![\u{2066}x](a.png)");
    assert!(!text.contains(['\u{202E}', '\u{202C}', '\u{2066}']), "{text}");
}
