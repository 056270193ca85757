//! Headings of the columns of the server's tables.

use super::sentences;

sentences! {
    heading_calls():
        English "Calls",
        Spanish "Llamadas";
    heading_command():
        English "Command",
        Spanish "Comando";
    /// What a session does at this moment.
    heading_doing():
        English "Doing",
        Spanish "Haciendo";
    heading_failures():
        English "Failures",
        Spanish "Fallos";
    heading_file():
        English "File",
        Spanish "Archivo";
    /// The address that somebody is connected from.
    heading_from():
        English "From",
        Spanish "Desde";
    heading_id():
        English "Id",
        Spanish "Id";
    /// For how long somebody has done nothing.
    heading_idle():
        English "Idle",
        Spanish "Inactivo";
    heading_isolation():
        English "Isolation",
        Spanish "Aislamiento";
    heading_name():
        English "Name",
        Spanish "Nombre";
    /// The time in which 99 of 100 calls are answered.
    heading_p99():
        English "p99",
        Spanish "p99";
    heading_people():
        English "People",
        Spanish "Personas";
    heading_process():
        English "Process",
        Spanish "Proceso";
    heading_restarts():
        English "Restarts",
        Spanish "Reinicios";
    heading_room():
        English "Room",
        Spanish "Sala";
    heading_rooms():
        English "Rooms",
        Spanish "Salas";
    /// For how long somebody has been there.
    heading_since():
        English "Since",
        Spanish "Desde hace";
    heading_state():
        English "State",
        Spanish "Estado";
    heading_tls():
        English "TLS",
        Spanish "TLS";
    heading_user():
        English "User",
        Spanish "Usuario";
    heading_version():
        English "Version",
        Spanish "Versión";
    heading_what_it_does():
        English "What it does",
        Spanish "Qué hace";
}
