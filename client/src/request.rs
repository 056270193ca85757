//! A typed line becomes the words of a request, and secrets that were left out find their places in it.

use caracola_wire::CatalogueEntry;
use caracola_wire::line::{self, LineError, Parameter as _, Parser, Role};

use crate::catalogue::Index;
use crate::secret::Secret;

/// A line as it goes to the server.
#[derive(Debug)]
pub(crate) struct Request<'c> {
    /// None for a blank line.
    pub(crate) words: Vec<String>,
    /// The command that it runs, if the catalogue knows it.
    pub(crate) command: Option<&'c CatalogueEntry>,
    /// How many of the words are the command's name.
    name_words: usize,
}

/// A word of a request.
#[derive(Debug)]
pub(crate) enum Part {
    Open(String),
    Secret(Secret),
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Open(text) => text.as_bytes(),
            Self::Secret(secret) => secret.expose(),
        }
    }
}

/// Reads a line.
pub(crate) fn read<'c>(line: &str, catalogue: &'c Index) -> Result<Request<'c>, LineError> {
    let found = catalogue.find_in_line(line);
    let (name_words, params) = found.map_or((0, &[][..]), |(entry, name_words)| {
        (name_words, entry.params.as_slice())
    });
    let words = line::arguments_of(line, name_words, params)?;
    Ok(Request {
        words,
        command: found.map(|(entry, _)| entry),
        name_words,
    })
}

impl Request<'_> {
    /// The numbers of the params whose secrets were left out and are needed. None while something else is wrong:
    /// the server says what.
    pub(crate) fn missing_secrets(&self) -> Vec<usize> {
        let Some(entry) = self.command else {
            return Vec::new();
        };
        let params = &entry.params;
        let is_needed = |number: &usize| params[*number].is_secret() && params[*number].required;
        let mut parser = Parser::new(params);
        let roles: Vec<Role<'_>> = self.arguments().iter().map(|word| parser.take(word)).collect();
        if parser.awaited().is_some() || roles.iter().any(|role| role.is_misfit()) {
            return Vec::new();
        }
        let was_given = |number: &usize| roles.iter().any(|role| role.value_of() == Some(*number));
        let lacks_another = params
            .iter()
            .enumerate()
            .any(|(number, param)| param.required && !param.is_secret() && !was_given(&number));
        if lacks_another {
            return Vec::new();
        }
        let flagged = (0..params.len())
            .filter(|number| params[*number].flag.is_some())
            .filter(|number| is_needed(number) && !was_given(number));
        let first = parser.next_position().unwrap_or(params.len());
        let placed = (first..params.len())
            .filter(|number| params[*number].flag.is_none())
            .take_while(is_needed)
            .filter(|number| !was_given(number));
        flagged.chain(placed).collect()
    }

    /// The words with these values for the params that [`Request::missing_secrets`] named, in its order.
    pub(crate) fn with_secrets(self, secrets: Vec<(usize, Secret)>) -> Vec<Part> {
        let params = self.command.map_or(&[][..], |entry| entry.params.as_slice());
        let mut parser = Parser::new(params);
        let mut words = self.words;
        let arguments = words.split_off(self.name_words);
        for word in &arguments {
            parser.take(word);
        }
        let mut parts: Vec<Part> = words.into_iter().map(Part::Open).collect();
        let mut placed = Vec::new();
        for (number, secret) in secrets {
            match params.get(number).and_then(|param| param.flag.clone()) {
                Some(flag) => parts.extend([Part::Open(flag), Part::Secret(secret)]),
                None => placed.push(secret),
            }
        }
        parts.extend(arguments.into_iter().map(Part::Open));
        if parser.takes_flags() && placed.iter().any(|secret| secret.expose().starts_with(b"-")) {
            parts.push(Part::Open("--".to_owned()));
        }
        parts.extend(placed.into_iter().map(Part::Secret));
        parts
    }

    fn arguments(&self) -> &[String] {
        self.words.get(self.name_words..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use caracola_wire::line::corpus::{COMMAND, LINES};

    use super::*;
    use crate::catalogue::tests::{corpus_index, index};

    #[test]
    fn lines_become_the_words_that_the_corpus_says() {
        for line in LINES {
            let words = read(line.typed, &corpus_index(line.params)).expect(line.typed).words;
            assert_eq!(words[0], COMMAND);
            assert_eq!(words[1..], *line.words, "{} of {}", line.typed, line.params);
        }
    }

    #[test]
    fn the_rest_of_a_line_stays_as_it_is() {
        let index = index();
        let words = |line| read(line, &index).expect(line).words;
        assert_eq!(words("say it's  late | yes $HOME "), ["say", "it's  late | yes $HOME"]);
        assert_eq!(words("SAY hi"), ["SAY", "hi"]);
        assert_eq!(words("say"), ["say"]);
        assert_eq!(words("tell 'ana' don't; really"), ["tell", "ana", "don't; really"]);
        assert_eq!(words("git commit -m 'a b'"), ["git", "commit", "-m", "a b"]);
        assert_eq!(words("note --urgent it's  late"), ["note", "--urgent", "it's  late"]);
        assert_eq!(words("  "), Vec::<String>::new());
    }

    #[test]
    fn what_may_not_be_sent_is_refused() {
        let index = index();
        let error = |line| read(line, &index).err();
        assert_eq!(error("ls | wc"), Some(LineError::Operator("|".to_owned())));
        assert_eq!(error("ls 'a"), Some(LineError::Quote('\'')));
    }

    #[test]
    fn only_a_secret_that_is_next_is_asked_for() {
        let index = index();
        let missing = |line| read(line, &index).expect(line).missing_secrets();
        let none = Vec::<usize>::new();
        assert_eq!(missing("login ana"), [1]);
        assert_eq!(missing("login"), none);
        assert_eq!(missing("login ana hunter2"), none);
        assert_eq!(missing("unlock door"), [1]);
        assert_eq!(missing("unlock"), none);
        assert_eq!(missing("unlock door --key=x"), none);
        assert_eq!(missing("unlock door --other"), none);
        assert_eq!(missing("ls"), none);
    }

    #[test]
    fn secrets_find_their_places() {
        let index = index();
        let sent = |line, number, secret| {
            let request = read(line, &index).expect(line);
            let parts = request.with_secrets(vec![(number, Secret::of(secret))]);
            let texts = parts
                .iter()
                .map(|part| String::from_utf8_lossy(part.as_ref()).into_owned());
            texts.collect::<Vec<_>>().join("|")
        };
        assert_eq!(sent("login ana", 1, "two words"), "login|ana|two words");
        assert_eq!(sent("login ana", 1, "-x"), "login|ana|-x");
        assert_eq!(sent("unlock door", 1, "-x"), "unlock|--key|-x|door");
    }
}
