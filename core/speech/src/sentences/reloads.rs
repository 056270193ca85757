//! What a reload changed.

use super::sentences;

sentences! {
    nothing_changed():
        English "Nothing new: what the file says is active already.",
        Spanish "Nada nuevo: lo que dice el archivo ya está en vigor.";
    one_added(name):
        English "1 added ({name})",
        Spanish "1 agregado ({name})";
    several_added(count, names):
        English "{count} added ({names})",
        Spanish "{count} agregados ({names})";
    one_changed(name):
        English "1 changed ({name})",
        Spanish "1 cambiado ({name})";
    several_changed(count, names):
        English "{count} changed ({names})",
        Spanish "{count} cambiados ({names})";
    one_removed(name):
        English "1 removed ({name})",
        Spanish "1 quitado ({name})";
    several_removed(count, names):
        English "{count} removed ({names})",
        Spanish "{count} quitados ({names})";
    /// `changes` are those above.
    plugins_changed(changes):
        English "Plugins: {changes}",
        Spanish "Complementos: {changes}";
    settings_changed(keys):
        English "Settings: {keys}",
        Spanish "Ajustes: {keys}";
    /// Behind all changes, if it is one of them.
    listen_changed(changes):
        English "{changes} (where it listens counts from the next start)",
        Spanish "{changes} (dónde escucha cuenta desde el próximo inicio)";
    /// Behind all changes, if it is one of them.
    user_changed(changes):
        English "{changes} (which user it is counts from the next start)",
        Spanish "{changes} (qué usuario es cuenta desde el próximo inicio)";
    /// Behind names of which there are too many to show.
    names_and_more(names, more):
        English "{names} and {more} more",
        Spanish "{names} y {more} más";
}
