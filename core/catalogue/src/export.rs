//! What a client needs to complete lines, hint at arguments, and split what was typed.

use std::sync::OnceLock;

use bytes::Bytes;
use caracola_wire::{CatalogueEntry, CatalogueExport, ParamEntry};

use crate::text::{LanguageId, Languages};
use crate::{Action, Catalogue, Command, Param, Role};
use caracola_speech::render::shortened;

/// An export as it travels.
#[derive(Debug, Clone)]
pub struct Exported {
    /// SHA-256 of the payload, in lower-case hex.
    pub hash: String,
    /// What [`CatalogueExport::encode_payload`] writes.
    pub payload: Bytes,
}

impl Exported {
    /// Encodes an export.
    pub fn new(export: &CatalogueExport) -> Self {
        let payload = export.encode_payload();
        Self {
            hash: hex::encode(openssl::sha::sha256(&payload)),
            payload: payload.into(),
        }
    }
}

/// The exports of a catalogue, by role and language, each made when it is first asked for: thousands of commands take
/// some time to encode, and every shell asks.
#[derive(Debug)]
pub(super) struct Exports {
    /// One for each language, role by role.
    all: Box<[OnceLock<Exported>]>,
}

impl Exports {
    pub(super) fn new(languages: &Languages) -> Self {
        let count = Role::ALL.len() * languages.count();
        Self {
            all: (0..count).map(|_| OnceLock::new()).collect(),
        }
    }
}

impl Catalogue {
    /// What people of a role are sent of it in a language; encoded the first time, then kept. `visible` says which
    /// commands they may see, and must say the same each time for the same role.
    pub fn exported(&self, role: Role, language: LanguageId, visible: impl Fn(&Command) -> bool) -> &Exported {
        self.exports.all[self.export_number(role, language)].get_or_init(|| {
            let exported = Exported::new(&self.export(language, visible));
            // Most roles see the same: the bytes are kept once.
            let others = Role::ALL
                .iter()
                .filter_map(|other| self.exports.all[self.export_number(*other, language)].get());
            let mut same = others.filter(|other| other.hash == exported.hash);
            same.next().cloned().unwrap_or(exported)
        })
    }

    /// The roles and languages for which somebody has asked.
    pub fn asked_for(&self) -> impl Iterator<Item = (Role, LanguageId)> {
        let languages = self.languages.all();
        let pairs = languages.flat_map(|language| Role::ALL.map(|role| (role, language)));
        pairs.filter(|(role, language)| self.exports.all[self.export_number(*role, *language)].get().is_some())
    }

    fn export_number(&self, role: Role, language: LanguageId) -> usize {
        let role = Role::ALL.iter().position(|other| *other == role).unwrap_or(0);
        role * self.languages.count() + self.languages.position(language)
    }

    /// The `visible` commands in a language, and the groups that they are in.
    pub fn export(&self, language: LanguageId, visible: impl Fn(&Command) -> bool) -> CatalogueExport {
        let seen: Vec<&Command> = self.commands.iter().filter(|command| visible(command)).collect();
        let groups = self.groups.iter();
        let used = groups.filter(|group| seen.iter().any(|command| command.group == group.name));
        CatalogueExport {
            groups: used
                .map(|group| (group.name.clone(), self.text(&group.title, language).to_owned()))
                .collect(),
            entries: seen.iter().map(|command| self.entry(command, language)).collect(),
        }
    }

    fn entry(&self, command: &Command, language: LanguageId) -> CatalogueEntry {
        // Those with a flag come last: they have no place of their own, and the others keep theirs.
        let (flags, positional): (Vec<&Param>, Vec<&Param>) =
            command.params.iter().partition(|param| param.flag.is_some());
        // Without flags a dash is a letter, whatever a param says of it.
        let has_flags = !flags.is_empty();
        let params = positional.into_iter().chain(flags);
        let params = params.map(|param| self.param(param, has_flags, language));
        let mut params: Vec<ParamEntry> = params.collect();
        if let (Action::Lookup(lookup), [key]) = (&command.action, params.as_mut_slice())
            && key.choices.is_empty()
        {
            let entries = lookup.entries();
            key.choices = entries
                .map(|(key, text)| (key.to_owned(), about(self.text(text, language))))
                .collect();
        }
        CatalogueEntry {
            name: command.name.clone(),
            aliases: command.aliases.clone(),
            group: command.group.clone(),
            summary: self.text(&command.summary, language).to_owned(),
            action: command.action.as_str().to_owned(),
            params,
            examples: command.examples.iter().map(|example| example.run.clone()).collect(),
            confirm: command.confirm().map(|confirm| self.text(confirm, language).to_owned()),
        }
    }

    fn param(&self, param: &Param, has_flags: bool, language: LanguageId) -> ParamEntry {
        let choices = param.choices.iter().chain(&param.suggest).map(|choice| {
            let meaning = choice.about.as_ref().map(|text| about(self.text(text, language)));
            (choice.value.clone(), meaning.unwrap_or_default())
        });
        ParamEntry {
            name: param.name.clone(),
            kind: param.kind.as_str().to_owned(),
            required: param.required,
            rest: param.rest,
            list: param.list,
            choices: choices.collect(),
            flag: param.flag.clone(),
            complete: param.complete.is_some(),
            allow_dash: param.allow_dash && param.flag.is_none() && has_flags,
        }
    }
}

/// The first line of a text, as much as fits beside a key in a list.
pub(super) fn about(text: &str) -> String {
    const WIDTH: usize = 60;
    shortened(text.lines().next().unwrap_or_default(), WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use caracola_speech::Language;

    const FILE: &str = r#"
        [commands.a]
        summary = { en = "One", es = "Uno" }
        [commands.b]
        summary = "Two"
        roles = ["operator"]
    "#;

    #[test]
    fn each_role_and_language_has_its_own_and_it_is_encoded_once() {
        let loaded = Catalogue::from_text(FILE).unwrap_or_else(|broken| panic!("{broken}"));
        let catalogue = loaded.catalogue;
        let [en, es] = [Language::ENGLISH, Language::SPANISH].map(|tag| catalogue.language_id(&tag));
        let exported = |role, language| catalogue.exported(role, language, |command| command.role <= role);
        assert_eq!(catalogue.asked_for().count(), 0);
        let guest = exported(Role::Guest, en);
        assert!(std::ptr::eq(guest, exported(Role::Guest, en)));
        let user = exported(Role::User, en);
        assert_eq!(
            user.payload.as_ptr(),
            guest.payload.as_ptr(),
            "the same bytes are kept once"
        );
        assert_ne!(exported(Role::Guest, es).hash, guest.hash);
        assert_ne!(exported(Role::Operator, en).hash, guest.hash);
        assert_eq!(
            catalogue.asked_for().collect::<Vec<_>>(),
            [
                (Role::Guest, en),
                (Role::User, en),
                (Role::Operator, en),
                (Role::Guest, es)
            ]
        );
        let names = CatalogueExport::decode_payload(&guest.payload).expect("it is a catalogue");
        assert!(names.entries.iter().any(|entry| entry.name == "a"));
        assert!(names.entries.iter().all(|entry| entry.name != "b"));
    }

    #[test]
    fn a_shell_learns_where_a_dash_begins_a_value() {
        const FILE: &str = r#"
            [commands.grep]
            summary = "Search"
            exec = ["grep", "{number}", "{lines}", "--", "{pattern}", "{paths}"]
            params = [
                { name = "number", flag = "-n", type = "boolean" },
                { name = "lines", flag = "-m", allow_dash = true },
                { name = "pattern", allow_dash = true },
                { name = "paths", list = true },
            ]
            [commands.plain]
            summary = "No flags"
            exec = ["echo", "--", "{word}"]
            params = [{ name = "word", allow_dash = true }]
        "#;
        let loaded = Catalogue::from_text(FILE).unwrap_or_else(|broken| panic!("{broken}"));
        let catalogue = loaded.catalogue;
        let exported = catalogue.exported(Role::Operator, catalogue.language_id(&Language::ENGLISH), |_| true);
        let export = CatalogueExport::decode_payload(&exported.payload).expect("it is a catalogue");
        let with_dash = |name: &str| -> Vec<String> {
            let entry = export.entries.iter().find(|entry| entry.name == name);
            let params = entry.into_iter().flat_map(|entry| &entry.params);
            params
                .filter(|param| param.allow_dash)
                .map(|param| param.name.clone())
                .collect()
        };
        assert_eq!(with_dash("grep"), ["pattern"]);
        assert_eq!(with_dash("plain"), Vec::<String>::new());
    }
}
