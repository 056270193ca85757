//! `caracola try`: a private server.

use super::sentences;

sentences! {
    no_caracolad():
        English "Can't find `caracolad`, the server: it is neither beside this program nor on PATH.\n\
            In the source folder, `cargo build --release` builds both.",
        Spanish "No se encuentra `caracolad`, el servidor: no está junto a este programa ni en PATH.\n\
            En la carpeta de las fuentes, `cargo build --release` compila los dos.";
    trial_failed(why):
        English "The private server didn't start: {why}.",
        Spanish "El servidor privado no arrancó: {why}.";
    trial_silent():
        English "it didn't say where it listens",
        Spanish "no dijo dónde escucha";
    trial_ended():
        English "it ended at once",
        Spanish "terminó enseguida";
    /// How others come in; `line` is what they type.
    others_type(line):
        English "A private server runs as long as this shell. Others on this machine join with\n  {line}",
        Spanish "Hay un servidor privado en marcha mientras dure este shell. Desde otra terminal de esta máquina se entra con\n  {line}";
}
