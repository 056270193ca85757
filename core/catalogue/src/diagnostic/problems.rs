//! Collects what is wrong while files are read, so that all of it is told at once.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;

use super::{Broken, Diagnostic, SourceSpan};

/// How many warnings of one kind are told one by one; an imported file may have thousands.
const MOST_OF_A_KIND: usize = 10;

/// What a warning is about; many of one kind are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Doubt {
    Empty,
    ExampleOfAnother,
    ExampleRefused,
    GuestExec,
    NoExample,
    NoFolder,
    NoNegative,
    NoProgram,
    NoCompletion,
    NoFence,
    NoPlugin,
    NoUser,
    NotSeen,
    OpenProgram,
    SeeAlsoNothing,
    Suspicious,
    Untranslated,
    Unused,
}

#[derive(Debug, Default)]
pub(crate) struct Problems {
    errors: RefCell<Vec<Diagnostic>>,
    warnings: RefCell<Vec<Diagnostic>>,
    doubts: RefCell<HashMap<Doubt, Told>>,
    syntax: Cell<bool>,
    /// Something could not be read for a reason that passes.
    passing: Cell<bool>,
    /// Files beside those with definitions that the catalogue is made of.
    images: RefCell<Vec<PathBuf>>,
}

#[derive(Debug, Default)]
struct Told {
    count: usize,
    last: Option<Diagnostic>,
}

impl Problems {
    pub(crate) fn error(&self, diagnostic: Diagnostic) {
        self.errors.borrow_mut().push(diagnostic);
    }

    /// An error because of which parts of a file may have been lost.
    pub(crate) fn syntax_error(&self, diagnostic: Diagnostic) {
        self.syntax.set(true);
        self.error(diagnostic);
    }

    /// Notes that something could not be read for a reason that passes: nothing that was found out counts for long.
    pub(crate) fn will_pass(&self) {
        self.passing.set(true);
    }

    /// Whether something could not be read for a reason that passes.
    pub(crate) fn is_passing(&self) -> bool {
        self.passing.get()
    }

    /// Notes that the catalogue is made of this file, too, whether or not it is there.
    pub(crate) fn depends_on(&self, image: PathBuf) {
        self.images.borrow_mut().push(image);
    }

    /// The files that were named to [`Problems::depends_on`].
    pub(crate) fn images(&self) -> Vec<PathBuf> {
        self.images.borrow().clone()
    }

    /// Whether parts of a file may have been lost, so that what is missing may well be there.
    pub(crate) fn has_syntax_errors(&self) -> bool {
        self.syntax.get()
    }

    pub(crate) fn warning(&self, doubt: Doubt, diagnostic: Diagnostic) {
        let mut doubts = self.doubts.borrow_mut();
        let told = doubts.entry(doubt).or_default();
        told.count += 1;
        if told.count <= MOST_OF_A_KIND {
            self.warnings.borrow_mut().push(diagnostic);
        } else {
            told.last = Some(diagnostic);
        }
    }

    /// Takes over all that was found elsewhere; `doubted`: errors as warnings, since what they are about can be done without.
    pub(crate) fn take_over(&self, other: Problems, doubted: bool) {
        let errors = other.errors.into_inner();
        if doubted {
            let warnings = errors.into_iter().map(Diagnostic::into_warning);
            self.warnings.borrow_mut().extend(warnings);
        } else {
            self.errors.borrow_mut().extend(errors);
        }
        self.warnings.borrow_mut().extend(other.warnings.into_inner());
        if other.passing.into_inner() {
            self.will_pass();
        }
        let last = other.doubts.into_inner().into_values();
        let last = last.filter_map(|told| Some(summed_up(told.last?, told.count)));
        self.warnings.borrow_mut().extend(last);
    }

    pub(crate) fn error_count(&self) -> usize {
        self.errors.borrow().len()
    }

    /// Drops errors from number `first` on that `unwanted` says are consequences of others.
    pub(crate) fn drop_errors(&self, first: usize, unwanted: impl Fn(&SourceSpan) -> bool) {
        let mut errors = self.errors.borrow_mut();
        let later = errors.split_off(first);
        let kept = later
            .into_iter()
            .filter(|error| !error.place.as_ref().is_some_and(&unwanted));
        errors.extend(kept);
    }

    /// Whether a further warning of this kind will be told by itself, so that it pays to say much in it.
    pub(crate) fn tells(&self, doubt: Doubt) -> bool {
        let doubts = self.doubts.borrow();
        doubts.get(&doubt).is_none_or(|told| told.count < MOST_OF_A_KIND)
    }

    /// The warnings when there was no error; both in the order of files as read, then of places.
    pub(crate) fn finish(self, files: &[String]) -> Result<Vec<Diagnostic>, Broken> {
        let order: HashMap<&str, usize> = files
            .iter()
            .enumerate()
            .map(|(position, name)| (name.as_str(), position))
            .collect();
        let sorted = |mut diagnostics: Vec<Diagnostic>| {
            diagnostics.sort_by_key(|diagnostic| {
                let file = order.get(&*diagnostic.file).copied();
                let start = diagnostic.place.as_ref().map(|place| place.span().start);
                (file.unwrap_or(usize::MAX), start)
            });
            diagnostics
        };
        let errors = sorted(self.errors.into_inner());
        let mut warnings = self.warnings.into_inner();
        for told in self.doubts.into_inner().into_values() {
            warnings.extend(told.last.map(|last| summed_up(last, told.count)));
        }
        let warnings = sorted(warnings);
        if errors.is_empty() {
            return Ok(warnings);
        }
        Err(Broken {
            diagnostics: errors,
            warnings,
            plugins: Vec::new(),
            passing: self.passing.into_inner(),
            images: self.images.into_inner(),
        })
    }
}

fn summed_up(mut last: Diagnostic, count: usize) -> Diagnostic {
    let untold = count - MOST_OF_A_KIND - 1;
    if untold > 0 {
        last.message = format!("{} (and {untold} more like this)", last.message);
        last.more = untold;
    }
    last
}
