//! Compute: on which hardware a model was trained, for how long, and with how much energy.

use serde_json::Value;

use super::Desk;
use crate::prose::Theme;
use crate::remark::remark;
use crate::report::{Finding, Strength};
use crate::status::Degree;

/// T4. Written down by the program that trained, stated in the metadata, or said in sentences; only the first two can
/// be verified to be stated. Whether they are true nobody can tell from here.
pub(super) fn check(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let card = &survey.card;
    let mut evidence = Vec::new();
    let mut claims = Vec::new();
    for (text, state) in &survey.trainer {
        let Some(flop) = &state.total_flos else { continue };
        let path = &text.path;
        let says = remark!("trainer-flop", "`{path}` records {flop} floating-point operations", path, flop);
        evidence.push(desk.shows(Strength::Derived, says, text.place()));
    }
    let stated = card.field("co2_eq_emissions").map(stated_parts).unwrap_or_default();
    if let (true, Some(text)) = (stated > 0, card.text()) {
        claims.push(desk.claim("co2_eq_emissions", text, card.span("co2_eq_emissions")));
        let says = remark!(
            "emissions-stated",
            "the metadata states {stated} of emissions, hardware, method and place",
            stated
        );
        evidence.push(desk.shows(Strength::Derived, says, text.locate(card.span("co2_eq_emissions"))));
    }
    let said = said(desk);
    let themes = said.len();
    claims.extend(said);
    let claimed = if themes >= 2 || stated >= 3 { Degree::Full } else { Degree::Partial };
    let verified = match (stated, evidence.is_empty()) {
        (3.., _) => Degree::Full,
        (_, false) => Degree::Partial,
        (_, true) => Degree::None,
    };
    let finding = if verified > Degree::None {
        Finding::verified(criterion, verified, claimed).because(remark!(
            "compute-stated",
            "hardware, compute or energy of training are stated in a form that programs read"
        ))
    } else if themes > 0 {
        Finding::probable(criterion, claimed).because(remark!(
            "compute-said",
            "the card speaks of the hardware, compute or energy of training"
        ))
    } else {
        Finding::missing(criterion)
            .because(remark!("no-compute", "nothing is said of the hardware, compute or energy of training"))
    };
    finding
        .raised_by(remark!(
            "state-compute",
            "state hardware, hours, place and emissions under `co2_eq_emissions`"
        ))
        .saying(claims)
        .showing(evidence)
        .searching("the card and `trainer_state.json`")
}

/// What sentences say of hardware, energy and operations: one claim for each.
fn said(desk: &mut Desk<'_>) -> Vec<String> {
    let card = &desk.survey.card;
    let Some(text) = card.text() else { return Vec::new() };
    let mut claims = Vec::new();
    for (theme, value) in [(Theme::Hardware, "hardware"), (Theme::Energy, "energy")] {
        claims.extend(card.said(theme).first().map(|span| desk.claim(value, text, span.clone())));
    }
    claims.extend(card.flop().map(|(_, span)| desk.claim("flop", text, span)));
    claims
}

/// How many of the parts of `co2_eq_emissions` are filled in.
fn stated_parts(value: &Value) -> usize {
    match value {
        Value::Number(_) => 1,
        Value::Object(parts) => {
            let known = ["emissions", "source", "training_type", "geographical_location", "hardware_used"];
            known.iter().filter(|part| parts.get(**part).is_some_and(|value| !value.is_null())).count()
        }
        _ => 0,
    }
}
