//! The images of cards.

use bytes::Bytes;

/// The largest image file, in bytes.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// The widest and highest image, in pixels.
pub(super) const MOST_PIXELS: u32 = 2048;

/// The image of a card: a PNG file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFile {
    /// SHA-256 of the bytes, in lower-case hex: by this clients ask for it and keep it.
    pub hash: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The whole file.
    pub bytes: Bytes,
}

/// Why bytes are not an image that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// It doesn't begin like a PNG file.
    #[error("is not a PNG file; convert it to PNG")]
    NotPng,
    /// It ends before a PNG file does.
    #[error("is a PNG file cut short; copy it again")]
    CutShort,
    /// Its width or height is 0.
    #[error("has no pixels; draw something")]
    NoPixels,
    /// Its width and height.
    #[error("is {0} x {1} pixels; at most 2048 x 2048 are shown, so make it smaller")]
    TooManyPixels(u32, u32),
    /// It is a large file.
    #[error("is larger than 1 MiB; make it smaller")]
    TooManyBytes,
}

impl ImageFile {
    /// Checks the frame of a PNG file: its signature, size and end. Its pixels are decoded only where they are shown.
    pub fn new(bytes: Bytes) -> Result<Self, ImageError> {
        const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
        const END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";
        if bytes.len() > MOST_BYTES {
            return Err(ImageError::TooManyBytes);
        }
        let header = bytes.strip_prefix(SIGNATURE).ok_or(ImageError::NotPng)?;
        let header = header.strip_prefix(b"\0\0\0\x0dIHDR").ok_or(ImageError::NotPng)?;
        let number = |at: usize| {
            let digits: [u8; 4] = header.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_be_bytes(digits))
        };
        let (Some(width), Some(height)) = (number(0), number(4)) else {
            return Err(ImageError::CutShort);
        };
        if !bytes.ends_with(END) {
            return Err(ImageError::CutShort);
        }
        if width == 0 || height == 0 {
            return Err(ImageError::NoPixels);
        }
        if width > MOST_PIXELS || height > MOST_PIXELS {
            return Err(ImageError::TooManyPixels(width, height));
        }
        Ok(ImageFile {
            hash: hex(&openssl::sha::sha256(&bytes)),
            width,
            height,
            bytes,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    digits.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels = vec![0; (width * height) as usize];
        PngEncoder::new(&mut bytes)
            .write_image(&pixels, width, height, ExtendedColorType::L8)
            .unwrap();
        bytes
    }

    #[test]
    fn a_png_file_is_taken_with_its_size_and_hash() {
        let image = ImageFile::new(Bytes::from(png(3, 2))).unwrap();
        assert_eq!((image.width, image.height), (3, 2));
        assert_eq!(image.hash.len(), 64);
        assert_ne!(image.hash, ImageFile::new(Bytes::from(png(2, 3))).unwrap().hash);
        assert_eq!(hex(&[0x00, 0xff, 0x1a]), "00ff1a");
    }

    #[test]
    fn other_files_are_refused() {
        let refused = |bytes: Vec<u8>| ImageFile::new(Bytes::from(bytes)).unwrap_err();
        assert_eq!(refused(Vec::new()), ImageError::NotPng);
        assert_eq!(refused(b"GIF89a".to_vec()), ImageError::NotPng);
        let whole = png(3, 2);
        for cut in 16..whole.len() {
            assert_eq!(refused(whole[..cut].to_vec()), ImageError::CutShort, "{cut}");
        }
        assert_eq!(refused(png(2049, 1)), ImageError::TooManyPixels(2049, 1));
        assert_eq!(refused(vec![0; MOST_BYTES + 1]), ImageError::TooManyBytes);
        let mut empty = png(1, 1);
        empty[16..20].fill(0);
        assert_eq!(refused(empty), ImageError::NoPixels);
    }
}
