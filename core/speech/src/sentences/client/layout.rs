//! What replies are laid out with at a terminal.

use super::sentences;

sentences! {
    // Before a command's other names, and those of others, on a card.
    heading_also_called():
        English "Also called",
        Spanish "También se llama";
    heading_see_also():
        English "See also",
        Spanish "Véase también";
    /// In place of a picture.
    image(alt):
        English "[Image: {alt}]",
        Spanish "[Imagen: {alt}]";
    exit_status(status):
        English "exit status {status}",
        Spanish "estado de salida {status}";
    exit_signal(signal):
        English "ended by {signal}",
        Spanish "terminado por {signal}";
    output_truncated():
        English "the output was cut short",
        Spanish "la salida está recortada";
    /// Before a message to one person alone.
    to_you():
        English "to you",
        Spanish "a ti";
}
