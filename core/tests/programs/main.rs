//! Programs that a server runs, from outside: what they get and what they may take, and the jobs that they are.

mod exec;
mod jobs;
