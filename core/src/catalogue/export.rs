//! What a client needs to complete lines, hint at arguments, and split what was typed.

use caracola_wire::{CatalogueEntry, CatalogueExport, ParamEntry};

use super::languages::LanguageId;
use super::{Action, Catalogue, Command, Param};
use crate::render::shortened;

impl Catalogue {
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
        let params = positional.into_iter().chain(flags);
        let mut params: Vec<ParamEntry> = params.map(|param| self.param(param, language)).collect();
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

    fn param(&self, param: &Param, language: LanguageId) -> ParamEntry {
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
        }
    }
}

/// The first line of a text, as much as fits beside a key in a list.
pub(super) fn about(text: &str) -> String {
    const WIDTH: usize = 60;
    shortened(text.lines().next().unwrap_or_default(), WIDTH)
}
