//! CATALOGUE and IMAGE: what a shell needs to complete names and draw cards.

use bytes::Bytes;
use caracola_wire::{CatalogueReply, Encoder, Request};

use super::text;
use crate::access::{self, authorize};
use crate::caller::Caller;
use crate::catalogue::Catalogue;
use crate::error::Error;
use crate::hex;

/// `CATALOGUE [IF-NOT hash]`: the commands that the caller may see, in its language, unless it has them already.
pub(super) fn serve(
    catalogue: &Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let known = match request.len() {
        1 => None,
        3 if text(request, 1)?.eq_ignore_ascii_case("if-not") => Some(text(request, 2)?),
        _ => return Err(Error::VerbArguments("CATALOGUE takes nothing, or IF-NOT and a hash")),
    };
    let (hash, payload) = export(catalogue, caller);
    let payload = (known != Some(hash.as_str())).then_some(payload);
    CatalogueReply { hash, payload }.encode(&mut Encoder::new(out, caller.protocol));
    Ok(())
}

/// The hash of what `CATALOGUE` would send, and the bytes that it is over.
pub(super) fn export(catalogue: &Catalogue, caller: &Caller) -> (String, Bytes) {
    let visible = |command: &_| authorize(&caller.user, command, access::Verb::Complete).is_ok();
    let payload = catalogue.export(caller.language_id, visible).encode_payload();
    (hex::encode(&openssl::sha::sha256(&payload)), payload.into())
}

/// `IMAGE hash`: the PNG that a card named. Only those of commands that the caller may see.
pub(super) fn image(
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
    let image = image.ok_or(Error::Image)?;
    Encoder::new(out, caller.protocol).bulk(&image.bytes);
    Ok(())
}
