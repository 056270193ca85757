//! The commands that the server itself carries out. Their cards, params and roles are data, in `builtin.toml`; what
//! they do is here, one small function each.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all built-ins have one signature; some can't fail"
)]

mod help;
mod oneself;
mod operator;
mod plugins;
mod reload;
mod server;
mod talk;

use caracola_wire::Reply;

use super::Call;
use crate::error::Error;
use crate::request::{PendingReply, Progress, Response};
use caracola_catalogue::Builtin;

/// What carries a built-in command out: a function of its call.
enum Function {
    /// One that answers at once.
    Now(fn(&mut Call<'_>) -> Result<Reply, Error>),
    /// One that takes time.
    Pending(fn(&mut Call<'_>) -> PendingReply),
}

use Function::{Now, Pending};

/// The function of each.
fn function(builtin: Builtin) -> Function {
    match builtin {
        Builtin::About => Now(server::about),
        Builtin::Announce => Now(operator::announce),
        Builtin::Help => Now(help::help),
        Builtin::Join => Now(talk::join),
        Builtin::Kick => Now(operator::kick),
        Builtin::Lang => Now(oneself::lang),
        Builtin::Leave => Now(talk::leave),
        Builtin::Mute => Now(operator::mute),
        Builtin::Name => Now(oneself::name),
        Builtin::Plugins => Now(plugins::plugins),
        Builtin::Quit => Now(oneself::quit),
        Builtin::Reload => Pending(reload::reload),
        Builtin::ReloadUsers => Pending(reload::users),
        Builtin::Rooms => Now(talk::rooms),
        Builtin::Say => Now(talk::say),
        Builtin::Sessions => Now(operator::sessions),
        Builtin::Stop => Now(operator::stop),
        Builtin::Tell => Now(talk::tell),
        Builtin::Time => Now(server::time),
        Builtin::Unmute => Now(operator::unmute),
        Builtin::Uptime => Now(server::uptime),
        Builtin::Who => Now(talk::who),
        Builtin::Whoami => Now(oneself::whoami),
    }
}

/// Runs a built-in command.
pub(super) fn perform(builtin: Builtin, call: &mut Call<'_>) -> Result<Progress, Error> {
    match function(builtin) {
        Now(act) => act(call).map(|reply| Progress::Response(Response::Reply(reply))),
        Pending(begin) => Ok(Progress::Pending(begin(call))),
    }
}
