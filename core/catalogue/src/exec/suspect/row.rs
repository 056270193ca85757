//! A row of the table: what a program does with a word that a value fills.

use super::super::template::Element;
use super::freedom::Form;

/// What could happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    Shell,
    Program,
    Code,
    Library,
    Write,
    Read,
}

impl Harm {
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Harm::Shell => "start a shell",
            Harm::Program => "start another program",
            Harm::Code => "run code",
            Harm::Library => "load a library, which may do anything",
            Harm::Write => "write, replace or remove any file that the program may",
            Harm::Read => "read any file that the program may",
        }
    }
}

/// Where a value is dangerous.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spot {
    /// Among the words that are neither options nor their values, from this number to that, from 0.
    Operand(usize, usize),
    /// The value of one of these options, apart or joined.
    Value(&'static [&'static str]),
    /// What the program reads.
    Stdin,
}

/// One thing that a value at some place can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hazard {
    pub(super) spot: Spot,
    pub(super) form: Form,
    pub(super) harm: Harm,
    /// Such a value, or what it uses, for a sentence.
    pub(super) how: &'static str,
    /// Only beside one of these words, such as a subcommand; empty: always.
    pub(super) only: &'static [&'static str],
}

impl Hazard {
    const fn new(spot: Spot, form: Form, harm: Harm, how: &'static str) -> Self {
        Hazard {
            spot,
            form,
            harm,
            how,
            only: &[],
        }
    }

    pub(super) const fn only(mut self, words: &'static [&'static str]) -> Self {
        self.only = words;
        self
    }

    pub(super) fn concerns(&self, arguments: &[Element]) -> bool {
        let is_one =
            |element: &Element| matches!(element, Element::Literal(literal) if self.only.contains(&&**literal));
        self.only.is_empty() || arguments.iter().any(is_one)
    }
}

/// What is known of programs of these names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) names: &'static [&'static str],
    /// Options whose value is a word of its own, so that it isn't taken for an operand.
    pub(super) takes: &'static [&'static str],
    /// Options that take the danger away where the file gives one.
    pub(super) safe: &'static [&'static str],
    /// What a value that may be any option could be.
    pub(super) option: &'static str,
    pub(super) hazards: &'static [Hazard],
}

impl Row {
    pub(super) const fn new(names: &'static [&'static str], hazards: &'static [Hazard]) -> Self {
        Row {
            names,
            takes: &[],
            safe: &[],
            option: "",
            hazards,
        }
    }

    pub(super) const fn takes(mut self, options: &'static [&'static str]) -> Self {
        self.takes = options;
        self
    }

    pub(super) const fn safe(mut self, options: &'static [&'static str]) -> Self {
        self.safe = options;
        self
    }

    pub(super) const fn option(mut self, option: &'static str) -> Self {
        self.option = option;
        self
    }
}

/// The end of operands that have none.
pub(super) const LAST: usize = usize::MAX;

pub(super) const fn operand(form: Form, harm: Harm, how: &'static str) -> Hazard {
    from(0, form, harm, how)
}

pub(super) const fn from(first: usize, form: Form, harm: Harm, how: &'static str) -> Hazard {
    Hazard::new(Spot::Operand(first, LAST), form, harm, how)
}

pub(super) const fn nth(number: usize, form: Form, harm: Harm, how: &'static str) -> Hazard {
    Hazard::new(Spot::Operand(number, number), form, harm, how)
}

pub(super) const fn value(options: &'static [&'static str], form: Form, harm: Harm, how: &'static str) -> Hazard {
    Hazard::new(Spot::Value(options), form, harm, how)
}

pub(super) const fn stdin(form: Form, harm: Harm, how: &'static str) -> Hazard {
    Hazard::new(Spot::Stdin, form, harm, how)
}
