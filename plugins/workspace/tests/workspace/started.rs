//! A plugin over a folder of its own, and lines typed into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use caracola_sdk::testing::{Answer, Body, Harness, Request};
use caracola_sdk::{Code, Plugin, Stream};
use caracola_workspace::Workspace;
use tempfile::TempDir;

/// A started plugin. Beside its root is a folder `outside` that nothing may touch.
pub(crate) struct Started {
    pub(crate) plugin: Harness,
    folder: TempDir,
}

/// Who types, in which language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who {
    pub(crate) person: &'static str,
    pub(crate) session: u64,
    pub(crate) language: &'static str,
}

/// A user in English.
pub(crate) const ANA: Who = Who {
    person: "ana",
    session: 1,
    language: "en",
};

static DEFINITIONS: LazyLock<toml::Table> = LazyLock::new(|| Workspace::DEFINITIONS.parse().expect("the definitions"));

impl Started {
    pub(crate) fn new() -> Self {
        Self::with(r#"{ "quota": "1MiB", "files": 100 }"#)
    }

    pub(crate) fn with(config: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("outside")).expect("outside");
        fs::write(folder.path().join("outside/secret"), "outside\n").expect("a file outside");
        let plugin = start(&folder.path().join("root"), config);
        Self { plugin, folder }
    }

    /// The same plugin once more over the same folders, as when it is replaced.
    pub(crate) fn again(&self, config: &str) -> Harness {
        start(&self.root(), config)
    }

    /// The folder of Ana's workspace, as the admin sees it.
    pub(crate) fn ana(&self) -> PathBuf {
        self.root().join("users/ana")
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    /// Sees that nothing outside has changed.
    #[track_caller]
    pub(crate) fn assert_outside_is_untouched(&self) {
        let names: Vec<_> = fs::read_dir(self.outside())
            .expect("outside")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["secret"]);
        assert_eq!(
            fs::read_to_string(self.outside().join("secret")).expect("the secret"),
            "outside\n"
        );
        let mut beside: Vec<_> = fs::read_dir(self.folder.path())
            .expect("beside")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        beside.sort();
        assert_eq!(beside, ["outside", "root"]);
    }

    /// What Ana's line answers.
    #[track_caller]
    pub(crate) fn answer(&self, line: &str) -> Answer {
        self.answer_to(ANA, line)
    }

    #[track_caller]
    pub(crate) fn answer_to(&self, who: Who, line: &str) -> Answer {
        self.request(who, &words(line)).answer()
    }

    /// A call for words, sorted as the server sorts them.
    #[track_caller]
    pub(crate) fn request(&self, who: Who, words: &[String]) -> Request<'_> {
        let (command, words) = words.split_first().expect("a command");
        let mut request = self
            .plugin
            .call(command)
            .person(who.person)
            .session(who.session)
            .language(who.language);
        for (param, value) in sorted(command, words) {
            request = request.argument(&param, &value);
        }
        request
    }

    /// The text that Ana's line answers.
    #[track_caller]
    pub(crate) fn text(&self, line: &str) -> String {
        text(&self.answer(line))
    }

    #[track_caller]
    pub(crate) fn text_to(&self, who: Who, line: &str) -> String {
        text(&self.answer_to(who, line))
    }

    /// Runs lines of Ana's that have nothing to say.
    #[track_caller]
    pub(crate) fn run(&self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.text(line), "", "{line}");
        }
    }

    /// The error that Ana's line answers.
    #[track_caller]
    pub(crate) fn error(&self, line: &str) -> (Code, String) {
        let answer = self.answer(line);
        let error = answer.error();
        (error.code(), error.message().to_owned())
    }
}

fn start(root: &Path, config: &str) -> Harness {
    let builder = Harness::builder::<Workspace>().expect("a plugin");
    let builder = builder.config(config).write(root.to_str().expect("a path"));
    builder.start().expect("it starts")
}

/// The whole of what was answered as text.
#[track_caller]
pub(crate) fn text(answer: &Answer) -> String {
    match answer.body() {
        Some(Body::Text(text)) => text.clone(),
        None => answer.output(Stream::Out),
        Some(other) => panic!("no text but {other:?}"),
    }
}

/// All files below a folder with what they hold, and folders, as text.
pub(crate) fn snapshot(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(folder).expect("below").display().to_string();
            if entry.file_type().expect("a type").is_dir() {
                all.push(format!("{name}/"));
                left.push(path);
            } else {
                all.push(format!("{name}={}", fs::read_to_string(&path).unwrap_or_default()));
            }
        }
    }
    all.sort();
    all
}

/// Words at blanks; between single quotes there may be some.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Which word is for which param, as the server sorts them.
fn sorted(command: &str, words: &[String]) -> Vec<(String, String)> {
    let params = DEFINITIONS["commands"][command]
        .get("params")
        .and_then(toml::Value::as_array);
    let params: Vec<&toml::Value> = params.into_iter().flatten().collect();
    let name = |param: &toml::Value| param["name"].as_str().expect("a name").to_owned();
    let is = |param: &toml::Value, key: &str| param.get(key).and_then(toml::Value::as_bool) == Some(true);
    let flagged = |flag: &str| {
        params
            .iter()
            .copied()
            .find(|param| param.get("flag").and_then(toml::Value::as_str) == Some(flag))
    };
    let is_switch = |param: &toml::Value| param.get("type").and_then(toml::Value::as_str) == Some("boolean");
    let mut positional = params
        .iter()
        .copied()
        .filter(|param| param.get("flag").is_none())
        .peekable();
    let mut sorted: Vec<(String, String)> = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(param) = flagged(word) {
            let value = if is_switch(param) {
                "true"
            } else {
                words.next().expect("a value")
            };
            sorted.push((name(param), value.to_owned()));
            continue;
        }
        let letters = word
            .strip_prefix('-')
            .filter(|letters| letters.len() > 1)
            .unwrap_or_default();
        let together: Option<Vec<&toml::Value>> =
            letters.chars().map(|letter| flagged(&format!("-{letter}"))).collect();
        if let Some(together) = together.filter(|all| !all.is_empty() && all.iter().all(|param| is_switch(param))) {
            sorted.extend(together.iter().map(|param| (name(param), "true".to_owned())));
            continue;
        }
        let param = positional.peek().unwrap_or_else(|| panic!("{command} takes no {word}"));
        let param = *param;
        if is(param, "rest") {
            let rest: Vec<&str> = std::iter::once(word)
                .chain(words.by_ref())
                .map(String::as_str)
                .collect();
            sorted.push((name(param), rest.join(" ")));
            break;
        }
        if !is(param, "list") {
            positional.next();
        }
        sorted.push((name(param), word.clone()));
    }
    sorted
}
