//! Which limit somebody met, and what to do.

use super::sentences;

sentences! {
    // Logins.
    login_banned():
        English "an operator banned you for a while",
        Spanish "un operador te vetó por un tiempo";
    too_many_logins():
        English "too many people are logging in at this moment: try again",
        Spanish "demasiadas personas inician sesión en este momento: inténtalo de nuevo";
    /// The server has no list of users that it can use.
    users_unreadable():
        English "the server can't read who may log in (its log says why): try again later",
        Spanish "el servidor no puede leer quién puede iniciar sesión (su registro dice por qué): inténtalo más tarde";
    wrong_passwords_from_address(seconds):
        English "too many wrong passwords from this address: wait, and try again in {seconds} s",
        Spanish "demasiadas contraseñas equivocadas desde esta dirección: espera e inténtalo de nuevo en {seconds} s";
    wrong_passwords_for_name_from_address(seconds):
        English "too many wrong passwords for this name from this address: wait, and try again in {seconds} s",
        Spanish "demasiadas contraseñas equivocadas para este nombre desde esta dirección: espera e inténtalo de nuevo en {seconds} s";
    wrong_passwords_for_name_from_others(seconds):
        English "too many wrong passwords for this name from other addresses: wait, and try again in {seconds} s",
        Spanish "demasiadas contraseñas equivocadas para este nombre desde otras direcciones: espera e inténtalo de nuevo en {seconds} s";
    wrong_passwords_from_device(seconds):
        English "too many wrong passwords from this device: wait, and try again in {seconds} s",
        Spanish "demasiadas contraseñas equivocadas desde este dispositivo: espera e inténtalo de nuevo en {seconds} s";

    // Sessions.
    sessions_of_account():
        English "this account has as many sessions as one account may, half of `sessions`: end one of them",
        Spanish "esta cuenta tiene tantas sesiones como puede tener una cuenta, la mitad de `sessions`: termina una";
    sessions_of_account_from_address():
        English "this account has as many sessions from your address as one account may, half of `sessions_per_address`: end one of them",
        Spanish "esta cuenta tiene tantas sesiones desde tu dirección como puede tener una cuenta, la mitad de `sessions_per_address`: termina una";
    sessions_of_guests():
        English "as many guests are here as `sessions` allows: log in, or try again later",
        Spanish "hay tantos invitados como permite `sessions`: inicia sesión o inténtalo más tarde";
    sessions_of_guests_from_address():
        English "as many guests from your address are here as `sessions_per_address` allows: log in, or try again later",
        Spanish "hay tantos invitados desde tu dirección como permite `sessions_per_address`: inicia sesión o inténtalo más tarde";
    sessions_of_users():
        English "there are as many sessions as `sessions` allows; the rest is for operators: try again later",
        Spanish "hay tantas sesiones como permite `sessions`; el resto es para operadores: inténtalo más tarde";
    sessions_of_users_from_address():
        English "there are as many sessions from your address as `sessions_per_address` allows; the rest is for operators: try again later",
        Spanish "hay tantas sesiones desde tu dirección como permite `sessions_per_address`; el resto es para operadores: inténtalo más tarde";

    // Keys of jobs.
    keys_of_account(most):
        English "your account has {most} keys, its share: each is forgotten a day after its job's end",
        Spanish "tu cuenta tiene {most} claves, su parte: cada una se olvida un día después de terminar su tarea";
    keys_of_address(most):
        English "the guests of your address have {most} keys, their share: each is forgotten when its session ends",
        Spanish "los invitados de tu dirección tienen {most} claves, su parte: cada una se olvida al terminar su sesión";
    keys_of_guests(most):
        English "the guests of this server have {most} keys, their share: each is forgotten when its session ends",
        Spanish "los invitados de este servidor tienen {most} claves, su parte: cada una se olvida al terminar su sesión";
    keys_of_server(most):
        English "of the {most} keys that the server remembers, only those kept for operators are free: each is forgotten a day after its job's end",
        Spanish "de las {most} claves que el servidor recuerda, solo quedan las reservadas a los operadores: cada una se olvida un día después de terminar su tarea";

    // Rooms.
    rooms_of_account(most):
        English "your account made {most} of the rooms, its share: join one of those there are",
        Spanish "tu cuenta creó {most} de las salas, su parte: entra en una de las que hay";
    rooms_of_address(most):
        English "the guests of your address made {most} of the rooms, their share: join one of those there are",
        Spanish "los invitados de tu dirección crearon {most} de las salas, su parte: entra en una de las que hay";
    rooms_of_guests(most):
        English "the guests of this server made {most} of the rooms, their share: join one of those there are",
        Spanish "los invitados de este servidor crearon {most} de las salas, su parte: entra en una de las que hay";
    rooms_of_server(most):
        English "of {most} rooms, only those kept for operators can still be made: join one of those there are",
        Spanish "de {most} salas, solo quedan por crear las reservadas a los operadores: entra en una de las que hay";

    // Runs of programs, and calls of plugins.
    runs_of_account(rate, seconds):
        English "you may begin {rate} runs a second (`runs_per_second`): try again in {seconds} s",
        Spanish "puedes iniciar {rate} ejecuciones por segundo (`runs_per_second`): inténtalo en {seconds} s";
    runs_of_address(rate, seconds):
        English "the guests of your address may begin {rate} runs a second (`runs_per_second`): try again in {seconds} s",
        Spanish "los invitados de tu dirección pueden iniciar {rate} ejecuciones por segundo (`runs_per_second`): inténtalo en {seconds} s";
    places_of_account():
        English "you have as many programs running and waiting as one user may: try again later",
        Spanish "ya tienes en marcha y en espera tantos programas como puede tener una persona: inténtalo más tarde";
    places_of_guests():
        English "guests have as many programs waiting as they may have together: try again later, or log in",
        Spanish "los invitados ya tienen en espera tantos programas como pueden tener juntos: inténtalo más tarde, o inicia sesión";
    places_of_server():
        English "too many programs are running and waiting already: try again later",
        Spanish "ya hay demasiados programas en marcha y en espera: inténtalo más tarde";
    calls_of_account(plugin):
        English "you have as many calls of the plugin {plugin} waiting as one user may: try again later",
        Spanish "ya tienes en espera tantas llamadas del complemento {plugin} como puede tener una persona: inténtalo más tarde";
    calls_of_guests(plugin):
        English "guests have as many calls of the plugin {plugin} waiting as they may have together: try again later, or log in",
        Spanish "los invitados ya tienen en espera tantas llamadas del complemento {plugin} como pueden tener juntos: inténtalo más tarde, o inicia sesión";
    calls_of_server(plugin):
        English "the plugin {plugin} has too much to do at this moment: try again",
        Spanish "el complemento {plugin} tiene demasiado que hacer en este momento: inténtalo de nuevo";
}
