//! `…/safety`: what the files would do if they were loaded, what was not understood, and who signed them.

use askama::Template;
use limpide_hub::{CommitSafety, ModelSignature, Safety, SignatureOutcome};
use limpide_safety::Level;

use crate::pages::page::{Shown, page, see};
use crate::pages::repo::openness::Progress;
use crate::pages::repo::{Head, Place, Section, level_words};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// Files whose reasons the page tells.
const EXPLAINED: usize = 50;

#[derive(Template)]
#[template(path = "repo/safety.html")]
struct SafetyPage {
    frame: Frame,
    head: Head,
    state: State,
    signatures: Vec<SignatureView>,
    again: Option<String>,
    api: String,
}

enum State {
    Scanned(View),
    Pending(Progress),
}

struct View {
    verdict: String,
    class: &'static str,
    sentence: String,
    scanned: String,
    policy: String,
    commit: String,
    is_stale: bool,
    awaits_antivirus: String,
    files: Vec<FileView>,
    untold: usize,
    untold_sentence: String,
}

struct FileView {
    path: String,
    address: String,
    level: String,
    class: &'static str,
    reasons: Vec<String>,
}

struct SignatureView {
    path: String,
    sentence: String,
    is_valid: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let head = Head::of(&visit, &place, Section::Safety).await?;
    let state = match visit.hub.safety(&place.readable, &place.revision).await? {
        Safety::Pending(pending) => State::Pending(Progress::of(&pending, "scan-pending", "scan-failed", t)),
        Safety::Scanned(safety) => State::Scanned(view(&visit, &place, &safety).await?),
    };
    let signed = visit.hub.model_signatures(&place.readable, &place.revision).await?;
    page(&SafetyPage {
        frame: visit.frame(),
        signatures: signatures(&signed, t),
        again: head.may_write.then(|| place.address("safety", "")),
        api: format!(
            "/api/{}/{}/security/{}",
            place.kind.plural(),
            place.id,
            super::segment(place.revision.as_str())
        ),
        head,
        state,
    })
}

/// `POST …/safety/{revision}`: once more.
pub(crate) async fn again(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let back = place.address("safety", "");
    let (call, _) = visit.form().await?;
    let writable = call.hub.writable(&call.caller, place.kind, &place.id).await?;
    call.hub.scan_anew(&writable, &place.revision).await?;
    see(&back)
}

async fn view(visit: &Visit, place: &Place, safety: &CommitSafety) -> Result<View, crate::error::ApiError> {
    let t = visit.words;
    let worst = safety.flagged.first().map_or(Level::Clean, |worst| worst.level);
    let (verdict, class) = level_words(worst);
    let told = &safety.flagged[..safety.flagged.len().min(EXPLAINED)];
    let untold = safety.flagged.len() - told.len();
    Ok(View {
        verdict: t.say(verdict),
        class,
        sentence: t.count("files-scanned", safety.files as i64),
        scanned: t.moment(safety.created),
        policy: safety.policy.chars().take(12).collect(),
        commit: safety.commit.to_string(),
        is_stale: safety.is_stale,
        awaits_antivirus: match safety.unlooked {
            0 => String::new(),
            files => t.count("awaiting-antivirus", files as i64),
        },
        files: explained(visit, place, safety, told).await?,
        untold,
        untold_sentence: t.count("more-files", untold as i64),
    })
}

/// The files that are not clean, each with why.
async fn explained(
    visit: &Visit,
    place: &Place,
    safety: &CommitSafety,
    told: &[limpide_hub::Flagged],
) -> Result<Vec<FileView>, crate::error::ApiError> {
    let t = visit.words;
    let paths: Vec<String> = told.iter().map(|file| file.path.clone()).collect();
    let commit = safety.commit.to_string().parse()?;
    let entries = visit.hub.paths_info(&place.readable, &commit, &paths, false).await?;
    let known = visit.hub.files_safety(&entries).await?;
    let file = |flagged: &limpide_hub::Flagged| {
        let (level, class) = level_words(flagged.level);
        let mut reasons: Vec<String> = Vec::new();
        for reason in known.get(&flagged.path).iter().flat_map(|safety| &safety.verdict.reasons) {
            let says = t.or(&format!("reason-{}", crate::pages::words::slug(&reason.says)), &reason.says);
            if !reasons.contains(&says) {
                reasons.push(says);
            }
        }
        FileView {
            path: flagged.path.clone(),
            address: format!(
                "{}/blob/{}/{}",
                place.root(),
                safety.commit,
                super::path_segments(&flagged.path)
            ),
            level: t.say(level),
            class,
            reasons,
        }
    };
    Ok(told.iter().map(file).collect())
}

fn signatures(signed: &[ModelSignature], t: Words) -> Vec<SignatureView> {
    let view = |signature: &ModelSignature| {
        let (sentence, is_valid) = match &signature.outcome {
            SignatureOutcome::Signed(model) if model.verified => {
                let signer =
                    model.user.as_ref().map_or_else(|| t.say("signer-by-certificate"), ToString::to_string);
                let key = if model.whole { "signature-valid" } else { "signature-in-part" };
                (t.about(key, "signer", signer), true)
            }
            SignatureOutcome::Signed(_) => (t.say("signature-differs"), false),
            SignatureOutcome::Refused { sentence, .. } => {
                (t.about("signature-refused", "why", sentence.as_str()), false)
            }
        };
        SignatureView { path: signature.path.clone(), sentence, is_valid }
    };
    signed.iter().map(view).collect()
}
