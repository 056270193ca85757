//! How every key that a file may have is listed, with what its value is: the lists that reading goes by and that editors get
//! as a schema, so that the two cannot drift apart. Each noun has its own list, in its `keys.rs`.

/// The keys of one kind of table.
#[derive(Debug)]
pub(crate) struct Keys {
    /// What has them, as messages say it: "a command".
    pub(crate) what: &'static str,
    pub(crate) list: &'static [Key],
}

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it is for, as an editor shows it.
    pub(crate) about: &'static str,
}

/// What the value of a key is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// Text for people: a string, or a table by language.
    Text,
    /// A string that isn't empty.
    Words,
    /// Any string.
    Any,
    /// One of these words.
    OneOf(&'static [&'static str]),
    Boolean,
    /// An integer, at least the first and at most the second number.
    Integer(i64, i64),
    Number,
    /// A string, number or boolean.
    Scalar,
    /// A string such as `64KiB`.
    Size,
    /// A string such as `10s`.
    Duration,
    /// Three octal digits.
    Mask,
    /// A list of values.
    List(&'static Form),
    /// A table of these keys.
    Table(&'static Keys),
    /// A table whose keys are names of its own.
    Named(&'static Form),
    /// A table of anything, which somebody else checks.
    Free,
    /// One of two forms.
    Either(&'static Form, &'static Form),
}

impl Keys {
    /// Whether these are the keys of the same kind of table.
    pub(crate) fn is(&self, other: &Keys) -> bool {
        std::ptr::eq(self, other)
    }

    /// Whether there is such a key.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|key| key.name == name)
    }

    /// All names there are.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.list.iter().map(|key| key.name).collect()
    }
}

pub(crate) const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key {
        name,
        form,
        required: false,
        about,
    }
}

pub(crate) const fn required(name: &'static str, form: Form, about: &'static str) -> Key {
    Key {
        required: true,
        ..key(name, form, about)
    }
}

pub(crate) const COUNT: Form = Form::Integer(1, u32::MAX as i64);
pub(crate) const WORDS: Form = Form::List(&Form::Words);
