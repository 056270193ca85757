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
        LoginRefused::Banned => speech.say(
            "an operator put you out for a while".to_owned(),
            "un operador te dejó fuera por un rato".to_owned(),
        ),
        LoginRefused::Crowded => speech.say(
            "too many people are logging in at this moment: try again".to_owned(),
            "demasiadas personas entran en este momento: inténtalo de nuevo".to_owned(),
        ),
        LoginRefused::NoUsers => speech.say(
            "the server can't read who may log in (its log says why): try again later".to_owned(),
            "el servidor no puede leer quién puede entrar (su registro dice por qué): inténtalo más tarde".to_owned(),
        ),
        LoginRefused::TooMany { cause, seconds } => {
            let what = match cause {
                Cause::Address => speech.say("from this address", "desde esta dirección"),
                Cause::NameFromThere => speech.say(
                    "for this name from this address",
                    "para este nombre desde esta dirección",
                ),
                Cause::Name => speech.say(
                    "for this name from other addresses",
                    "para este nombre desde otras direcciones",
                ),
                Cause::Device => speech.say("from this device", "desde este dispositivo"),
            };
            speech.say(
                format!("too many wrong passwords {what}: wait, and try again in {seconds} s"),
                format!("demasiadas contraseñas equivocadas {what}: espera e inténtalo de nuevo en {seconds} s"),
            )
        }
    }
}

pub(super) fn place(limit: PlaceLimit, speech: Speech) -> String {
    match limit {
        PlaceLimit::Account => speech.say(
            "this account has as many sessions as one may, half of `sessions`: end one of them".to_owned(),
            "esta cuenta tiene tantas sesiones como puede tener una, la mitad de `sessions`: termina una".to_owned(),
        ),
        PlaceLimit::AccountFromThere => speech.say(
            "this account has as many sessions from your address as one may, half of `sessions_per_address`: end one of them"
                .to_owned(),
            "esta cuenta tiene tantas sesiones desde tu dirección como puede tener una, la mitad de `sessions_per_address`: termina una"
                .to_owned(),
        ),
        PlaceLimit::Guests => speech.say(
            "as many guests are here as `sessions` allows: log in, or try again later".to_owned(),
            "hay tantos invitados como `sessions` permite: inicia sesión o inténtalo más tarde".to_owned(),
        ),
        PlaceLimit::GuestsFromThere => speech.say(
            "as many guests came from your address as `sessions_per_address` allows: log in, or try again later"
                .to_owned(),
            "llegaron tantos invitados desde tu dirección como `sessions_per_address` permite: inicia sesión o inténtalo más tarde"
                .to_owned(),
        ),
        PlaceLimit::Users => speech.say(
            "as many are here as `sessions` allows; what is left is for operators: try again later".to_owned(),
            "hay tantas sesiones como `sessions` permite; lo que queda es para operadores: inténtalo más tarde".to_owned(),
        ),
        PlaceLimit::UsersFromThere => speech.say(
            "as many came from your address as `sessions_per_address` allows; what is left is for operators: try again later"
                .to_owned(),
            "llegaron tantas sesiones desde tu dirección como `sessions_per_address` permite; lo que queda es para operadores: inténtalo más tarde"
                .to_owned(),
        ),
    }
}

pub(super) fn too_many_keys(limit: KeyLimit, speech: Speech) -> String {
    let most = limit.most();
    match limit.0 {
        QuotaLimit::Account => speech.say(
            format!("your account has {most} keys, its share: each is forgotten a day after its job's end"),
            format!("tu cuenta tiene {most} claves, su parte: cada una se olvida un día después de terminar su trabajo"),
        ),
        QuotaLimit::Address => speech.say(
            format!("the guests of your address have {most} keys, their share: each is forgotten when its session ends"),
            format!("los invitados de tu dirección tienen {most} claves, su parte: cada una se olvida al terminar su sesión"),
        ),
        QuotaLimit::Guests => speech.say(
            format!("the guests of this server have {most} keys, their share: each is forgotten when its session ends"),
            format!("los invitados de este servidor tienen {most} claves, su parte: cada una se olvida al terminar su sesión"),
        ),
        QuotaLimit::Server => speech.say(
            format!("the server remembers as many of {most} keys as are not kept for operators: they are forgotten a day after their jobs' end"),
            format!("el servidor recuerda de {most} claves todas las que no reserva a los operadores: se olvidan un día después de terminar sus trabajos"),
        ),
    }
}

pub(super) fn too_many_rooms(limit: RoomLimit, speech: Speech) -> String {
    let most = limit.most();
    match limit.0 {
        QuotaLimit::Account => speech.say(
            format!("your account made {most} of the rooms, its share: join one of those there are"),
            format!("tu cuenta creó {most} de las salas, su parte: entra en una de las que hay"),
        ),
        QuotaLimit::Address => speech.say(
            format!("the guests of your address made {most} of the rooms, their share: join one of those there are"),
            format!("los invitados de tu dirección crearon {most} de las salas, su parte: entra en una de las que hay"),
        ),
        QuotaLimit::Guests => speech.say(
            format!("the guests of this server made {most} of the rooms, their share: join one of those there are"),
            format!(
                "los invitados de este servidor crearon {most} de las salas, su parte: entra en una de las que hay"
            ),
        ),
        QuotaLimit::Server => speech.say(
            format!("there are as many of {most} rooms as are not kept for operators: join one of them"),
            format!("de {most} salas hay todas las que no se reservan a los operadores: entra en una de ellas"),
        ),
    }
}

pub(super) fn too_many_runs(by_guests: bool, rate: u32, wait: Duration, speech: Speech) -> String {
    // A second more than is left of it, so that nobody comes back too early.
    let seconds = wait.as_secs() + 1;
    if by_guests {
        return speech.say(
            format!("the guests of your address may begin {rate} runs a second (`runs_per_second`): try again in {seconds} s"),
            format!("los invitados de tu dirección pueden iniciar {rate} ejecuciones por segundo (`runs_per_second`): inténtalo en {seconds} s"),
        );
    }
    speech.say(
        format!("you may begin {rate} runs a second (`runs_per_second`): try again in {seconds} s"),
        format!("puedes iniciar {rate} ejecuciones por segundo (`runs_per_second`): inténtalo en {seconds} s"),
    )
}
