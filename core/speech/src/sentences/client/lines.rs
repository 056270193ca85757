//! Lines that are typed or in a script, and the shell's own words among them.

use super::sentences;

sentences! {
    quote_not_closed(quote):
        English "A quote is never closed: {quote}",
        Spanish "Hay una comilla sin cerrar: {quote}";
    /// To a sign that a shell of the operating system would read.
    sign_means_nothing(sign):
        English "`{sign}` means nothing here: no shell reads this line, a command gets its words as they are. \
            Quote it to send it: '{sign}'",
        Spanish "`{sign}` aquí no significa nada: ningún shell lee esta línea, el comando recibe las palabras tal cual. \
            Para enviarlo, entre comillas: '{sign}'";
    script_stopped(number, line):
        English "Stopped at line {number}: {line}",
        Spanish "Parado en la línea {number}: {line}";
    line_not_utf8(number):
        English "Line {number} is not UTF-8.",
        Spanish "La línea {number} no es UTF-8.";
    nested_source():
        English "A script can't run other scripts.",
        Spanish "Un guion no puede ejecutar otros guiones.";
    how_to_leave():
        English "Ctrl-C clears the line; Ctrl-D or `quit` leaves.",
        Spanish "Ctrl-C borra la línea; Ctrl-D o `salir` termina.";
    /// The lines that leave even when no server is there to understand them, between blanks. They count in every language.
    farewells():
        English "quit exit logout",
        Spanish "salir";

    own_unknown(word, nearest):
        English "The shell has no word {word}. Did you mean {nearest}?",
        Spanish "El shell no tiene la palabra {word}. ¿Querías decir {nearest}?";
    own_usage(usage):
        English "Usage: {usage}",
        Spanish "Uso: {usage}";
    own_shell_only(word):
        English "{word} works only in the shell.",
        Spanish "{word} solo funciona en el shell.";
    /// Above what `:watch` shows.
    watching(line, seconds, time):
        English "{line} · every {seconds} s · {time} · Ctrl-C ends it",
        Spanish "{line} · cada {seconds} s · {time} · Ctrl-C termina";
    own_help_title():
        English "Words of this shell itself (everything else is a command of the server: `help`)",
        Spanish "Palabras de este shell (lo demás son comandos del servidor: `ayuda`)";
    own_help():
        English "this list",
        Spanish "esta lista";
    own_time():
        English "run LINE and say how long it took",
        Spanish "ejecuta LINE y dice cuánto tardó";
    own_json():
        English "show the reply to LINE as JSON",
        Spanish "muestra la respuesta a LINE como JSON";
    own_source():
        English "run the lines of FILE, up to the first that fails",
        Spanish "ejecuta las líneas de FILE hasta la primera que falle";
    own_watch():
        English "run LINE again and again, every so many SECONDS",
        Spanish "ejecuta LINE una y otra vez, cada SECONDS segundos";
    own_bg():
        English "run LINE as a job, while you go on",
        Spanish "ejecuta LINE como tarea, mientras tú sigues";
    own_jobs():
        English "the jobs that there are",
        Spanish "las tareas que hay";
    own_attach():
        English "show what the job says; Ctrl-C leaves it running",
        Spanish "muestra lo que dice la tarea; Ctrl-C la deja en marcha";
    own_kill():
        English "end the job",
        Spanish "termina la tarea";
    own_clear():
        English "clear the screen",
        Spanish "borra la pantalla";
    own_quit():
        English "leave",
        Spanish "sale del shell";
}
