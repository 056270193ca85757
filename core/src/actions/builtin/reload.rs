//! reload, reload users: apply a changed commands.toml or users.toml.

use std::sync::Arc;
use std::time::Duration;

use caracola_wire::{Encoder, Reply};

use crate::actions::Call;
use crate::error::Error;
use crate::phrases;
use crate::request::{Caller, Context, Later};

/// How often a users' file that can't be read for a passing reason is tried while somebody waits, and the time between.
const TRIES: u32 = 20;
/// See [`TRIES`].
const BETWEEN: Duration = Duration::from_millis(200);

pub(super) fn reload(call: &mut Call<'_>) -> Later {
    let reloads = call.context.reloads.clone();
    Later::new(async move {
        let reloaded = reloads.now().await;
        move |_: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            let changes = match reloaded {
                Some(Ok(changes)) => changes,
                Some(Err(errors)) => {
                    return Err(Error::NotReloaded(phrases::broken_file_brief(caller.speech, &errors)));
                }
                None => return Err(Error::NotReloaded(phrases::stopping(caller.speech))),
            };
            answer(changes.sentence(caller.speech), caller, out);
            Ok(())
        }
    })
}

pub(super) fn users(call: &mut Call<'_>) -> Later {
    let context = Arc::clone(call.context);
    Later::new(async move {
        let mut outcome = read_users(&context).await;
        for _ in 1..TRIES {
            if !matches!(&outcome, Err((_, passing)) if *passing) {
                break;
            }
            tokio::time::sleep(BETWEEN).await;
            outcome = read_users(&context).await;
        }
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            if let Err((why, _)) = outcome {
                return Err(Error::NotReloaded(phrases::users_not_reloaded(caller.speech, &why)));
            }
            let users = context.users.in_force().len();
            answer(phrases::users_reloaded(caller.speech, users), caller, out);
            Ok(())
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

fn answer(text: String, caller: &Caller, out: &mut Vec<u8>) {
    let mut encoder = Encoder::new(out, caller.protocol);
    if caller.shell {
        Reply::Text(text).encode(&mut encoder);
    } else {
        encoder.verbatim_text(&text);
    }
}
