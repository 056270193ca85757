//! Replies as plain text, for those whose terminal isn't known: libraries, scripts, `openssl s_client`.

mod card;
mod table;
mod wrap;

use std::fmt::Write as _;

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
    let word = match speech {
        Speech::English => "Picture",
        Speech::Spanish => "Imagen",
    };
    let Image { width, height, alt, .. } = image;
    format!("[{word}, {width} x {height}: {alt}]")
}

/// How a program ended: "Exit 2 after 1.204 s, job 5kq."
fn ending(exit: &Exit, speech: Speech) -> String {
    let english = speech == Speech::English;
    let mut ending = match (&exit.signal, exit.status) {
        (Some(signal), _) if english => format!("Ended by {signal}"),
        (Some(signal), _) => format!("Terminado por {signal}"),
        (None, Some(status)) if english => format!("Exit {status}"),
        (None, Some(status)) => format!("Salida {status}"),
        (None, None) if english => "Ended".to_owned(),
        (None, None) => "Terminado".to_owned(),
    };
    let after = if english { "after" } else { "en" };
    let (seconds, ms) = (exit.ms / 1000, exit.ms % 1000);
    // Writing to a string cannot fail.
    let _ = write!(ending, " {after} {seconds}.{ms:03} s");
    if let Some(job) = &exit.job {
        let word = if english { "job" } else { "trabajo" };
        let _ = write!(ending, ", {word} {job}");
    }
    if exit.truncated {
        ending.push_str(if english {
            "; its output was cut short"
        } else {
            "; su salida se recortó"
        });
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
                "Salida 2 en 1.204 s, trabajo 5kq; su salida se recortó."
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
