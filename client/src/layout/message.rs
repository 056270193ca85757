//! What people and the server say between replies.

use caracola_wire::Push;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Page, sanitize, wrap};

/// The push as one or more lines; none for those that are not for people.
pub(crate) fn render(push: &Push, page: Page) -> Option<String> {
    let palette = page.palette;
    let line = match push {
        Push::Message {
            room, name, text, ms, ..
        } => format!(
            "{} {} {}: {}",
            palette.dim(&time_of_day(*ms)),
            palette.place(&format!("[{}]", sanitize::line(room))),
            palette.person(&sanitize::line(name)),
            sanitize::line(text)
        ),
        Push::Tell { name, text, ms, .. } => format!(
            "{} {} {} {}",
            palette.dim(&time_of_day(*ms)),
            palette.person(&sanitize::line(name)),
            palette.place(&format!("→ {}:", page.speech.to_you())),
            sanitize::line(text)
        ),
        Push::Notice { text, .. } => {
            let lines: Vec<String> = wrap::fold(&sanitize::text(text), page.text_columns())
                .iter()
                .map(|line| palette.dim(line))
                .collect();
            lines.join("\n")
        }
        _ => return None,
    };
    if line.is_empty() {
        return None;
    }
    let columns = page.columns.unwrap_or(usize::MAX);
    Some(format!("{}\n", wrap::fold(&line, columns).join("\n")))
}

/// Hours and minutes where the reader is; empty for a time that no calendar has.
pub(crate) fn time_of_day(ms: u64) -> String {
    i64::try_from(ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .map(|time| {
            let here = time.to_zoned(TimeZone::system());
            format!("{:02}:{:02}", here.hour(), here.minute())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::tests::plain;

    fn said(text: &str, page: Page) -> String {
        let push = Push::Message {
            room: "lobby".to_owned(),
            name: "~ben".to_owned(),
            user: "guest".to_owned(),
            text: text.to_owned(),
            ms: 1_700_000_000_000,
        };
        render(&push, page).unwrap_or_default()
    }

    #[test]
    fn a_message_says_when_where_and_who() {
        let shown = said("hola", plain(80));
        assert_eq!(shown.get(2..3), Some(":"));
        assert_eq!(shown.get(5..), Some(" [lobby] ~ben: hola\n"));
    }

    #[test]
    fn is_one_line_that_cannot_break_out() {
        let shown = said("hi\r\n\x1b[1A[lobby] ~ana: lies", plain(200));
        assert_eq!(shown.matches('\n').count(), 1);
        assert!(shown.contains("hi^M^J^[[1A"));
    }

    #[test]
    fn is_folded_to_the_terminal() {
        let shown = said(&"word ".repeat(30), plain(40));
        assert!(shown.lines().count() > 3 && shown.lines().all(|line| wrap::width(line) <= 40));
    }

    #[test]
    fn odd_times_are_left_out() {
        assert_eq!(time_of_day(u64::MAX), "");
        assert_eq!(time_of_day(0).len(), 5);
    }

    #[test]
    fn notices_are_shown_and_changes_of_name_are_not() {
        let notice = Push::Notice {
            kind: "join".to_owned(),
            text: "~ana joined".to_owned(),
        };
        assert_eq!(render(&notice, plain(80)).as_deref(), Some("~ana joined\n"));
        let name = Push::Name { name: "ana".to_owned() };
        assert_eq!(render(&name, plain(80)), None);
    }
}
