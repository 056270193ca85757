//! What is around lists of commands, and what the server says of itself.

use super::sentences;

sentences! {
    /// The last line of `help`.
    help_hint():
        English "Type a command to run it or read its card; help NAME shows any card, help WORDS searches.",
        Spanish "Escribe un comando para usarlo o leer su ficha; ayuda NOMBRE muestra cualquier ficha, ayuda PALABRAS busca.";
    /// The heading over the built-in commands.
    help_own_commands():
        English "This server's own commands",
        Spanish "Comandos propios de este servidor";
    /// The heading over all others.
    help_other_commands():
        English "Cards, lookups and programs",
        Spanish "Fichas, consultas y programas";
    /// Below a list that is too long to be shown.
    more_commands(more):
        English "... and {more} more",
        Spanish "... y {more} más";
    /// The same within `help`, with what shows them.
    more_commands_of_group(more, group):
        English "... and {more} more: help {group}",
        Spanish "... y {more} más: ayuda {group}";

    /// The answer to `about`.
    about_server(server, version):
        English "{server} runs Caracola {version}, a command shell server: read what commands do, look things up, and talk with whoever else is here, all over TLS.\nCaracola is Spanish for a conch, a shell that people blow to call each other.",
        Spanish "{server} usa Caracola {version}, un servidor de comandos: lee qué hace cada comando, consulta datos y habla con quien esté aquí, todo sobre TLS.\nUna caracola es una concha que se sopla para llamarse unos a otros.";
    /// The authors of the server's commands, as its file names them.
    made_by(authors):
        English "Made by {authors}.",
        Spanish "Hecho por {authors}.";
    /// The first sentence of `uptime`; `since` is in UTC.
    up_since(span, since):
        English "Up {span}, since {since} UTC.",
        Spanish "En marcha desde hace {span} ({since} UTC).";
    /// The second sentence of `uptime`; connections, requests and messages are all that there ever were.
    uptime_counts(people, others, connections, requests, messages):
        English "{people} people and {others} other connections now; {connections} connections, {requests} requests and {messages} messages in all.",
        Spanish "Ahora hay {people} personas y {others} conexiones más; en total, {connections} conexiones, {requests} peticiones y {messages} mensajes.";
}
