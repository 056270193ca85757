//! What replies are laid out with as plain text.

use super::sentences;

sentences! {
    // Headings of a card.
    card_usage():
        English "Usage",
        Spanish "Uso";
    card_parameters():
        English "Parameters",
        Spanish "Parámetros";
    card_examples():
        English "Examples",
        Spanish "Ejemplos";
    /// A command's other names.
    card_aliases(names):
        English "Also: {names}",
        Spanish "También: {names}";
    card_see_also(names):
        English "See also: {names}",
        Spanish "Ver también: {names}";

    /// In the place of a picture, which plain text can't show.
    picture_described(width, height, alt):
        English "[Picture, {width} x {height}: {alt}]",
        Spanish "[Imagen, {width} x {height}: {alt}]";

    // How a program ended, part by part.
    exited_with(status, seconds):
        English "Exit {status} after {seconds} s",
        Spanish "Salida {status} en {seconds} s";
    exited_by(signal, seconds):
        English "Ended by {signal} after {seconds} s",
        Spanish "Terminado por {signal} en {seconds} s";
    /// It is not known how.
    exited(seconds):
        English "Ended after {seconds} s",
        Spanish "Terminado en {seconds} s";
    exited_as_job(how, job):
        English "{how}, job {job}",
        Spanish "{how}, tarea {job}";
    exited_cut_short(how):
        English "{how}; its output was cut short",
        Spanish "{how}; su salida se recortó";
}
