//! Sentences that restrict, and sentences that only sound as if they did.

use limpide_licences::{ClauseKind, Verdict, identify};

/// The kinds of clauses found in a text that is no known licence.
fn kinds(text: &str) -> Vec<ClauseKind> {
    let found = identify(text).unwrap();
    assert!(matches!(found.verdict, Verdict::Custom { .. }), "{text}");
    let mut kinds: Vec<ClauseKind> = found.clauses.iter().map(|clause| clause.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn each_kind_is_found_in_its_sentence() {
    use ClauseKind as K;
    for (kind, sentence) in [
        (K::NonCommercial, "This model is for non-commercial use."),
        (K::NonCommercial, "You shall not deploy the weights in any commercial setting."),
        (K::NonCommercial, "Commercial use of the dataset is prohibited."),
        (K::NonCommercial, "The files are free, except for commercial purposes."),
        (K::ResearchOnly, "The weights are released solely for academic research."),
        (K::ResearchOnly, "Research use only."),
        (K::FieldOfUse, "Your use must follow our Acceptable Use Policy."),
        (K::FieldOfUse, "You must not use the model for surveillance of people."),
        (
            K::FieldOfUse,
            "You agree that you will not: (a) use it to build weapons; (b) use it to spread disinformation.",
        ),
        (K::UserThreshold, "If your product has more than 5 million monthly active users, write to us."),
        (K::UserThreshold, "Companies with more than 250 employees are excluded from this grant."),
        (K::RevenueThreshold, "Organisations whose annual revenue exceeds $2,000,000 need our agreement."),
        (K::NoRedistribution, "You may not redistribute the files."),
        (K::NoRedistribution, "Redistribution of the weights is not permitted."),
        (K::NoDerivatives, "You may not modify or fine-tune the model."),
        (K::NoDerivatives, "You shall not create any derivative works of it."),
        (K::NoTrainingOthers, "Outputs shall not be used to train another language model."),
        (
            K::NoTrainingOthers,
            "You will not use results of the model to improve any other large language model.",
        ),
        (K::Revocable, "We grant you a personal and revocable licence."),
        (K::Revocable, "We may terminate this agreement at any time."),
        (K::UnilateralUpdate, "The company may amend these terms whenever it wishes."),
        (K::UnilateralUpdate, "This policy is updated from time to time."),
        (K::Geography, "Nothing is granted to people in the European Union, who are excluded."),
        (K::Geography, "You shall not run the model outside the territory."),
        (K::Naming, "Say prominently: display \"Built with Tiny\" on your page."),
        (K::Naming, "The name of your model must begin with Tiny."),
        (K::ShareAlike, "Derived models must be released under the same licence."),
        (K::SeparateLicence, "For production you must obtain a commercial licence."),
        (K::Attribution, "You must give credit to the authors."),
    ] {
        assert!(kinds(sentence).contains(&kind), "{kind:?} in: {sentence}\nonly {:?}", kinds(sentence));
    }
}

#[test]
fn what_only_sounds_like_it_is_left() {
    use ClauseKind as K;
    for (kind, sentence) in [
        (K::NonCommercial, "You may use this for commercial or non-commercial purposes."),
        (K::NonCommercial, "Use is not limited to non-commercial purposes."),
        (K::NonCommercial, "We will use commercially reasonable efforts."),
        (K::NonCommercial, "Commercial use requires no permission."),
        (K::ResearchOnly, "Use is not limited to research."),
        (K::ResearchOnly, "It is open not only for research but for everybody."),
        (K::FieldOfUse, "The software is not designed for nuclear plants."),
        (K::FieldOfUse, "There is no acceptable use policy."),
        (K::RevenueThreshold, "We are not liable for loss of profits or annual revenue exceeding anything."),
        (K::NoRedistribution, "You may not distribute copies without this notice."),
        (K::NoRedistribution, "The licence does not restrict use, and you may share the files."),
        (K::NoDerivatives, "You may modify the model and publish derivative works."),
        (K::NoDerivatives, "You will not use the model, its derivatives or outputs to cheat."),
        (K::NoTrainingOthers, "You may train other models on the outputs."),
        (K::Revocable, "The grant is perpetual and irrevocable."),
        (K::Revocable, "The permissions cannot be taken back."),
        (K::UnilateralUpdate, "You may modify the files and choose other terms for your modifications."),
        (K::Geography, "This agreement is governed by the laws of the European Union and of no other place."),
        (K::ShareAlike, "The dataset is licensed under this licence."),
        (K::SeparateLicence, "You do not need a separate licence, and need not contact us."),
        (K::Attribution, "You are not required to give credit."),
    ] {
        assert!(!kinds(sentence).contains(&kind), "{kind:?} in: {sentence}");
    }
}

#[test]
fn a_clause_quotes_its_sentence() {
    let text = "Welcome — çà et là.\n\nThe files may be read by all.  You may not sell them; non-commercial use\nis fine. Bye.";
    let found = identify(text).unwrap();
    let quotes: Vec<&str> = found.clauses.iter().map(|clause| clause.span.of(text)).collect();
    assert_eq!(quotes, ["non-commercial use\nis fine"]);
}

#[test]
fn known_licences_have_no_clauses() {
    for id in ["GPL-3.0-only", "Unlicense", "CC-BY-NC-4.0", "Apache-2.0"] {
        let text = spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == id).unwrap().1;
        assert!(identify(text).unwrap().clauses.is_empty());
    }
}

#[test]
fn in_a_long_file_only_what_is_not_known_is_analysed() {
    let text = |id: &str| spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == id).unwrap().1;
    let both = format!(
        "{}\n\n{}\n\nPeople may not resell it commercially.\n",
        text("GPL-2.0-only"),
        text("GPL-3.0-only")
    );
    let found = identify(&both).unwrap();
    let Verdict::Custom { contains } = &found.verdict else { panic!("{found:?}") };
    let names: Vec<&str> = contains.iter().map(|part| part.licence.as_str()).collect();
    assert_eq!(names, ["GPL-3.0-only", "GPL-2.0-only"]);
    let quotes: Vec<&str> = found.clauses.iter().map(|clause| clause.span.of(&both)).collect();
    assert_eq!(quotes, ["People may not resell it commercially"]);
}
