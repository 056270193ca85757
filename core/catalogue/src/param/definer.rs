//! Whose definition is read, which decides what its params may have.

/// What a definition may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Definer {
    /// A command of the server's own: types of its own too, and words that begin with `-` as any others.
    BuiltIn,
    /// A program: everything that the types of an admin's commands can do.
    Program,
    /// A plugin's function, which can complete its own params. It gets secrets, and of files the paths. Its
    /// values may begin with `-` unless it says otherwise.
    Function,
    /// Anything else of an admin's. Nothing takes its words for options, so they may begin with `-` unless the
    /// file says otherwise.
    Other,
}
