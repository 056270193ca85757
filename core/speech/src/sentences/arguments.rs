//! What is wrong with the words behind a command's name.

use super::sentences;

sentences! {
    /// A required param got no value.
    argument_missing(command, param):
        English "`{command}` needs {param}.",
        Spanish "A `{command}` le falta {param}.";
    /// A word that no param takes.
    argument_unexpected(command, word):
        English "`{command}` has no use for {word}.",
        Spanish "`{command}` no sabe qué hacer con {word}.";
    /// A value that its param doesn't take; `why` is one of the sentences about values.
    argument_unfit(param, value, why):
        English "{param} cannot be {value}: {why}",
        Spanish "{param} no puede ser {value}: {why}";
    flag_unknown(command, word):
        English "`{command}` has no flag {word}.",
        Spanish "`{command}` no tiene la opción {word}.";
    flag_unknown_near(command, word, near):
        English "`{command}` has no flag {word}: did you mean `{near}`?",
        Spanish "`{command}` no tiene la opción {word}: ¿quisiste decir `{near}`?";
    flag_twice(flag):
        English "`{flag}` may come only once.",
        Spanish "`{flag}` solo puede ir una vez.";
    flag_needs_value(flag, param):
        English "After `{flag}` must come {param}.",
        Spanish "Después de `{flag}` debe ir {param}.";
    flag_takes_no_value(flag):
        English "`{flag}` takes no value.",
        Spanish "`{flag}` no lleva ningún valor.";
    /// One of the sentences above, with how the command is typed.
    with_usage(problem, usage):
        English "{problem} Usage: {usage}",
        Spanish "{problem} Uso: {usage}";
}
