//! What a program gets: argv, environment, standard input and open files.

use std::ffi::{OsStr, OsString};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use super::Exec;
use super::template::{Element, Piece, Template};
use crate::param::{Arguments, Secret, Value};
use crate::program::PROGRAM_PATH;

/// The number that the first of [`Prepared::descriptors`] has in the program; the others follow it.
pub const FIRST_DESCRIPTOR: usize = 3;

/// Where a program finds an open file by its number.
pub const DESCRIPTOR_FOLDER: &str = "/dev/fd";

/// The longest element of argv that Linux takes, in bytes: 32 pages with the zero at the end.
pub const LONGEST_ELEMENT: usize = 32 * 4096 - 1;

/// Everything that a program gets, exactly.
#[derive(Debug)]
pub struct Prepared {
    /// The absolute path of the program.
    pub program: PathBuf,
    /// All of argv; the first element is the program as the file writes it.
    pub argv: Vec<OsString>,
    /// The whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it starts: absolute.
    pub folder: PathBuf,
    /// What it reads; none: the end of an empty file.
    pub stdin: Option<Secret>,
    /// Files that it finds open as number 3, 4, and so on: argv says so where it means one of them.
    pub descriptors: Vec<OwnedFd>,
}

/// Why a program cannot be started with some arguments.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// It was in none of the folders when the file was loaded.
    #[error("there is no program `{0}` in {PROGRAM_PATH}")]
    NoProgram(String),
    /// An element of argv is longer than [`LONGEST_ELEMENT`].
    #[error("an argument is longer than {LONGEST_ELEMENT} bytes")]
    TooLong,
    /// No more files can be open.
    #[error("no more files can be open: {0}")]
    Descriptors(std::io::Error),
}

impl Exec {
    /// Puts checked arguments of this action's command into the templates. Starts nothing, and looks at nothing but the
    /// server's own environment.
    pub fn prepare(&self, arguments: &Arguments<'_>) -> Result<Prepared, PrepareError> {
        let program = self.program.path.clone();
        let program = program.ok_or_else(|| PrepareError::NoProgram(self.program.written.clone()))?;
        let mut filling = Filling {
            arguments,
            descriptors: Vec::new(),
        };
        let mut argv = Vec::with_capacity(1 + self.arguments.len());
        argv.push(OsString::from(&self.program.written));
        for element in &self.arguments {
            filling.add(element, &mut argv)?;
        }
        if argv.iter().any(|element| element.len() > LONGEST_ELEMENT) {
            return Err(PrepareError::TooLong);
        }
        let environment = self.filled_environment(&mut filling)?;
        let stdin = self.stdin.as_ref().and_then(|template| filling.bytes(template));
        let descriptors = filling.descriptors.into_iter();
        Ok(Prepared {
            program,
            argv,
            environment,
            folder: self.folder.clone(),
            stdin,
            descriptors: descriptors.map(|(_, descriptor)| descriptor).collect(),
        })
    }

    /// The fixed `PATH`, a language in which all text can be written, what is passed on, and what the file sets; the later
    /// ones instead of the earlier.
    fn filled_environment(&self, filling: &mut Filling<'_>) -> Result<Vec<(OsString, OsString)>, PrepareError> {
        let mut environment: Vec<(OsString, OsString)> =
            vec![("PATH".into(), PROGRAM_PATH.into()), ("LANG".into(), "C.UTF-8".into())];
        let mut set = |name: &OsStr, value: OsString| {
            environment.retain(|(other, _)| other != name);
            environment.push((name.to_owned(), value));
        };
        for name in &self.pass_environment {
            if let Some(value) = std::env::var_os(name) {
                set(OsStr::new(name), value);
            }
        }
        for (name, template) in &self.environment {
            if let Some(value) = filling.joined(template)? {
                set(OsStr::new(name), value);
            }
        }
        Ok(environment)
    }
}

/// Arguments, and the open files among them that the program gets.
struct Filling<'a> {
    arguments: &'a Arguments<'a>,
    /// Each with the param and the number of its value, which tell whether it is there already.
    descriptors: Vec<((usize, usize), OwnedFd)>,
}

impl Filling<'_> {
    fn add(&mut self, element: &Element, argv: &mut Vec<OsString>) -> Result<(), PrepareError> {
        match element {
            Element::Literal(literal) => argv.push(OsString::from(&**literal)),
            Element::Switch { param, flag } => {
                if self.arguments.get(*param) == Some("true") {
                    argv.push(OsString::from(&**flag));
                }
            }
            Element::Values { param, flag } => {
                for (number, value) in self.arguments.values(*param).iter().enumerate() {
                    if let Some(shown) = self.shown((*param, number), value)? {
                        argv.extend(flag.as_deref().map(OsString::from));
                        argv.push(shown);
                    }
                }
            }
            Element::Joined(template) => argv.extend(self.joined(template)?),
        }
        Ok(())
    }

    /// The text of a template; none if one of its params has no value.
    fn joined(&mut self, template: &Template) -> Result<Option<OsString>, PrepareError> {
        let mut joined = OsString::new();
        for piece in &template.0 {
            match piece {
                Piece::Literal(literal) => joined.push(&**literal),
                Piece::Value(param) => {
                    let value = self.arguments.value(*param);
                    let shown = value.map(|value| self.shown((*param, 0), value));
                    let shown = shown.transpose()?.flatten();
                    match shown {
                        Some(shown) => joined.push(shown),
                        None => return Ok(None),
                    }
                }
            }
        }
        Ok(Some(joined))
    }

    /// What stands for a value in argv and in the environment: nothing ever does for a secret.
    fn shown(&mut self, key: (usize, usize), value: &Value<'_>) -> Result<Option<OsString>, PrepareError> {
        Ok(match value {
            Value::Text(text) => Some(OsString::from(&**text)),
            Value::Secret(_) => None,
            Value::Path(path) => Some(match path.descriptor() {
                None => path.path().as_os_str().to_owned(),
                Some(descriptor) => self.descriptor(key, descriptor)?,
            }),
        })
    }

    fn descriptor(&mut self, key: (usize, usize), descriptor: BorrowedFd<'_>) -> Result<OsString, PrepareError> {
        let known = self.descriptors.iter().position(|(known, _)| *known == key);
        let number = known.unwrap_or(self.descriptors.len());
        if known.is_none() {
            let copy = descriptor.try_clone_to_owned().map_err(PrepareError::Descriptors)?;
            self.descriptors.push((key, copy));
        }
        let number = FIRST_DESCRIPTOR + number;
        Ok(format!("{DESCRIPTOR_FOLDER}/{number}").into())
    }

    /// The bytes of a template for standard input; none if one of its params has no value.
    fn bytes(&self, template: &Template) -> Option<Secret> {
        let pieces: Vec<&[u8]> = template
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Literal(literal) => Some(literal.as_bytes()),
                Piece::Value(param) => Some(match self.arguments.value(*param)? {
                    Value::Text(text) => text.as_bytes(),
                    Value::Path(path) => path.path().as_os_str().as_bytes(),
                    Value::Secret(secret) => secret.expose(),
                }),
            })
            .collect::<Option<_>>()?;
        // Made in one piece, so that no copy of a secret is left behind by growing.
        Some(Secret::new(pieces.concat()))
    }
}
