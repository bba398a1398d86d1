//! The compute of training: declared, or estimated from parameters and tokens.

use serde::Deserialize;

use crate::report::Facts;

/// A threshold with its tolerance, as powers of ten in thousandths: 23 000 is 10²³ floating-point operations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// Less than this is below the threshold, whatever the tolerance.
    below: u32,
    /// More than this is above it.
    above: u32,
    /// What it is worth to lie below.
    low: u32,
    /// What it is worth to lie above.
    high: u32,
    /// What it is worth to lie between, or to be unknown.
    unsure: u32,
}

impl Range {
    pub(super) fn answer(&self, facts: &Facts) -> u32 {
        match training(facts) {
            Some(Compute::About(power) | Compute::AtMost(power)) if power < self.below => self.low,
            Some(Compute::About(power)) if power > self.above => self.high,
            _ => self.unsure,
        }
    }
}

/// The operations of training, as a power of ten in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compute {
    /// That many, as far as estimates go.
    About(u32),
    /// Not more than that.
    AtMost(u32),
}

/// The operations of training: as declared, else six for each parameter and token, else what the devices made in their
/// time (the approximations that the Commission's guidelines allow, paragraph 125 and annex A.2). Devices of which it is
/// not said how well they were used made no more than they could.
fn training(facts: &Facts) -> Option<Compute> {
    let declared = facts.claimed_flop.map(Compute::About);
    declared.or_else(|| by_tokens(facts)).or_else(|| by_devices(facts))
}

fn by_tokens(facts: &Facts) -> Option<Compute> {
    let counted = facts.parameters.as_ref().map(|parameters| parameters.total);
    let parameters = u128::from(counted.or(facts.claimed_parameters)?);
    let tokens = u128::from(facts.claimed_tokens?);
    power_of_ten(parameters.saturating_mul(tokens).saturating_mul(6)).map(Compute::About)
}

fn by_devices(facts: &Facts) -> Option<Compute> {
    let most = u128::from(facts.claimed_work?) * 1_000_000_000_000;
    match facts.claimed_utilisation {
        Some(thousandths) => power_of_ten(most / 1000 * u128::from(thousandths)).map(Compute::About),
        None => power_of_ten(most).map(Compute::AtMost),
    }
}

/// The decimal logarithm in thousandths, rounded down, digit by digit: the same on every machine, as floating-point
/// logarithms are not.
fn power_of_ten(number: u128) -> Option<u32> {
    const ONE: u128 = 1_000_000_000_000;
    let whole = number.checked_ilog10()?;
    let scale = 10_u128.pow(whole);
    // Numbers this long have more digits than the three that are asked for: the last ones may go.
    let mut fraction = if whole > 24 { number / (scale / ONE) } else { number * ONE / scale };
    let mut power = whole;
    for _ in 0..3 {
        let (mut tenth_power, mut digit) = (ONE, 0);
        for _ in 0..10 {
            tenth_power = tenth_power * fraction / ONE;
            if tenth_power >= 10 * ONE {
                tenth_power /= 10;
                digit += 1;
            }
        }
        power = power * 10 + digit;
        fraction = tenth_power;
    }
    Some(power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Parameters;

    #[test]
    fn logarithms_are_told_in_thousandths() {
        let known = [(1, 0), (2, 301), (9, 954), (10, 1000), (1_000_000, 6000), (u128::MAX, 38_531)];
        for (number, power) in known {
            assert_eq!(power_of_ten(number), Some(power), "{number}");
        }
        assert_eq!(power_of_ten(2 * 10_u128.pow(24)), Some(24_301));
        assert_eq!(power_of_ten(0), None);
    }

    proptest::proptest! {
        #[test]
        fn logarithms_are_those_of_the_machine(number in 1..u64::MAX) {
            let power = power_of_ten(u128::from(number)).unwrap();
            let float = (number as f64).log10() * 1000.0;
            proptest::prop_assert!((f64::from(power) - float.floor()).abs() <= 1.0, "{number}: {power} {float}");
        }
    }

    #[test]
    fn declared_compute_comes_before_an_estimate_and_an_estimate_needs_both_numbers() {
        let mut facts = Facts { claimed_tokens: Some(2_000_000_000_000), ..Facts::default() };
        assert_eq!(training(&facts), None);
        facts.claimed_parameters = Some(7_000_000_000);
        assert_eq!(training(&facts), Some(Compute::About(22_924)), "6 × 7·10⁹ × 2·10¹² = 8.4·10²²");
        facts.parameters = Some(Parameters { total: 70_000_000_000, ..Parameters::default() });
        assert_eq!(training(&facts), Some(Compute::About(23_924)), "what was counted is what counts");
        facts.claimed_flop = Some(25_000);
        assert_eq!(training(&facts), Some(Compute::About(25_000)));
    }
    #[test]
    fn devices_bound_compute_and_with_their_utilisation_estimate_it() {
        let mut facts = Facts { claimed_work: Some(300_000_000_000), ..Facts::default() };
        assert_eq!(training(&facts), Some(Compute::AtMost(23_477)));
        facts.claimed_utilisation = Some(400);
        assert_eq!(training(&facts), Some(Compute::About(23_079)), "3·10²³ × 0.4 = 1.2·10²³");
        facts.claimed_parameters = Some(7_000_000_000);
        facts.claimed_tokens = Some(2_000_000_000_000);
        assert_eq!(training(&facts), Some(Compute::About(22_924)), "parameters and tokens come first");
    }
}
