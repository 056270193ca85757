//! Reaching a server, and losing it.

use super::sentences;

sentences! {
    cannot_reach_server(server, why):
        English "Can't reach {server}: {why}.",
        Spanish "No se puede llegar a {server}: {why}.";
    /// Below the sentence that the server of this machine, which nobody named, can't be reached.
    try_instead():
        English "No server runs there? `caracola try` starts one of your own to try things out.",
        Spanish "¿No hay allí ningún servidor? `caracola try` arranca uno propio para probar.";

    // What the operating system says went wrong, where it is a common case.
    connection_refused():
        English "connection refused, so nothing listens there",
        Spanish "conexión rechazada: allí no escucha nadie";
    no_answer_in_time():
        English "no answer in time",
        Spanish "sin respuesta a tiempo";
    no_route():
        English "no way to that network",
        Spanish "no hay camino a esa red";
    closed_by_server():
        English "the server closed the connection",
        Spanish "el servidor cerró la conexión";
    file_not_found():
        English "not found",
        Spanish "no se encuentra";
    permission_denied():
        English "permission denied",
        Spanish "permiso denegado";

    no_secure_connection(server, error):
        English "No secure connection to {server}: {error}.\nIs that a Caracola server?",
        Spanish "No hay conexión segura con {server}: {error}.\n¿Es un servidor de Caracola?";
    /// The server's socket for the people of its machine can't be used.
    no_way_in_by_door(path, why):
        English "No way in by {path}: {why}.\n\
            Is the server running on this machine, with this state folder (--state-dir)? One that has just been restarted \
            lets nobody in until all programs from before have ended.",
        Spanish "No se puede entrar por {path}: {why}.\n\
            ¿Está en marcha el servidor en esta máquina, con esta carpeta de estado (--state-dir)? Uno recién reiniciado no \
            deja entrar hasta que terminan los programas de antes.";
    cannot_use_file(path, why):
        English "Can't use {path}: {why}.",
        Spanish "No se puede usar {path}: {why}.";
    refused_by_server(why):
        English "The server doesn't let you in: {why}",
        Spanish "El servidor no te deja entrar: {why}";
    other_version(theirs):
        English "The server speaks version {theirs} of the shell's messages and this client version 1. Update the older one.",
        Spanish "El servidor habla la versión {theirs} de los mensajes del shell y este cliente la 1. Actualiza el más antiguo.";
    not_understood(why):
        English "The server said something this client doesn't understand: {why}.",
        Spanish "El servidor dijo algo que este cliente no entiende: {why}.";

    connection_lost(server, why):
        English "Connection to {server} lost: {why}.",
        Spanish "Se perdió la conexión con {server}: {why}.";
    server_says_goodbye(reason):
        English "The server says goodbye: {reason}",
        Spanish "El servidor se despide: {reason}";
    enter_reconnects():
        English "Press Enter to connect again, Ctrl-D to leave.",
        Spanish "Pulsa Intro para volver a conectar, Ctrl-D para salir.";
    /// To a line that was typed while there was no connection.
    line_not_sent():
        English "Not connected: that line went nowhere.",
        Spanish "Sin conexión: esa línea no se envió.";
    connected_again(server, name):
        English "Connected to {server} again, as {name}.",
        Spanish "Conectado otra vez a {server}, como {name}.";
    /// In the prompt, in place of the server's name.
    prompt_disconnected():
        English "not connected",
        Spanish "sin conexión";
}
