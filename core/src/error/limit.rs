//! Which limit somebody met, and what to do.

use std::time::Duration;

use crate::access::LoginRefused;
use crate::access::failures::Cause;
use crate::jobs::KeyLimit;
use crate::rooms::RoomLimit;
use crate::sessions::PlaceLimit;
use caracola_quota::QuotaLimit;
use caracola_speech::Speech;

pub(super) fn login(why: LoginRefused, speech: Speech) -> String {
    match why {
        LoginRefused::Banned => speech.login_banned(),
        LoginRefused::Crowded => speech.too_many_logins(),
        LoginRefused::NoUsers => speech.users_unreadable(),
        LoginRefused::TooMany { cause, seconds } => match cause {
            Cause::Address => speech.wrong_passwords_from_address(seconds),
            Cause::NameFromThere => speech.wrong_passwords_for_name_from_address(seconds),
            Cause::Name => speech.wrong_passwords_for_name_from_others(seconds),
            Cause::Device => speech.wrong_passwords_from_device(seconds),
        },
    }
}

pub(super) fn place(limit: PlaceLimit, speech: Speech) -> String {
    match limit {
        PlaceLimit::Account => speech.sessions_of_account(),
        PlaceLimit::AccountFromThere => speech.sessions_of_account_from_address(),
        PlaceLimit::Guests => speech.sessions_of_guests(),
        PlaceLimit::GuestsFromThere => speech.sessions_of_guests_from_address(),
        PlaceLimit::Users => speech.sessions_of_users(),
        PlaceLimit::UsersFromThere => speech.sessions_of_users_from_address(),
    }
}

pub(super) fn too_many_keys(limit: KeyLimit, speech: Speech) -> String {
    let most = limit.most();
    match limit.0 {
        QuotaLimit::Account => speech.keys_of_account(most),
        QuotaLimit::Address => speech.keys_of_address(most),
        QuotaLimit::Guests => speech.keys_of_guests(most),
        QuotaLimit::Server => speech.keys_of_server(most),
    }
}

pub(super) fn too_many_rooms(limit: RoomLimit, speech: Speech) -> String {
    let most = limit.most();
    match limit.0 {
        QuotaLimit::Account => speech.rooms_of_account(most),
        QuotaLimit::Address => speech.rooms_of_address(most),
        QuotaLimit::Guests => speech.rooms_of_guests(most),
        QuotaLimit::Server => speech.rooms_of_server(most),
    }
}

pub(super) fn too_many_runs(by_guests: bool, rate: u32, wait: Duration, speech: Speech) -> String {
    // A second more than is left of it, so that nobody comes back too early.
    let seconds = wait.as_secs() + 1;
    if by_guests {
        speech.runs_of_address(rate, seconds)
    } else {
        speech.runs_of_account(rate, seconds)
    }
}
