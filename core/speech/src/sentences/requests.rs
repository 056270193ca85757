//! What is wrong with a request as such: a command or a value that there isn't, or that isn't for the asker.

use super::sentences;

sentences! {
    unknown_command(typed):
        English "there is no command '{typed}'",
        Spanish "no existe el comando '{typed}'";
    /// Where no command is called nearly so.
    unknown_command_unlike_any(typed):
        English "there is no command '{typed}': type help to see them all",
        Spanish "no existe el comando '{typed}': escribe ayuda para verlos todos";
    /// In a lookup.
    no_such_entry(wanted):
        English "there is no entry {wanted:?}",
        Spanish "no hay ninguna entrada {wanted:?}";
    /// The sentence about what there isn't, with what there is.
    did_you_mean(problem, names):
        English "{problem}: did you mean {names}?",
        Spanish "{problem}: ¿quisiste decir {names}?";
    /// The last two parts of a list.
    one_or_other(one, other):
        English "{one} or {other}",
        Spanish "{one} o {other}";
    nothing_about(words):
        English "nothing here is about {words:?}: type help to see everything",
        Spanish "nada aquí trata de {words:?}: escribe ayuda para ver todo";
    unpaired_quote():
        English "a quote in this line has no partner: close it, or leave it out",
        Spanish "una comilla de esta línea no tiene pareja: ciérrala o quítala";
    not_a_duration(value):
        English "{value:?} is not a time: write it like 30s, 10m or 2h",
        Spanish "{value:?} no es un tiempo: escríbelo como 30s, 10m o 2h";
    operators_only():
        English "only operators may do that",
        Spanish "solo los operadores pueden hacer eso";
    request_cancelled():
        English "cancelled: the reply is no longer waited for",
        Spanish "cancelado: ya no se espera la respuesta";
    no_randomness():
        English "the server has no randomness at this moment",
        Spanish "el servidor no tiene aleatoriedad en este momento";
}
