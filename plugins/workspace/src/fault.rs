//! Everything that can go wrong with a command, and its sentence in each language.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caracola_sdk::{Call, Code, Error, Refused};

use crate::folder;
use crate::path::{DEEPEST, LONGEST_NAME, LONGEST_PATH, Path, PathFault, shown};
use crate::render::bytes;

/// Why a command didn't work.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is nothing of this name.
    Absent(Path),
    /// No file or folder fits a pattern.
    AbsentPattern(String),
    /// Something of this name is there already.
    Exists(Path),
    /// It is no text that could be shown.
    Binary { path: Path, size: u64 },
    /// Others are at work in the same workspace.
    Busy,
    /// Nobody waits any more.
    Cancelled,
    /// A word that begins as a flag does, and is none of the command's.
    Dash(String),
    /// Too many folders within each other.
    Deep(Path),
    /// The current folder is gone.
    Gone(Path),
    /// There are as many guests' workspaces as there may be.
    Guests(usize),
    /// The guests of one address have as many workspaces as they may.
    GuestsFromThere(usize),
    /// A folder would be put into itself.
    Inside { from: Path, to: Path },
    /// A folder, where the command takes files.
    IsFolder { path: Path, remedy: Remedy },
    /// More in a folder than can be dealt with.
    Many(Path),
    /// More files and folders than one may have.
    MostEntries(u64),
    /// More bytes than one may have.
    MostBytes { needed: u64, free: u64, quota: u64 },
    /// A file, where the command takes folders.
    NotFolder(Path),
    /// Neither a file nor a folder.
    Odd(Path),
    /// What was typed is not a path.
    Path(PathFault),
    /// The server's name for a person makes no sense.
    Person(String),
    /// A pattern or a number that can't be read.
    Pattern { pattern: String, reason: String },
    /// The server takes no more.
    Refused(Refused),
    /// The top of the workspace can't be moved or removed.
    Root,
    /// From and to are the same.
    Same(Path),
    /// The system refuses.
    System { path: Path, error: io::Error },
    /// What the command needs wasn't given.
    Wanting(Wanting),
}

/// What to do if a folder is given to a command for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// List it.
    Ls,
    /// Say `-r`.
    Recursive,
    /// Choose another name.
    OtherName,
}

/// What a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanting {
    /// What, and where to.
    Target,
    /// An existing folder for several things.
    FolderTarget,
    /// Where to search.
    Files,
    /// What to do with.
    Paths,
}

impl From<PathFault> for Fault {
    fn from(fault: PathFault) -> Self {
        Self::Path(fault)
    }
}

impl Fault {
    /// What the system said of a path.
    pub(crate) fn system(path: &Path) -> impl Fn(io::Error) -> Fault {
        move |error| match error.kind() {
            io::ErrorKind::NotFound => Fault::Absent(path.clone()),
            io::ErrorKind::AlreadyExists => Fault::Exists(path.clone()),
            io::ErrorKind::NotADirectory => Fault::NotFolder(path.clone()),
            _ if folder::is_link(&error) => Fault::Odd(path.clone()),
            _ => Fault::System {
                path: path.clone(),
                error,
            },
        }
    }

    /// As the caller is told. What the system said is the admin's business, once a minute.
    pub(crate) fn tell(&self, call: &Call<'_>) -> Error {
        if let Self::System { path, error } = self {
            static LOGGED: Mutex<Option<Instant>> = Mutex::new(None);
            let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
            if logged.is_none_or(|logged| logged.elapsed() >= Duration::from_mins(1)) {
                *logged = Some(Instant::now());
                call.log().warn(format!("{path} in a workspace: {error}"));
            }
        }
        let (english, spanish) = self.sentences();
        Error::new(self.code(), call.speak(english, spanish))
    }

    fn code(&self) -> Code {
        match self {
            Self::Busy | Self::Guests(_) | Self::GuestsFromThere(_) => Code::Busy,
            Self::Dash(_) | Self::Path(_) | Self::Pattern { .. } | Self::Wanting(_) => Code::Usage,
            Self::Deep(_)
            | Self::Many(_)
            | Self::MostEntries(_)
            | Self::MostBytes { .. }
            | Self::Refused(Refused::TooLarge) => Code::Limit,
            Self::Person(_) | Self::Root => Code::Denied,
            _ => Code::Failed,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each")]
    fn sentences(&self) -> (String, String) {
        match self {
            Self::Absent(path) => (
                format!("{path}: there is no such file or folder. ls shows what there is."),
                format!("{path}: no existe ese archivo ni esa carpeta. ls muestra lo que hay."),
            ),
            Self::AbsentPattern(pattern) => (
                format!("'{}' fits no file or folder. ls shows what there is.", brief(pattern)),
                format!(
                    "'{}' no coincide con ningún archivo ni carpeta. ls muestra lo que hay.",
                    brief(pattern)
                ),
            ),
            Self::Exists(path) => (
                format!("{path} is there already. Choose another name, or remove it first with rm."),
                format!("{path} ya existe. Elige otro nombre o bórralo antes con rm."),
            ),
            Self::Binary { path, size } => (
                format!(
                    "{path} is no text: it is {} of something else, which can't be shown.",
                    bytes(*size)
                ),
                format!(
                    "{path} no es texto: son {} de otra cosa, que no se puede mostrar.",
                    bytes(*size)
                ),
            ),
            Self::Busy => (
                "Another session of yours is at work in this workspace. Try again in a moment.".into(),
                "Otra sesión tuya está trabajando en este espacio. Inténtalo de nuevo en un momento.".into(),
            ),
            Self::Cancelled => ("It was cancelled.".into(), "Se canceló.".into()),
            Self::Dash(word) => {
                let word = brief(word);
                (
                    format!("'{word}' is no flag of this command. A name that begins with a dash is written ./{word}"),
                    format!(
                        "'{word}' no es una opción de este comando. Un nombre que empieza con un guion se escribe ./{word}"
                    ),
                )
            }
            Self::Deep(path) => (
                format!("{path} would be too deep: there may be {DEEPEST} folders within each other."),
                format!("{path} quedaría a demasiada profundidad: puede haber {DEEPEST} carpetas una dentro de otra."),
            ),
            Self::Path(PathFault::Empty) => (
                "A name can't be empty. The current folder is called . (a dot).".into(),
                "Un nombre no puede estar vacío. La carpeta actual se llama . (un punto).".into(),
            ),
            Self::Gone(path) => (
                format!("The folder {path}, in which you were, is gone. You are in / now. Nothing was done."),
                format!("La carpeta {path}, donde estabas, ya no existe. Ahora estás en /. No se hizo nada."),
            ),
            Self::Guests(most) => (
                format!("There are {most} workspaces of guests, and there may be no more. Log in, or try again later."),
                format!("Hay {most} espacios de invitados y no puede haber más. Inicia sesión o inténtalo más tarde."),
            ),
            Self::GuestsFromThere(most) => (
                format!(
                    "The guests of your address have {most} workspaces, which is their share. Log in, or try again later."
                ),
                format!(
                    "Los invitados de tu dirección tienen {most} espacios, que es su parte. Inicia sesión o inténtalo más tarde."
                ),
            ),
            Self::Inside { from, to } => (
                format!("{from} can't be put into itself, as {to}. Choose a place outside of it."),
                format!("{from} no se puede poner dentro de sí misma, como {to}. Elige un lugar fuera de ella."),
            ),
            Self::Path(PathFault::Invisible(name)) => (
                format!(
                    "'{}' has letters that can't be seen. Choose a name without them.",
                    brief(name)
                ),
                format!(
                    "'{}' tiene caracteres que no se ven. Elige un nombre sin ellos.",
                    brief(name)
                ),
            ),
            Self::IsFolder { path, remedy } => {
                let (english, spanish) = remedy.sentences();
                (
                    format!("{path} is a folder. {english}"),
                    format!("{path} es una carpeta. {spanish}"),
                )
            }
            Self::Path(PathFault::LongName(name)) => (
                format!(
                    "'{}' is too long for a name, which has at most {LONGEST_NAME} bytes.",
                    brief(name)
                ),
                format!(
                    "'{}' es demasiado largo: un nombre tiene como máximo {LONGEST_NAME} bytes.",
                    brief(name)
                ),
            ),
            Self::Path(PathFault::LongPath) => (
                format!("That is too long for a path, which has at most {LONGEST_PATH} bytes. Go nearer with cd."),
                format!("Esa ruta es demasiado larga: tiene como máximo {LONGEST_PATH} bytes. Acércate con cd."),
            ),
            Self::Many(path) => (
                format!("{path} holds more files than can be dealt with at once. Choose a folder in it."),
                format!(
                    "{path} contiene más archivos de los que se pueden tratar a la vez. Elige una carpeta dentro de ella."
                ),
            ),
            Self::MostEntries(most) => (
                format!("That would be more than the {most} files and folders that you may have. Remove some with rm."),
                format!("Serían más de los {most} archivos y carpetas que puedes tener. Borra algunos con rm."),
            ),
            Self::MostBytes { needed, free, quota } => {
                let (needed, free, quota) = (bytes(*needed), bytes(*free), bytes(*quota));
                (
                    format!("That needs {needed}, and of your {quota} only {free} are free. Remove something with rm."),
                    format!("Eso ocupa {needed}, y de tus {quota} solo quedan {free}. Borra algo con rm."),
                )
            }
            Self::NotFolder(path) => (
                format!("{path} is not a folder. cat shows what is in a file."),
                format!("{path} no es una carpeta. cat muestra lo que hay en un archivo."),
            ),
            Self::Odd(path) => (
                format!("{path} is neither a file nor a folder, and is left alone. rm removes it."),
                format!("{path} no es ni un archivo ni una carpeta, y no se toca. rm lo borra."),
            ),
            Self::Person(person) => (
                format!(
                    "There is no workspace for '{}'. Log in with another name.",
                    brief(person)
                ),
                format!(
                    "No hay espacio de trabajo para '{}'. Inicia sesión con otro nombre.",
                    brief(person)
                ),
            ),
            Self::Pattern { pattern, reason } => (
                format!("'{}' can't be read: {}", brief(pattern), brief(reason)),
                format!("'{}' no se entiende: {}", brief(pattern), brief(reason)),
            ),
            Self::Refused(Refused::TooLarge) => (
                "That is more than can be shown at once. Ask for less of it.".into(),
                "Es más de lo que se puede mostrar de una vez. Pide una parte.".into(),
            ),
            Self::Refused(refused) => (
                format!("The server takes no more of the answer: {refused}."),
                format!("El servidor no acepta más de la respuesta: {refused}."),
            ),
            Self::Root => (
                "/ is the whole workspace: it can be neither removed nor moved. Name what is in it.".into(),
                "/ es todo el espacio de trabajo: no se puede borrar ni mover. Nombra lo que hay dentro.".into(),
            ),
            Self::Same(path) => (
                format!("{path} is both what and where to. Choose another name."),
                format!("{path} es a la vez el origen y el destino. Elige otro nombre."),
            ),
            Self::System { path, error } => match error.kind() {
                io::ErrorKind::PermissionDenied => (
                    format!("{path}: the server itself may not do that. Tell its operator."),
                    format!("{path}: el propio servidor no tiene permiso. Avisa a quien lo administra."),
                ),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
                    format!("{path}: the server's disk is full. Tell its operator."),
                    format!("{path}: el disco del servidor está lleno. Avisa a quien lo administra."),
                ),
                _ => (
                    format!(
                        "{path}: the server's system does not allow that now. Tell its operator: the log says why."
                    ),
                    format!(
                        "{path}: el sistema del servidor no lo permite ahora. Avisa a quien lo administra: el registro dice por qué."
                    ),
                ),
            },
            Self::Wanting(what) => what.sentences(),
        }
    }
}

impl Remedy {
    fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::Ls => ("ls shows what is in it.", "ls muestra lo que contiene."),
            Self::Recursive => (
                "With -r the command takes folders and all that is in them.",
                "Con -r el comando acepta carpetas, con todo lo que contienen.",
            ),
            Self::OtherName => ("Choose another name.", "Elige otro nombre."),
        }
    }
}

impl Wanting {
    fn sentences(self) -> (String, String) {
        let (english, spanish) = match self {
            Self::Target => (
                "Say what, and where to: first the names of what there is, last the new name or folder.",
                "Di qué y a dónde: primero los nombres de lo que hay y al final el nombre nuevo o la carpeta.",
            ),
            Self::FolderTarget => (
                "Several things only go into a folder that is there. mkdir makes one.",
                "Varias cosas solo caben en una carpeta que exista. mkdir crea una.",
            ),
            Self::Files => (
                "Say in which files, or add -r for all files from the current folder down.",
                "Di en qué archivos, o agrega -r para todos los archivos desde la carpeta actual.",
            ),
            Self::Paths => (
                "Say the name of at least one file or folder.",
                "Di el nombre de al menos un archivo o una carpeta.",
            ),
        };
        (english.to_owned(), spanish.to_owned())
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Gone => Self::Cancelled,
            other => Self::Refused(other),
        }
    }
}

/// What somebody typed, for a sentence: harmless, and no longer than is needed to know it again.
fn brief(text: &str) -> String {
    const MOST: usize = 60;
    let mut brief = shown(text);
    if let Some((end, _)) = brief.char_indices().nth(MOST) {
        brief.truncate(end);
        brief.push('…');
    }
    brief
}

#[cfg(test)]
impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.sentences() == other.sentences()
    }
}
