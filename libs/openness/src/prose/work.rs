//! How much a card says that devices worked: how many, of which kind, for how long and how well used.

use std::sync::LazyLock;

use regex::Regex;

/// Dense operations a second at 16 bits (V100: with 32-bit accumulation), in units of 10¹², as the makers' data sheets
/// give them. Where variants differ, the fastest.
const DEVICES: [(&str, u64); 25] = [
    ("v100", 125),
    ("a100", 312),
    ("a800", 312),
    ("a6000", 155),
    ("a40", 150),
    ("l40s", 362),
    ("l40", 181),
    ("l4", 121),
    ("t4", 65),
    ("rtx 3090", 71),
    ("rtx 4090", 165),
    ("h100", 989),
    ("h800", 989),
    ("h200", 989),
    ("gh200", 989),
    ("b200", 2250),
    ("gb200", 2500),
    ("mi250x", 383),
    ("mi250", 362),
    ("mi300x", 1307),
    ("mi300a", 981),
    ("tpu v3", 123),
    ("tpu v4", 275),
    ("tpu v5e", 197),
    ("tpu v5p", 459),
];

/// How much devices worked, as a sentence gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    /// Operations that the devices could have made in that time, in units of 10¹².
    pub(crate) most: u64,
    /// Which part of them they made, in thousandths, where it is said.
    pub(crate) utilisation: Option<u32>,
}

/// `1.7M A100 hours`, `184,320 GPU hours`, `64 H100 GPUs for 21 days`.
static SPENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<a>\d[\d,]*(?:\.\d+)?)[ -]?(?P<au>million|thousand|m|k)?[ -](?:[\w/-]+ ){0,3}?(?:gpu|tpu|accelerator|chip|DEVICE)[ -]?(?P<at>hours?|days?)\b|\b(?P<n>\d[\d,]*) ?(?:x|×)? ?(?:nvidia |amd |google )?(?:gpus|tpus|chips|accelerators|(?:DEVICE)s?)\b[^.;|\d]{0,60}?(?:80 ?gb[^.;|\d]{0,40})?\bfor (?:about |around |approximately |roughly |~ ?)?(?P<b>\d+(?:\.\d+)?) (?P<bt>hours?|days?|weeks?|months?)\b"
            .replace("DEVICE", &names())
            .as_str(),
    )
    .ok()
});

/// A device, by its name.
static DEVICE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"\b(?P<name>{})s?\b", names())).ok());

/// `41 % MFU`, `a model FLOPs utilization of 38%`.
static UTILISATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const WORD: &str = r"(?:mfu|(?:model )?flops? utili[sz]ation)";
    Regex::new(&format!(
        r"(?P<a>\d{{1,2}}(?:\.\d)?) ?% {WORD}\b|\b{WORD}\b[^.;|\d]{{0,20}}(?P<b>\d{{1,2}}(?:\.\d)?) ?%"
    ))
    .ok()
});

/// Words that make the hours another's, or not those of training.
static ELSEWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(inference|evaluat\w*|serv(e|ing)|deploy\w*|fine-?tun\w*|per|each|than|would|compared|up to|less|only)\b").ok()
});

fn names() -> String {
    let mut names: Vec<String> = DEVICES.iter().map(|(name, _)| name.replace(' ', "[ -]?")).collect();
    // A longer name before one that it begins with.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.join("|")
}

/// What a sentence in lower case says that devices worked. The sentence has to name the kind of device, and only one.
pub(super) fn work(sentence: &str) -> Option<Work> {
    if sentence.starts_with('|') || ELSEWHERE.as_ref()?.is_match(sentence) {
        return None;
    }
    let speed = speed(sentence)?;
    let mut found = SPENT.as_ref()?.captures_iter(sentence);
    let spent = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let seconds = match (spent.name("a"), spent.name("n")) {
        (Some(number), _) => {
            let (count, _) =
                super::number_of(number.as_str(), spent.name("au").map_or("", |unit| unit.as_str()))?;
            u128::from(count) * span(&spent["at"])
        }
        (None, Some(number)) => {
            let (devices, _) = super::number_of(number.as_str(), "")?;
            // In thousandths, as it may be one day and a half.
            let (long, _) = super::number_of(&spent["b"], "k")?;
            u128::from(devices) * u128::from(long) * span(&spent["bt"]) / 1000
        }
        (None, None) => return None,
    };
    let most = u64::try_from(seconds.saturating_mul(u128::from(speed))).unwrap_or(u64::MAX);
    Some(Work { most, utilisation: utilisation(sentence) })
}

/// What a sentence in lower case says of how well devices were used, in thousandths.
pub(super) fn utilisation(sentence: &str) -> Option<u32> {
    let found = UTILISATION.as_ref()?.captures(sentence)?;
    let number = found.name("a").or(found.name("b"))?;
    let (whole, tenth) = number.as_str().split_once('.').unwrap_or((number.as_str(), "0"));
    let share = whole.parse::<u32>().ok()? * 10 + tenth.parse::<u32>().ok()?;
    (share > 0).then_some(share)
}

/// Operations a second of the one kind of device that a sentence names, in units of 10¹².
fn speed(sentence: &str) -> Option<u64> {
    let mut named: Option<&str> = None;
    for found in DEVICE.as_ref()?.captures_iter(sentence) {
        let name = found.name("name")?.as_str();
        if named.is_some_and(|other| other != name) {
            return None;
        }
        named = Some(name);
    }
    let is_named =
        |name: &str| named.is_some_and(|named| named.replace(['-', ' '], "") == name.replace(' ', ""));
    DEVICES.iter().find(|(name, _)| is_named(name)).map(|(_, speed)| *speed)
}

/// Seconds.
fn span(unit: &str) -> u128 {
    const HOUR: u128 = 3600;
    match unit.trim_end_matches('s') {
        "day" => 24 * HOUR,
        "week" => 7 * 24 * HOUR,
        "month" => 30 * 24 * HOUR,
        _ => HOUR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Device-hours of an A100.
    fn hours(sentence: &str) -> Option<u64> {
        work(sentence).map(|work| work.most / 312 / 3600)
    }

    #[test]
    fn hours_of_devices_are_read() {
        assert!(SPENT.is_some() && DEVICE.is_some() && UTILISATION.is_some() && ELSEWHERE.is_some());
        assert_eq!(hours("training took 184,320 gpu hours on a100 80gb."), Some(184_320));
        assert_eq!(hours("we spent 1.7m a100 hours."), Some(1_700_000));
        assert_eq!(
            hours("it used 3.3 million gpu hours of computation on hardware of type a100-80gb."),
            Some(3_300_000)
        );
        assert_eq!(hours("trained on 64 a100 gpus for 21 days."), Some(64 * 21 * 24));
        assert_eq!(hours("trained on 64 nvidia a100 80gb gpus for 2 weeks."), Some(64 * 14 * 24));
        assert_eq!(hours("trained on 8 a100s for 1.5 days."), Some(8 * 36));
        assert_eq!(work("trained on 64 tpu v4 chips for 10 hours.").unwrap().most, 64 * 10 * 3600 * 275);
        assert_eq!(work("trained on 16 tpu-v4 chips for 1 hour.").unwrap().most, 16 * 3600 * 275);
    }

    #[test]
    fn what_is_not_said_of_this_training_or_of_one_kind_of_device_is_not_read() {
        for sentence in [
            "trained on 64 gpus for 21 days.",
            "trained on 64 a100 and h100 gpus for 21 days.",
            "100 a100 hours for the small one, and 200 a100 hours for the large one.",
            "fine-tuned on 8 a100 gpus for 3 hours.",
            "inference was measured on 8 a100 gpus for 3 hours.",
            "it runs on an a100.",
            "| llama 7b | 82432 a100 hours |",
            "it took less than 100 a100 hours.",
        ] {
            assert_eq!(work(sentence), None, "{sentence}");
        }
    }

    #[test]
    fn utilisation_is_read_in_thousandths() {
        assert_eq!(utilisation("we reach 41.5 % mfu on h100."), Some(415));
        assert_eq!(utilisation("the model flops utilization was about 38%."), Some(380));
        assert_eq!(utilisation("an mfu of 0%."), None);
        assert_eq!(utilisation("40 % of the data"), None);
        let both = work("trained on 64 a100 gpus for 21 days at 40 % mfu.").unwrap();
        assert_eq!(both.utilisation, Some(400));
    }
}
