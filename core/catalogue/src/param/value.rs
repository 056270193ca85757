//! Values of arguments, checked.
//!
//! A [`Value`] has been checked, and what a program gets for it is exactly what was checked. `kind` looks at the text alone,
//! and at the file system for a path.

use std::borrow::Cow;

use super::Param;
use super::kind::{Confined, Fault, ParamKind, confine};
use super::secret::Secret;
use crate::diagnostic::nearest_word;
use crate::name::fold;

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

    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Path(path) => Value::Path(path),
            Value::Secret(secret) => Value::Secret(secret),
        }
    }
}

/// Checks one value. Looks at the file system only for a path.
pub(crate) fn check<'v>(param: &Param, value: &'v str) -> Result<Value<'v>, Fault> {
    if let Some(rule) = &param.path {
        check_text(param, value)?;
        let confined = confine(rule, value).map(Value::Path);
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
pub(crate) fn check_text<'v>(param: &Param, value: &'v str) -> Result<Cow<'v, str>, Fault> {
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
    match param.kind.check(param, value)? {
        Some(word) => Ok(Cow::Borrowed(word)),
        None => choice(param, value),
    }
}

/// The choice that `value` is, as the file writes it; anything when there are no choices.
fn choice<'v>(param: &Param, value: &'v str) -> Result<Cow<'v, str>, Fault> {
    let choices = || param.choices.iter().map(|choice| choice.value.as_str());
    if param.choices.is_empty() || choices().any(|choice| choice == value) {
        return Ok(Cow::Borrowed(value));
    }
    let folded = fold(value);
    match choices().find(|choice| fold(choice) == folded) {
        Some(choice) => Ok(Cow::Owned(choice.to_owned())),
        None => Err(Fault::NoChoice {
            choices: choices().map(str::to_owned).collect(),
            near: nearest_word(value, choices()).map(str::to_owned),
        }),
    }
}
