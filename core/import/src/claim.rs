//! Which names are free: beside the built-in commands, and those of the file that will include the cards.

use std::collections::HashMap;

use super::name::{self, Unfit, fold};
use caracola_catalogue::Role;
use caracola_catalogue::{Catalogue, Command, DefinedAt};

/// What a card is called whose name means something else on the server: `tldr time`.
const PREFIX: &str = "tldr";

/// The names that cards may not have, and those they have got.
pub(super) struct Claims<'c> {
    existing: &'c Catalogue,
    /// Folded names and aliases, each with the card's number.
    given: HashMap<String, usize>,
}

/// Why a name could not be had as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0}")]
    Unfit(#[from] Unfit),
    #[error("{file} defines `{name}` itself")]
    Defined { name: String, file: String },
    #[error("`{0}` is the name of another card")]
    Given(String),
    #[error("`{0}` belongs to the server, and so does `tldr {0}`")]
    TakenTwice(String),
}

/// A name that a card has got.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claimed {
    pub(super) name: String,
    /// Why it is not the page's own.
    pub(super) changes: Vec<String>,
}

impl<'c> Claims<'c> {
    pub(super) fn new(existing: &'c Catalogue) -> Self {
        Claims {
            existing,
            given: HashMap::new(),
        }
    }

    /// The command that has a name already.
    fn holder(&self, name: &str) -> Option<&'c Command> {
        self.existing.command(name)
    }

    /// The number of the card that got this name.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.given.get(&fold(name)).copied()
    }

    /// Whether a command that everyone may see has this name.
    pub(super) fn is_seen(&self, name: &str) -> bool {
        self.holder(name).is_some_and(|command| command.role == Role::Guest)
    }

    /// Whether another file's commands are in a group of this name, which so is defined already.
    pub(super) fn has_group(&self, group: &str) -> bool {
        let mut others = self.existing.commands().iter();
        others.any(|command| command.group == group)
    }

    /// Gives card `number` the name of its page, or one like it.
    pub(super) fn claim(&mut self, title: &str, number: usize) -> Result<Claimed, Refusal> {
        let fitted = name::fit(title)?;
        let mut changes: Vec<String> = fitted.changes.iter().map(|change| (*change).to_owned()).collect();
        let mut name = fitted.name;
        if let Some(obstacle) = self.obstacle(&name)? {
            changes.push(obstacle);
            let taken = name;
            name = name::fit(&format!("{PREFIX} {taken}"))?.name;
            if self.obstacle(&name)?.is_some() {
                return Err(Refusal::TakenTwice(taken));
            }
        }
        let folded = fold(&name);
        if self.given.contains_key(&folded) {
            return Err(Refusal::Given(name));
        }
        self.given.insert(folded, number);
        Ok(Claimed { name, changes })
    }

    /// Gives a card another name, if that is free as it is.
    pub(super) fn claim_alias(&mut self, alias: &str, number: usize) -> bool {
        let folded = fold(alias);
        let is_free = matches!(self.obstacle(alias), Ok(None)) && !self.given.contains_key(&folded);
        if is_free {
            self.given.insert(folded, number);
        }
        is_free
    }

    /// What the server means by a name, if that is nothing a card can add to.
    fn obstacle(&self, name: &str) -> Result<Option<String>, Refusal> {
        if let Some(holder) = self.holder(name) {
            return match &holder.origin {
                DefinedAt::BuiltIn => Ok(Some(format!("`{name}` is the server's own"))),
                DefinedAt::File { file, .. } => Err(Refusal::Defined {
                    name: name.to_owned(),
                    file: file.to_string(),
                }),
            };
        }
        // Where a command takes arguments, a longer name would be one of them.
        let ends = name.match_indices(' ').map(|(end, _)| end);
        let mut beginnings = ends.filter_map(|end| self.holder(&name[..end]));
        let takes_arguments = beginnings.find(|command| !command.params.is_empty());
        Ok(takes_arguments.map(|command| format!("`{}` takes arguments", command.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [commands.pier]
        summary = "A pier"
        aliases = ["jetty"]
        group = "harbour"
        [commands.buoy]
        summary = "A buoy"
        params = [{ name = "number", type = "integer" }]
        reply = "x"
        [commands.chart]
        summary = "A chart"
        lookup = { a = "b" }
        [commands.hidden]
        summary = "Hidden"
        roles = ["admin"]
        [groups.harbour]
        title = "Harbour"
    "#;

    fn name(claims: &mut Claims, title: &str) -> (String, usize) {
        let claimed = claims.claim(title, 0).unwrap();
        (claimed.name, claimed.changes.len())
    }

    #[test]
    fn names_of_the_server_are_left_to_it() {
        let catalogue = Catalogue::from_text("").unwrap().catalogue;
        let mut claims = Claims::new(&catalogue);
        assert_eq!(name(&mut claims, "ls"), ("ls".to_owned(), 0));
        assert_eq!(name(&mut claims, "Time"), ("tldr Time".to_owned(), 1));
        assert_eq!(name(&mut claims, "exit"), ("tldr exit".to_owned(), 1));
        assert_eq!(name(&mut claims, "say hello"), ("tldr say hello".to_owned(), 1));
        assert_eq!(name(&mut claims, "join a b c"), ("tldr join a b-c".to_owned(), 1));
        assert_eq!(name(&mut claims, "about x.y"), ("about x-y".to_owned(), 1));
        assert_eq!(claims.claim("LS", 1), Err(Refusal::Given("LS".to_owned())));
        assert!(!claims.claim_alias("quit", 1) && !claims.claim_alias("ls", 1) && !claims.claim_alias("say x", 1));
        assert!(claims.claim_alias("dir", 1) && !claims.claim_alias("DIR", 1));
    }

    #[test]
    fn names_of_the_including_file_are_left_to_it() {
        let catalogue = Catalogue::from_text(FILE).unwrap().catalogue;
        let mut claims = Claims::new(&catalogue);
        for taken in ["pier", "PIER", "jetty"] {
            assert!(
                matches!(claims.claim(taken, 0), Err(Refusal::Defined { .. })),
                "{taken}"
            );
        }
        assert_eq!(name(&mut claims, "buoy light"), ("tldr buoy light".to_owned(), 1));
        assert_eq!(name(&mut claims, "chart b"), ("tldr chart b".to_owned(), 1));
        assert_eq!(name(&mut claims, "pier light"), ("pier light".to_owned(), 0));
        assert!(claims.is_seen("pier") && !claims.is_seen("hidden") && !claims.is_seen("nothing"));
        assert!(claims.has_group("harbour") && !claims.has_group("tldr"));
    }

    #[test]
    fn what_the_old_file_had_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("commands.toml");
        let old = folder.path().join("old.toml");
        std::fs::write(&main, "include = [\"old.toml\"]\n[commands.pier]\nsummary = \"x\"\n").unwrap();
        std::fs::write(
            &old,
            "[commands.buoy]\nsummary = \"x\"\ngroup = \"g\"\n[groups.g]\ntitle = \"G\"\n",
        )
        .unwrap();
        let source = caracola_catalogue::Source::Flag(main);
        let plugins = caracola_plugin_host::Plugins::new(None, None);
        let catalogue = Catalogue::load_without(&source, &old, &plugins).unwrap().catalogue;
        let mut claims = Claims::new(&catalogue);
        assert_eq!(name(&mut claims, "buoy"), ("buoy".to_owned(), 0));
        assert!(!claims.has_group("g"));
        assert!(claims.claim("pier", 0).is_err());
        let all = Catalogue::load(&source, None, &plugins).unwrap().catalogue;
        assert!(Claims::new(&all).claim("buoy", 0).is_err());
    }
}
