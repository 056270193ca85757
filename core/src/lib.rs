//! Core.

pub mod access;
pub mod catalogue;
pub mod language;
pub mod render;
