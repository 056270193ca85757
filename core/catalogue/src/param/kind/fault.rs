//! What is wrong with a value, in the reader's language.

use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::ParamKind;
use crate::pattern::Pattern;
use caracola_speech::Speech;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Nothing in it.
    Empty,
    /// A zero byte in it, which no program could be given.
    Nul,
    /// It begins with `-`, as an option does.
    Dash,
    /// Not a value of this type.
    NotA(ParamKind),
    /// A URL with another scheme than these.
    NoScheme(Vec<String>),
    /// A URL with a user's name in it.
    UserInUrl,
    /// It doesn't look like this.
    Pattern(Pattern),
    /// A path that is not taken.
    Path {
        /// The folder that it must stay in.
        root: PathBuf,
        /// Why not.
        fault: PathFault,
    },
    /// Less than this.
    Under(f64),
    /// More than this.
    Over(f64),
    /// More characters than this.
    LongerThan(usize),
    /// None of the choices.
    NoChoice {
        /// All of them.
        choices: Vec<String>,
        /// The one that was probably meant.
        near: Option<String>,
    },
}

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// It leads out of the root.
    Outside,
    /// There is nothing.
    Missing,
    /// There is something, but no regular file.
    NoFile,
    /// There is something, but no folder.
    NoFolder,
    /// There is something that is neither file nor folder.
    Special,
    /// Too many symbolic links, perhaps in a circle.
    Links,
    /// It changed while it was looked at, again and again.
    Unstable,
    /// The root itself is not there.
    NoRoot,
    /// The system says no: permission, length, or something rarer.
    System(Errno),
}

impl Fault {
    /// The same without a hint at what the value was.
    pub(crate) fn without_values(self) -> Self {
        match self {
            Fault::NoChoice { choices, .. } => Fault::NoChoice { choices, near: None },
            other => other,
        }
    }

    /// One sentence about it, in English.
    pub(crate) fn in_english(&self) -> String {
        match self {
            Fault::Empty => "it is empty.".to_owned(),
            Fault::NotA(kind) => kind.fault(Speech::English).to_owned(),
            Fault::Nul => "it has a zero byte in it.".to_owned(),
            Fault::Dash => "it begins with `-`, as only options do.".to_owned(),
            Fault::NoScheme(schemes) => format!("it must begin with {}.", starts(schemes, " or ")),
            Fault::UserInUrl => "a URL here may have no user or password before its host.".to_owned(),
            Fault::Pattern(pattern) => format!("all of it must match `{}`.", pattern.as_str()),
            Fault::Path { root, fault } => fault.in_english(root),
            Fault::Under(min) => format!("it must be at least {min}."),
            Fault::Over(max) => format!("it must be at most {max}."),
            Fault::LongerThan(most) => format!("it may have at most {most} characters."),
            Fault::NoChoice { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("it must be one of {}.", few(choices)),
        }
    }

    /// The same in Spanish.
    pub(crate) fn in_spanish(&self) -> String {
        match self {
            Fault::Empty => "está vacío.".to_owned(),
            Fault::NotA(kind) => kind.fault(Speech::Spanish).to_owned(),
            Fault::Nul => "contiene un byte nulo.".to_owned(),
            Fault::Dash => "empieza con `-`, como solo lo hacen las opciones.".to_owned(),
            Fault::NoScheme(schemes) => format!("debe empezar con {}.", starts(schemes, " o ")),
            Fault::UserInUrl => "aquí una URL no puede llevar usuario ni contraseña antes del equipo.".to_owned(),
            Fault::Pattern(pattern) => format!("todo el valor debe ajustarse a `{}`.", pattern.as_str()),
            Fault::Path { root, fault } => fault.in_spanish(root),
            Fault::Under(min) => format!("debe ser al menos {min}."),
            Fault::Over(max) => format!("debe ser como mucho {max}."),
            Fault::LongerThan(most) => format!("puede tener como mucho {most} caracteres."),
            Fault::NoChoice { near: Some(near), .. } => format!("¿quisiste decir `{near}`?"),
            Fault::NoChoice { choices, near: None } => format!("debe ser una de estas opciones: {}.", few(choices)),
        }
    }
}

/// The choices for a message, not all when there are many.
pub(crate) fn few(choices: &[String]) -> String {
    const MOST: usize = 12;
    let mut shown = choices[..choices.len().min(MOST)].join(", ");
    if choices.len() > MOST {
        shown.push_str(", …");
    }
    shown
}

/// What URLs with these schemes begin with.
fn starts(schemes: &[String], or: &str) -> String {
    let starts: Vec<String> = schemes.iter().map(|scheme| format!("{scheme}://")).collect();
    starts.join(or)
}

impl PathFault {
    fn in_english(self, root: &Path) -> String {
        let root = root.display();
        match self {
            PathFault::Outside => format!("it must stay in {root}."),
            PathFault::Missing => format!("there is nothing of that name in {root}."),
            PathFault::NoFile => "that is not a file.".to_owned(),
            PathFault::NoFolder => "that is not a folder.".to_owned(),
            PathFault::Special => "that is neither a file nor a folder.".to_owned(),
            PathFault::Links => "it goes through too many symbolic links.".to_owned(),
            PathFault::Unstable => "it changes all the time; try again.".to_owned(),
            PathFault::NoRoot => "the folder that it must lie in is not there: the server's log says which.".to_owned(),
            PathFault::System(errno) => format!("the system does not let it be opened ({}).", reason(errno)),
        }
    }

    fn in_spanish(self, root: &Path) -> String {
        let root = root.display();
        match self {
            PathFault::Outside => format!("debe quedarse en {root}."),
            PathFault::Missing => format!("en {root} no hay nada con ese nombre."),
            PathFault::NoFile => "eso no es un archivo.".to_owned(),
            PathFault::NoFolder => "eso no es una carpeta.".to_owned(),
            PathFault::Special => "eso no es ni archivo ni carpeta.".to_owned(),
            PathFault::Links => "pasa por demasiados enlaces simbólicos.".to_owned(),
            PathFault::Unstable => "cambia todo el tiempo; inténtalo otra vez.".to_owned(),
            PathFault::NoRoot => {
                "la carpeta en la que debe estar no existe: el registro del servidor dice cuál.".to_owned()
            }
            PathFault::System(errno) => format!("el sistema no deja abrirlo ({}).", reason(errno)),
        }
    }
}

/// The system's own words, without its number.
fn reason(errno: Errno) -> String {
    let reason = std::io::Error::from(errno).to_string();
    let end = reason.find(" (os error").unwrap_or(reason.len());
    reason[..end].to_owned()
}
