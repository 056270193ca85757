//! Runs of programs: how they end, and why they don't begin.

use super::sentences;

sentences! {
    // How a run ended.
    run_exited(status):
        English "the program ended with status {status}",
        Spanish "el programa terminó con estado {status}";
    run_signalled(signal):
        English "{signal} ended the program",
        Spanish "{signal} terminó el programa";
    run_timed_out(time):
        English "the program ran for longer than {time} and was ended",
        Spanish "el programa duró más de {time} y se terminó";
    run_cancelled():
        English "the program was cancelled",
        Spanish "se canceló el programa";
    /// The session that began it ended, and the definition lets nothing go on without one.
    run_hung_up():
        English "the program was ended with its session",
        Spanish "el programa se terminó junto con su sesión";
    run_stopped():
        English "the program was ended because the server stopped",
        Spanish "el programa se terminó porque el servidor se detuvo";
    /// The server, or a part of it that the program needs, was killed.
    run_lost():
        English "it is not known how the program ended: what watched it is gone",
        Spanish "no se sabe cómo terminó el programa: lo que lo vigilaba ya no está";
    /// The sentence about how it ended, with the job's id.
    run_of_job(how, job):
        English "{how} (job {job})",
        Spanish "{how} (tarea {job})";

    // Why it didn't begin.
    run_not_started(why):
        English "the program could not be started: {why}",
        Spanish "no se pudo iniciar el programa: {why}";
    start_arguments_too_long():
        English "its arguments are longer than the system allows",
        Spanish "sus argumentos son más largos de lo que el sistema permite";
    start_definition_wrong():
        English "the server's log says why",
        Spanish "el registro del servidor dice por qué";
    start_impossible():
        English "the server can't start programs any more; its log says why",
        Spanish "el servidor ya no puede iniciar programas; su registro dice por qué";
    start_without_room():
        English "the machine has no room for another program at this moment: try again",
        Spanish "la máquina no tiene lugar para otro programa en este momento: inténtalo de nuevo";
    no_programs():
        English "this server runs no programs",
        Spanish "este servidor no ejecuta programas";
    /// To somebody who starts a job under a key.
    key_not_stored():
        English "the server could not store the key of this job, so nothing was started: the server's log says why",
        Spanish "el servidor no pudo guardar la clave de esta tarea y no inició nada: su registro dice por qué";

    no_such_job(id):
        English "there is no job {id:?}: type :jobs to see yours",
        Spanish "no existe la tarea {id:?}: escribe :jobs para ver las tuyas";
}
