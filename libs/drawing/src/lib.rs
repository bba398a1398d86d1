//! A page of a PDF as a picture, with its text: for readers whose browser is not to open the document itself.
//!
//! What comes in is somebody else's program for drawing, and it may ask for any amount of time and memory. This library
//! bounds what it can (the size of the document and of the picture, the length of the text) and gives an error wherever
//! the renderer gives up. Whoever calls it with the documents of strangers does so in a process of its own, with limits.
//!
//! The format: ISO 32000-2.

mod picture;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

pub use picture::{Picture, Problem};

/// The largest document that is drawn, in bytes.
pub const LARGEST_DOCUMENT: usize = 32 << 20;

/// The widest picture, and how many points it has at most.
pub const WIDEST: u32 = 2000;
const MOST_POINTS: f64 = 4e6;

/// Draws a page, so many points wide; the first is page 1. A page that is much higher than wide is drawn smaller.
///
/// # Errors
/// When the document is too large, encrypted or broken, and when it has no such page.
///
/// ```
/// let problem = limpide_drawing::draw(b"%PDF-1.7 and nothing else".to_vec(), 1, 600).unwrap_err();
/// assert_eq!(problem, limpide_drawing::Problem::Broken);
/// ```
pub fn draw(document: Vec<u8>, number: u32, width: u32) -> Result<Picture, Problem> {
    if document.len() > LARGEST_DOCUMENT {
        return Err(Problem::TooLarge);
    }
    // The renderer means never to panic, and documents are written to prove it wrong.
    let drawn = catch_unwind(AssertUnwindSafe(|| drawn(document, number, width)));
    drawn.unwrap_or(Err(Problem::Broken))
}

fn drawn(document: Vec<u8>, number: u32, width: u32) -> Result<Picture, Problem> {
    let pdf = Pdf::new(document).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Problem::Encrypted,
        LoadPdfError::Invalid => Problem::Broken,
    })?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if pages == 0 {
        return Err(Problem::Broken);
    }
    let index = number.checked_sub(1).ok_or(Problem::NoPage(pages))?;
    let page = pdf.pages().get(index as usize).ok_or(Problem::NoPage(pages))?;
    let scale = scale(page, width)?;
    let cache = RenderCache::new();
    let settings = InterpreterSettings::default();
    let ground = PixmapSettings { x_scale: scale.0, y_scale: scale.1, bg_color: WHITE };
    let points = render(page, &cache, &settings, &RenderSettings::default(), &ground);
    let (width, height) = (u32::from(points.width()), u32::from(points.height()));
    let png = points.into_png().map_err(|_| Problem::Broken)?;
    Ok(Picture { pages, width, height, text: text::of(page, &settings), png })
}

/// By how much a page is made larger or smaller, across and down: so wide, within the bounds, and a point at the least.
fn scale(page: &Page<'_>, width: u32) -> Result<(f32, f32), Problem> {
    let (across, down) = page.render_dimensions();
    let (across, down) = (f64::from(across), f64::from(down));
    let is_size = |length: f64| length.is_finite() && length >= 1.0;
    if !is_size(across) || !is_size(down) {
        return Err(Problem::Broken);
    }
    let wide = f64::from(width.clamp(1, WIDEST));
    let high = wide * down / across;
    let fits = (MOST_POINTS / (wide * high)).sqrt().min(f64::from(u16::MAX) / high).min(1.0);
    // Half a point more, for the renderer takes the whole number below.
    let whole = |length: f64| (length * fits).round().max(1.0) + 0.5;
    Ok(((whole(wide) / across) as f32, (whole(high) / down) as f32))
}
