//! What a column of a dataset holds, in words and as a picture.

use limpide_tables::{ColumnSummary, Distinct, Shape, Spread};

use crate::pages::chart;
use crate::pages::repo::rows::kind;
use crate::pages::words::Words;

/// A column as a page shows it.
pub(crate) struct ColumnView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) missing: String,
    pub(crate) distinct: String,
    pub(crate) shape: ShapeView,
}

/// How the values of a column are spread.
pub(crate) enum ShapeView {
    Histogram { says: String, chart: String, facts: Vec<(String, String)> },
    Values(Vec<ValueBar>),
    Between(String, String),
    Nothing,
}

/// One of few values.
pub(crate) struct ValueBar {
    pub(crate) value: String,
    pub(crate) count: String,
    pub(crate) bar: String,
}

impl ColumnView {
    pub(crate) fn of(column: &ColumnSummary, rows: u64, t: Words) -> Self {
        let missing = t.number(column.missing as i64);
        let share = t
            .percent(i64::try_from(1000 * u128::from(column.missing) / u128::from(rows.max(1))).unwrap_or(0));
        Self {
            name: column.name.clone(),
            kind: kind(column.kind, t),
            missing: format!("{missing} ({share})"),
            distinct: match column.distinct {
                Distinct::Exactly(count) => t.number(count as i64),
                Distinct::MoreThan(count) => t.about("more-than", "count", t.number(count as i64)),
                Distinct::Unknown => t.say("not-counted"),
            },
            shape: shape(&column.shape, t),
        }
    }
}

fn shape(of: &Shape, t: Words) -> ShapeView {
    match of {
        Shape::Numbers(spread) => histogram(spread, t.say("numbers-spread"), t),
        Shape::Lengths(spread) => histogram(spread, t.say("lengths-spread"), t),
        Shape::Between(first, last) => ShapeView::Between(first.clone(), last.clone()),
        Shape::Nothing => ShapeView::Nothing,
        Shape::Values(values) => {
            let most = values.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
            let bar = |(value, count): &(String, u64)| ValueBar {
                value: value.clone(),
                count: t.number(*count as i64),
                bar: chart::bar(*count, most),
            };
            ShapeView::Values(values.iter().map(bar).collect())
        }
    }
}

fn histogram(spread: &Spread, says: String, t: Words) -> ShapeView {
    let counts: Vec<u64> = spread.bins.iter().map(|bin| bin.count).collect();
    let parts = spread.bins.iter().filter(|bin| bin.count > 0).map(|bin| {
        let (from, to) = (t.rounded(bin.from), t.rounded(bin.to));
        let span = match from == to {
            true => t.about("bin-of-one", "value", from.as_str()),
            false => t.about_both("bin", ("from", &from), ("to", &to)),
        };
        format!("{span} {}", t.number(bin.count as i64))
    });
    let words = format!("{says} {}", parts.collect::<Vec<_>>().join(", "));
    let facts = [
        ("least", spread.least),
        ("median", spread.median),
        ("mean", spread.mean),
        ("greatest", spread.greatest),
    ];
    ShapeView::Histogram {
        chart: chart::histogram(&counts, &words),
        facts: facts.into_iter().map(|(key, number)| (t.named("spread", key), t.rounded(number))).collect(),
        says,
    }
}
