//! What operators and admins do, and what of it others are told.

use super::sentences;

sentences! {
    // People.
    /// To a person who was muted, and to the operator who did it.
    muted_for(name, time):
        English "{name} is muted for {time}",
        Spanish "{name} queda en silencio durante {time}";
    /// The same without a time.
    muted_until_unmuted(name):
        English "{name} is muted until an operator ends that",
        Spanish "{name} queda en silencio hasta que un operador lo revierta";
    /// To a person who may speak again, and to the operator.
    unmuted(name):
        English "{name} may speak again",
        Spanish "{name} puede hablar de nuevo";
    /// To somebody who wants to speak.
    you_are_muted_for(time):
        English "an operator muted you: you may speak again in {time}",
        Spanish "un operador te silenció: podrás hablar de nuevo en {time}";
    /// The same without a time.
    you_are_muted_until_unmuted():
        English "an operator muted you, until an operator ends that",
        Spanish "un operador te silenció, hasta que un operador lo revierta";
    /// To the operator who kicked somebody.
    kicked(name):
        English "{name} was disconnected",
        Spanish "Se desconectó a {name}";
    kicked_and_banned(name, time):
        English "{name} was disconnected, and is banned for {time}",
        Spanish "Se desconectó a {name}, que no podrá volver durante {time}";
    kicked_and_banned_by_name_only(name, time):
        English "{name} was disconnected, and is banned for {time} under that name; others share the address, so it stays open",
        Spanish "Se desconectó a {name}, que no podrá volver con ese nombre durante {time}; otras personas comparten la dirección, que sigue abierta";
    /// To everybody.
    announcement(text):
        English "The operator: {text}",
        Spanish "El operador: {text}";
    /// The answer to `announce`.
    announced(people):
        English "Announced to {people}.",
        Spanish "Anunciado a {people}.";
    sessions_counted(sessions):
        English "Sessions: {sessions}",
        Spanish "Sesiones: {sessions}";

    // Files.
    /// To operators when a changed file can't be used; `errors` are lines, the first ones of what is wrong with it.
    commands_unusable_notice(errors):
        English "commands.toml can't be used, so nothing has changed:\n{errors}",
        Spanish "commands.toml no se puede usar, así que nada ha cambiado:\n{errors}";
    /// The answer to `reload`; `errors` is one line.
    commands_not_reloaded(errors):
        English "commands.toml can't be used, so nothing has changed: {errors}",
        Spanish "commands.toml no se puede usar, así que nada ha cambiado: {errors}";
    /// To operators about saved files that a server doesn't apply by itself.
    files_wait_for_reload(opened):
        English "Saved files wait for `reload`, because they would open something that is shut: {opened}.",
        Spanish "Los archivos guardados esperan `reload`, porque abrirían algo que está cerrado: {opened}.";
    /// To operators.
    users_unusable_notice():
        English "users.toml can't be used (the log says why): the users stay as they were, and after a minute nobody else can log in until it can be used.",
        Spanish "users.toml no se puede usar (el registro dice por qué): los usuarios siguen como estaban, y pasado un minuto nadie más puede iniciar sesión hasta que se pueda usar.";
    /// The answer to `reload users`.
    users_reloaded(users):
        English "users.toml is active. Users: {users}.",
        Spanish "users.toml está activo. Usuarios: {users}.";
    /// The same when the file can't be used; why, in English, for who looks after the file.
    users_not_reloaded(why):
        English "users.toml can't be used, so the users stay as they were: {why}",
        Spanish "users.toml no se puede usar, así que los usuarios siguen como estaban: {why}";
    /// The answer to `stop`.
    will_stop():
        English "The server is stopping.",
        Spanish "El servidor se detiene.";
}
