//! The keys of a group, which a file may have and a plugin's definitions too.

use crate::document::{Form, Keys, required};

pub(crate) static GROUP: Keys = Keys {
    what: "a group",
    list: &[required("title", Form::Text, "What stands above its commands.")],
};
