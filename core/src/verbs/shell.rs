//! SHELL: a person's shell comes in, is called something, is welcomed, and finds itself in the lobby.
//!
//! A script comes in quietly (`quiet 1`): it enters no room, and nobody is told of it. `caracola -c ls` in a loop would
//! otherwise be an endless coming and going.

use std::time::SystemTime;

use caracola_wire::{Encoder, Protocol, ShellHello, ShellWelcome};

use crate::error::Error;
use crate::request::exports::catalogue_hash;
use crate::request::{Caller, Context, Exchange, Progress, VERSION};
use crate::rooms::{LOBBY, message_bytes};
use crate::sessions::Endpoint;
use caracola_catalogue::Catalogue;
use caracola_speech::Language;
use caracola_speech::excerpt;

/// The version of the shell's messages that this server speaks.
const WIRE_VERSION: u32 = 1;
/// What a shell may count on beyond version 1.
const FEATURES: &[&str] = &["card", "table", "image", "resume", "complete"];
/// Columns that a shell may say it has.
const WIDTHS: std::ops::RangeInclusive<u16> = 20..=1000;

pub(super) fn serve(exchange: &mut Exchange<'_>) -> Result<Progress, Error> {
    let Exchange {
        context,
        catalogue,
        caller,
        request,
        out,
        ..
    } = exchange;
    if caller.protocol != Protocol::Resp3 {
        return Err(Error::NeedsResp3);
    }
    let hello = ShellHello::parse(request.words().skip(1))
        .map_err(|_| Error::VerbArguments("SHELL takes a version, then keys with values"))?;
    if let Some(Ok(language)) = hello.language.as_deref().map(str::parse::<Language>) {
        caller.speak(language, catalogue);
    }
    // Who was banned under this name comes in under no other.
    let name = be_called(context, caller, &hello).inspect_err(|_| caller.leaving = true)?;
    caller.shell = true;
    caller.terminal(&hello);
    caller.session.speaks(caller.protocol, true);
    let token = new_token()?;
    caller.session.profile().token = Some(token.clone());

    let joined = if hello.quiet {
        None
    } else {
        caller.session.set_present(true);
        context.rooms.join(&caller.session, &caller.tenant(), LOBBY).ok()
    };
    // What a script says goes to the lobby too, though it doesn't listen there.
    let room = joined.as_ref().map_or(LOBBY, |joined| joined.room.as_str()).to_owned();
    caller.room = Some(room.clone());
    let welcome = ShellWelcome {
        version: WIRE_VERSION,
        server: catalogue.settings().server.name.clone(),
        server_version: VERSION.to_owned(),
        features: FEATURES.iter().map(|&feature| feature.to_owned()).collect(),
        welcome: welcome_text(context, catalogue, caller, &name, &room),
        token,
        name: name.clone(),
        user: caller.user.label().to_owned(),
        language: caller.language.as_str().to_owned(),
        room,
        catalogue: catalogue_hash(catalogue, caller),
        device: hello.device.then(|| device_secret(context, caller)).flatten(),
    };
    welcome.encode(&mut Encoder::new(out, caller.protocol));
    tracing::info!(
        session = caller.session.id,
        name,
        user = caller.user.label(),
        language = caller.language.as_str(),
        "shell"
    );
    if let Some(joined) = joined.filter(|joined| joined.new) {
        // What was said before comes after the welcome, and what is said from now on after that: the session is in the
        // room already, so its outbox keeps the order.
        for said in &joined.history {
            out.extend_from_slice(&message_bytes(&joined.room, said));
        }
        context.rooms.notice(LOBBY, Some(caller.session.id), "join", |speech| {
            speech.joined_room(&name, LOBBY)
        });
    }
    Ok(Progress::Done)
}

impl Caller {
    /// What the shell's terminal is like, and whether it takes output as it comes.
    fn terminal(&mut self, hello: &ShellHello) {
        let width = hello.width.unwrap_or(80);
        self.stream = hello.stream;
        self.width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    }
}

/// The name: the one that a token holds, else the one that is wished for, else the user's, else a guest's.
fn be_called(context: &Context, caller: &Caller, hello: &ShellHello) -> Result<String, Error> {
    let sessions = &context.sessions;
    if let Some(token) = hello.token.as_deref()
        && let Some(name) = sessions.resume(&caller.session, token)
    {
        return Ok(name);
    }
    let label = caller.session.profile().label.clone();
    let label = (!label.is_empty()).then_some(label);
    let wished = hello.name.as_deref().or(label.as_deref());
    sessions
        .name_nearest(&caller.session, wished)
        .map_err(|why| Error::Claim {
            wanted: excerpt::word(wished.unwrap_or_default()),
            why,
        })
}

/// A device secret for who is logged in: see [`devices`](crate::access::devices). A guest has none.
fn device_secret(context: &Context, caller: &Caller) -> Option<String> {
    let accounts = context.users.in_force();
    let account = accounts.named(caller.user.account()?)?;
    context.logins.devices.issue(account, SystemTime::now())
}

/// A secret that nobody can guess: 128 random bits.
fn new_token() -> Result<String, Error> {
    let mut bytes = [0; 16];
    openssl::rand::rand_bytes(&mut bytes)
        .map_err(|_| Error::VerbArguments("the server has no randomness for a token"))?;
    Ok(hex::encode(bytes))
}

/// The admin's template with this session's values. The template is the admin's; values are only put in, never read as
/// a template.
fn welcome_text(context: &Context, catalogue: &Catalogue, caller: &Caller, name: &str, room: &str) -> String {
    let settings = catalogue.settings();
    let template = settings
        .server
        .welcome
        .in_language(&caller.language, &settings.server.language);
    let (tls, cipher) = match &caller.session.endpoint {
        Endpoint::Network { tls, cipher, .. } => (*tls, *cipher),
        Endpoint::Door { .. } => ("door", "local"),
    };
    let (online, _) = context.sessions.count();
    let values = minijinja::context! {
        server => &settings.server.name, user => name, online, tls, cipher, room, version => VERSION,
    };
    minijinja::Environment::new()
        .render_str(template, values)
        // The template was checked when the file was loaded.
        .unwrap_or_else(|_| settings.server.name.clone())
}
