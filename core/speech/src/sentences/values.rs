//! What is wrong with a value: sentences that follow the value and a colon.

use super::sentences;

sentences! {
    must_be_boolean():
        English "it must be yes or no.",
        Spanish "debe ser sí o no.";
    must_be_date():
        English "it must be a date, such as 2026-11-22.",
        Spanish "debe ser una fecha, como 2026-11-22.";
    must_be_duration():
        English "it must be a duration, such as 90s, 5m or 2h.",
        Spanish "debe ser una duración, como 90s, 5m o 2h.";
    must_be_host():
        English "it must be the name or the IP address of a host.",
        Spanish "debe ser el nombre o la dirección IP de un equipo.";
    must_be_integer():
        English "it must be a whole number, such as 42, with no `+` and no zeros before it.",
        Spanish "debe ser un número entero, como 42, sin `+` ni ceros delante.";
    must_be_ip():
        English "it must be an IP address, such as 192.0.2.1 or 2001:db8::1.",
        Spanish "debe ser una dirección IP, como 192.0.2.1 o 2001:db8::1.";
    must_be_language():
        English "it must be the tag of a language, such as en, es or es-MX.",
        Spanish "debe ser la etiqueta de un idioma, como en, es o es-MX.";
    must_be_number():
        English "it must be a number, such as 42 or 0.5.",
        Spanish "debe ser un número, como 42 o 0.5.";
    must_be_port():
        English "it must be a port, from 1 to 65535.",
        Spanish "debe ser un puerto, del 1 al 65535.";
    must_be_url():
        English "it must be a URL, such as https://example.org/page.",
        Spanish "debe ser una URL, como https://example.org/pagina.";

    value_empty():
        English "it is empty.",
        Spanish "está vacío.";
    value_with_zero_byte():
        English "it has a zero byte in it.",
        Spanish "contiene un byte nulo.";
    value_begins_with_dash():
        English "it begins with `-`, as only options do.",
        Spanish "empieza con `-`, como solo lo hacen las opciones.";
    must_be_at_least(min):
        English "it must be at least {min}.",
        Spanish "debe ser al menos {min}.";
    must_be_at_most(max):
        English "it must be at most {max}.",
        Spanish "debe ser como mucho {max}.";
    /// Longer than a number of characters.
    value_too_long(most):
        English "it may have at most {most} characters.",
        Spanish "puede tener como mucho {most} caracteres.";
    must_match(pattern):
        English "all of it must match `{pattern}`.",
        Spanish "todo el valor debe ajustarse a `{pattern}`.";
    must_be_one_of(choices):
        English "it must be one of {choices}.",
        Spanish "debe ser una de estas opciones: {choices}.";
    /// Instead of all the choices, where one is nearly the value.
    choice_was_meant(choice):
        English "did you mean `{choice}`?",
        Spanish "¿quisiste decir `{choice}`?";
    /// `starts` are the schemes that a URL may have.
    must_begin_with(starts):
        English "it must begin with {starts}.",
        Spanish "debe empezar con {starts}.";
    url_with_user():
        English "a URL here may have no user or password before its host.",
        Spanish "aquí una URL no puede llevar usuario ni contraseña antes del equipo.";

    path_outside(root):
        English "it must stay in {root}.",
        Spanish "debe quedarse en {root}.";
    path_missing(root):
        English "there is nothing of that name in {root}.",
        Spanish "en {root} no hay nada con ese nombre.";
    path_not_a_file():
        English "that is not a file.",
        Spanish "eso no es un archivo.";
    path_not_a_folder():
        English "that is not a folder.",
        Spanish "eso no es una carpeta.";
    path_special():
        English "that is neither a file nor a folder.",
        Spanish "eso no es ni archivo ni carpeta.";
    path_with_too_many_links():
        English "it goes through too many symbolic links.",
        Spanish "pasa por demasiados enlaces simbólicos.";
    /// Something on the way was swapped at each look.
    path_unstable():
        English "it changes all the time; try again.",
        Spanish "cambia todo el tiempo; inténtalo otra vez.";
    path_without_root():
        English "the folder that it must lie in is not there: the server's log says which.",
        Spanish "la carpeta en la que debe estar no existe: el registro del servidor dice cuál.";
    /// `reason` is the system's own.
    path_not_opened(reason):
        English "the system does not let it be opened ({reason}).",
        Spanish "el sistema no deja abrirlo ({reason}).";
}
