//! The check of the welcome's template.

use minijinja::Environment;

use crate::diagnostic::{listed, nearest_word, quoted};
use caracola_speech::{Language, Text};

/// What a welcome may speak of: the server's name; who has come, as the others see it; how many are connected; the
/// connection's TLS version and cipher; the room they are in; the server's version.
pub const WELCOME_VARIABLES: [&str; 7] = ["server", "user", "online", "tls", "cipher", "room", "version"];

/// What is wrong with a template, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) help: String,
}

/// All that is wrong with a welcome, in any of its languages.
pub(crate) fn faults(welcome: &Text) -> Vec<Fault> {
    let mut versions: Vec<&str> = welcome
        .languages()
        .map(|language| welcome.in_language(language, language))
        .collect();
    if versions.is_empty() {
        versions.push(welcome.in_language(&Language::ENGLISH, &Language::ENGLISH));
    }
    versions.into_iter().flat_map(faults_of_version).collect()
}

fn faults_of_version(source: &str) -> Vec<Fault> {
    let environment = Environment::new();
    let template = match environment.template_from_str(source) {
        Ok(template) => template,
        Err(error) => {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            return vec![Fault {
                message: format!("the welcome is not a template: {detail}"),
                help: "write {{ user }} for a variable; anything else between {{ }} or {% %} must be minijinja"
                    .to_owned(),
            }];
        }
    };
    let mut used: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    used.sort();
    used.iter().filter_map(|name| unknown_variable(name)).collect()
}

fn unknown_variable(name: &str) -> Option<Fault> {
    if WELCOME_VARIABLES.contains(&name) {
        return None;
    }
    let known = format!("a welcome knows {}", listed(&WELCOME_VARIABLES, "and"));
    Some(Fault {
        message: format!("the welcome uses the unknown variable {}", quoted(name)),
        help: match nearest_word(name, WELCOME_VARIABLES) {
            Some(near) => format!("did you mean `{near}`? {known}"),
            None => known,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Server;

    fn messages(source: &str) -> Vec<String> {
        let faults = faults(&Text::plain(source));
        faults.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn the_default_welcome_is_fine() {
        assert_eq!(faults(&Server::default().welcome), []);
    }

    #[test]
    fn every_known_variable_may_be_used() {
        let all = WELCOME_VARIABLES.join(" }} {{ ");
        let all = format!("{{{{ {all} }}}}");
        assert!(messages(&all).is_empty());
        assert!(messages("plain text, 100 % plain").is_empty());
        assert!(messages("{% if online > 1 %}{{ online }} others{% endif %}").is_empty());
    }

    #[test]
    fn broken_templates_and_unknown_variables_are_told() {
        assert_eq!(messages("hello {{ user").len(), 1);
        assert_eq!(messages("hello {% if %}").len(), 1);
        assert_eq!(
            messages("{{ usr }} {{ password }}"),
            [
                "the welcome uses the unknown variable `password`",
                "the welcome uses the unknown variable `usr`"
            ]
        );
    }

    #[test]
    fn every_language_is_checked() {
        let versions = [(Language::ENGLISH, "fine".into()), (Language::SPANISH, "{{".into())];
        assert_eq!(faults(&Text::by_language(versions).unwrap()).len(), 1);
    }
}
