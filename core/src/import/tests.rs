//! Whole trees of pages.
