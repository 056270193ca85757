//! What a new catalogue would open that the one that is active, or one shortly before it, kept shut. A file that is half-written, or
//! saved in two steps, opens things by accident: what a reload that nobody asked for would open waits until somebody does.
//!
//! Compared is what comes of the files, name by name (a command's own and its aliases), so it makes no difference in which file
//! or table a definition stands, whether a default or a group said something, or under which of its names a command is known.

mod bound;
mod command;
mod plugin;
mod settings;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::iter;
use std::sync::Arc;

use self::command::Guard;
use crate::Catalogue;
use crate::command::Command;
use crate::name::fold;
use caracola_plugin_host::PluginSettings;

/// The most definitions that are remembered of commands that are gone. Past that, somebody must ask for a reload.
const MOST: usize = 10_000;

/// Something that would be opened: a command, plugin or table, and which of its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loosening {
    what: String,
    keys: Vec<&'static str>,
}

impl fmt::Display for Loosening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.keys.join(", "))
    }
}

/// What was active since somebody last asked for a reload, and is no longer: taking something out and putting it in again
/// must open nothing either.
#[derive(Debug, Default)]
pub struct Former {
    /// By each name that led to one.
    commands: HashMap<String, Arc<Guard>>,
    plugins: HashMap<String, PluginSettings>,
}

impl Former {
    /// What `new` would open that `old`, or what was before it, kept shut.
    pub fn loosenings(&self, old: &Catalogue, new: &Catalogue) -> Vec<Loosening> {
        let mut all = settings::opened(&old.settings, &new.settings);
        if self.commands.len() > MOST {
            all.push(Loosening {
                what: "more than 10000 commands that were taken out".to_owned(),
                keys: Vec::new(),
            });
        }
        for command in &new.commands {
            let mut known: Vec<&'static str> = Vec::new();
            for name in command.names() {
                let mut opened = self.opened_under(name, command, old);
                // An alias is told of for what the command's own name doesn't say already.
                opened.retain(|key| !known.contains(key));
                known.extend(&opened);
                let what = if name == command.name {
                    name.to_owned()
                } else {
                    format!("{name}, which leads to {}", command.name)
                };
                push(&mut all, what, iter::once(opened));
            }
        }
        for settings in &new.plugin_settings {
            let before = old.plugin_settings.iter().find(|old| old.name == settings.name);
            let guards = before.into_iter().chain(self.plugins.get(&settings.name));
            let name = format!("the plugin {}", settings.name);
            push(&mut all, name, guards.map(|old| plugin::opened(old, settings)));
        }
        all
    }

    /// The keys by which `command` would open what this one of its names leads to, or led to.
    fn opened_under(&self, name: &str, command: &Command, old: &Catalogue) -> Vec<&'static str> {
        let before = old.command(name).map(|before| Guard::of(before).opened_by(command));
        let former = self.commands.get(&*fold(name)).map(|guard| guard.opened_by(command));
        before.into_iter().chain(former).flatten().collect()
    }

    /// Remembers what `old` keeps shut and `new`, which takes its place, doesn't have any more.
    pub fn remember(&mut self, old: &Catalogue, new: &Catalogue) {
        for command in &old.commands {
            let mut guard = None;
            for name in command.names() {
                let is_kept = new.command(name).is_some_and(|new| {
                    // A program that has become a text is gone, and so is one to which the name doesn't lead any more.
                    fold(&new.name) == fold(&command.name)
                        && command::runs_something(new) >= command::runs_something(command)
                });
                if !is_kept && let Entry::Vacant(place) = self.commands.entry(fold(name).into_owned()) {
                    let guard = guard.get_or_insert_with(|| Arc::new(Guard::of(command)));
                    place.insert(Arc::clone(guard));
                }
            }
        }
        for settings in &old.plugin_settings {
            if !new.plugin_settings.iter().any(|new| new.name == settings.name) {
                self.plugins
                    .entry(settings.name.clone())
                    .or_insert_with(|| settings.clone());
            }
        }
    }

    /// Somebody asked for a reload: what they apply is what they mean.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

fn push(all: &mut Vec<Loosening>, what: String, opened: impl Iterator<Item = Vec<&'static str>>) {
    let mut keys: Vec<&'static str> = opened.flatten().collect();
    keys.sort_unstable();
    keys.dedup();
    if !keys.is_empty() {
        all.push(Loosening { what, keys });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Action;

    fn catalogue(text: &str) -> Catalogue {
        Catalogue::from_text(text)
            .unwrap_or_else(|broken| panic!("{broken}\n{text}"))
            .catalogue
    }

    fn told(former: &Former, old: &str, new: &str) -> String {
        let opened = former.loosenings(&catalogue(old), &catalogue(new));
        let told: Vec<_> = opened.iter().map(ToString::to_string).collect();
        told.join("; ")
    }

    const FILE: &str = r#"
        [access]
        guest = false
        [limits]
        sessions = 9
        idle = "1h"
        [commands.run]
        summary = "Run"
        exec = ["/bin/echo", "{word}", "{number}", "{file}"]
        user = "root"
        confirm = "Really?"
        timeout = "5s"
        max_output = "1KiB"
        max_running = 1
        queue = 1
        umask = "077"
        cwd = "/usr"
        on_hangup = "end"
        env = { SAFE = "1" }
        limits = { memory = "64MiB", cpu = "1s" }
        params = [
            { name = "word", pattern = "[a-z]+", max_len = 5 },
            { name = "number", type = "integer", min = 1, max = 9 },
            { name = "file", type = "path", root = "/usr", must_exist = true },
        ]
        [commands.text]
        summary = "Text"
        reply = "text"
        roles = ["user"]
    "#;

    #[test]
    fn every_lock_that_is_taken_off_is_noticed_and_none_that_is_put_on() {
        for (before, after, expected) in [
            ("guest = false", "guest = true", "[access] (guest)"),
            ("sessions = 9", "sessions = 10", "[limits] (sessions)"),
            ("idle = \"1h\"", "", "[limits] (idle)"),
            ("user = \"root\"", "", "run (user)"),
            ("\"root\"", "\"root:root\"", "run (user)"),
            ("confirm = \"Really?\"", "", "run (confirm)"),
            ("timeout = \"5s\"", "", "run (timeout)"),
            ("max_output = \"1KiB\"", "", "run (max_output)"),
            ("max_running = 1", "", "run (max_running)"),
            ("queue = 1", "", "run (queue)"),
            ("umask = \"077\"", "", "run (umask)"),
            ("cwd = \"/usr\"", "", "run (cwd)"),
            ("\"end\"", "\"continue\"", "run (on_hangup)"),
            ("env = { SAFE = \"1\" }", "", "run (env)"),
            ("memory = \"64MiB\", ", "", "run (limits)"),
            ("cpu = \"1s\"", "cpu = \"2s\"", "run (limits)"),
            ("queue = 1", "queue = 1\nroles = [\"guest\"]", "run (roles)"),
            ("pattern = \"[a-z]+\", ", "", "run (params)"),
            (", max_len = 5", "", "run (params)"),
            ("min = 1, ", "", "run (params)"),
            ("max = 9", "max = 10", "run (params)"),
            ("must_exist = true", "must_exist = false", "run (params)"),
            ("root = \"/usr\"", "root = \"/\"", "run (params)"),
            (
                "{ name = \"word\",",
                "{ name = \"word\", allow_dash = true,",
                "run (params)",
            ),
            ("roles = [\"user\"]", "", "text (roles)"),
        ] {
            let new = FILE.replacen(before, after, 1);
            assert_ne!(new, FILE, "{before}");
            assert_eq!(told(&Former::default(), FILE, &new), expected, "{before}");
            let back = told(&Former::default(), &new, FILE);
            // Of some nobody can tell which way is the tighter one.
            let either = ["root", "cwd"].iter().any(|key| before.contains(key));
            assert!(back.is_empty() || either, "{before}: {back}");
        }
        assert_eq!(told(&Former::default(), FILE, FILE), "");
    }

    #[test]
    fn a_program_gains_no_user_by_itself() {
        let without = FILE.replacen("user = \"root\"\n", "", 1);
        assert_ne!(without, FILE);
        assert_eq!(told(&Former::default(), &without, FILE), "run (user)");
    }

    #[test]
    fn what_was_taken_out_is_remembered_until_somebody_asks() {
        let mut former = Former::default();
        let without = FILE.replace("[commands.text]", "[commands.other]");
        former.remember(&catalogue(FILE), &catalogue(&without));
        let open = FILE.replace("roles = [\"user\"]", "");
        assert_eq!(told(&former, &without, &open), "text (roles)");
        assert_eq!(told(&former, &without, FILE), "");
        // Nor does a program come back otherwise once it was a text for a while.
        let start = FILE.find("exec =").unwrap_or_default();
        let end = FILE.find("[commands.text]").unwrap_or_default();
        let text = format!(
            "{}reply = \"r\"\nroles = [\"operator\"]\n{}",
            &FILE[..start],
            &FILE[end..]
        );
        former.remember(&catalogue(FILE), &catalogue(&text));
        let open = FILE.replace("confirm = \"Really?\"", "");
        assert_eq!(told(&former, &text, &open), "run (confirm)");
        former.clear();
        assert_eq!(told(&former, &text, &open), "");
    }

    /// An operator's program with a question before it, and a guest's; both with an alias.
    const NAMES: &str = r#"
        [commands.op]
        summary = "For operators"
        exec = ["/bin/echo", "secret"]
        aliases = ["o"]
        roles = ["operator"]
        confirm = "Really?"
        timeout = "5s"
        [commands.other]
        summary = "For guests"
        exec = ["/bin/echo", "hello"]
        aliases = ["hi"]
        roles = ["guest"]
        timeout = "9s"
    "#;

    #[test]
    fn no_name_leads_by_itself_to_what_is_less_shut() {
        let opened = "confirm, roles, timeout";
        // A name becomes an alias of another command.
        for (name, new) in [
            (
                "op",
                NAMES
                    .replace("[commands.op]", "[commands.gone]")
                    .replace("\"hi\"", "\"op\""),
            ),
            (
                "OP",
                NAMES
                    .replace("[commands.op]", "[commands.gone]")
                    .replace("\"hi\"", "\"OP\""),
            ),
            ("o", NAMES.replace("\"o\"", "\"x\"").replace("\"hi\"", "\"o\"")),
        ] {
            let expected = format!("{name}, which leads to other ({opened})");
            assert_eq!(told(&Former::default(), NAMES, &new), expected, "{new}");
            // Nor in two steps: the first takes the name out.
            let mut former = Former::default();
            let between = new.replace(&format!("\"{name}\""), "\"hi\"");
            former.remember(&catalogue(NAMES), &catalogue(&between));
            assert_eq!(told(&former, &between, &new), expected, "{new}");
        }
        // An alias becomes a command's own name.
        let own = NAMES
            .replace("\"o\"", "\"x\"")
            .replace("[commands.other]", "[commands.o]");
        assert_eq!(told(&Former::default(), NAMES, &own), format!("o ({opened})"));
    }

    #[test]
    fn a_rename_that_opens_nothing_is_applied() {
        for new in [
            // The old name stays as an alias, or an alias becomes the name.
            NAMES
                .replace("[commands.op]", "[commands.new]")
                .replace("\"o\"", "\"o\", \"op\""),
            NAMES
                .replace("[commands.op]", "[commands.o]")
                .replace("\"o\"", "\"op\""),
            NAMES
                .replace("[commands.other]", "[commands.hi]")
                .replace("\"hi\"", "\"other\""),
            // More names, fewer, and others that led nowhere.
            NAMES.replace("\"hi\"", "\"hi\", \"hello\""),
            NAMES.replace("\"hi\"", "\"hello\"").replace("\"o\"", "\"x\""),
            // What was a guest's leads to the operator's, with its question and its shorter time.
            NAMES.replace("\"hi\"", "\"x\"").replace("\"o\"", "\"o\", \"hi\""),
        ] {
            assert_ne!(new, NAMES);
            assert_eq!(told(&Former::default(), NAMES, &new), "", "{new}");
        }
    }

    #[test]
    fn what_the_own_name_says_no_alias_repeats() {
        let open = NAMES.replacen("confirm = \"Really?\"", "", 1);
        assert_eq!(told(&Former::default(), NAMES, &open), "op (confirm)");
    }

    /// Whether a command is as shut as another definition of it: its role, the question before it, and as whom and for how long
    /// its program runs.
    fn is_as_shut(command: &Command, before: &Command) -> bool {
        let program = match (&command.action, &before.action) {
            (Action::Exec(exec), Action::Exec(before)) => exec.user == before.user && exec.timeout <= before.timeout,
            (Action::Exec(_), _) => false,
            _ => true,
        };
        let asks =
            command.confirm().is_some() || before.confirm().is_none() || !matches!(command.action, Action::Exec(_));
        command.role >= before.role && asks && program
    }

    /// A file that is saved in pieces, or on a full disk, is cut: whatever of it loads either waits, or has each command behind the
    /// locks that the whole file puts before it.
    #[test]
    fn a_file_cut_at_any_line_opens_nothing_by_itself() {
        // Its pictures are in another folder.
        let default: String = crate::DEFAULT_FILE
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("image"))
            .collect();
        for (file, least) in [(FILE, 5), (default.as_str(), 100)] {
            let whole = catalogue(file);
            let mut loaded = 0;
            for (end, _) in file.match_indices('\n') {
                let Ok(part) = Catalogue::from_text(&file[..end]) else {
                    continue;
                };
                loaded += 1;
                let part = part.catalogue;
                if !Former::default().loosenings(&whole, &part).is_empty() {
                    continue;
                }
                for command in part.commands() {
                    let before = whole.command(&command.name);
                    assert!(
                        before.is_some_and(|before| is_as_shut(command, before)),
                        "`{}` is open in:\n{}",
                        command.name,
                        &file[..end]
                    );
                }
            }
            assert!(loaded >= least, "{loaded} of its beginnings load");
        }
    }
}
