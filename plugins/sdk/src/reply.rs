//! What a command answers.

/// What a command answers. Texts and tables become one by [`From`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(pub(crate) Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Text(String),
    Card(Card),
    Table(Table),
    Image { png: Vec<u8>, alt: String },
    Done,
}

/// What a command shows about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) usage: Vec<String>,
    pub(crate) examples: Vec<(String, String)>,
    pub(crate) note: String,
}

/// Rows and columns of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) cells: Vec<String>,
    pub(crate) note: String,
}

impl Reply {
    /// Text, perhaps of many lines.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Kind::Text(text.into()))
    }

    /// A picture: a PNG file, and what can be seen on it, for those who can't.
    pub fn image(png: impl Into<Vec<u8>>, alt: impl Into<String>) -> Self {
        Self(Kind::Image {
            png: png.into(),
            alt: alt.into(),
        })
    }

    /// Nothing more: what there was to say went out by [`Call::chunk`](crate::Call::chunk).
    pub fn done() -> Self {
        Self(Kind::Done)
    }
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Card> for Reply {
    fn from(card: Card) -> Self {
        Self(Kind::Card(card))
    }
}

impl From<Table> for Reply {
    fn from(table: Table) -> Self {
        Self(Kind::Table(table))
    }
}

impl Card {
    /// A card for the command `name`, with one line on what it does.
    pub fn new(name: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            summary: summary.into(),
            ..Self::default()
        }
    }

    /// Adds a way to type it.
    #[must_use]
    pub fn usage(mut self, line: impl Into<String>) -> Self {
        self.usage.push(line.into());
        self
    }

    /// Adds an example, after better ones, and what it does, which may be empty.
    #[must_use]
    pub fn example(mut self, run: impl Into<String>, about: impl Into<String>) -> Self {
        self.examples.push((run.into(), about.into()));
        self
    }

    /// A closing sentence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Table {
    /// A table with these headings and no rows. Without a heading the server refuses it.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        Self {
            columns: columns.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Adds a row. Cells that are missing are empty; those beyond the last column are left out.
    #[must_use]
    pub fn row<T: Into<String>>(mut self, cells: impl IntoIterator<Item = T>) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row to a table that is made in a loop, as [`Table::row`] does.
    pub fn push<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let end = self.cells.len() + self.columns.len();
        self.cells
            .extend(cells.into_iter().map(Into::into).take(self.columns.len()));
        self.cells.resize(end, String::new());
    }

    /// A closing sentence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}
