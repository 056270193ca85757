//! Plugins: why one gave no answer, and what admins are shown of them. What a plugin itself says is its own.

use super::sentences;

sentences! {
    // Why there is no answer.
    call_cancelled():
        English "the call was cancelled",
        Spanish "se canceló la llamada";
    plugin_crashed(plugin, how):
        English "the plugin {plugin} crashed ({how}); nothing else was harmed: try again",
        Spanish "el complemento {plugin} falló ({how}); nada más se dañó: inténtalo de nuevo";
    /// It took too long so often that it is called no more.
    plugin_disabled(plugin):
        English "the plugin {plugin} is disabled until it is loaded again: it exceeded its time limit too often",
        Spanish "el complemento {plugin} está desactivado hasta que se cargue de nuevo: superó su límite de tiempo demasiadas veces";
    plugin_gave_no_answer(plugin):
        English "the plugin {plugin} gave no answer",
        Spanish "el complemento {plugin} no dio ninguna respuesta";
    plugin_timed_out(plugin):
        English "the plugin {plugin} did not answer in time",
        Spanish "el complemento {plugin} no respondió a tiempo";
    plugin_answered_too_much(plugin, most):
        English "the plugin {plugin} answered with more than the {most} bytes that it may",
        Spanish "el complemento {plugin} respondió con más de los {most} bytes permitidos";
    plugin_unavailable(plugin):
        English "the plugin {plugin} is not available at this moment: try again",
        Spanish "el complemento {plugin} no está disponible en este momento: inténtalo de nuevo";

    // What is wrong with its picture.
    picture_not_png(plugin):
        English "the picture of the plugin {plugin} is not a PNG file",
        Spanish "la imagen del complemento {plugin} no es un archivo PNG";
    picture_cut_short(plugin):
        English "the picture of the plugin {plugin} is a PNG file cut short",
        Spanish "la imagen del complemento {plugin} es un archivo PNG incompleto";
    picture_without_pixels(plugin):
        English "the picture of the plugin {plugin} has no pixels",
        Spanish "la imagen del complemento {plugin} no tiene píxeles";
    picture_with_too_many_pixels(plugin, width, height):
        English "the picture of the plugin {plugin} is {width} x {height} pixels; at most 2048 x 2048 are shown",
        Spanish "la imagen del complemento {plugin} es de {width} x {height} píxeles; se muestran como máximo 2048 x 2048";
    picture_too_large(plugin):
        English "the picture of the plugin {plugin} is larger than 1 MiB",
        Spanish "la imagen del complemento {plugin} ocupa más de 1 MiB";

    // The table of `plugins`.
    plugins_counted(plugins):
        English "Plugins: {plugins}",
        Spanish "Complementos: {plugins}";
    plugins_counted_without(plugins, missing):
        English "Plugins: {plugins}; not loaded, see the log: {missing}",
        Spanish "Complementos: {plugins}; sin cargar, consulta el registro: {missing}";
    state_works():
        English "works",
        Spanish "funciona";
    state_restarting(why):
        English "restarting: {why}",
        Spanish "reiniciando: {why}";
    state_disabled():
        English "disabled",
        Spanish "desactivado";
}
