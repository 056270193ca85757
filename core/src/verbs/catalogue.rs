//! CATALOGUE and IMAGE: what a shell needs to complete names and draw cards.

use bytes::Bytes;
use caracola_wire::CatalogueReply;

use crate::access::{self, authorize};
use crate::error::Error;
use crate::request::exports::{completes, exported};
use crate::request::{Exchange, Progress};
use caracola_catalogue::{Command, Exported};

/// `CATALOGUE [IF-NOT hash]`: the commands that the caller may see, in its language, unless it has them already.
/// `CATALOGUE OF word ...`: only the one that a line with these words would run, for who runs one line and leaves.
pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let (catalogue, request) = (exchange.catalogue, exchange.request);
    let caller = &*exchange.caller;
    let option = if request.len() > 2 { exchange.text(1)? } else { "" };
    let mut known = None;
    let exported = match request.len() {
        1 => exported(catalogue, caller).clone(),
        3 if option.eq_ignore_ascii_case("if-not") => {
            known = Some(exchange.text(2)?);
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
        CatalogueReply { hash, payload: None }.encode(&mut exchange.encoder());
    } else {
        // As `CatalogueReply::encode` would, but for the copy of the payload.
        exchange.encoder().array(2).bulk(hash.as_bytes());
        bulk(payload, exchange);
    }
    Ok(Progress::Done)
}

/// `IMAGE hash`: the PNG that a card named. Only those of commands that the caller may see,
/// and those that plugins answered with.
pub(super) fn image(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let (context, catalogue) = (exchange.context, exchange.catalogue);
    let caller = &*exchange.caller;
    let hash = exchange.text(1)?;
    let image = catalogue.image(hash).filter(|_| {
        catalogue.commands().iter().any(|command| {
            command.image.as_ref().is_some_and(|image| image.hash == hash)
                && authorize(&caller.user, command, access::Operation::Help).is_ok()
        })
    });
    let bytes = match image {
        Some(image) => image.bytes.clone(),
        None => context.pictures.get(hash).ok_or(Error::Image)?.bytes.clone(),
    };
    bulk(bytes, exchange);
    Ok(Progress::Done)
}

/// A bulk string whose bytes are shared with others that are sent them.
fn bulk(bytes: Bytes, exchange: &mut Exchange<'_>) {
    if exchange.caller.session.outbox.is_typed() {
        // What is made harmless for a terminal is a peer's own.
        exchange.encoder().bulk(&bytes);
        return;
    }
    exchange.encoder().bulk_header(bytes.len());
    exchange.out.push_shared(bytes);
    exchange.out.extend_from_slice(b"\r\n");
}
