//! What every key of `commands.toml` is for, for people to read. It is made from the same list of keys that reading goes by,
//! so that it can't tell of a key that there isn't, or leave one out.

use crate::command::{COMMAND, OF_BINDINGS, WITH_ACTIONS};
use crate::document::{DURATION_FORM, Form, Keys, SIZE_FORM};
use crate::exec::{OF_PLUGINS_TOO, OF_PROGRAMS};
use crate::file::{DEFINITIONS, FILE};
use crate::param::{PARAM, ParamKind};
use crate::plugin::{OF_FENCES, PLUGIN};
use caracola_speech::render;

/// Columns of the page that both terminals and editors show.
const WIDTH: usize = 80;

/// The reference: a section for each kind of table, in the order in which a file has them. Words of a file, such as names of
/// keys, stand between backquotes in all of its texts.
#[derive(Debug)]
pub struct Reference {
    /// What the whole of it is about.
    pub about: &'static str,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// A table of the file and its keys, or what several of them have in common.
#[derive(Debug)]
pub struct Section {
    /// The head of the table, or what it is about.
    pub title: String,
    /// What is to be said before the keys, by paragraph.
    pub about: Vec<String>,
    /// The keys.
    pub items: Vec<Item>,
}

/// A key, or another word that is explained.
#[derive(Debug)]
pub struct Item {
    /// The word itself.
    pub name: String,
    /// What its value is, and whether it must be there.
    pub form: Option<String>,
    /// What it is for.
    pub about: String,
}

/// The reference of the format.
pub fn reference() -> Reference {
    let mut writer = Writer {
        named: "NAME",
        sections: vec![values(), types()],
        described: Vec::new(),
    };
    writer.table("The file", "", "Every key stands in one of the tables below.", &FILE);
    writer.named = "FUNCTION";
    writer.table(
        "A plugin's own definitions",
        "",
        "What a plugin says about its functions, in the same format. It is part of the plugin's library; an admin's file \
         names the library under `plugins`, and binds functions by `plugin`.",
        &DEFINITIONS,
    );
    Reference {
        about: "Every key that the file may have. `caracolad schema` prints the same for editors, and `caracolad check FILE` \
                tells what is wrong with a file.",
        sections: writer.sections,
    }
}

/// The forms of values that have a name of their own below.
fn values() -> Section {
    let item = |name: &str, about: String| Item {
        name: name.to_owned(),
        form: None,
        about,
    };
    Section {
        title: "Values".to_owned(),
        about: vec!["Besides strings, numbers, booleans, lists and tables, as TOML has them:".to_owned()],
        items: vec![
            item(
                "text",
                "What people read: one string, or one for each language, such as `{ en = \"Hello\", es = \"Hola\" }`."
                    .to_owned(),
            ),
            item("size", format!("A string: {SIZE_FORM}.")),
            item("duration", format!("A string: {DURATION_FORM}.")),
        ],
    }
}

/// What the values of a param may be.
fn types() -> Section {
    let items = ParamKind::ORDINARY.iter().map(|kind| Item {
        name: kind.as_str().to_owned(),
        form: None,
        about: kind.about().to_owned(),
    });
    Section {
        title: "Types of params".to_owned(),
        about: vec!["The words that a param's `type` may be, and what a value of each is:".to_owned()],
        items: items.collect(),
    }
}

/// Writes the sections of tables, and of the tables in them.
struct Writer {
    /// What stands for a name of the author's own choice.
    named: &'static str,
    sections: Vec<Section>,
    /// The tables that have a section, with their heads.
    described: Vec<(&'static Keys, String)>,
}

impl Writer {
    /// Adds a section for the table at `path`, and for those below it that have none yet.
    fn table(&mut self, title: &str, path: &str, about: &str, keys: &'static Keys) {
        self.described.push((keys, title.to_owned()));
        let below: Vec<_> = keys
            .list
            .iter()
            .filter_map(|key| Some((key, self.below(path, key.name, key.form)?)))
            .collect();
        let mut items = Vec::new();
        let mut missing: Vec<(String, String, &str, &'static Keys)> = Vec::new();
        for key in keys.list {
            let mut form = form(key.form);
            if let Some((_, (head, inner, table))) = below.iter().find(|(known, _)| known.name == key.name) {
                let described = self.described.iter().find(|(known, _)| known.is(table));
                let head = described.map_or(head, |(_, head)| head);
                form = format!("{form}, see `{head}`");
                if described.is_none() {
                    missing.push((head.clone(), inner.clone(), key.about, table));
                }
            }
            if key.required {
                form += ", required";
            }
            let about = match condition(keys, key.name) {
                Some(condition) => format!("{} {condition}", key.about),
                None => key.about.to_owned(),
            };
            items.push(Item {
                name: key.name.to_owned(),
                form: Some(form),
                about,
            });
        }
        let mut about = vec![about.to_owned()];
        about.extend(notes(keys));
        self.sections.push(Section {
            title: title.to_owned(),
            about,
            items,
        });
        for (head, path, about, table) in missing {
            self.table(&head, &path, about, table);
        }
    }

    /// The head and the path of the table that a key of the table at `path` holds, and the keys of it.
    fn below(&self, path: &str, name: &str, form: Form) -> Option<(String, String, &'static Keys)> {
        let path = match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match form {
            Form::Table(keys) => Some((format!("[{path}]"), path, keys)),
            Form::Named(&Form::Table(keys)) => {
                let path = format!("{path}.{}", self.named);
                Some((format!("[{path}]"), path, keys))
            }
            Form::List(&Form::Table(keys)) => Some((format!("[[{path}]]"), path, keys)),
            _ => None,
        }
    }
}

/// What holds for the keys of a table together.
fn notes(keys: &Keys) -> Vec<String> {
    if !keys.is(&COMMAND) {
        return Vec::new();
    }
    vec![
        format!(
            "A command has one of {}, or none and is a card.",
            joined(&WITH_ACTIONS, "and")
        ),
        format!(
            "A definition with nothing but {} binds its name, or the card of that name, to the function of a plugin.",
            joined(&OF_BINDINGS, "and")
        ),
    ]
}

/// When a key means something, unless that is always.
fn condition(keys: &Keys, key: &str) -> Option<String> {
    if keys.is(&COMMAND) && OF_PROGRAMS.contains(&key) {
        let whose = if OF_PLUGINS_TOO.contains(&key) {
            "`exec` or `plugin`"
        } else {
            "`exec`"
        };
        return Some(format!("Only with {whose}."));
    }
    if keys.is(&PLUGIN) && OF_FENCES.contains(&key) {
        return Some("Only with `isolation = \"process\"`.".to_owned());
    }
    if keys.is(&PARAM) {
        let (fitting, others): (Vec<_>, Vec<_>) = ParamKind::ORDINARY.iter().partition(|kind| kind.takes(key));
        let words = |kinds: &[&ParamKind]| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>();
        return match others.len() {
            // No type names what every type has.
            _ if fitting.is_empty() => None,
            few if few < fitting.len() => Some(format!("Not for {}.", joined(&words(&others), "and"))),
            _ => Some(format!("Only for {}.", joined(&words(&fitting), "and"))),
        };
    }
    None
}

/// What a value is, in words.
fn form(form: Form) -> String {
    match form {
        Form::Text => "text".to_owned(),
        Form::Words | Form::Any => "string".to_owned(),
        Form::OneOf(words) => joined(
            &words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>(),
            "or",
        ),
        Form::Boolean => "boolean".to_owned(),
        Form::Integer(least, most) if most >= i64::from(u32::MAX) => format!("integer, {least} or more"),
        Form::Integer(least, most) => format!("integer from {least} to {most}"),
        Form::Number => "number".to_owned(),
        Form::Scalar => "string, number or boolean".to_owned(),
        Form::Size => "size".to_owned(),
        Form::Duration => "duration".to_owned(),
        Form::Mask => "string of three octal digits".to_owned(),
        Form::List(element) => format!("list of {}", several(*element)),
        Form::Table(_) | Form::Free => "table".to_owned(),
        Form::Named(value) => format!("table of {}", several(*value)),
        Form::Either(one, other) => format!("{}, or {}", self::form(*one), self::form(*other)),
    }
}

/// What several values are, in words.
fn several(form: Form) -> String {
    match form {
        Form::Text => "texts".to_owned(),
        Form::Words | Form::Any => "strings".to_owned(),
        Form::Table(_) | Form::Free => "tables".to_owned(),
        Form::Integer(least, most) => format!("integers from {least} to {most}"),
        other => self::form(other),
    }
}

/// Words of a file with commas, and one of "and" and "or" before the last.
fn joined(words: &[impl AsRef<str>], and: &str) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {and} {last}", before.join(", ")),
        None => String::new(),
    }
}

impl Reference {
    /// As a page in Markdown, which is as good to read on a terminal.
    pub fn markdown(&self) -> String {
        let mut lines = vec!["# commands.toml".to_owned(), String::new()];
        let paragraph = |lines: &mut Vec<String>, text: &str| {
            render::indented(lines, text, "", 0, WIDTH);
            lines.push(String::new());
        };
        paragraph(&mut lines, self.about);
        for section in &self.sections {
            let title = if section.title.starts_with('[') {
                format!("`{}`", section.title)
            } else {
                section.title.clone()
            };
            paragraph(&mut lines, &format!("## {title}"));
            for text in &section.about {
                paragraph(&mut lines, text);
            }
            for Item { name, form, about } in &section.items {
                let form = form.as_ref().map(|form| format!(" ({form})")).unwrap_or_default();
                render::indented(&mut lines, &format!("`{name}`{form}: {about}"), "- ", 2, WIDTH);
            }
            lines.push(String::new());
        }
        // What ends a section ends the page.
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use crate::settings::LIMITS;
    use crate::settings::Limits;

    fn section<'r>(reference: &'r Reference, title: &str) -> &'r Section {
        let found = reference.sections.iter().find(|section| section.title == title);
        found.unwrap_or_else(|| panic!("no section {title}"))
    }

    fn line(section: &Section, name: &str) -> String {
        let item = section.items.iter().find(|item| item.name == name);
        let item = item.unwrap_or_else(|| panic!("no key {name} in {}", section.title));
        format!("{}: {}", item.form.as_deref().unwrap_or_default(), item.about)
    }

    #[test]
    fn each_table_stands_once_with_its_head() {
        let reference = reference();
        let titles: Vec<_> = reference.sections.iter().map(|section| &*section.title).collect();
        assert_eq!(
            titles,
            [
                "Values",
                "Types of params",
                "The file",
                "[server]",
                "[access]",
                "[limits]",
                "[groups.NAME]",
                "[plugins.NAME]",
                "[plugins.NAME.limits]",
                "[commands.NAME]",
                "[[commands.NAME.examples]]",
                "[[commands.NAME.params]]",
                "[commands.NAME.limits]",
                "A plugin's own definitions",
                "[commands.FUNCTION]",
            ]
        );
    }

    #[test]
    fn a_key_is_told_with_its_form_and_when_it_means_something() {
        let reference = reference();
        let command = section(&reference, "[commands.NAME]");
        assert!(line(command, "cwd").ends_with(" Only with `exec`."));
        assert!(line(command, "timeout").ends_with(" Only with `exec` or `plugin`."));
        assert!(line(command, "params").starts_with("list of tables, see `[[commands.NAME.params]]`: "));
        assert!(line(command, "queue").starts_with("integer, 0 or more: "));
        assert!(line(command, "env").starts_with("table of strings: "));
        let function = section(&reference, "[commands.FUNCTION]");
        assert!(line(function, "summary").starts_with("text, required: "));
        assert!(line(function, "params").starts_with("list of tables, see `[[commands.NAME.params]]`: "));
        let param = section(&reference, "[[commands.NAME.params]]");
        assert!(line(param, "min").ends_with(" Only for `integer` and `number`."));
        assert!(line(param, "default").ends_with(" Not for `secret`."));
        assert!(line(param, "as").starts_with("`\"path\"` or `\"fd\"`: "));
        assert!(!line(param, "help").contains("Only"));
    }

    /// What the texts say holds without a key is what the server takes then.
    #[test]
    fn the_limits_without_their_keys_are_those_that_are_told() {
        let mut file = "[limits]\n".to_owned();
        let mut told = 0;
        for key in LIMITS.list {
            let (_, value) = key.about.split_once("Without it: ").expect(key.name);
            let value = value.trim_end_matches('.');
            let line = match key.form {
                Form::Integer(..) => format!("{} = {value}\n", key.name),
                // Silence for ever can't be written.
                _ if value == "for ever" => continue,
                _ => format!("{} = \"{value}\"\n", key.name),
            };
            file += &line;
            told += 1;
        }
        let loaded = Catalogue::from_text(&file).unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(loaded.catalogue.settings().limits, Limits::default(), "{file}");
        assert_eq!(told, LIMITS.list.len() - 1);
    }

    #[test]
    fn no_line_of_the_page_is_too_wide() {
        let page = reference().markdown();
        let wide: Vec<_> = page.lines().filter(|line| line.chars().count() > WIDTH).collect();
        assert!(wide.is_empty(), "{wide:?}");
    }
}
