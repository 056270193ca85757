//! Everything the client itself says, in the languages it speaks. What the server says comes from the server.

use std::fmt::Display;
use std::io;

/// A language that the client's own sentences can be said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    English,
    Spanish,
}

/// One method for each sentence: its name and what goes into it, then English, then Spanish.
macro_rules! phrases {
    ($($name:ident($($argument:ident),*): $english:literal, $spanish:literal;)*) => {
        impl Speech {
            $(pub(crate) fn $name(self $(, $argument: impl Display)*) -> String {
                match self {
                    Self::English => format!($english),
                    Self::Spanish => format!($spanish),
                }
            })*
        }
    };
}

impl Speech {
    /// The language of a tag such as `es-mx`; English for those the client doesn't speak.
    pub(crate) fn of(tag: &str) -> Self {
        let base = tag.split('-').next().unwrap_or_default();
        if base.eq_ignore_ascii_case("es") {
            Self::Spanish
        } else {
            Self::English
        }
    }

    /// What the operating system says went wrong, in words for people where the case is a common one.
    pub(crate) fn io_reason(self, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => self.connection_refused(),
            io::ErrorKind::TimedOut => self.timed_out(),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => self.no_route(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
                self.closed_by_server()
            }
            io::ErrorKind::NotFound => self.not_found(),
            io::ErrorKind::PermissionDenied => self.not_permitted(),
            _ => error.to_string(),
        }
    }
}

// Reaching a server.
phrases! {
    cannot_reach(place, why): "Can't reach {place}: {why}.", "No se puede llegar a {place}: {why}.";
    try_instead():
        "No server runs there? `caracola try` starts one of your own to try things out.",
        "¿No hay allí ningún servidor? `caracola try` arranca uno propio para probar.";
    connection_refused():
        "connection refused, so nothing listens there", "conexión rechazada: allí no escucha nadie";
    timed_out(): "no answer in time", "sin respuesta a tiempo";
    no_route(): "no way to that network", "no hay camino a esa red";
    closed_by_server(): "the server closed the connection", "el servidor cerró la conexión";
    not_found(): "not found", "no se encuentra";
    not_permitted(): "permission denied", "permiso denegado";
    no_tls(place, error):
        "No secure connection to {place}: {error}.\nIs that a Caracola server?",
        "No hay conexión segura con {place}: {error}.\n¿Es un servidor de Caracola?";
    no_door(path, why):
        "No way in by {path}: {why}.\nIs the server running on this machine, with this state folder (--state-dir)? One that has just been restarted lets nobody in until all programs from before have ended.",
        "No se puede entrar por {path}: {why}.\n¿Está en marcha el servidor en esta máquina, con esta carpeta de estado (--state-dir)? Uno recién reiniciado no deja entrar hasta que terminan los programas de antes.";
    cannot_use_file(path, why): "Can't use {path}: {why}.", "No se puede usar {path}: {why}.";
    refused_by_server(why): "The server doesn't let you in: {why}", "El servidor no te deja entrar: {why}";
    other_version(theirs):
        "The server speaks version {theirs} of the shell's messages and this client version 1. Update the older one.",
        "El servidor habla la versión {theirs} de los mensajes del shell y este cliente la 1. Actualiza el más antiguo.";
    not_understood(why):
        "The server said something this client doesn't understand: {why}.",
        "El servidor dijo algo que este cliente no entiende: {why}.";
}

// Whose key it is.
phrases! {
    new_key(place, seen):
        "You have not been to {place} before, and no authority vouches for its certificate.\n\
         Its key has the fingerprint {seen}\n\
         Compare it with what the server's operator tells you.",
        "No has estado antes en {place} y ninguna autoridad responde por su certificado.\n\
         La huella de su clave es {seen}\n\
         Compárala con la que te dé quien opera el servidor.";
    ask_yes_no():
        "Is that the right one (yes/no, or type the fingerprint)?",
        "¿Es la correcta (sí/no, o escribe la huella)?";
    ask_again():
        "Please type yes, no or the fingerprint:",
        "Escribe sí (o yes), no o la huella:";
    pinned(place, seen, file):
        "From now on {place} is known by {seen} ({file}).",
        "Desde ahora {place} se reconoce por {seen} ({file}).";
    declined(): "Not connected.", "Sin conectar.";
    unknown_key(place, seen):
        "The server {place} isn't known and no authority vouches for its certificate.\n\
         Its key has the fingerprint {seen}\n\
         Without a terminal nobody can be asked. If you know that this is right, say\n  --fingerprint {seen}\n\
         or, to believe whoever answers this first time, --trust-new.",
        "El servidor {place} es desconocido y ninguna autoridad responde por su certificado.\n\
         La huella de su clave es {seen}\n\
         Sin terminal no se puede preguntar a nadie. Si sabes que es correcta, indica\n  --fingerprint {seen}\n\
         o, para creer a quien responda esta primera vez, --trust-new.";
    wrong_key(place, wanted, seen):
        "REFUSED: {place} is not the server you named.\n  fingerprint you gave: {wanted}\n  its key's fingerprint: {seen}\n\
         Either the fingerprint was mistyped or another server answers there. Nothing was sent.",
        "RECHAZADO: {place} no es el servidor que indicaste.\n  huella que diste: {wanted}\n  huella de su clave: {seen}\n\
         O la huella está mal escrita o allí responde otro servidor. No se ha enviado nada.";
    changed_key(place, pinned, seen, file, line):
        "REFUSED: THE KEY OF {place} HAS CHANGED.\n  known until now: {pinned}\n  its key now:     {seen}\n\
         Someone may be listening in between, or the server was reinstalled. Nothing was sent.\n\
         Ask its operator. If the new key is right, remove line {line} of\n  {file}\nand connect again.",
        "RECHAZADO: LA CLAVE DE {place} HA CAMBIADO.\n  conocida hasta ahora: {pinned}\n  su clave ahora:       {seen}\n\
         Alguien puede estar escuchando en medio, o el servidor se instaló de nuevo. No se ha enviado nada.\n\
         Pregunta a quien lo opera. Si la clave nueva es correcta, borra la línea {line} de\n  {file}\ny conéctate otra vez.";
}

// Who comes in.
phrases! {
    ask_password(user, place): "Password of {user} on {place}:", "Contraseña de {user} en {place}:";
    wrong_password(): "Wrong user or password.", "Usuario o contraseña incorrectos.";
    no_password():
        "A password is needed, and without a terminal nobody can be asked: say --password-file FILE.",
        "Hace falta una contraseña y sin terminal no se puede preguntar a nadie: indica --password-file FILE.";
    password_file_open(path, mode):
        "The password in {path} is open to others (mode {mode}) and isn't used. `chmod 600` makes it yours alone.",
        "La contraseña de {path} está abierta a otros (modo {mode}) y no se usa. `chmod 600` la hace solo tuya.";
    password_file_lines(path):
        "{path} doesn't hold a password: one line, and nothing else.",
        "{path} no contiene una contraseña: una línea y nada más.";
    password_without_user():
        "--password-file needs to know whose password it is: USER@HOST",
        "--password-file necesita saber de quién es la contraseña: USER@HOST";
    cannot_ask(why): "Can't ask at the terminal: {why}.", "No se puede preguntar en la terminal: {why}.";
}

// What commands ask before they are run.
phrases! {
    ask_whether(question): "{question} [y/N]", "{question} [s/N]";
    ask_secret(name): "{name} (unseen):", "{name} (no se ve):";
    nothing_run(): "Nothing was run.", "No se ejecutó nada.";
    asks_first(name, question):
        "`{name}` asks first: {question} Say --yes to run it without being asked.",
        "`{name}` pregunta antes: {question} Con --yes se ejecuta sin preguntar.";
}

// Jobs.
phrases! {
    job(id): "job {id}", "tarea {id}";
    job_started(id):
        "Job {id}. `:attach {id}` shows what it says, `:kill {id}` ends it.",
        "Tarea {id}. `:attach {id}` muestra lo que dice, `:kill {id}` la termina.";
    no_jobs(): "No jobs.", "No hay tareas.";
    job_ends(id): "Job {id} was asked to end.", "Se pidió a la tarea {id} que termine.";
    job_had_ended(id): "Job {id} had ended already.", "La tarea {id} ya había terminado.";
    job_goes_on(id):
        "Job {id} goes on. `:attach {id}` comes back to it.",
        "La tarea {id} sigue. `:attach {id}` vuelve a ella.";
    job_output_gone():
        "(what it said before this is no longer kept)",
        "(lo que dijo antes ya no se conserva)";
    job_waiting(): "waiting", "espera";
    job_running(): "running", "en marcha";
    job_ended(): "ended", "terminada";
    column_job(): "job", "tarea";
    column_command(): "command", "comando";
    column_state(): "state", "estado";
    column_time(): "time", "tiempo";
    column_output(): "output", "salida";
    column_user(): "user", "usuario";
}

// While connected, and no longer.
phrases! {
    connection_lost(place, why): "Connection to {place} lost: {why}.", "Se perdió la conexión con {place}: {why}.";
    goodbye(reason): "The server says goodbye: {reason}", "El servidor se despide: {reason}";
    enter_reconnects():
        "Press Enter to connect again, Ctrl-D to leave.",
        "Pulsa Intro para volver a conectar, Ctrl-D para salir.";
    not_sent(): "Not connected: that line went nowhere.", "Sin conexión: esa línea no se envió.";
    connected_as(place, name): "Connected to {place} again, as {name}.", "Conectado otra vez a {place}, como {name}.";
    how_to_leave():
        "Ctrl-C clears the line; Ctrl-D or `quit` leaves.",
        "Ctrl-C borra la línea; Ctrl-D o `salir` termina.";
    cancelling(): "Cancelling; once more stops waiting.", "Cancelando; otra vez deja de esperar.";
    gave_up(): "Stopped waiting for the reply.", "Se dejó de esperar la respuesta.";
    disconnected(): "not connected", "sin conexión";
}

// Lines.
phrases! {
    open_quote(quote):
        "A quote is never closed: {quote}", "Hay una comilla sin cerrar: {quote}";
    means_nothing(sign):
        "`{sign}` means nothing here: no shell reads this line, a command gets its words as they are. Quote it to send it: '{sign}'",
        "`{sign}` aquí no significa nada: ningún shell lee esta línea, el comando recibe las palabras tal cual. Para enviarlo, entre comillas: '{sign}'";
    script_stopped(number, line): "Stopped at line {number}: {line}", "Parado en la línea {number}: {line}";
    not_utf8(number): "Line {number} is not UTF-8.", "La línea {number} no es UTF-8.";
    nested_source(): "A script can't run other scripts.", "Un guion no puede ejecutar otros guiones.";
}

// The shell's own words.
phrases! {
    own_unknown(word, nearest):
        "The shell has no word {word}. Did you mean {nearest}?",
        "El shell no tiene la palabra {word}. ¿Querías decir {nearest}?";
    own_usage(usage): "Usage: {usage}", "Uso: {usage}";
    own_shell_only(word): "{word} works only in the shell.", "{word} solo funciona en el shell.";
    took(seconds): "took {seconds} s", "tardó {seconds} s";
    watching(line, seconds, time):
        "{line} · every {seconds} s · {time} · Ctrl-C ends it",
        "{line} · cada {seconds} s · {time} · Ctrl-C termina";
    own_help_title():
        "Words of this shell itself (everything else is a command of the server: `help`)",
        "Palabras de este shell (lo demás son comandos del servidor: `ayuda`)";
    own_help(): "this list", "esta lista";
    own_time(): "run LINE and say how long it took", "ejecuta LINE y dice cuánto tardó";
    own_json(): "show the reply to LINE as JSON", "muestra la respuesta a LINE como JSON";
    own_source(): "run the lines of FILE, up to the first that fails", "ejecuta las líneas de FILE hasta la primera que falle";
    own_watch(): "run LINE again and again, every so many SECONDS", "ejecuta LINE una y otra vez, cada SECONDS segundos";
    own_bg(): "run LINE as a job, while you go on", "ejecuta LINE como tarea, mientras tú sigues";
    own_jobs(): "the jobs that there are", "las tareas que hay";
    own_attach():
        "show what the job says; Ctrl-C leaves it running",
        "muestra lo que dice la tarea; Ctrl-C la deja en marcha";
    own_kill(): "end the job", "termina la tarea";
    own_clear(): "clear the screen", "borra la pantalla";
    own_quit(): "leave", "salir";
}

// What replies are laid out with.
phrases! {
    usage(): "Usage", "Uso";
    parameters(): "Parameters", "Parámetros";
    examples(): "Examples", "Ejemplos";
    aliases(): "Also called", "También se llama";
    see_also(): "See also", "Véase también";
    image(alt): "[Image: {alt}]", "[Imagen: {alt}]";
    exit_status(status): "exit status {status}", "estado de salida {status}";
    exit_signal(signal): "ended by {signal}", "terminado por {signal}";
    truncated(): "the output was cut short", "la salida está recortada";
    to_you(): "to you", "a ti";
}

// `caracola try`.
phrases! {
    no_caracolad():
        "Can't find `caracolad`, the server: it is neither beside this program nor on PATH.\n\
         In the source folder, `cargo build --release` builds both.",
        "No se encuentra `caracolad`, el servidor: no está junto a este programa ni en PATH.\n\
         En la carpeta de las fuentes, `cargo build --release` compila los dos.";
    trial_failed(why): "The private server didn't start: {why}.", "El servidor privado no arrancó: {why}.";
    trial_silent(): "it didn't say where it listens", "no dijo dónde escucha";
    trial_ended(): "it ended at once", "terminó enseguida";
    others_type(line):
        "A private server runs as long as this shell. Others on this machine join with\n  {line}",
        "Hay un servidor privado en marcha mientras dure este shell. Desde otra terminal de esta máquina se entra con\n  {line}";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_tags_base() {
        assert_eq!(Speech::of("es"), Speech::Spanish);
        assert_eq!(Speech::of("ES-mx"), Speech::Spanish);
        assert_eq!(Speech::of("est"), Speech::English);
        assert_eq!(Speech::of(""), Speech::English);
    }

    #[test]
    fn arguments_find_their_places_in_both() {
        assert_eq!(
            Speech::English.connection_lost("lab:1", "gone"),
            "Connection to lab:1 lost: gone."
        );
        assert_eq!(
            Speech::Spanish.connection_lost("lab:1", "adiós"),
            "Se perdió la conexión con lab:1: adiós."
        );
    }
}
