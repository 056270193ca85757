//! Everything that the plugin says.

caracola_sdk::sentences! {
    absent(path) {
        en: "{path}: no such file or folder. ls shows what there is.",
        es: "{path}: no existe ese archivo ni esa carpeta. ls muestra lo que hay.",
    }
    absent_pattern(pattern) {
        en: "'{pattern}' matches no file or folder. ls shows what there is.",
        es: "'{pattern}' no coincide con ningún archivo ni carpeta. ls muestra lo que hay.",
    }
    exists(path) {
        en: "{path} already exists. Choose another name, or remove it first with rm.",
        es: "{path} ya existe. Elige otro nombre o bórralo antes con rm.",
    }
    binary(path, size) {
        en: "{path} is not a text file: it is {size} of something else, which can't be shown.",
        es: "{path} no es un archivo de texto: son {size} de otra cosa, que no se puede mostrar.",
    }
    busy() {
        en: "Another session of yours is changing this workspace. Try again in a moment.",
        es: "Otra sesión tuya está cambiando este espacio. Inténtalo de nuevo en un momento.",
    }
    cancelled() { en: "It was cancelled.", es: "Se canceló." }
    not_a_flag(word) {
        en: "'{word}' is not a flag of this command. A name that begins with a dash is written ./{word}",
        es: "'{word}' no es una opción de este comando. Un nombre que empieza con un guion se escribe ./{word}",
    }
    deep(path, most) {
        en: "{path} would be too deep: at most {most} folders can be inside each other.",
        es: "{path} quedaría a demasiada profundidad: puede haber como máximo {most} carpetas una dentro de otra.",
    }
    name_empty() {
        en: "A name can't be empty. The current folder is called . (a dot).",
        es: "Un nombre no puede estar vacío. La carpeta actual se llama . (un punto).",
    }
    name_invisible(name) {
        en: "'{name}' has invisible characters. Choose a name without them.",
        es: "'{name}' tiene caracteres invisibles. Elige un nombre sin ellos.",
    }
    name_long(name, most) {
        en: "'{name}' is too long: a name has at most {most} bytes.",
        es: "'{name}' es demasiado largo: un nombre tiene como máximo {most} bytes.",
    }
    path_long(most) {
        en: "That path is too long: it has at most {most} bytes. Go nearer with cd.",
        es: "Esa ruta es demasiado larga: tiene como máximo {most} bytes. Acércate con cd.",
    }
    /// The session was in a folder that somebody removed.
    gone(path) {
        en: "Your current folder, {path}, no longer exists. You are in / now. Nothing was done.",
        es: "Tu carpeta actual, {path}, ya no existe. Ahora estás en /. No se hizo nada.",
    }
    guests(most) {
        en: "There are already {most} workspaces of guests, which is the most. Log in, or try again later.",
        es: "Ya hay {most} espacios de invitados, que es el máximo. Inicia sesión o inténtalo más tarde.",
    }
    guests_from_there(most) {
        en: "The guests of your address already have {most} workspaces, which is the most. Log in, or try again later.",
        es: "Los invitados de tu dirección ya tienen {most} espacios, que es el máximo. Inicia sesión o inténtalo más tarde.",
    }
    inside(from, to) {
        en: "{from} can't be put into itself, as {to}. Choose a place outside it.",
        es: "{from} no se puede poner dentro de sí misma, como {to}. Elige un lugar fuera de ella.",
    }
    folder_list(path) {
        en: "{path} is a folder. ls shows what is in it.",
        es: "{path} es una carpeta. ls muestra lo que contiene.",
    }
    folder_recursive(path) {
        en: "{path} is a folder. With -r the command takes folders and everything in them.",
        es: "{path} es una carpeta. Con -r el comando acepta carpetas, con todo lo que contienen.",
    }
    folder_other_name(path) {
        en: "{path} is a folder. Choose another name.",
        es: "{path} es una carpeta. Elige otro nombre.",
    }
    not_a_folder(path) {
        en: "{path} is not a folder. cat shows what is in a file.",
        es: "{path} no es una carpeta. cat muestra lo que hay en un archivo.",
    }
    many(path) {
        en: "{path} has more files than one command can handle. Choose a folder in it.",
        es: "{path} contiene más archivos de los que un comando puede tratar. Elige una carpeta dentro de ella.",
    }
    most_entries(most) {
        en: "That would be more than the {most} files and folders that you may have. Remove some with rm.",
        es: "Serían más de los {most} archivos y carpetas que puedes tener. Borra algunos con rm.",
    }
    most_bytes(needed, free, quota) {
        en: "That needs {needed}, and of your {quota} only {free} are free. Remove something with rm.",
        es: "Eso ocupa {needed}, y de tus {quota} solo quedan {free}. Borra algo con rm.",
    }
    odd(path) {
        en: "{path} is neither a file nor a folder, and is left alone. rm removes it.",
        es: "{path} no es ni un archivo ni una carpeta, y no se toca. rm lo borra.",
    }
    person(name) {
        en: "There is no workspace for '{name}'. Log in with another name.",
        es: "No hay espacio de trabajo para '{name}'. Inicia sesión con otro nombre.",
    }
    pattern(pattern, reason) {
        en: "'{pattern}' can't be read: {reason}",
        es: "'{pattern}' no se entiende: {reason}",
    }
    /// Why the size or the days that somebody wants to find can't be read.
    range() {
        en: "write a number, after + for more or - for less, such as +10k for a size or -1 for days",
        es: "escribe un número, con + delante si es más o - si es menos, como +10k para un tamaño o -1 para días",
    }
    output_large() {
        en: "That is more than can be shown at once. Ask for less of it.",
        es: "Es más de lo que se puede mostrar de una vez. Pide una parte.",
    }
    output_refused(refused) {
        en: "The server doesn't take the rest of the answer: {refused}.",
        es: "El servidor no acepta el resto de la respuesta: {refused}.",
    }
    root() {
        en: "/ is the whole workspace: it can be neither removed nor moved. Name what is in it.",
        es: "/ es todo el espacio de trabajo: no se puede borrar ni mover. Nombra lo que hay dentro.",
    }
    same(path) {
        en: "{path} is both the source and the target. Choose another name.",
        es: "{path} es a la vez el origen y el destino. Elige otro nombre.",
    }
    not_permitted(path) {
        en: "{path}: the server itself has no permission for that. Tell its admin.",
        es: "{path}: el propio servidor no tiene permiso. Avisa a quien lo administra.",
    }
    disk_full(path) {
        en: "{path}: the server's disk is full. Tell its admin.",
        es: "{path}: el disco del servidor está lleno. Avisa a quien lo administra.",
    }
    system(path) {
        en: "{path}: the server's system doesn't allow that now. Tell its admin: the log says why.",
        es: "{path}: el sistema del servidor no lo permite ahora. Avisa a quien lo administra: el registro dice por qué.",
    }

    // What a command was typed without.
    target_missing() {
        en: "Say what, and where to: first the names of what there is, last the new name or folder.",
        es: "Di qué y a dónde: primero los nombres de lo que hay y al final el nombre nuevo o la carpeta.",
    }
    folder_target_missing() {
        en: "Several things only go into a folder that exists. mkdir makes one.",
        es: "Varias cosas solo caben en una carpeta que exista. mkdir crea una.",
    }
    files_missing() {
        en: "Say in which files, or add -r for all files from the current folder down.",
        es: "Di en qué archivos, o agrega -r para todos los archivos desde la carpeta actual.",
    }
    paths_missing() {
        en: "Say the name of at least one file or folder.",
        es: "Di el nombre de al menos un archivo o una carpeta.",
    }

    // `ls -l`: headings.
    column_name() { en: "Name", es: "Nombre" }
    column_size() { en: "Size", es: "Tamaño" }
    column_changed() { en: "Changed", es: "Cambiado" }

    /// `quota`.
    quota(entries, most_entries, size, most_size) {
        en: "{entries} of {most_entries} files and folders, {size} of {most_size}. Each takes whole blocks of 4 KiB.",
        es: "{entries} de {most_entries} archivos y carpetas, {size} de {most_size}. Cada uno ocupa bloques enteros de 4 KiB.",
    }

    /// The last line of `tree`: two of those below.
    counted(folders, files) { en: "{folders}, {files}", es: "{folders}, {files}" }
    one_folder() { en: "1 folder", es: "1 carpeta" }
    folders(number) { en: "{number} folders", es: "{number} carpetas" }
    one_file() { en: "1 file", es: "1 archivo" }
    files(number) { en: "{number} files", es: "{number} archivos" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_is_in_every_language() {
        caracola_sdk::testing::assert_sentences(super::SENTENCES);
    }
}
