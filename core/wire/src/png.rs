//! The pictures that are shown: PNG files, of which only the frame is looked at here.

/// The largest file, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The widest and highest picture, in pixels.
pub const MOST_PIXELS: u32 = 2048;

/// What every file begins with.
pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Why bytes are not a picture that can be shown. The message goes on after what it is about, and says after a semicolon
/// what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PngError {
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

/// The width and height in pixels of a PNG file whose frame is whole: its signature, size and end. Its pixels are decoded only
/// where they are shown.
pub fn size(bytes: &[u8]) -> Result<(u32, u32), PngError> {
    const END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";
    if bytes.len() > MOST_BYTES {
        return Err(PngError::TooManyBytes);
    }
    let header = bytes.strip_prefix(SIGNATURE).ok_or(PngError::NotPng)?;
    let header = header.strip_prefix(b"\0\0\0\x0dIHDR").ok_or(PngError::NotPng)?;
    let number = |at: usize| {
        let digits: [u8; 4] = header.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(digits))
    };
    let (Some(width), Some(height)) = (number(0), number(4)) else {
        return Err(PngError::CutShort);
    };
    if !bytes.ends_with(END) {
        return Err(PngError::CutShort);
    }
    if width == 0 || height == 0 {
        return Err(PngError::NoPixels);
    }
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(PngError::TooManyPixels(width, height));
    }
    Ok((width, height))
}
