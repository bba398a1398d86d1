//! The text of a page, for those who cannot see the picture: letters in the order in which they are drawn, with spaces
//! and lines where they stand apart. Letters of which a document does not say what they are are left out.

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect};

/// How much is kept, in bytes.
const LONGEST: usize = 64 << 10;

/// Letters that are set as one, and said one by one.
const LIGATURES: [(char, &str); 5] = [('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl")];

/// The text of a page, as far as its letters are known.
pub(crate) fn of(page: &Page<'_>, settings: &InterpreterSettings) -> String {
    let cache = InterpreterCache::new();
    let (width, height) = page.render_dimensions();
    let all = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(Affine::IDENTITY, all, &cache, page.xref(), settings.clone());
    let mut letters = Letters::default();
    interpret_page(page, &mut context, &mut letters);
    letters.lines()
}

/// Draws nothing, and keeps the letters.
#[derive(Default)]
struct Letters {
    text: String,
    /// Where the last letter ends.
    end: Option<Point>,
}

impl Letters {
    /// A letter, by how the square of its font (1000 across and down) is placed on the page.
    fn add(&mut self, letter: &str, place: Affine, advance: f64) {
        let start = place * Point::ORIGIN;
        let along = place * Point::new(1000.0, 0.0) - start;
        let size = along.hypot();
        if let Some(end) = self.end
            && size > 0.0
        {
            let (gap, along) = (start - end, along / size);
            let (ahead, aside) = (gap.dot(along) / size, gap.cross(along).abs() / size);
            // Indices stand a little above or below their line; a new column begins on the same line.
            match (ahead, aside) {
                (_, aside) if aside > 0.6 => self.text.push('\n'),
                (ahead, _) if !(-1.0..=3.0).contains(&ahead) => self.text.push('\n'),
                (ahead, _) if ahead > 0.15 => self.text.push(' '),
                _ => {}
            }
        }
        for letter in letter.chars().filter(|letter| !letter.is_control()) {
            match LIGATURES.iter().find(|(ligature, _)| *ligature == letter) {
                Some((_, letters)) => self.text.push_str(letters),
                None => self.text.push(letter),
            }
        }
        self.end = Some(place * Point::new(advance, 0.0));
    }

    /// The lines, with one space where there were several.
    fn lines(&self) -> String {
        let lines = self.text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if self.text.len() > LONGEST {
                return;
            }
            let (known, advance) = (glyph.as_unicode(), advance(glyph));
            let place = props.transform * glyph.transform();
            match known {
                Some(BfString::Char(letter)) => self.add(letter.encode_utf8(&mut [0; 4]), place, advance),
                // One sign may stand for some letters, never for a page of them.
                Some(BfString::String(letters)) if letters.len() <= 64 => self.add(&letters, place, advance),
                _ => {}
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// How far the next letter stands, in thousandths of the font's size; half of it where the font does not say.
fn advance(glyph: &Glyph<'_>) -> f64 {
    let advance = match glyph {
        Glyph::Outline(glyph) => glyph.advance_width(),
        Glyph::Type3(glyph) => glyph.advance_width(),
    };
    f64::from(advance.unwrap_or(500.0))
}
