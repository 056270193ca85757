//! The server's own sentences, in each language that it speaks. Texts of commands are in the catalogue; errors are in
//! `error`.

use caracola_speech::amount::span;
use std::time::Duration;

use crate::jobs::{Ending, StartFailure};
use caracola_quota::gate::Full;
use caracola_speech::Speech;

/// Told to somebody whose account's role changed.
pub fn role_is(speech: Speech, role: &str) -> String {
    speech.say(format!("Your role is {role} now."), format!("Ahora tu rol es {role}."))
}

/// The answer to `lang`.
pub fn language_is(speech: Speech, language: &str, known: &str) -> String {
    speech.say(
        format!("Your language is {language}. There is: {known}."),
        format!("Tu idioma es {language}. Hay: {known}."),
    )
}

/// The answer to `quit`.
pub fn goodbye(speech: Speech, name: &str) -> String {
    if name.is_empty() {
        return speech.say("Goodbye.".to_owned(), "Hasta luego.".to_owned());
    }
    speech.say(format!("Goodbye, {name}."), format!("Hasta luego, {name}."))
}

/// The reason given to everybody when the server stops.
pub fn stopping(speech: Speech) -> String {
    speech.say("the server is stopping".to_owned(), "el servidor se detiene".to_owned())
}

/// The reason given to somebody who was put out.
pub fn kicked(speech: Speech) -> String {
    speech.say(
        "an operator ended your session".to_owned(),
        "un operador terminó tu sesión".to_owned(),
    )
}

/// Told to somebody whose account was taken away.
pub fn removed(speech: Speech) -> String {
    speech.say(
        "your account was removed".to_owned(),
        "tu cuenta fue eliminada".to_owned(),
    )
}

/// The reason given to somebody whose account has another password now.
pub fn password_changed(speech: Speech) -> String {
    speech.say(
        "your password was changed: log in again".to_owned(),
        "tu contraseña cambió: entra de nuevo".to_owned(),
    )
}

/// The reason given to the older of two connections of one person.
pub fn resumed(speech: Speech) -> String {
    speech.say(
        "you came back from another connection".to_owned(),
        "volviste desde otra conexión".to_owned(),
    )
}

/// The reason given to somebody who was silent for longer than the admin allows.
pub fn idle(speech: Speech) -> String {
    speech.say(
        "you were silent for too long".to_owned(),
        "estuviste en silencio demasiado tiempo".to_owned(),
    )
}

/// What a session is told whose place another one needed.
pub fn displaced(speech: Speech) -> String {
    speech.say(
        "you were silent the longest, and there was no other place for somebody new".to_owned(),
        "eras quien llevaba más tiempo en silencio, y no había otro lugar para alguien nuevo".to_owned(),
    )
}

/// The reason given to a connection that sends too much while one of its requests takes its time.
pub fn sent_ahead(speech: Speech) -> String {
    speech.say(
        "too much was sent ahead of a request that takes its time: wait for its reply".to_owned(),
        "se envió demasiado por delante de una petición que tarda: espera su respuesta".to_owned(),
    )
}

/// The reason given to a connection that doesn't read.
pub fn too_slow(speech: Speech) -> String {
    speech.say(
        "you did not read what was sent to you".to_owned(),
        "no leíste lo que se te envió".to_owned(),
    )
}

/// Told to a person who was muted, and to the operator who did it.
pub fn muted(speech: Speech, name: &str, time: Option<Duration>) -> String {
    match time.map(span) {
        Some(time) => speech.say(
            format!("{name} is muted for {time}"),
            format!("{name} queda en silencio por {time}"),
        ),
        None => speech.say(
            format!("{name} is muted until an operator takes it back"),
            format!("{name} queda en silencio hasta que un operador lo revierta"),
        ),
    }
}

/// Told to a person who may speak again.
pub fn unmuted(speech: Speech, name: &str) -> String {
    speech.say(
        format!("{name} may speak again"),
        format!("{name} puede hablar de nuevo"),
    )
}

/// Told to the operator who kicked somebody.
pub fn was_kicked(speech: Speech, name: &str, time: Option<Duration>, address_too: bool) -> String {
    match time.map(span) {
        Some(time) if address_too => speech.say(
            format!("{name} was disconnected, and stays out for {time}"),
            format!("{name} quedó fuera y no podrá volver por {time}"),
        ),
        Some(time) => speech.say(
            format!(
                "{name} was disconnected, and stays out for {time} under that name; others share the address, so it stays open"
            ),
            format!(
                "{name} quedó fuera y no podrá volver por {time} con ese nombre; otras personas comparten la dirección, que \
                 sigue abierta"
            ),
        ),
        None => speech.say(format!("{name} was disconnected"), format!("{name} quedó fuera")),
    }
}

/// How a job ended, for people.
pub fn ending(speech: Speech, ending: &Ending) -> String {
    match ending {
        Ending::Exited(status) => speech.say(
            format!("it ended with status {status}"),
            format!("terminó con estado {status}"),
        ),
        Ending::Signalled(number) => {
            let signal = signal(*number);
            speech.say(format!("{signal} ended it"), format!("lo terminó {signal}"))
        }
        Ending::TimedOut(time) => {
            let time = span(*time);
            speech.say(
                format!("it ran for longer than {time} and was ended"),
                format!("duró más de {time} y se terminó"),
            )
        }
        Ending::Cancelled => speech.say("it was cancelled".to_owned(), "se canceló".to_owned()),
        Ending::HungUp => speech.say(
            "its session ended, and it with it".to_owned(),
            "su sesión terminó, y con ella el programa".to_owned(),
        ),
        Ending::Busy(Full::Share) => speech.say(
            "you have as many running and waiting as one user may: try again later".to_owned(),
            "ya tienes en marcha y en espera tantos como puede tener una persona: inténtalo más tarde".to_owned(),
        ),
        Ending::Busy(Full::Guests) => speech.say(
            "guests have as many waiting as they may have together: try again later, or log in".to_owned(),
            "los invitados ya tienen en espera tantos como pueden tener juntos: inténtalo más tarde, o inicia sesión"
                .to_owned(),
        ),
        Ending::Busy(Full::All) => speech.say(
            "too many are running and waiting already: try again later".to_owned(),
            "ya hay demasiados en marcha y en espera: inténtalo más tarde".to_owned(),
        ),
        Ending::NotStarted(failure) => {
            let why = start_failure(speech, *failure);
            speech.say(
                format!("it could not be started: {why}"),
                format!("no se pudo iniciar: {why}"),
            )
        }
        Ending::Stopped => speech.say(
            "the server was stopped, and it with it".to_owned(),
            "el servidor se detuvo, y con él el programa".to_owned(),
        ),
        Ending::Lost => speech.say(
            "what became of it is not known: whoever watched it is gone".to_owned(),
            "no se sabe qué fue de él: quien lo vigilaba ya no está".to_owned(),
        ),
    }
}

/// Why a program was not started, as who asked for it may know.
pub fn start_failure(speech: Speech, failure: StartFailure) -> String {
    let (english, spanish) = match failure {
        StartFailure::ArgumentsTooLong => (
            "its arguments are longer than the system takes",
            "sus argumentos son más largos de lo que el sistema acepta",
        ),
        StartFailure::Definition => ("the server's log says why", "el registro del servidor dice por qué"),
        StartFailure::Gone => (
            "the server can start no programs any more; its log says why",
            "el servidor ya no puede iniciar programas; su registro dice por qué",
        ),
        StartFailure::NoRoom => (
            "the machine has no room for a further program at this moment: try again",
            "la máquina no tiene lugar para otro programa en este momento: inténtalo de nuevo",
        ),
    };
    speech.say(english.to_owned(), spanish.to_owned())
}

/// A signal's name: `SIGTERM`.
pub fn signal(number: i32) -> String {
    const NAMES: [&str; 32] = [
        "?",
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ];
    let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number));
    name.map_or_else(|| format!("signal {number}"), |name| (*name).to_owned())
}

/// What `announce` says to everybody.
pub fn operator_says(speech: Speech, text: &str) -> String {
    speech.say(format!("The operator: {text}"), format!("El operador: {text}"))
}

/// The answer to `announce`.
pub fn announced(speech: Speech, people: usize) -> String {
    speech.say(format!("Announced to {people}."), format!("Anunciado a {people}."))
}

/// Told to operators when a changed file can't be used; `errors` is the beginning of what is wrong with it.
pub fn broken_file(speech: Speech, errors: &str) -> String {
    speech.say(
        format!("commands.toml can't be used, so nothing has changed:\n{errors}"),
        format!("commands.toml no se puede usar, así que nada ha cambiado:\n{errors}"),
    )
}

/// What operators are told of saved files that a server doesn't apply by itself.
pub fn waiting_files(speech: Speech, opened: &str) -> String {
    speech.say(
        format!("Saved files wait for `reload`, because they would open something that is shut: {opened}."),
        format!("Los archivos guardados esperan `reload`, porque abrirían algo que está cerrado: {opened}."),
    )
}

/// The answer to `reload` when the file is broken; the errors are one line.
pub fn broken_file_brief(speech: Speech, errors: &str) -> String {
    speech.say(
        format!("commands.toml can't be used, so nothing has changed: {errors}"),
        format!("commands.toml no se puede usar, así que nada ha cambiado: {errors}"),
    )
}

/// What operators are told of a users' file that can't be used.
pub fn useless_users(speech: Speech) -> String {
    speech.say(
        "users.toml can't be used (the log says why): the users stay as they were, and after a minute nobody newly logs in until it can.".to_owned(),
        "users.toml no se puede usar (el registro dice por qué): los usuarios siguen como estaban, y pasado un minuto nadie más entra hasta que se pueda.".to_owned(),
    )
}

/// The answer to `reload users`.
pub fn users_reloaded(speech: Speech, users: usize) -> String {
    speech.say(
        format!("users.toml is in force. Users: {users}."),
        format!("users.toml está en vigor. Usuarios: {users}."),
    )
}

/// The answer to `reload users` when the file can't be used; why, in English, for whoever looks after the file.
pub fn users_not_reloaded(speech: Speech, why: &str) -> String {
    speech.say(
        format!("users.toml can't be used, so the users stay as they were: {why}"),
        format!("users.toml no se puede usar, así que los usuarios siguen como estaban: {why}"),
    )
}

/// The answer to `stop`.
pub fn will_stop(speech: Speech) -> String {
    speech.say(
        "The server is stopping.".to_owned(),
        "El servidor se detiene.".to_owned(),
    )
}

/// A title line of `help`.
pub fn help_hint(speech: Speech) -> String {
    speech.say(
        "Type a command to run it or read its card; help NAME shows any card, help WORDS searches.".to_owned(),
        "Escribe un comando para usarlo o leer su ficha; ayuda NOMBRE muestra cualquier ficha, ayuda PALABRAS busca."
            .to_owned(),
    )
}

/// The heading over the built-in commands in `help`.
pub fn own_commands(speech: Speech) -> String {
    speech.say(
        "This server's own commands".to_owned(),
        "Comandos propios de este servidor".to_owned(),
    )
}

/// The heading over everything else in `help`.
pub fn other_commands(speech: Speech) -> String {
    speech.say("Cards and lookups".to_owned(), "Fichas y consultas".to_owned())
}
