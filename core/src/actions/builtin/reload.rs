//! reload: puts a changed commands.toml in force.

use std::sync::Arc;

use caracola_wire::{Encoder, Reply};

use crate::actions::Call;
use crate::caller::Caller;
use crate::context::Context;
use crate::error::Error;
use crate::later::Later;
use crate::phrases;

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
            let text = changes.sentence(caller.speech);
            let mut encoder = Encoder::new(out, caller.protocol);
            if caller.shell {
                Reply::Text(text).encode(&mut encoder);
            } else {
                encoder.verbatim_text(&text);
            }
            Ok(())
        }
    })
}
