//! Values of arguments: what each type of param takes.
//!
//! A [`Value`] has been checked, and what a program gets for it is exactly what was checked. `plain`, `time` and `network`
//! look at the text alone; `path` also looks at the file system. `fault` says what is wrong with a value.

mod fault;
mod network;
mod path;
mod plain;
mod time;

use std::borrow::Cow;

pub(super) use fault::few;
pub use fault::{Fault, PathFault};
pub(super) use network::is_scheme;
pub use path::Confined;

use super::param::{Param, ParamKind};
use super::secret::Secret;

/// A value that its param takes. There is no other way to make one than to check it.
#[derive(Debug)]
pub enum Value<'w> {
    /// Exactly what was typed; a choice as the file writes it, a boolean as `true` or `false`.
    Text(Cow<'w, str>),
    /// A file or folder that lies under the param's root.
    Path(Confined),
    /// Something that nobody may see.
    Secret(Secret),
}

impl Value<'_> {
    /// The value as text; none for a secret. A path is as it was typed.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Path(path) => Some(path.typed()),
            Value::Secret(_) => None,
        }
    }

    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Path(path) => Value::Path(path),
            Value::Secret(secret) => Value::Secret(secret),
        }
    }
}

/// Checks one value. Looks at the file system only for a path.
pub(super) fn check<'v>(param: &Param, value: &'v str) -> Result<Value<'v>, Fault> {
    if let Some(rule) = &param.path {
        check_text(param, value)?;
        let confined = path::confine(rule, value).map(Value::Path);
        let root = || rule.root.clone();
        return confined.map_err(|fault| Fault::Path { root: root(), fault });
    }
    let text = check_text(param, value)?;
    Ok(match param.kind {
        ParamKind::Secret => Value::Secret(Secret::new(&*text)),
        _ => Value::Text(text),
    })
}

/// Checks what can be said about a value by its text alone, and gives the text that stands for it.
pub(super) fn check_text<'v>(param: &Param, value: &'v str) -> Result<Cow<'v, str>, Fault> {
    if value.contains('\0') {
        return Err(Fault::Nul);
    }
    if param.required && value.is_empty() {
        return Err(Fault::Empty);
    }
    if value.starts_with('-') && !param.allow_dash {
        return Err(Fault::Dash);
    }
    if let Some(most) = param.max_len
        && value.chars().nth(most).is_some()
    {
        return Err(Fault::LongerThan(most));
    }
    if let Some(pattern) = &param.pattern
        && !pattern.fits(value)
    {
        return Err(Fault::Pattern(pattern.clone()));
    }
    match param.kind {
        ParamKind::Integer => plain::integer(param, value)?,
        ParamKind::Number => plain::number(param, value)?,
        ParamKind::Boolean => return plain::boolean(value).map(Cow::Borrowed),
        ParamKind::Path if value.is_empty() => return Err(Fault::Empty),
        ParamKind::Duration => time::duration(value)?,
        ParamKind::Date => time::date(value)?,
        ParamKind::Ip => network::ip(value)?,
        ParamKind::Host => network::host(value)?,
        ParamKind::Port => network::port(value)?,
        ParamKind::Url => network::url(&param.schemes, value)?,
        ParamKind::Language => plain::language(value)?,
        ParamKind::String
        | ParamKind::Choice
        | ParamKind::Path
        | ParamKind::Secret
        | ParamKind::Text
        | ParamKind::Person
        | ParamKind::Room
        | ParamKind::Command => {}
    }
    plain::choice(param, value)
}
