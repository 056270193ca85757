//! Loads the plugins that files name, and reads what they say about their functions.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Doubt, Problems, SourceFile, SourceSpan, quoted};
use crate::file;
use crate::file::FileKind;
use crate::name::fold;
use crate::plugin::{KnownPlugin, NamedPlugin, Offer, PluginState};
use caracola_plugin_host::{LoadError, Plugin, PluginSettings, Plugins};

/// Loads the plugins; those that are loaded already, as they are now. The names of their definitions are added to `files`.
/// Blocks, for some seconds at most.
pub(crate) fn load(
    named: Vec<NamedPlugin>,
    plugins: &Plugins,
    files: &mut Vec<String>,
    problems: &Problems,
) -> Vec<KnownPlugin> {
    let mut seen: HashMap<String, SourceSpan> = HashMap::new();
    let mut all = Vec::with_capacity(named.len());
    for named in named {
        let folded = fold(&named.name).into_owned();
        if let Some(before) = seen.get(&folded) {
            let message = format!("there are two plugins called {}", quoted(&named.name));
            let diagnostic = Diagnostic::error(named.name_place, message).related(before.clone(), "the other");
            problems.error(diagnostic.help("rename one of them; upper and lower case make no difference"));
            continue;
        }
        seen.insert(folded, named.name_place.clone());
        let mut loader = Loader {
            named: &named,
            files,
            problems,
        };
        let state = match &named.settings {
            Some(settings) => loader.load(settings, plugins),
            None => PluginState::Wrong,
        };
        all.push(KnownPlugin {
            name: named.name,
            name_place: named.name_place,
            role: named.role,
            settings: named.settings,
            state,
        });
    }
    all
}

struct Loader<'l> {
    named: &'l NamedPlugin,
    files: &'l mut Vec<String>,
    problems: &'l Problems,
}

impl Loader<'_> {
    fn load(&mut self, settings: &PluginSettings, plugins: &Plugins) -> PluginState {
        // An optional plugin's new version that can't be used leaves the old one in force.
        let before = plugins.living(&settings.name).filter(|_| settings.optional);
        let loaded = plugins.load(settings);
        let why = match loaded {
            Ok(plugin) => match self.read(plugin) {
                Some(offer) => return PluginState::There(offer),
                None => "says something about its functions that makes no sense".to_owned(),
            },
            // Whoever had it held back applies nothing of this.
            Err(LoadError::HeldBack) => return PluginState::Absent,
            Err(error) => {
                if error.is_passing() {
                    self.problems.will_pass();
                }
                error.to_string()
            }
        };
        let offer = before.and_then(|before| self.read(before));
        self.tell(&why, offer.is_some());
        match offer {
            Some(offer) => PluginState::There(offer),
            None if self.named.optional => PluginState::Absent,
            None => PluginState::Wrong,
        }
    }

    /// What a plugin says about its functions, if that makes sense.
    fn read(&mut self, plugin: Arc<Plugin>) -> Option<Offer> {
        let name = format!("{} {} (its own definitions)", plugin.own_name(), plugin.version());
        let file = SourceFile::new(name.as_str(), plugin.definitions());
        let problems = Problems::default();
        let contents = file::read(&file, FileKind::Plugin, &problems);
        let mut seen: HashMap<String, &SourceSpan> = HashMap::new();
        for function in &contents.definitions {
            let name = &function.name;
            if let Some(before) = seen.insert(fold(&name.value).into_owned(), &name.place) {
                let message = format!("there are two functions called {}", quoted(&name.value));
                let diagnostic = Diagnostic::error(name.place.clone(), message);
                problems.error(diagnostic.related(before.clone(), "the other"));
            }
        }
        let broken = problems.error_count() > 0;
        self.problems.take_over(problems, self.named.optional);
        self.files.push(name);
        (!broken).then_some(Offer {
            plugin,
            groups: contents.groups,
            functions: contents.definitions,
        })
    }

    /// Reports at the plugin's place in the admin's file why it isn't used; `living`: why an older version of it is.
    fn tell(&self, why: &str, living: bool) {
        let message = format!("the plugin {} {why}", quoted(&self.named.name));
        let place = self.named.path_place.clone();
        if !self.named.optional {
            let help = "fix it, or say optional = true to do without it";
            self.problems.error(Diagnostic::error(place, message).help(help));
            return;
        }
        let help = if living {
            "the version that was loaded before stays in force"
        } else {
            "it is optional: until it can be loaded, its functions are missing"
        };
        let diagnostic = Diagnostic::warning(place, message).help(help);
        self.problems.warning(Doubt::NoPlugin, diagnostic);
    }
}
