//! Pictures in half blocks: each cell shows two pixels, the upper as the colour of `▀`, the lower as its background.

use std::io::Cursor;

use caracola_speech::Speech;
use caracola_wire::Image;
use image::imageops::FilterType;
use image::{ImageFormat, ImageReader, Limits, RgbaImage};

use super::color::Depth;
use super::{Page, sanitize, wrap};

/// Pictures are at most this many rows of cells high, ...
const MAX_ROWS: u32 = 16;
/// ... and files that are larger than this on either side, in pixels, are not decoded at all.
const MAX_SIDE: u32 = 2048;
/// Bytes that decoding may take.
const MAX_DECODED_BYTES: u64 = 32 * 1024 * 1024;
/// A pixel less opaque than this shows the terminal's own background.
const OPAQUE: u8 = 128;

/// A decoded picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture(RgbaImage);

impl Picture {
    /// Decodes a PNG file within limits; a file that isn't one, or is too large, is none.
    pub(crate) fn decode(png: &[u8]) -> Option<Self> {
        let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_DECODED_BYTES);
        reader.limits(limits);
        Some(Self(reader.decode().ok()?.into_rgba8()))
    }

    /// Scaled to fit into `columns` and [`MAX_ROWS`], never enlarged. Two pixels a cell, so that pixels are about square.
    fn scaled(&self, columns: u32) -> RgbaImage {
        let (width, height) = self.0.dimensions();
        let (most_width, most_height) = (columns.max(1), MAX_ROWS * 2);
        if width <= most_width && height <= most_height {
            return self.0.clone();
        }
        // Compare width/most_width with height/most_height without leaving integers.
        let is_wide = u64::from(width) * u64::from(most_height) > u64::from(height) * u64::from(most_width);
        let scale = |side: u32, to: u32, of: u32| {
            let scaled = u64::from(side) * u64::from(to) / u64::from(of.max(1));
            u32::try_from(scaled).unwrap_or(to).max(1)
        };
        let (new_width, new_height) = if is_wide {
            (most_width, scale(height, most_width, width))
        } else {
            (scale(width, most_height, height), most_height)
        };
        image::imageops::resize(&self.0, new_width, new_height, FilterType::Triangle)
    }
}

/// The picture if there is one and the terminal can show it, else what can be seen on it in words.
pub(crate) fn render(image: &Image, picture: Option<&Picture>, page: Page, speech: Speech) -> String {
    match picture {
        Some(picture) if page.shows_pictures() => {
            let columns = u32::try_from(page.card_columns() / 2).unwrap_or(u32::MAX);
            half_blocks(&picture.scaled(columns), page.palette.depth)
        }
        _ if image.alt.is_empty() => String::new(),
        _ => {
            let text = speech.image(sanitize::line(&image.alt));
            wrap::painted(&text, page.card_columns(), |line| page.palette.dim(line))
        }
    }
}

fn half_blocks(pixels: &RgbaImage, depth: Depth) -> String {
    let mut out = String::new();
    for row in 0..pixels.height().div_ceil(2) {
        let mut last = String::new();
        for column in 0..pixels.width() {
            let color = |y: u32| {
                let pixel = pixels.get_pixel_checked(column, y)?.0;
                (pixel[3] >= OPAQUE).then(|| Color::of(pixel, depth))
            };
            let (style, block) = cell(color(row * 2), color(row * 2 + 1));
            // Neighbours mostly look alike: a style that is active already isn't set again.
            if style != last {
                out.push_str(&style);
                last = style;
            }
            out.push(block);
        }
        out.push_str("\x1b[0m\n");
    }
    out
}

fn cell(upper: Option<Color>, lower: Option<Color>) -> (String, char) {
    match (upper, lower) {
        (None, None) => ("\x1b[0m".to_owned(), ' '),
        (Some(upper), None) => (format!("\x1b[0;{}m", upper.code(38)), '▀'),
        (None, Some(lower)) => (format!("\x1b[0;{}m", lower.code(38)), '▄'),
        (Some(upper), Some(lower)) => (format!("\x1b[{};{}m", upper.code(38), lower.code(48)), '▀'),
    }
}

#[derive(Clone, Copy)]
enum Color {
    True([u8; 3]),
    Indexed(u8),
}

impl Color {
    fn of(pixel: [u8; 4], depth: Depth) -> Self {
        let [red, green, blue, _] = pixel;
        if depth == Depth::True {
            Self::True([red, green, blue])
        } else {
            Self::Indexed(nearest_indexed([red, green, blue]))
        }
    }

    fn code(self, layer: u8) -> String {
        match self {
            Self::True([red, green, blue]) => format!("{layer};2;{red};{green};{blue}"),
            Self::Indexed(index) => format!("{layer};5;{index}"),
        }
    }
}

/// The nearest of xterm's colour cube (16-231) and its greys (232-255).
fn nearest_indexed(color: [u8; 3]) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |channel: u8| {
        let nearest = STEPS
            .iter()
            .enumerate()
            .min_by_key(|(_, value)| value.abs_diff(channel));
        nearest.map_or(0, |(index, _)| index)
    };
    let steps = color.map(step);
    let cube = steps.map(|index| STEPS[index]);
    let mean = color.iter().map(|channel| u16::from(*channel)).sum::<u16>() / 3;
    let grey_index = u8::try_from(mean.saturating_sub(3) / 10).unwrap_or(23).min(23);
    let grey = 8 + grey_index * 10;
    let distance = |other: [u8; 3]| -> u32 {
        let squares = color.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2));
        squares.sum()
    };
    if distance([grey; 3]) < distance(cube) {
        return 232 + grey_index;
    }
    let [red, green, blue] = steps;
    u8::try_from(16 + 36 * red + 6 * green + blue).unwrap_or(16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::color::Palette;
    use crate::layout::tests::plain;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbaImage::from_fn(width, height, |x, _| {
            image::Rgba([255, 0, 0, if x == 0 { 0 } else { 255 }])
        });
        let mut bytes = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .expect("written");
        bytes
    }

    fn shown(width: u32, height: u32, columns: usize, depth: Depth) -> String {
        let picture = Picture::decode(&png(width, height)).expect("decoded");
        let page = Page {
            palette: Palette { depth },
            ..plain(columns)
        };
        let image = Image {
            alt: "a picture".to_owned(),
            ..Image::default()
        };
        render(&image, Some(&picture), page, Speech::English)
    }

    #[test]
    fn two_pixels_a_cell_and_nothing_where_it_is_clear() {
        assert_eq!(
            shown(2, 3, 80, Depth::True),
            "\x1b[0m \x1b[38;2;255;0;0;48;2;255;0;0m▀\x1b[0m\n\x1b[0m \x1b[0;38;2;255;0;0m▀\x1b[0m\n"
        );
        assert!(shown(2, 2, 80, Depth::Indexed).contains("\x1b[38;5;196;48;5;196m▀"));
    }

    #[test]
    fn is_scaled_into_half_the_width_and_sixteen_rows() {
        for (width, height) in [(400, 100), (100, 400), (2000, 1), (1, 2000), (64, 64)] {
            let shown = shown(width, height, 80, Depth::True);
            assert!(shown.lines().count() <= 16, "{width}x{height}");
            assert!(shown.lines().all(|line| wrap::width(line) <= 40), "{width}x{height}");
        }
    }

    #[test]
    fn words_where_it_cannot_be_shown() {
        assert_eq!(shown(2, 2, 80, Depth::None), "[Image: a picture]\n");
        assert!(shown(2, 2, 59, Depth::True).contains("[Image: a picture]"));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_none() {
        assert!(Picture::decode(b"").is_none());
        assert!(Picture::decode(b"\x89PNG\r\n\x1a\n garbage").is_none());
        assert!(Picture::decode(&png(MAX_SIDE + 1, 1)).is_none());
        // A header that promises 2^31 pixels on each side.
        let mut bomb = png(4, 4);
        bomb[16..20].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        assert!(Picture::decode(&bomb).is_none());
    }

    #[test]
    fn indexed_colours_are_the_nearest() {
        assert_eq!(nearest_indexed([0, 0, 0]), 16);
        assert_eq!(nearest_indexed([255, 255, 255]), 231);
        assert_eq!(nearest_indexed([255, 0, 0]), 196);
        assert_eq!(nearest_indexed([118, 118, 118]), 243);
    }
}
