//! Why a plugin gave no answer that can be shown: the code and the sentence for it.

use caracola_wire::ErrorCode;

use caracola_plugin_host::{Complaint, Failure};
use caracola_quota::gate::Full;
use caracola_speech::Speech;
use caracola_speech::excerpt;
use caracola_wire::png::PngError;

pub(super) fn code(failure: &Failure) -> ErrorCode {
    match failure {
        Failure::Busy(_) | Failure::Said(Complaint::Busy, _) => ErrorCode::Busy,
        Failure::Cancelled => ErrorCode::Cancelled,
        Failure::TimedOut | Failure::Said(Complaint::Timeout, _) => ErrorCode::Timeout,
        Failure::Said(Complaint::Usage, _) => ErrorCode::Usage,
        Failure::Said(Complaint::Denied, _) => ErrorCode::Denied,
        Failure::Said(Complaint::Limit, _) => ErrorCode::Limit,
        Failure::Said(Complaint::Failed, _)
        | Failure::Crashed(_)
        | Failure::Disabled
        | Failure::NoAnswer
        | Failure::TooLarge(_)
        | Failure::Unavailable(_) => ErrorCode::Failed,
    }
}

pub(super) fn sentence(plugin: &str, failure: &Failure, speech: Speech) -> String {
    match failure {
        Failure::Said(_, sentence) => excerpt::bytes(sentence, excerpt::SENTENCE),
        Failure::Cancelled => speech.call_cancelled(),
        Failure::Busy(Full::Share) => speech.calls_of_account(plugin),
        Failure::Busy(Full::Guests) => speech.calls_of_guests(plugin),
        Failure::Busy(Full::All) => speech.calls_of_server(plugin),
        Failure::Crashed(how) => speech.plugin_crashed(plugin, how),
        Failure::Disabled => speech.plugin_disabled(plugin),
        Failure::NoAnswer => speech.plugin_gave_no_answer(plugin),
        Failure::TimedOut => speech.plugin_timed_out(plugin),
        Failure::TooLarge(most) => speech.plugin_answered_too_much(plugin, most),
        // Why is in the log already, paths and all.
        Failure::Unavailable(_) => speech.plugin_unavailable(plugin),
    }
}

/// What is wrong with a picture that a plugin answered with.
pub(super) fn picture(plugin: &str, why: PngError, speech: Speech) -> String {
    match why {
        PngError::NotPng => speech.picture_not_png(plugin),
        PngError::CutShort => speech.picture_cut_short(plugin),
        PngError::NoPixels => speech.picture_without_pixels(plugin),
        PngError::TooManyPixels(width, height) => speech.picture_with_too_many_pixels(plugin, width, height),
        PngError::TooManyBytes => speech.picture_too_large(plugin),
    }
}
