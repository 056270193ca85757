//! Times by the calendar, for people.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// `2026-11-22 09:05:07`, in UTC. Times before 1970 are shown as its first second, and those that no calendar has as the last
/// that it has.
pub fn utc(at: SystemTime) -> String {
    let at = Timestamp::try_from(at.max(UNIX_EPOCH)).unwrap_or(Timestamp::MAX);
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_that_calendars_agree_on() {
        for (seconds, shown) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_795_338_307, "2026-11-22 09:05:07"),
            (4_107_542_400, "2100-03-01 00:00:00"),
        ] {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(seconds)), shown);
        }
    }

    #[test]
    fn what_is_outside_of_the_calendar_is_shown_as_its_end() {
        assert_eq!(utc(UNIX_EPOCH - Duration::from_secs(1)), "1970-01-01 00:00:00");
        let far = UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(utc(far).get(..4), Some("9999"));
    }
}
