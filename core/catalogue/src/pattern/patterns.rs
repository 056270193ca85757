//! Compiles patterns, each once: the commands of a large file share most of them.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Pattern, PatternError};

#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: RefCell<HashMap<String, Pattern>>,
}

impl Patterns {
    pub(crate) fn get(&self, written: &str) -> Result<Pattern, PatternError> {
        if let Some(pattern) = self.compiled.borrow().get(written) {
            return Ok(pattern.clone());
        }
        let pattern = Pattern::new(written)?;
        self.compiled.borrow_mut().insert(written.to_owned(), pattern.clone());
        Ok(pattern)
    }
}
