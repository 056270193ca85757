//! What the shell, `caracola`, says itself. What it shows of a server is the server's.

mod asking;
mod connection;
mod jobs;
mod layout;
mod lines;
mod trial;
mod trust;

use super::{Sentence, sentences};

/// The rows of this folder's files.
pub(super) const ROWS: [&[Sentence]; 7] = [
    asking::ROWS,
    connection::ROWS,
    jobs::ROWS,
    layout::ROWS,
    lines::ROWS,
    trial::ROWS,
    trust::ROWS,
];

#[cfg(test)]
mod tests {
    use crate::Speech;

    #[test]
    fn arguments_find_their_places_in_both() {
        assert_eq!(
            Speech::English.connection_lost("lab:1", "gone"),
            "Connection to lab:1 lost: gone."
        );
        assert_eq!(
            Speech::Spanish.connection_lost("lab:1", "adiós"),
            "Se perdió la conexión con lab:1: adiós."
        );
    }
}
