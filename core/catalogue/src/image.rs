//! The images of cards.

use bytes::Bytes;
use caracola_wire::png::{self, PngError};

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

impl ImageFile {
    /// Checks the frame of a PNG file, as [`png::size`] does.
    pub fn new(bytes: Bytes) -> Result<Self, PngError> {
        let (width, height) = png::size(&bytes)?;
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

    fn drawn(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels = vec![0; (width * height) as usize];
        PngEncoder::new(&mut bytes)
            .write_image(&pixels, width, height, ExtendedColorType::L8)
            .unwrap();
        bytes
    }

    #[test]
    fn a_png_file_is_taken_with_its_size_and_hash() {
        let image = ImageFile::new(Bytes::from(drawn(3, 2))).unwrap();
        assert_eq!((image.width, image.height), (3, 2));
        assert_eq!(image.hash.len(), 64);
        assert_ne!(image.hash, ImageFile::new(Bytes::from(drawn(2, 3))).unwrap().hash);
        assert_eq!(hex(&[0x00, 0xff, 0x1a]), "00ff1a");
    }

    #[test]
    fn other_files_are_refused() {
        let refused = |bytes: Vec<u8>| ImageFile::new(Bytes::from(bytes)).unwrap_err();
        assert_eq!(refused(Vec::new()), PngError::NotPng);
        assert_eq!(refused(b"GIF89a".to_vec()), PngError::NotPng);
        let whole = drawn(3, 2);
        for cut in 16..whole.len() {
            assert_eq!(refused(whole[..cut].to_vec()), PngError::CutShort, "{cut}");
        }
        assert_eq!(refused(drawn(2049, 1)), PngError::TooManyPixels(2049, 1));
        assert_eq!(refused(vec![0; png::MOST_BYTES + 1]), PngError::TooManyBytes);
        let mut empty = drawn(1, 1);
        empty[16..20].fill(0);
        assert_eq!(refused(empty), PngError::NoPixels);
    }
}
