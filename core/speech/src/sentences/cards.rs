//! What a card says about the values of a param, in parentheses and between semicolons.

use super::sentences;

sentences! {
    value_boolean():
        English "yes or no",
        Spanish "sí o no";
    value_date():
        English "a date such as 2026-11-22",
        Spanish "una fecha como 2026-11-22";
    value_duration():
        English "such as 90s, 5m or 2h",
        Spanish "como 90s, 5m o 2h";
    value_host():
        English "the name or IP address of a host",
        Spanish "el nombre o la dirección IP de un equipo";
    value_integer():
        English "a whole number",
        Spanish "un número entero";
    value_ip():
        English "an IP address",
        Spanish "una dirección IP";
    value_port():
        English "a port, from 1 to 65535",
        Spanish "un puerto, del 1 al 65535";
    value_secret():
        English "kept secret",
        Spanish "se mantiene en secreto";
    value_url():
        English "a URL",
        Spanish "una URL";

    value_file_in(root):
        English "a file in {root}",
        Spanish "un archivo en {root}";
    value_folder_in(root):
        English "a folder in {root}",
        Spanish "una carpeta en {root}";
    value_file_or_folder_in(root):
        English "a file or folder in {root}",
        Spanish "un archivo o una carpeta en {root}";
    value_between(min, max):
        English "from {min} to {max}",
        Spanish "de {min} a {max}";
    value_at_least(min):
        English "at least {min}",
        Spanish "al menos {min}";
    value_at_most(max):
        English "at most {max}",
        Spanish "como mucho {max}";
    value_such_as(values):
        English "such as {values}",
        Spanish "por ejemplo {values}";
    /// Its default.
    value_if_left_out(value):
        English "{value} if left out",
        Spanish "{value} si no se indica";

    /// Below the card of a command that has no action, and was typed with arguments.
    nothing_was_run():
        English "Nothing was run.",
        Spanish "No se ejecutó nada.";
    /// The heading of the commands that are in no group.
    group_of_others():
        English "Commands",
        Spanish "Comandos";
}
