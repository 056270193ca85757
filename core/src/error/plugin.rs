//! Why a plugin gave no answer: the code and the sentence for it.

use caracola_wire::ErrorCode;

use crate::jobs::Ending;
use crate::phrases;
use caracola_plugin_host::{Complaint, Failure};
use caracola_quota::gate::Full;
use caracola_speech::Speech;
use caracola_speech::excerpt;

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
        Failure::Cancelled => phrases::ending(speech, &Ending::Cancelled),
        Failure::Busy(Full::Share) => speech.say(
            format!("you have as many calls of the plugin {plugin} waiting as one user may: try again later"),
            format!(
                "ya tienes en espera tantas llamadas de {plugin} como puede tener una persona: inténtalo más tarde"
            ),
        ),
        Failure::Busy(Full::Guests) => speech.say(
            format!("guests have as many calls of the plugin {plugin} waiting as they may have together: try again later, or log in"),
            format!(
                "los invitados ya tienen en espera tantas llamadas de {plugin} como pueden tener juntos: inténtalo más tarde, o inicia sesión"
            ),
        ),
        Failure::Busy(Full::All) => speech.say(
            format!("the plugin {plugin} has too much to do at this moment: try again"),
            format!("el complemento {plugin} tiene demasiado que hacer en este momento: inténtalo de nuevo"),
        ),
        Failure::Crashed(how) => speech.say(
            format!("the plugin {plugin} crashed ({how}); nothing else was harmed: try again"),
            format!("el complemento {plugin} falló ({how}); nada más se dañó: inténtalo de nuevo"),
        ),
        Failure::Disabled => speech.say(
            format!("the plugin {plugin} is out of use until it is loaded anew: it overstayed its time too often"),
            format!(
                "el complemento {plugin} está fuera de uso hasta que se cargue de nuevo: tardó demasiado varias veces"
            ),
        ),
        Failure::NoAnswer => speech.say(
            format!("the plugin {plugin} gave no answer"),
            format!("el complemento {plugin} no dio ninguna respuesta"),
        ),
        Failure::TimedOut => speech.say(
            format!("the plugin {plugin} did not answer in time"),
            format!("el complemento {plugin} no respondió a tiempo"),
        ),
        Failure::TooLarge(most) => speech.say(
            format!("the plugin {plugin} answered with more than the {most} bytes that it may"),
            format!("el complemento {plugin} respondió con más de los {most} bytes permitidos"),
        ),
        // Why is in the log already, paths and all.
        Failure::Unavailable(_) => speech.say(
            format!("the plugin {plugin} is not there at this moment: try again"),
            format!("el complemento {plugin} no está en este momento: inténtalo de nuevo"),
        ),
    }
}
