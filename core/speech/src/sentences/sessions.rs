//! One's own session: how it begins and goes on, and why it ends.

use super::sentences;

sentences! {
    /// The welcome of a server whose file has none. What is put in are the variables of a template.
    welcome(server, user, online, tls, cipher):
        English "Welcome to {server}, {user}. People online: {online}.\nNobody can listen in: this connection uses {tls} with {cipher}.\nType help to see the commands, say hello, or quit.",
        Spanish "Te damos la bienvenida a {server}, {user}. Personas en línea: {online}.\nNadie puede espiar: esta conexión usa {tls} con {cipher}.\nEscribe ayuda para ver los comandos, decir hola, o salir.";
    /// To somebody whose account has another role now.
    role_changed(role):
        English "Your role is {role} now.",
        Spanish "Ahora tu rol es {role}.";
    /// The answer to `lang`.
    language_is(language, known):
        English "Your language is {language}. Available: {known}.",
        Spanish "Tu idioma es {language}. Disponibles: {known}.";
    /// To somebody who asks for a language that there are no texts in.
    language_unknown(wanted, known):
        English "nothing here is in the language {wanted:?}: choose one of {known}",
        Spanish "aquí no hay nada en el idioma {wanted:?}: elige entre {known}";
    /// The answer to `quit`.
    goodbye_to(name):
        English "Goodbye, {name}.",
        Spanish "Hasta luego, {name}.";
    /// The answer to `quit` for somebody without a name.
    goodbye_unnamed():
        English "Goodbye.",
        Spanish "Hasta luego.";

    // What a session is sent as the reason of its end.
    /// To everybody, and to who asks for something that the server has no time for any more.
    server_stopping():
        English "the server is stopping",
        Spanish "el servidor se detiene";
    /// To a kicked session.
    end_kicked():
        English "an operator ended your session",
        Spanish "un operador terminó tu sesión";
    end_account_removed():
        English "your account was removed",
        Spanish "tu cuenta fue eliminada";
    end_password_changed():
        English "your password was changed: log in again",
        Spanish "tu contraseña cambió: inicia sesión de nuevo";
    /// To the older of two connections of one person.
    end_resumed():
        English "you came back from another connection",
        Spanish "volviste desde otra conexión";
    end_idle():
        English "you were idle for too long",
        Spanish "estuviste demasiado tiempo sin actividad";
    /// To a session whose place was given to another one.
    end_displaced():
        English "you were idle the longest, and a new session needed the place",
        Spanish "llevabas más tiempo que nadie sin actividad, y una sesión nueva necesitaba el lugar";
    /// To a connection that sends too much while one of its requests is served.
    end_sent_ahead():
        English "too much was sent ahead of the reply to a request: wait for it",
        Spanish "se envió demasiado antes de la respuesta a una petición: espera esa respuesta";
    /// To a connection that doesn't read.
    end_too_slow():
        English "you did not read what was sent to you",
        Spanish "no leíste lo que se te envió";

    // The rows of `whoami`.
    label_name():
        English "name",
        Spanish "nombre";
    label_user():
        English "user",
        Spanish "usuario";
    label_role():
        English "role",
        Spanish "rol";
    label_rooms():
        English "rooms",
        Spanish "salas";
    label_language():
        English "language",
        Spanish "idioma";
    /// The address that somebody is connected from.
    label_from():
        English "from",
        Spanish "desde";
    label_encryption():
        English "encryption",
        Spanish "cifrado";
    /// For how long a session has been there.
    label_since():
        English "since",
        Spanish "hace";
}
