//! Jobs, and waiting for them.

use super::sentences;

sentences! {
    job(id):
        English "job {id}",
        Spanish "tarea {id}";
    job_started(id):
        English "Job {id}. `:attach {id}` shows what it says, `:kill {id}` ends it.",
        Spanish "Tarea {id}. `:attach {id}` muestra lo que dice, `:kill {id}` la termina.";
    no_jobs():
        English "No jobs.",
        Spanish "No hay tareas.";
    job_ends(id):
        English "Job {id} was asked to end.",
        Spanish "Se pidió a la tarea {id} que termine.";
    job_had_ended(id):
        English "Job {id} had ended already.",
        Spanish "La tarea {id} ya había terminado.";
    job_goes_on(id):
        English "Job {id} goes on. `:attach {id}` comes back to it.",
        Spanish "La tarea {id} sigue. `:attach {id}` vuelve a ella.";
    job_output_gone():
        English "(what it said before this is no longer kept)",
        Spanish "(lo que dijo antes ya no se conserva)";
    job_waiting():
        English "waiting",
        Spanish "en espera";
    job_running():
        English "running",
        Spanish "en marcha";
    job_ended():
        English "ended",
        Spanish "terminada";

    // The headings of `:jobs`.
    column_job():
        English "job",
        Spanish "tarea";
    column_command():
        English "command",
        Spanish "comando";
    column_state():
        English "state",
        Spanish "estado";
    column_time():
        English "time",
        Spanish "tiempo";
    column_output():
        English "output",
        Spanish "salida";
    column_user():
        English "user",
        Spanish "usuario";

    cancelling():
        English "Cancelling; once more stops waiting.",
        Spanish "Cancelando; otra vez deja de esperar.";
    stopped_waiting():
        English "Stopped waiting for the reply.",
        Spanish "Se dejó de esperar la respuesta.";
    took(seconds):
        English "took {seconds} s",
        Spanish "tardó {seconds} s";
}
