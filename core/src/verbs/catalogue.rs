//! CATALOGUE and IMAGE: what a shell needs to complete names and draw cards.

use bytes::Bytes;
use caracola_wire::{CatalogueReply, Encoder, Request};

use super::text;
use crate::access::{self, authorize};
use crate::catalogue::{Catalogue, Command, Exported};
use crate::error::Error;
use crate::output::Output;
use crate::request::exports::{completes, exported};
use crate::request::{Caller, Context};

/// `CATALOGUE [IF-NOT hash]`: the commands that the caller may see, in its language, unless it has them already.
/// `CATALOGUE OF word ...`: only the one that a line with these words would run, for who runs one line and leaves.
pub(super) fn serve(
    catalogue: &Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    out: &mut Output,
) -> Result<(), Error> {
    let option = if request.len() > 2 { text(request, 1)? } else { "" };
    let mut known = None;
    let exported = match request.len() {
        1 => exported(catalogue, caller).clone(),
        3 if option.eq_ignore_ascii_case("if-not") => {
            known = Some(text(request, 2)?);
            exported(catalogue, caller).clone()
        }
        3.. if option.eq_ignore_ascii_case("of") => {
            let found = catalogue.find(request.words().skip(2));
            let wanted = |command: &Command| {
                let is_it = found.as_ref().is_some_and(|found| std::ptr::eq(found.command, command));
                is_it && completes(&caller.user, command)
            };
            Exported::new(&catalogue.export(caller.language_id, wanted))
        }
        _ => {
            let usage = "CATALOGUE takes nothing, or IF-NOT and a hash, or OF and words";
            return Err(Error::VerbArguments(usage));
        }
    };
    let Exported { hash, payload } = exported;
    if known == Some(hash.as_str()) {
        CatalogueReply { hash, payload: None }.encode(&mut Encoder::new(out, caller.protocol));
    } else {
        // As `CatalogueReply::encode` would, but for the copy of the payload.
        Encoder::new(out, caller.protocol).array(2).bulk(hash.as_bytes());
        bulk(payload, caller, out);
    }
    Ok(())
}

/// `IMAGE hash`: the PNG that a card named. Only those of commands that the caller may see,
/// and those that plugins answered with.
pub(super) fn image(
    context: &Context,
    catalogue: &Catalogue,
    caller: &Caller,
    request: &Request<'_>,
    out: &mut Output,
) -> Result<(), Error> {
    let hash = text(request, 1)?;
    let image = catalogue.image(hash).filter(|_| {
        catalogue.commands().iter().any(|command| {
            command.image.as_ref().is_some_and(|image| image.hash == hash)
                && authorize(&caller.user, command, access::Verb::Help).is_ok()
        })
    });
    let bytes = match image {
        Some(image) => image.bytes.clone(),
        None => context.pictures.get(hash).ok_or(Error::Image)?.bytes.clone(),
    };
    bulk(bytes, caller, out);
    Ok(())
}

/// A bulk string whose bytes are shared with others that are sent them.
fn bulk(bytes: Bytes, caller: &Caller, out: &mut Output) {
    if caller.session.outbox.is_typed() {
        // What is made harmless for a terminal is a peer's own.
        Encoder::new(out, caller.protocol).bulk(&bytes);
        return;
    }
    Encoder::new(out, caller.protocol).bulk_header(bytes.len());
    out.push_shared(bytes);
    out.extend_from_slice(b"\r\n");
}
