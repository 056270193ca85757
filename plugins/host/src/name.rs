//! What plugins and their functions may be called.

/// The most bytes of the name that an admin gives a plugin: with a function's behind it, it is the name of a command.
pub const LONGEST_PLUGIN: usize = 24;
/// The most bytes of a function's name.
pub const LONGEST_FUNCTION: usize = 39;

/// Whether a word can be the name of a plugin in an admin's file.
pub fn is_plugin(name: &str) -> bool {
    is_name(name, LONGEST_PLUGIN)
}

/// Whether a word can be the name of a plugin's function.
pub fn is_function(name: &str) -> bool {
    is_name(name, LONGEST_FUNCTION)
}

/// With a dot between them, the two make the name of a command.
fn is_name(name: &str, longest: usize) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !name.is_empty() && name.len() <= longest && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_plain_letters() {
        for name in ["ls", "git-log", "a_1", "LS", "7z"] {
            assert!(is_function(name) && is_plugin(name), "{name}");
        }
        for name in ["", "git log", "a.b", "a\u{f1}o", "a\n"] {
            assert!(!is_function(name) && !is_plugin(name), "{name:?}");
        }
        assert!(is_function(&"x".repeat(LONGEST_FUNCTION)) && !is_function(&"x".repeat(LONGEST_FUNCTION + 1)));
        assert!(is_plugin(&"x".repeat(LONGEST_PLUGIN)) && !is_plugin(&"x".repeat(LONGEST_PLUGIN + 1)));
    }
}
