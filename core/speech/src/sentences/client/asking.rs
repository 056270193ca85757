//! What the shell asks at the terminal: passwords, what commands want to know first, and what a yes is.

use super::sentences;

sentences! {
    ask_password(user, server):
        English "Password of {user} on {server}:",
        Spanish "Contraseña de {user} en {server}:";
    wrong_password():
        English "Wrong user or password.",
        Spanish "Usuario o contraseña incorrectos.";
    no_password():
        English "A password is needed, and without a terminal nobody can be asked: say --password-file FILE.",
        Spanish "Hace falta una contraseña y sin terminal no se puede preguntar a nadie: indica --password-file FILE.";
    password_file_open(path, mode):
        English "The password in {path} is open to others (mode {mode}) and isn't used. `chmod 600` makes it yours alone.",
        Spanish "La contraseña de {path} está abierta a otros (modo {mode}) y no se usa. `chmod 600` la hace solo tuya.";
    password_file_lines(path):
        English "{path} doesn't hold a password: one line, and nothing else.",
        Spanish "{path} no contiene una contraseña: una línea y nada más.";
    password_without_user():
        English "--password-file needs to know whose password it is: USER@HOST",
        Spanish "--password-file necesita saber de quién es la contraseña: USER@HOST";
    cannot_ask(why):
        English "Can't ask at the terminal: {why}.",
        Spanish "No se puede preguntar en la terminal: {why}.";

    /// The question of a command that asks first; Enter alone is no.
    ask_whether(question):
        English "{question} [y/N]",
        Spanish "{question} [s/N]";
    /// For a secret param that the line leaves out.
    ask_secret(param):
        English "{param} (unseen):",
        Spanish "{param} (no se ve):";
    // The answers, in lower case and between blanks. They count in every language, whichever the question was in.
    words_for_yes():
        English "yes",
        Spanish "sí si";
    words_for_no():
        English "no n",
        Spanish "no n";
    /// Enough where the question doesn't ask for a whole word.
    letter_for_yes():
        English "y",
        Spanish "s";
    nothing_run():
        English "Nothing was run.",
        Spanish "No se ejecutó nada.";
    /// Where there is nobody to ask.
    asks_first(command, question):
        English "`{command}` asks first: {question} Say --yes to run it without being asked.",
        Spanish "`{command}` pregunta antes: {question} Con --yes se ejecuta sin preguntar.";
}
