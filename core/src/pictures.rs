//! Pictures that plugins answered with, kept until their callers have fetched them by `IMAGE`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalogue::ImageFile;

/// Bytes of all of them together. The oldest go first.
const MOST_BYTES: usize = 16 * 1024 * 1024;

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
        let mut bytes: usize = kept.iter().map(|image| image.bytes.len()).sum();
        while bytes > MOST_BYTES {
            let Some(oldest) = kept.pop_front() else { return };
            bytes -= oldest.bytes.len();
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
            bytes: Bytes::from(vec![0; MOST_BYTES / 4]),
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
}
