//! Which keys are among those that open something, and bounds.

/// The keys of which it was found that they open something.
pub(super) fn which<const N: usize>(keys: [(&'static str, bool); N]) -> impl Iterator<Item = &'static str> {
    keys.into_iter().filter(|(_, opened)| *opened).map(|(key, _)| key)
}

/// Whether a bound, where none means unbounded, is higher than it was.
pub(super) fn is_raised<T: PartialOrd>(old: Option<T>, new: Option<T>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    }
}
