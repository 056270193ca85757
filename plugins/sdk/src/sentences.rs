//! What the SDK itself says to callers.

crate::sentences! {
    /// A value that isn't what the plugin needs.
    unfit(value, param, error) {
        en: "'{value}' can't be the {param}: {error}",
        es: "'{value}' no sirve como {param}: {error}",
    }
    /// More than the server takes as one answer.
    answer_too_large() {
        en: "The answer is larger than the server takes. Ask for less of it.",
        es: "La respuesta es más grande de lo que el servidor acepta. Pide una parte.",
    }
    /// An answer that the server refuses for another reason.
    answer_refused(refused) {
        en: "The plugin's answer can't be shown: {refused}.",
        es: "No se puede mostrar la respuesta del complemento: {refused}.",
    }
    /// A panic.
    panicked() {
        en: "The plugin broke down. The server's log says why.",
        es: "El complemento falló. El registro del servidor dice por qué.",
    }
}
