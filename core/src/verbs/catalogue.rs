//! CATALOGUE and IMAGE: what a shell needs to complete names and draw cards.

use bytes::Bytes;
use caracola_wire::{CatalogueReply, Encoder, Request};

use super::text;
use crate::access::{self, authorize};
use crate::caller::Caller;
use crate::catalogue::{Catalogue, Command};
use crate::context::Context;
use crate::error::Error;
use crate::hex;

/// `CATALOGUE [IF-NOT hash]`: the commands that the caller may see, in its language, unless it has them already.
/// `CATALOGUE OF word ...`: only the one that a line with these words would run, for who runs one line and leaves.
pub(super) fn serve(
    catalogue: &Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let option = if request.len() > 2 { text(request, 1)? } else { "" };
    let mut known = None;
    let (hash, payload) = match request.len() {
        1 => export(catalogue, caller),
        3 if option.eq_ignore_ascii_case("if-not") => {
            known = Some(text(request, 2)?);
            export(catalogue, caller)
        }
        3.. if option.eq_ignore_ascii_case("of") => {
            let found = catalogue.find(request.words().skip(2));
            export_of(catalogue, caller, |command| {
                found.as_ref().is_some_and(|found| std::ptr::eq(found.command, command))
            })
        }
        _ => {
            let usage = "CATALOGUE takes nothing, or IF-NOT and a hash, or OF and words";
            return Err(Error::VerbArguments(usage));
        }
    };
    let payload = (known != Some(hash.as_str())).then_some(payload);
    CatalogueReply { hash, payload }.encode(&mut Encoder::new(out, caller.protocol));
    Ok(())
}

/// The hash of what `CATALOGUE` would send, and the bytes that it is over.
pub(super) fn export(catalogue: &Catalogue, caller: &Caller) -> (String, Bytes) {
    export_of(catalogue, caller, |_| true)
}

fn export_of(catalogue: &Catalogue, caller: &Caller, wanted: impl Fn(&Command) -> bool) -> (String, Bytes) {
    let visible =
        |command: &Command| wanted(command) && authorize(&caller.user, command, access::Verb::Complete).is_ok();
    let payload = catalogue.export(caller.language_id, visible).encode_payload();
    (hex::encode(&openssl::sha::sha256(&payload)), payload.into())
}

/// `IMAGE hash`: the PNG that a card named. Only those of commands that the caller may see,
/// and those that plugins answered with.
pub(super) fn image(
    context: &Context,
    catalogue: &Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let hash = text(request, 1)?;
    let image = catalogue.image(hash).filter(|_| {
        catalogue.commands().iter().any(|command| {
            let card = command.card(caller.language_id);
            card.image.as_ref().is_some_and(|image| image.hash == hash)
                && authorize(&caller.user, command, access::Verb::Help).is_ok()
        })
    });
    let mut encoder = Encoder::new(out, caller.protocol);
    if let Some(image) = image {
        encoder.bulk(&image.bytes);
    } else {
        encoder.bulk(&context.pictures.get(hash).ok_or(Error::Image)?.bytes);
    }
    Ok(())
}
