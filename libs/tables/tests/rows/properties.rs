//! What holds of any bytes; the fuzz targets ask the same.

use std::sync::Arc;

use limpide_tables::{Bounds, Filter, Form, Place, Summary, Table, Test};

const SOME: Bounds = Bounds { rows: 50, looked_at: 500, bytes: 1 << 20 };

/// Any bytes as a Parquet file: there are rows or an error. Tells whether there are rows.
pub(crate) fn table_parquet(data: &[u8]) -> bool {
    let Ok(table) = Table::open(Arc::new(data.to_vec()), Form::Parquet) else { return false };
    let middle = Place { row: table.total().unwrap_or(0) / 2, offset: 0 };
    let mut has_rows = false;
    for from in [Place::default(), middle] {
        if let Ok(page) = table.page(from, None, SOME) {
            assert!(page.rows.len() <= SOME.rows);
            assert!(page.next.is_none_or(|next| next.row > from.row));
            assert!(page.rows.iter().all(|row| row.cells.len() == table.columns().len()));
            has_rows |= !page.rows.is_empty();
        }
        let _ = table.page(from, Filter::words("a").as_ref(), SOME);
    }
    let mut summary = Summary::default();
    if table.summarise(&mut summary, SOME).is_ok() {
        assert!(summary.rows() <= SOME.looked_at);
        assert!(summary.columns().iter().all(|column| column.missing <= summary.rows()));
    }
    has_rows
}

/// Any bytes as text of any form, of which the first byte chooses: rows lie within the file, and each page goes on where
/// the one before ended. Tells whether there are rows.
pub(crate) fn table_text(data: &[u8]) -> bool {
    let Some((form, text)) = data.split_first() else { return false };
    let forms = [Form::Csv, Form::Tsv, Form::JsonLines, Form::Json, Form::Text];
    let Ok(table) = Table::open(Arc::new(text.to_vec()), forms[usize::from(*form) % forms.len()]) else {
        return false;
    };
    let (mut place, mut rows) = (Place::default(), 0);
    for _ in 0..20 {
        let Ok(page) = table.page(place, None, SOME) else { break };
        rows += page.rows.len();
        assert!(page.rows.iter().all(|row| row.place.offset < text.len() as u64));
        let Some(next) = page.next else { break };
        assert!(next.offset > place.offset && next.offset <= text.len() as u64);
        place = next;
    }
    let test = Test::ALL[usize::from(*form) % Test::ALL.len()];
    let _ = table.page(Place::default(), Filter::column("a", test, "1").as_ref(), SOME);
    let _ = table.page(Place { row: 1, offset: text.len() as u64 / 2 }, Filter::words("a").as_ref(), SOME);
    let _ = table.summarise(&mut Summary::default(), SOME);
    rows > 0
}
