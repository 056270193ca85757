//! The commands, a file for each few.

mod cd;
mod files;
mod find;
mod grep;
mod ls;
mod quota;
mod rm;
mod text;
mod transfer;
mod tree;

use caracola_sdk::Reply;

use crate::context::Context;
use crate::fault::{Fault, Missing};

/// Runs the command that was asked for.
pub(crate) fn run(context: &Context<'_>) -> Result<Reply, Fault> {
    match context.call.function() {
        "append" => text::append(context),
        "cat" => text::cat(context),
        "cd" => cd::cd(context),
        "cp" => transfer::cp(context),
        "find" => find::find(context),
        "grep" => grep::grep(context),
        "ls" => ls::ls(context),
        "mkdir" => files::mkdir(context),
        "mv" => transfer::mv(context),
        "pwd" => cd::pwd(context),
        "quota" => quota::quota(context),
        "rm" => rm::rm(context),
        "touch" => files::touch(context),
        "tree" => tree::tree(context),
        "write" => text::write(context),
        // The server asks for what the definitions have, and a test sees that all of them are above.
        _ => Err(Fault::Missing(Missing::Paths)),
    }
}

/// Nothing to print, as with a shell.
fn silence() -> Reply {
    Reply::text("")
}

/// Whether a name is left out of lists unless all are wanted.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}
