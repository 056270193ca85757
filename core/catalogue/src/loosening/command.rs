//! What a new definition of a command opens.

use std::time::Duration;

use super::bound::{is_raised, which};
use crate::Role;
use crate::command::{Action, Command};
use crate::exec::{Exec, OnHangup};
use crate::param::{Param, PathKind, PathRule};
use caracola_spawner::ResourceLimits;

/// What keeps a command shut. Where several definitions are remembered, the first counts.
#[derive(Debug)]
pub(super) struct Guard {
    role: Role,
    action: Option<Guarded>,
    params: Vec<Param>,
}

#[derive(Debug)]
enum Guarded {
    Exec(Box<Exec>),
    Plugin { timeout: Duration, confirms: bool },
}

impl Guard {
    pub(super) fn of(command: &Command) -> Self {
        let action = match &command.action {
            Action::Exec(exec) => Some(Guarded::Exec(exec.clone())),
            Action::Plugin(function) => Some(Guarded::Plugin {
                timeout: function.timeout,
                confirms: function.confirm.is_some(),
            }),
            Action::Card | Action::Reply(_) | Action::Lookup(_) | Action::Builtin(_) => None,
        };
        Self {
            role: command.role,
            action,
            params: command.params.clone(),
        }
    }

    /// The keys by which `new` would open what this keeps shut.
    pub(super) fn opened_by(&self, new: &Command) -> Vec<&'static str> {
        let mut opened = Vec::new();
        if new.role < self.role {
            opened.push("roles");
        }
        let Some(action) = &self.action else {
            return opened;
        };
        match (action, &new.action) {
            (Guarded::Exec(old), Action::Exec(new)) => exec(old, new, &mut opened),
            (Guarded::Exec(old), Action::Plugin(new)) => {
                let keys = [
                    ("confirm", old.confirm.is_some() && new.confirm.is_none()),
                    ("timeout", new.timeout > old.timeout),
                ];
                opened.extend(which(keys));
            }
            (Guarded::Plugin { timeout, confirms }, Action::Plugin(_) | Action::Exec(_)) => {
                let of_new = match &new.action {
                    Action::Exec(exec) => exec.timeout,
                    Action::Plugin(function) => function.timeout,
                    _ => *timeout,
                };
                let keys = [
                    ("confirm", *confirms && new.confirm().is_none()),
                    ("timeout", of_new > *timeout),
                    ("user", has_identity(&new.action)),
                ];
                opened.extend(which(keys));
            }
            // A text runs nothing.
            _ => return opened,
        }
        if self.params.iter().any(|old| is_param_opened(old, &new.params)) {
            opened.push("params");
        }
        opened
    }
}

/// Whether running it does more than showing a text.
pub(super) fn runs_something(command: &Command) -> bool {
    matches!(command.action, Action::Exec(_) | Action::Plugin(_))
}

fn exec(old: &Exec, new: &Exec, opened: &mut Vec<&'static str>) {
    let unset = |(name, _): &(String, _)| !new.environment.iter().any(|(set, _)| set == name);
    let keys = [
        // Nobody can tell which of two users may do more, and where root started the server a program without one runs as
        // the server's user.
        ("user", (&new.user, &new.group) != (&old.user, &old.group)),
        ("confirm", old.confirm.is_some() && new.confirm.is_none()),
        ("timeout", new.timeout > old.timeout),
        ("max_output", new.max_output > old.max_output),
        ("max_running", new.max_running > old.max_running),
        ("queue", new.queue > old.queue),
        ("limits", are_limits_opened(old.limits, new.limits)),
        ("umask", old.umask & !new.umask != 0),
        (
            "on_hangup",
            old.on_hangup == OnHangup::End && new.on_hangup == OnHangup::Continue,
        ),
        // Both may be what keeps a program from doing more: `LESSSECURE=1`, or where relative paths lead.
        ("env", old.environment.iter().any(unset)),
        ("cwd", new.folder != old.folder),
    ];
    opened.extend(which(keys));
}

/// Whether a definition says as whom its program runs.
fn has_identity(action: &Action) -> bool {
    matches!(action, Action::Exec(exec) if exec.user.is_some())
}

fn are_limits_opened(old: ResourceLimits, new: ResourceLimits) -> bool {
    let ResourceLimits {
        cpu_seconds,
        address_space,
        file_size,
        open_files,
        processes,
        core,
    } = old;
    [
        (cpu_seconds, new.cpu_seconds),
        (address_space, new.address_space),
        (file_size, new.file_size),
        (open_files, new.open_files),
        (processes, new.processes),
        (core, new.core),
    ]
    .into_iter()
    .any(|(old, new)| is_raised(old, new))
}

/// Whether a param of the same name takes what this one doesn't. One that is gone takes nothing.
fn is_param_opened(old: &Param, params: &[Param]) -> bool {
    let Some(new) = params.iter().find(|new| new.name == old.name) else {
        return false;
    };
    let values = |param: &Param| -> Vec<String> { param.choices.iter().map(|choice| choice.value.clone()).collect() };
    let (before, after) = (values(old), values(new));
    let choices = !before.is_empty() && (after.is_empty() || after.iter().any(|value| !before.contains(value)));
    let path = match (&old.path, &new.path) {
        (Some(old), Some(new)) => is_path_opened(old, new),
        (Some(_), None) => true,
        (None, _) => false,
    };
    new.kind != old.kind
        || (new.rest && !old.rest)
        || (new.list && !old.list)
        || (new.allow_dash && !old.allow_dash)
        || choices
        || path
        || is_raised(old.max, new.max)
        || is_raised(old.min.map(|min| -min), new.min.map(|min| -min))
        || is_raised(old.max_len, new.max_len)
        || (old.pattern.is_some() && new.pattern != old.pattern)
        || new.schemes.iter().any(|scheme| !old.schemes.contains(scheme))
}

fn is_path_opened(old: &PathRule, new: &PathRule) -> bool {
    new.root != old.root
        || (old.must_exist && !new.must_exist)
        || (old.kind != PathKind::Any && new.kind != old.kind)
        || (old.open && !new.open)
}
