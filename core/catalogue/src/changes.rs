//! What a reload changes.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::command::{Action, Command};
use crate::name::fold;
use crate::{Catalogue, Settings, Text};
use caracola_plugin_host::Plugin;
use caracola_speech::Speech;

/// The names of commands that differ between two catalogues, each list sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Only the new catalogue has them.
    pub added: Vec<String>,
    /// Both have them, and somebody could notice a difference.
    pub changed: Vec<String>,
    /// Only the old catalogue had them.
    pub removed: Vec<String>,
    /// What else the file says differently, as keys of it: `access.guest`.
    pub settings: Vec<&'static str>,
    /// The plugins that differ.
    pub plugins: PluginChanges,
}

/// The names of plugins that differ between two catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PluginChanges {
    /// Only the new catalogue has them.
    pub added: Vec<String>,
    /// Loaded again: another library, or other settings.
    pub changed: Vec<String>,
    /// Only the old catalogue had them.
    pub removed: Vec<String>,
}

impl PluginChanges {
    fn between(old: &[Arc<Plugin>], new: &[Arc<Plugin>]) -> Self {
        let name = |plugin: &Arc<Plugin>| plugin.settings().name.clone();
        let find = |all: &[Arc<Plugin>], one: &Arc<Plugin>| {
            all.iter()
                .find(|other| other.settings().name == one.settings().name)
                .cloned()
        };
        let mut changes = Self {
            removed: old.iter().filter(|one| find(new, one).is_none()).map(name).collect(),
            ..Self::default()
        };
        for plugin in new {
            match find(old, plugin) {
                None => changes.added.push(name(plugin)),
                Some(before) if !Arc::ptr_eq(&before, plugin) => changes.changed.push(name(plugin)),
                Some(_) => {}
            }
        }
        changes
    }
}

/// The one setting that a running server doesn't take over.
const LISTEN: &str = "server.listen";
const USER: &str = "server.user";

impl Catalogue {
    /// What is different in `new`, for whoever can see everything. Where a command stands in its file makes no difference,
    /// only what it says.
    pub fn diff(old: &Catalogue, new: &Catalogue) -> Changes {
        let mut changes = Changes {
            settings: settings(&old.settings, &new.settings),
            plugins: PluginChanges::between(&old.plugins, &new.plugins),
            ..Changes::default()
        };
        let (mut old, mut new) = (old.commands.iter().peekable(), new.commands.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                // Both are sorted so.
                (Some(old), Some(new)) => fold(&old.name).cmp(&fold(&new.name)),
            };
            let before = old.next_if(|_| order.is_le());
            let after = new.next_if(|_| order.is_ge());
            match (before, after) {
                (Some(before), Some(after)) if is_same(before, after) => {}
                (Some(_), Some(after)) => changes.changed.push(after.name.clone()),
                (Some(before), None) => changes.removed.push(before.name.clone()),
                (None, Some(after)) => changes.added.push(after.name.clone()),
                (None, None) => return changes,
            }
        }
    }
}

/// The settings that differ.
fn settings(old: &Settings, new: &Settings) -> Vec<&'static str> {
    let (server, new_server) = (&old.server, &new.server);
    let (access, new_access) = (&old.access, &new.access);
    let differ = [
        ("server.name", server.name != new_server.name),
        (LISTEN, server.listen != new_server.listen),
        ("server.welcome", server.welcome != new_server.welcome),
        ("server.authors", server.authors != new_server.authors),
        ("server.language", server.language != new_server.language),
        (USER, server.user != new_server.user),
        ("server.reload", server.reload != new_server.reload),
        ("access.guest", access.guest != new_access.guest),
        ("access.guest_exec", access.guest_exec != new_access.guest_exec),
        ("limits", old.limits != new.limits),
    ];
    differ
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(key, _)| key)
        .collect()
}

/// Whether nobody could tell one from the other.
fn is_same(one: &Command, other: &Command) -> bool {
    let image = |command: &Command| command.image.as_ref().map(|image| image.hash.clone());
    one.name == other.name
        && one.aliases == other.aliases
        && one.group == other.group
        && one.summary == other.summary
        && shown(one).eq(shown(other))
        && one.see_also == other.see_also
        && one.params == other.params
        && one.role == other.role
        && image(one) == image(other)
        && does_the_same(&one.action, &other.action)
}

/// What people see of the examples.
fn shown(command: &Command) -> impl Iterator<Item = (&str, &Text)> {
    let examples = command.examples.iter();
    examples.map(|example| (example.run.as_str(), &example.about))
}

fn does_the_same(one: &Action, other: &Action) -> bool {
    match (one, other) {
        (Action::Card, Action::Card) => true,
        (Action::Reply(one), Action::Reply(other)) => one == other,
        (Action::Lookup(one), Action::Lookup(other)) => {
            let (one, other): (Vec<(&str, &Text)>, Vec<_>) = (one.entries().collect(), other.entries().collect());
            one == other
        }
        (Action::Exec(one), Action::Exec(other)) => one == other,
        (Action::Plugin(one), Action::Plugin(other)) => one == other,
        (Action::Builtin(one), Action::Builtin(other)) => one == other,
        _ => false,
    }
}

impl Changes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        let plugins = &self.plugins;
        let commands = [&self.added, &self.changed, &self.removed];
        let plugins = [&plugins.added, &plugins.changed, &plugins.removed];
        commands.into_iter().chain(plugins).all(Vec::is_empty) && self.settings.is_empty()
    }

    /// For people: `2 added (a, b); 1 removed (c). Settings: access.guest.`
    pub fn sentence(&self, speech: Speech) -> String {
        if self.is_empty() {
            return speech.nothing_changed();
        }
        let plugins = &self.plugins;
        let commands = counted([&self.added, &self.changed, &self.removed], speech);
        let plugins = counted([&plugins.added, &plugins.changed, &plugins.removed], speech);
        let parts = [
            commands,
            plugins.map(|changes| speech.plugins_changed(changes)),
            (!self.settings.is_empty()).then(|| speech.settings_changed(self.settings.join(", "))),
        ];
        let mut all = parts.into_iter().flatten().collect::<Vec<_>>().join(". ");
        if self.settings.contains(&LISTEN) {
            all = speech.listen_changed(all);
        }
        if self.settings.contains(&USER) {
            all = speech.user_changed(all);
        }
        format!("{all}.")
    }
}

/// What was added, changed and removed, if anything was: `2 added (a, b); 1 removed (c)`.
fn counted([added, changed, removed]: [&Vec<String>; 3], speech: Speech) -> Option<String> {
    let count = |names: &[String], one: &dyn Fn(&str) -> String, several: &dyn Fn(usize, String) -> String| match names
    {
        [] => None,
        [name] => Some(one(name)),
        _ => Some(several(names.len(), listed(names, speech))),
    };
    let parts = [
        count(added, &|name| speech.one_added(name), &|count, names| {
            speech.several_added(count, names)
        }),
        count(changed, &|name| speech.one_changed(name), &|count, names| {
            speech.several_changed(count, names)
        }),
        count(removed, &|name| speech.one_removed(name), &|count, names| {
            speech.several_removed(count, names)
        }),
    ];
    let told: Vec<_> = parts.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// Names with commas; of very many, the first.
pub fn listed(names: &[String], speech: Speech) -> String {
    const MOST: usize = 10;
    let shown = names[..names.len().min(MOST)].join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => speech.names_and_more(shown, more),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(text: &str) -> Catalogue {
        Catalogue::from_text(text)
            .unwrap_or_else(|broken| panic!("{broken}"))
            .catalogue
    }

    fn changes(old: &str, new: &str) -> Changes {
        Catalogue::diff(&catalogue(old), &catalogue(new))
    }

    const FILE: &str = r#"
        [commands.a]
        summary = { en = "A", es = "Á" }
        examples = [{ run = "a", about = "x" }]
        see_also = ["who"]
        [commands.B]
        summary = "B"
        exec = ["true", "{x}"]
        params = [{ name = "x", pattern = "[a-z]+" }]
        [commands.c]
        summary = "C"
        [commands.c.lookup]
        x = "X"
        [commands.d]
        summary = "D"
        reply = "d"
    "#;

    #[test]
    fn what_only_moves_does_not_change() {
        assert!(changes(FILE, FILE).is_empty());
        assert!(changes(FILE, &format!("\n\n# moved\n{FILE}")).is_empty());
        assert_eq!(
            Changes::default().sentence(Speech::English),
            "Nothing new: what the file says is active already."
        );
    }

    #[test]
    fn every_difference_is_noticed() {
        for (name, before, after) in [
            ("a", r#"es = "Á""#, r#"es = "A""#),
            ("a", r#"run = "a""#, r#"run = "a -x""#),
            ("a", r#"["who"]"#, r#"["help"]"#),
            ("a", r#"see_also = ["who"]"#, r#"aliases = ["aa"]"#),
            ("B", "params", "roles = [\"admin\"]\nparams"),
            ("B", r#"["true", "{x}"]"#, r#"["true", "-v", "{x}"]"#),
            ("B", "[a-z]+", "[a-z]"),
            ("B", "params", "timeout = \"1s\"\nparams"),
            ("c", r#"x = "X""#, r#"x = "Y""#),
            ("c", r#"x = "X""#, "x = \"X\"\ny = \"Y\""),
            ("d", r#"reply = "d""#, r#"reply = "e""#),
            ("d", r#"reply = "d""#, "[commands.d.lookup]\nd = \"d\""),
        ] {
            let after = FILE.replacen(before, after, 1);
            let expected = Changes {
                changed: vec![name.to_owned()],
                ..Changes::default()
            };
            assert_eq!(changes(FILE, &after), expected, "{after}");
        }
    }

    #[test]
    fn changed_settings_are_told_and_which_of_them_waits() {
        let settings = "[server]\nlisten = [\"127.0.0.1:0\"]\n[access]\nguest = true\n[limits]\nsessions = 9\n";
        let changes = changes(FILE, &format!("{settings}{FILE}").replacen("\"B\"", "\"b\"", 1));
        assert_eq!(changes.settings, ["server.listen", "access.guest", "limits"]);
        assert_eq!(
            changes.sentence(Speech::English),
            "1 changed (B). Settings: server.listen, access.guest, limits (where it listens counts from the next start)."
        );
        let changes = super::tests::changes("", "[server]\nname = \"lab\"\n");
        assert!(!changes.is_empty());
        assert_eq!(changes.sentence(Speech::Spanish), "Ajustes: server.name.");
    }

    #[test]
    fn what_comes_and_goes_is_told_in_both_languages() {
        let new = FILE
            .replace("commands.a", "commands.new")
            .replace("commands.d", "commands.D");
        let changes = changes(FILE, &new);
        assert_eq!(
            changes.sentence(Speech::English),
            "1 added (new); 1 changed (D); 1 removed (a)."
        );
        assert_eq!(
            changes.sentence(Speech::Spanish),
            "1 agregado (new); 1 cambiado (D); 1 quitado (a)."
        );
        let many: Vec<String> = (10..25)
            .map(|number| format!("[commands.n{number}]\nsummary = \"N\"\n"))
            .collect();
        let changes = super::tests::changes("", &many.concat());
        assert_eq!(
            changes.sentence(Speech::Spanish),
            "15 agregados (n10, n11, n12, n13, n14, n15, n16, n17, n18, n19 y 5 más)."
        );
    }
}
