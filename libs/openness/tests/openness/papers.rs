//! Stories of papers: that can be had, that cannot, and that are about another model.

use limpide_openness::Criterion::{Paper, Report};
use limpide_openness::Degree::{Full, None as Nothing};
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Contradicted, Missing, Verified};

use crate::commons::{Commons, Shelf};
use crate::made::weights;
use crate::story::{Story, stories};

const ARXIV: &str = "https://arxiv.org/abs/2601.00001";

fn lovelace(text: &str) -> Shelf {
    Shelf::model("ada/lovelace").file("model.safetensors", weights(1)).card("language: en", text)
}

fn page(status: u16, text: &str) -> Commons {
    Commons::new().page(ARXIV, status, text)
}

stories! {
    a_report_can_be_had =>
        Story::of(lovelace("Technical report: https://arxiv.org/abs/2601.00001\n")).within(page(200, "<title>Lovelace: a model</title>"))
            .goes(Report, Verified, Full, Full)
            .is(Paper, Missing);
    the_file_of_a_report_is_the_report =>
        Story::of(lovelace("[Paper](https://arxiv.org/pdf/2601.00001.pdf)\n")).within(page(200, "<title>Lovelace: a model</title>")).is(Report, Verified);
    a_report_does_not_exist =>
        Story::of(lovelace("Technical report: https://arxiv.org/abs/2601.00001\n")).within(page(404, "not found"))
            .is(Report, Contradicted)
            .contradicts("X11", Proves);
    one_of_two_links_is_broken =>
        Story::of(lovelace("See https://arxiv.org/abs/2601.00001 and https://arxiv.org/abs/2601.00002.\n"))
            .within(page(404, "not found").page("https://arxiv.org/abs/2601.00002", 200, "Lovelace"))
            .is(Report, Verified)
            .contradicts("X11", Suggests);
    a_paper_of_others_is_cited =>
        Story::of(lovelace("It uses attention (https://arxiv.org/abs/2601.00001).\n")).within(page(200, "<title>Attention</title>")).is(Report, Claimed);
    a_paper_of_others_is_called_its_own =>
        Story::of(lovelace("Read [our paper](https://arxiv.org/abs/2601.00001).\n")).within(page(200, "<title>Attention</title>"))
            .is(Report, Claimed)
            .contradicts("X11", Suggests);
    the_paper_of_the_base_is_not_about_what_is_made_from_it =>
        Story::of(Shelf::model("eve/lovelace-poems").file("model.safetensors", weights(2)).card("base_model: ada/lovelace", "Based on https://arxiv.org/abs/2601.00001.\n"))
            .within(page(200, "<title>Lovelace: a model</title>").with(lovelace("# Lovelace\n")))
            .goes(Report, Claimed, Nothing, limpide_openness::Degree::Partial);
    the_paper_of_the_template_is_nobodys =>
        Story::of(lovelace("Carbon emissions can be estimated using the [Machine Learning Impact calculator](https://mlco2.github.io/impact#compute) presented in [Lacoste et al. (2019)](https://arxiv.org/abs/1910.09700).\n"))
            .is(Report, Missing);
    a_paper_cannot_be_reached =>
        Story::of(lovelace("Technical report: https://arxiv.org/abs/2601.00001\n")).within(page(404, "not found").when_cut_off())
            .goes(Report, Claimed, Nothing, Full);
    a_host_is_down => Story::of(lovelace("Technical report: https://arxiv.org/abs/2601.00001\n")).is(Report, Claimed);
    a_reviewed_paper_can_be_had =>
        Story::of(lovelace("Paper: https://aclanthology.org/2026.acl-1.pdf\n"))
            .within(Commons::new().page("https://aclanthology.org/2026.acl-1.pdf", 200, "Lovelace, by Ada"))
            .is(Paper, Verified)
            .is(Report, Verified);
    a_file_of_pdf_may_be_the_report =>
        Story::of(lovelace("# Lovelace\n").file("report.pdf", [b"%PDF-1.7".as_slice(), &[0; 30_000]].concat())).goes(Report, Claimed, Nothing, Full);
    a_text_called_pdf_is_no_report =>
        Story::of(lovelace("# Lovelace\n").file("report.pdf", "x".repeat(30_000))).is(Report, Missing);
    nothing_is_said_of_papers => Story::of(lovelace("This paper-thin model is fine.\n")).is(Report, Missing);
}
