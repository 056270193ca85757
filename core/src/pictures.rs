//! Pictures that plugins answered with, kept until their callers have fetched them by `IMAGE`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use caracola_catalogue::ImageFile;

/// Bytes that all of them cost together. The oldest go first.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Pictures at once: looking for one looks at all.
const MOST: usize = 1000;
/// Bytes that a picture costs beside its own: what is known of it, its hash, and three pieces of memory.
const PICTURE: usize = size_of::<ImageFile>() + 160;

/// The last pictures. Who knows a hash has been shown the picture, or has it.
#[derive(Debug, Default)]
pub struct Pictures {
    /// The one that was used last comes last.
    kept: Mutex<VecDeque<Arc<ImageFile>>>,
}

impl Pictures {
    /// Keeps a picture, and forgets the oldest if there is no room for all.
    pub fn keep(&self, image: ImageFile) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.hash != image.hash);
        kept.push_back(Arc::new(image));
        let cost = |image: &ImageFile| image.bytes.len() + PICTURE;
        let mut bytes: usize = kept.iter().map(|image| cost(image)).sum();
        while bytes > MOST_BYTES || kept.len() > MOST {
            let Some(oldest) = kept.pop_front() else { return };
            bytes -= cost(&oldest);
        }
    }

    /// The picture of that hash. It is the last now that would be forgotten.
    pub fn get(&self, hash: &str) -> Option<Arc<ImageFile>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let position = kept.iter().position(|image| image.hash == hash)?;
        let found = kept.remove(position)?;
        kept.push_back(Arc::clone(&found));
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn picture(number: usize) -> ImageFile {
        ImageFile {
            hash: number.to_string(),
            width: 1,
            height: 1,
            bytes: Bytes::from(vec![0; MOST_BYTES / 4 - PICTURE]),
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let pictures = Pictures::default();
        for number in 0..4 {
            pictures.keep(picture(number));
        }
        assert!(pictures.get("0").is_some());
        pictures.keep(picture(4));
        assert!(pictures.get("1").is_none());
        assert!(["0", "2", "3", "4"].iter().all(|hash| pictures.get(hash).is_some()));
        pictures.keep(picture(4));
        assert!(pictures.get("2").is_some(), "the same picture takes no more room");
    }

    #[test]
    fn tiny_ones_are_bounded_too() {
        let pictures = Pictures::default();
        for number in 0..2 * MOST {
            pictures.keep(ImageFile {
                bytes: Bytes::from_static(b"tiny"),
                ..picture(number)
            });
        }
        assert_eq!(pictures.kept.lock().map(|kept| kept.len()).ok(), Some(MOST));
    }
}
