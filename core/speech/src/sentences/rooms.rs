//! People among themselves: in rooms, and what they are called.

use super::sentences;

sentences! {
    /// To a room when somebody comes in.
    joined_room(name, room):
        English "{name} joined {room}",
        Spanish "{name} entró en {room}";
    /// To a room when somebody leaves it.
    left_room(name, room):
        English "{name} left {room}",
        Spanish "{name} salió de {room}";
    /// To a room when somebody's connection ended.
    left_server(name):
        English "{name} left",
        Spanish "{name} se fue";
    /// To the rooms of somebody who took another name.
    renamed(before, after):
        English "{before} is now {after}",
        Spanish "{before} ahora es {after}";

    /// The answer to `name NEW`.
    you_are_called(name):
        English "You are {name}.",
        Spanish "Te llamas {name}.";
    /// The answer to `say` for somebody who doesn't see what is said in the room.
    said_in_room(room, listeners):
        English "Said in {room} to {listeners}.",
        Spanish "Dicho en {room} a {listeners}.";
    /// The answer to `tell`.
    told(name):
        English "Told {name}.",
        Spanish "Avisaste a {name}.";
    /// The answer to `join`.
    you_joined_room(room, people):
        English "You are in {room}; people there: {people}. What you say goes there.",
        Spanish "Estás en {room}; personas ahí: {people}. Lo que digas va ahí.";
    /// The answer to `leave`; `current` is where one speaks from then on.
    you_left_room(room, current):
        English "You left {room}. What you say goes to {current}.",
        Spanish "Saliste de {room}. Lo que digas va a {current}.";
    /// The answer to `leave` in one's last room.
    you_left_last_room(room):
        English "You left {room}. You are in no room now: join one to speak, or quit.",
        Spanish "Saliste de {room}. Ya no estás en ninguna sala: entra en una para hablar, o sal con salir.";

    people_online(people):
        English "People online: {people}",
        Spanish "Personas en línea: {people}";
    /// The asker's own name in `who`.
    name_of_yourself(name):
        English "{name} (you)",
        Spanish "{name} (tú)";
    /// In `rooms`, beside the room that one speaks in.
    you_speak_here():
        English "you speak here",
        Spanish "aquí hablas";
    /// In `rooms`, beside the other rooms that one is in.
    you_listen_here():
        English "you listen",
        Spanish "escuchas";

    /// To somebody who says more than is allowed.
    too_many_messages():
        English "too many messages at once: wait a moment",
        Spanish "demasiados mensajes a la vez: espera un momento";
    /// To somebody whose message consists of blanks and unseen characters.
    message_empty():
        English "this message has nothing in it that can be seen",
        Spanish "este mensaje no tiene nada que se pueda ver";
    message_too_long(most):
        English "a message has at most {most} lines: send it in parts",
        Spanish "un mensaje tiene como máximo {most} líneas: envíalo por partes";
    no_such_person(wanted):
        English "nobody called {wanted:?} is here: type who to see everybody",
        Spanish "aquí nadie se llama {wanted:?}: escribe quien para ver a todos";
    /// To somebody who wants to tell a connection that hears nothing something.
    person_cannot_hear(name):
        English "{name} is a program's connection and takes no messages",
        Spanish "{name} es la conexión de un programa y no recibe mensajes";
    not_in_any_room():
        English "you are in no room: join one first",
        Spanish "no estás en ninguna sala: entra antes en una";
    not_in_room(wanted):
        English "you are not in a room called {wanted:?}: type rooms to see them",
        Spanish "no estás en ninguna sala llamada {wanted:?}: escribe salas para verlas";
    in_too_many_rooms(most):
        English "you are in {most} rooms, which is the most: leave one first",
        Spanish "estás en {most} salas, que es el máximo: deja antes una";

    name_taken(wanted):
        English "somebody is called {wanted:?} already, or nearly so: choose another name",
        Spanish "alguien ya se llama {wanted:?}, o casi: elige otro nombre";
    name_banned(wanted):
        English "an operator banned the name {wanted:?} for a while",
        Spanish "un operador vetó el nombre {wanted:?} por un tiempo";
    /// To somebody with an account who wants another name.
    name_is_that_of_account(name):
        English "you are logged in as {name}, and keep that name",
        Spanish "iniciaste sesión como {name}, y conservas ese nombre";
    name_empty():
        English "a name needs at least one letter or digit",
        Spanish "un nombre necesita al menos una letra o un dígito";
    name_too_long(most):
        English "that name is too long: {most} characters at most",
        Spanish "ese nombre es demasiado largo: {most} caracteres como máximo";
    name_with_odd_character(odd):
        English "'{odd}' can't be in a name: only letters, digits, _ and - can",
        Spanish "'{odd}' no puede estar en un nombre: solo letras, dígitos, _ y -";
    name_with_too_many_marks(most):
        English "a letter of a name has at most {most} marks: remove some",
        Spanish "una letra de un nombre lleva como máximo {most} signos: quita alguno";
    name_reserved(wanted):
        English "{wanted:?} is kept for the server: choose another name",
        Spanish "{wanted:?} está reservado para el servidor: elige otro nombre";
}
