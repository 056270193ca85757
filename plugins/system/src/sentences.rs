//! Everything that the plugin says.

caracola_sdk::sentences! {
    /// The system answers with an error.
    unreadable(error) {
        en: "The system doesn't say: {error}. An admin may have to let the plugin read /proc and /sys.",
        es: "El sistema no lo dice: {error}. Quizá quien administra el servidor deba dejar que el complemento lea /proc y /sys.",
    }
    /// The system answers that there is nothing, which can't be.
    unseen() {
        en: "The system doesn't say. An admin may have to let the plugin read /proc and /sys.",
        es: "El sistema no lo dice. Quizá quien administra el servidor deba dejar que el complemento lea /proc y /sys.",
    }
    up(time, load) {
        en: "Up for {time}. Load: {load}.",
        es: "Encendida desde hace {time}. Carga: {load}.",
    }
    processors(number) { en: "Processors: {number}.", es: "Procesadores: {number}." }
    shown_of(shown, all) { en: "{shown} of {all}.", es: "{shown} de {all}." }

    // Spans of time, each with its number.
    day(number) { en: "{number} day", es: "{number} día" }
    days(number) { en: "{number} days", es: "{number} días" }
    hour(number) { en: "{number} hour", es: "{number} hora" }
    hours(number) { en: "{number} hours", es: "{number} horas" }
    minute(number) { en: "{number} minute", es: "{number} minuto" }
    minutes(number) { en: "{number} minutes", es: "{number} minutos" }
    second(number) { en: "{number} second", es: "{number} segundo" }
    seconds(number) { en: "{number} seconds", es: "{number} segundos" }

    // Headings of the load's table: over how long, how many tasks, which share of all processors that is.
    over() { en: "over", es: "durante" }
    tasks() { en: "tasks", es: "tareas" }
    of_all_processors() { en: "of all processors", es: "de todos los procesadores" }

    // Headings of amounts of memory and of disks.
    total() { en: "total", es: "total" }
    used() { en: "used", es: "en uso" }
    available() { en: "available", es: "disponible" }
    used_percent() { en: "used %", es: "% en uso" }
    mounted_on() { en: "mounted on", es: "montado en" }
    file_system() { en: "type", es: "tipo" }

    // Kinds of memory.
    memory() { en: "memory", es: "memoria" }
    swap() { en: "swap", es: "intercambio" }

    // Headings of processes.
    process() { en: "process", es: "proceso" }
    user() { en: "user", es: "usuario" }
    cpu() { en: "cpu", es: "cpu" }
    program() { en: "program", es: "programa" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_is_in_every_language() {
        caracola_sdk::testing::assert_sentences(super::SENTENCES);
    }
}
