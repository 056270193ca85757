//! Sentences in any number of languages, as rows.

/// A row of [`sentences!`](crate::sentences!): what a test needs to check it, with
/// `caracola_sdk::testing::assert_sentences`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The name of the row's function.
    pub name: &'static str,
    /// What is put into the sentence, by name.
    pub placeholders: &'static [&'static str],
    /// The sentence by language tag. The first is the one for readers of none of these languages.
    pub cells: &'static [(&'static str, &'static str)],
}

/// Makes a function of each row: a sentence in any number of languages.
///
/// A row has a name, the placeholders of the sentence, and a cell with the sentence for each language, as
/// [`format!`](std::format) reads it. A language is an identifier, or a text where its tag isn't one: `"pt-BR"`.
///
/// ```
/// caracola_sdk::sentences! {
///     /// Where a file went.
///     moved(file, folder) {
///         en: "'{file}' is in {folder} now.",
///         es: "'{file}' está ahora en {folder}.",
///         "pt-BR": "'{file}' agora está em {folder}.",
///     }
///     /// A heading.
///     size() { en: "Size", es: "Tamaño", "pt-BR": "Tamanho" }
/// }
///
/// assert_eq!(moved("es-MX", "a.txt", "notes"), "'a.txt' está ahora en notes.");
/// assert_eq!(size("fr"), "Size");
/// ```
///
/// The functions are `pub(crate)`. They take a [`Reader`](crate::Reader), which is the [`Call`](crate::Call) or a
/// language's tag, then something with [`Display`](std::fmt::Display) for each placeholder, and return a `String`. A reader gets
/// the language that [`in_language`](crate::in_language) finds: of a row's languages the first is the one for readers of
/// none of them.
///
/// A cell with a placeholder that the row doesn't have doesn't compile. What the compiler doesn't see, a test does: that a cell
/// leaves one out, is empty, or is missing. For it, all rows are also in a public constant `SENTENCES`, so the macro is used once
/// in a module.
///
/// ```
/// # caracola_sdk::sentences! { bye() { en: "Bye.", es: "Adiós." } }
/// caracola_sdk::testing::assert_sentences(SENTENCES); // in a test
/// ```
#[macro_export]
macro_rules! sentences {
    ($(
        $(#[$attribute:meta])*
        $name:ident($($placeholder:ident),* $(,)?) { $($tag:tt: $text:literal),+ $(,)? }
    )+) => {
        /// All sentences of this module, for a test.
        #[allow(dead_code, unreachable_pub, reason = "only tests look at it, perhaps of another crate")]
        pub const SENTENCES: &[$crate::Sentence] = &[$(
            $crate::Sentence {
                name: ::std::stringify!($name),
                placeholders: &[$(::std::stringify!($placeholder)),*],
                cells: &[$(($crate::language_tag!($tag), $text)),+],
            }
        ),+];

        $(
            $(#[$attribute])*
            pub(crate) fn $name(
                reader: &(impl $crate::Reader + ?Sized)
                $(, $placeholder: impl ::std::fmt::Display)*
            ) -> ::std::string::String {
                // Only the arguments that are chosen become text.
                $crate::in_language(reader, [$(($crate::language_tag!($tag), ::std::format_args!($text))),+]).to_string()
            }
        )+
    };
}

/// The tag that a row of [`sentences!`](crate::sentences!) says: `es` or `"pt-BR"`.
#[doc(hidden)]
#[macro_export]
macro_rules! language_tag {
    ($tag:ident) => {
        ::std::stringify!($tag)
    };
    ($tag:literal) => {
        $tag
    };
}
