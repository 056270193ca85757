//! Replies as plain text, for those whose terminal isn't known: libraries, scripts, `openssl s_client`.

mod card;
mod table;
mod wrap;

use caracola_wire::{Exit, Image, Reply};

use crate::Speech;

pub use card::plain as plain_card;
pub use wrap::{beside, indented, shortened};

/// A reply as text of at most `width` columns, without a line end at its end. Lines are broken between words; a word that
/// is longer stands out. Wide characters count as two columns. `speech` is what headings are said in; a card's are in the
/// card's own language where the server speaks that.
pub fn plain(reply: &Reply, speech: Speech, width: u16) -> String {
    match reply {
        Reply::Text(text) => wrap::text(text, usize::from(width)),
        Reply::Card(card) => card::plain(card, speech, width),
        Reply::Table(table) => table::plain(table, width),
        Reply::Image(image) => wrap::text(&picture(image, speech), usize::from(width)),
        Reply::Exit(exit) => wrap::text(&ending(exit, speech), usize::from(width)),
    }
}

fn picture(image: &Image, speech: Speech) -> String {
    let Image { width, height, alt, .. } = image;
    speech.picture_described(width, height, alt)
}

/// How a program ended: "Exit 2 after 1.204 s, job 5kq."
fn ending(exit: &Exit, speech: Speech) -> String {
    let seconds = format!("{}.{:03}", exit.ms / 1000, exit.ms % 1000);
    let mut ending = match (&exit.signal, exit.status) {
        (Some(signal), _) => speech.exited_by(signal, seconds),
        (None, Some(status)) => speech.exited_with(status, seconds),
        (None, None) => speech.exited(seconds),
    };
    if let Some(job) = &exit.job {
        ending = speech.exited_as_job(ending, job);
    }
    if exit.truncated {
        ending = speech.exited_cut_short(ending);
    }
    ending.push('.');
    ending
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(reply: &Reply, width: u16) -> [String; 2] {
        [Speech::English, Speech::Spanish].map(|speech| plain(reply, speech, width))
    }

    #[test]
    fn how_a_program_ended_is_a_sentence() {
        let exit = Exit {
            status: Some(2),
            ms: 1204,
            job: Some("5kq".into()),
            truncated: true,
            ..Exit::default()
        };
        assert_eq!(
            both(&Reply::Exit(exit), 80),
            [
                "Exit 2 after 1.204 s, job 5kq; its output was cut short.",
                "Salida 2 en 1.204 s, tarea 5kq; su salida se recortó."
            ]
        );
        let exit = Exit {
            signal: Some("SIGTERM".into()),
            ms: 10,
            ..Exit::default()
        };
        assert_eq!(
            plain(&Reply::Exit(exit), Speech::English, 80),
            "Ended by SIGTERM after 0.010 s."
        );
    }

    #[test]
    fn a_picture_is_described() {
        let image = Image {
            hash: "00".into(),
            width: 320,
            height: 200,
            alt: "a tree of folders".into(),
        };
        assert_eq!(
            both(&Reply::Image(image), 80),
            [
                "[Picture, 320 x 200: a tree of folders]",
                "[Imagen, 320 x 200: a tree of folders]"
            ]
        );
    }
}
