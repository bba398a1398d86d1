//! Tensors as a table that can be searched: name, type, shape, size and place, with totals for each type.

use std::collections::BTreeMap;

use limpide_formats::structure::{Place, Tensor};

use crate::pages::list::address;
use crate::pages::visit::Visit;
use crate::pages::words::Words;

/// Tensors of a page.
const PAGE: usize = 200;

/// The tensors of a file.
pub(crate) struct TensorTable {
    pub(crate) rows: Vec<Row>,
    pub(crate) totals: Vec<Total>,
    /// What is looked for among the names.
    pub(crate) search: String,
    pub(crate) found: String,
    pub(crate) is_empty: bool,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) dtype: String,
    pub(crate) shape: String,
    pub(crate) elements: String,
    pub(crate) size: String,
    pub(crate) place: String,
}

/// What a type comes to.
pub(crate) struct Total {
    pub(crate) dtype: String,
    pub(crate) tensors: String,
    pub(crate) elements: String,
}

impl TensorTable {
    /// The part of the tensors that the address asks for.
    pub(crate) fn of(tensors: &[Tensor], visit: &Visit) -> Self {
        let t = visit.words;
        let search = visit.asked("tensor").unwrap_or_default().trim().to_owned();
        let wanted = search.to_lowercase();
        let found: Vec<&Tensor> =
            tensors.iter().filter(|tensor| tensor.name.to_lowercase().contains(&wanted)).collect();
        let from: usize =
            visit.asked("from").and_then(|from| from.parse().ok()).unwrap_or(0).min(found.len());
        let to = from.saturating_add(PAGE).min(found.len());
        let link = |from: usize| {
            let from = from.to_string();
            address(visit.uri.path(), [("tensor", search.as_str()), ("from", from.as_str())].into_iter())
        };
        Self {
            rows: found[from..to].iter().map(|tensor| row(tensor, t)).collect(),
            totals: totals(tensors, t),
            found: t.count("tensors-found", found.len() as i64),
            is_empty: tensors.is_empty(),
            before: (from > 0).then(|| link(from.saturating_sub(PAGE))),
            after: (to < found.len()).then(|| link(to)),
            search,
        }
    }
}

fn elements(tensor: &Tensor) -> u64 {
    tensor.shape.iter().fold(1, |product, side| product.saturating_mul(*side))
}

fn row(tensor: &Tensor, t: Words) -> Row {
    let sides: Vec<String> = tensor.shape.iter().map(ToString::to_string).collect();
    let (size, place) = match &tensor.place {
        Place::Nowhere => (String::new(), String::new()),
        Place::Inside { begin, end } => (t.size(end.saturating_sub(*begin) as i64), format!("{begin}–{end}")),
        Place::Pieces { bytes } => (t.size(*bytes as i64), String::new()),
        Place::Outside { path } => (String::new(), path.clone()),
    };
    let name = match &tensor.member {
        Some(member) => format!("{member} · {}", tensor.name),
        None => tensor.name.clone(),
    };
    Row {
        name,
        dtype: tensor.dtype.clone(),
        shape: format!("[{}]", sides.join(", ")),
        elements: t.number(elements(tensor) as i64),
        size,
        place,
    }
}

fn totals(tensors: &[Tensor], t: Words) -> Vec<Total> {
    let mut by_type: BTreeMap<&str, (i64, u64)> = BTreeMap::new();
    for tensor in tensors {
        let total = by_type.entry(&tensor.dtype).or_default();
        *total = (total.0 + 1, total.1.saturating_add(elements(tensor)));
    }
    let total = |(dtype, (count, elements)): (&str, (i64, u64))| Total {
        dtype: dtype.to_owned(),
        tensors: t.number(count),
        elements: t.number(i64::try_from(elements).unwrap_or(i64::MAX)),
    };
    by_type.into_iter().map(total).collect()
}
