//! Whose key it is that a server shows.

use super::sentences;

sentences! {
    new_key(server, seen):
        English "You have not been to {server} before, and no authority vouches for its certificate.\n\
            Its key has the fingerprint {seen}\n\
            Compare it with what the server's operator tells you.",
        Spanish "No has estado antes en {server} y ninguna autoridad responde por su certificado.\n\
            La huella de su clave es {seen}\n\
            Compárala con la que te dé quien opera el servidor.";
    is_key_right():
        English "Is that the right one (yes/no, or type the fingerprint)?",
        Spanish "¿Es la correcta (sí/no, o escribe la huella)?";
    /// After an answer that was none of these.
    is_key_right_again():
        English "Please type yes, no or the fingerprint:",
        Spanish "Escribe sí, no o la huella:";
    key_pinned(server, seen, file):
        English "From now on {server} is known by {seen} ({file}).",
        Spanish "Desde ahora {server} se reconoce por {seen} ({file}).";
    /// To somebody who said no, or gave up.
    not_connected():
        English "Not connected.",
        Spanish "Sin conectar.";
    unknown_key(server, seen):
        English "The server {server} isn't known and no authority vouches for its certificate.\n\
            Its key has the fingerprint {seen}\n\
            Without a terminal nobody can be asked. If you know that this is right, say\n  --fingerprint {seen}\n\
            or, to trust the server that answers this first time, --trust-new.",
        Spanish "El servidor {server} es desconocido y ninguna autoridad responde por su certificado.\n\
            La huella de su clave es {seen}\n\
            Sin terminal no se puede preguntar a nadie. Si sabes que es correcta, indica\n  --fingerprint {seen}\n\
            o, para confiar en el servidor que responda esta primera vez, --trust-new.";
    wrong_key(server, wanted, seen):
        English "REFUSED: {server} is not the server you named.\n  fingerprint you gave: {wanted}\n  its key's fingerprint: {seen}\n\
            Either the fingerprint was mistyped or another server answers there. Nothing was sent.",
        Spanish "RECHAZADO: {server} no es el servidor que indicaste.\n  huella que diste: {wanted}\n  huella de su clave: {seen}\n\
            O la huella está mal escrita o allí responde otro servidor. No se ha enviado nada.";
    changed_key(server, pinned, seen, file, line):
        English "REFUSED: THE KEY OF {server} HAS CHANGED.\n  known until now: {pinned}\n  its key now:     {seen}\n\
            Someone may be listening in between, or the server was reinstalled. Nothing was sent.\n\
            Ask its operator. If the new key is right, remove line {line} of\n  {file}\nand connect again.",
        Spanish "RECHAZADO: LA CLAVE DE {server} HA CAMBIADO.\n  conocida hasta ahora: {pinned}\n  su clave ahora:       {seen}\n\
            Alguien puede estar escuchando en medio, o el servidor se instaló de nuevo. No se ha enviado nada.\n\
            Pregunta a quien lo opera. Si la clave nueva es correcta, borra la línea {line} de\n  {file}\ny conéctate otra vez.";
}
