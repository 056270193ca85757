//! reload, reload users: apply a changed commands.toml or users.toml.

use std::sync::Arc;
use std::time::Duration;

use crate::actions::Call;
use crate::error::Error;
use crate::request::{Caller, Context, PendingReply, Response};

/// How often a users' file that can't be read for a passing reason is tried while somebody waits, and the time between.
const TRIES: u32 = 20;
/// See [`TRIES`].
const BETWEEN: Duration = Duration::from_millis(200);

pub(super) fn reload(call: &mut Call<'_>) -> PendingReply {
    let reloads = call.context.reloads.clone();
    PendingReply::new(async move {
        let reloaded = reloads.now().await;
        move |_: &Arc<Context>, caller: &mut Caller| {
            let changes = match reloaded {
                Some(Ok(changes)) => changes,
                Some(Err(errors)) => {
                    return Err(Error::NotReloaded(caller.speech.commands_not_reloaded(errors)));
                }
                None => return Err(Error::NotReloaded(caller.speech.server_stopping())),
            };
            Ok(Response::Verbatim(changes.sentence(caller.speech)))
        }
    })
}

pub(super) fn users(call: &mut Call<'_>) -> PendingReply {
    let context = Arc::clone(call.context);
    PendingReply::new(async move {
        let mut outcome = read_users(&context).await;
        for _ in 1..TRIES {
            if !matches!(&outcome, Err((_, passing)) if *passing) {
                break;
            }
            tokio::time::sleep(BETWEEN).await;
            outcome = read_users(&context).await;
        }
        move |context: &Arc<Context>, caller: &mut Caller| {
            if let Err((why, _)) = outcome {
                return Err(Error::NotReloaded(caller.speech.users_not_reloaded(why)));
            }
            let users = context.users.in_force().len();
            Ok(Response::Verbatim(caller.speech.users_reloaded(users)))
        }
    })
}

/// Reads the users' file; why that failed, and whether it may succeed a moment later.
async fn read_users(context: &Arc<Context>) -> Result<(), (String, bool)> {
    let context = Arc::clone(context);
    let read = tokio::task::spawn_blocking(move || context.reload_users());
    let read = read.await.map_err(|error| (error.to_string(), false))?;
    read.map_err(|error| (error.to_string(), error.is_passing()))
}
