//! The action that calls a function of a plugin, and says to who asked what came of it.
//!
//! A function that promises to return at once (`nonblocking`) is called on the session's thread if the plugin is in the
//! server's process, with what is handed over put together in the memory of the last time.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use caracola_wire::{Card, Example, Exit, Image, Push, Reply, Table};
use tokio::sync::mpsc;

use super::{Call, exec, rate};
use crate::error::Error;
use crate::request::{Caller, Context, PendingReply, Progress, Response};
use crate::rooms::push_bytes;
use crate::sessions::Session;
use caracola_catalogue::{Arguments, Command, Function, ImageFile, Value};
use caracola_plugin_host::{Answer, Answered, ChunkSender, Failure, Invocation, Plugin, PluginCard};
use caracola_quota::{LogThrottles, Tenant};
use caracola_speech::render;

/// Standard output, as plugins number their streams.
const OUT: u8 = 1;

/// Calls the function. One that promises to return at once is called here and now if its plugin can be.
pub(super) fn run(call: &mut Call<'_>, function: &Function) -> Result<Progress, Error> {
    if function.nonblocking && function.plugin.is_called_inline() {
        return now(call, function).map(|reply| Progress::Response(Response::Reply(reply)));
    }
    if function.plugin.is_isolated() {
        rate::admit(call.context, call.caller, rate::PLUGIN)?;
    }
    let mut invocation = invocation(call.caller, function)?;
    give(&mut invocation, call.command, &call.arguments);
    invocation.streams = exec::streams(call.caller);
    let plugin = Arc::clone(&function.plugin);
    let tenant = call.caller.tenant();
    let number = call.caller.requests;
    let session = invocation.streams.then(|| Arc::clone(&call.caller.session));
    let command = call.command.name.clone();
    let began = Instant::now();
    Ok(Progress::Pending(PendingReply::new(async move {
        let streamed = session.is_some().then_some(began);
        let answer = match session {
            Some(session) => stream(&plugin, tenant, invocation, &session, number).await,
            None => plugin.call(tenant, invocation, None).await,
        };
        move |context: &Arc<Context>, caller: &mut Caller| {
            let told = Told {
                plugin: &plugin.settings().name,
                command: &command,
                streamed,
            };
            told.reply(context, caller, answer).map(Response::Reply)
        }
    })))
}

/// Calls a function on this thread. What is handed over is put together in the memory of the last time.
fn now(call: &mut Call<'_>, function: &Function) -> Result<Reply, Error> {
    let mut invocation = call.caller.asking.take().unwrap_or_default();
    ask(&mut invocation, call.caller, function)?;
    give(&mut invocation, call.command, &call.arguments);
    let answer = function.plugin.call_inline(&invocation);
    invocation.wipe();
    call.caller.asking = Some(invocation);
    let told = Told {
        plugin: &function.plugin.settings().name,
        command: &call.command.name,
        streamed: None,
    };
    told.reply(call.context, call.caller, answer)
}

/// A call of a function without arguments, which nobody sees as it goes on.
pub(super) fn invocation(caller: &Caller, function: &Function) -> Result<Invocation, Error> {
    let mut invocation = Invocation::default();
    ask(&mut invocation, caller, function)?;
    Ok(invocation)
}

/// Fills in all but the arguments.
fn ask(invocation: &mut Invocation, caller: &Caller, function: &Function) -> Result<(), Error> {
    let settings = function.plugin.settings();
    invocation.function.clone_from(&function.name);
    invocation.timeout = function.timeout;
    invocation.max_output = usize::try_from(settings.max_output).unwrap_or(usize::MAX);
    let asker = &mut invocation.asker;
    let session = &caller.session;
    let person = session.name_and_person(&mut asker.name, &mut asker.person);
    person.map_err(|_| Error::NoRandomness)?;
    put(
        &mut asker.user,
        if caller.user.is_guest() {
            ""
        } else {
            caller.user.label()
        },
    );
    put(&mut asker.role, caller.user.role().as_str());
    put(&mut asker.state, caller.states.get(&settings.name).unwrap_or_default());
    put(&mut asker.language, caller.language.as_str());
    asker.session = session.id;
    asker.width = caller.width.into();
    Ok(())
}

/// Fills in the checked arguments by the names of their params: those that have a value.
fn give(invocation: &mut Invocation, command: &Command, arguments: &Arguments<'_>) {
    let given = &mut invocation.arguments;
    let mut count = 0;
    for (position, param) in command.params.iter().enumerate() {
        let values = arguments.values(position);
        if values.is_empty() && !param.list {
            continue;
        }
        if count == given.len() {
            given.push(Default::default());
        }
        let (name, texts) = &mut given[count];
        name.clone_from(&param.name);
        texts.resize_with(values.len(), String::new);
        for (text, value) in texts.iter_mut().zip(values) {
            match value {
                Value::Text(value) => put(text, value),
                Value::Path(path) => put(text, &path.path().to_string_lossy()),
                Value::Secret(secret) => put(text, str::from_utf8(secret.expose()).unwrap_or_default()),
            }
        }
        count += 1;
    }
    given.truncate(count);
}

fn put(text: &mut String, value: &str) {
    text.clear();
    text.push_str(value);
}

/// Calls a function, and sends what it says on the way as it comes, as fast as the session's peer reads.
async fn stream(
    plugin: &Arc<Plugin>,
    tenant: Tenant,
    invocation: Invocation,
    session: &Session,
    request: u64,
) -> Answer {
    let (sender, mut chunks): (ChunkSender, _) = mpsc::unbounded_channel();
    let push = |(stream, bytes): (u8, Vec<u8>)| {
        let bytes = Bytes::from(bytes);
        session.outbox.push(push_bytes(&Push::Out { request, stream, bytes }));
    };
    let mut call = std::pin::pin!(plugin.call(tenant, invocation, Some(sender)));
    let answer = loop {
        // Room first: nothing is taken that may not be sent on.
        let next = async {
            session.outbox.roomy().await;
            chunks.recv().await
        };
        tokio::select! {
            biased;
            chunk = next => match chunk {
                Some(chunk) => push(chunk),
                None => break call.await,
            },
            answer = &mut call => break answer,
        }
    };
    // A plugin that overstayed may still be talking: what comes from now on is nobody's.
    chunks.close();
    while let Ok(chunk) = chunks.try_recv() {
        session.outbox.roomy().await;
        push(chunk);
    }
    answer
}

/// What is told about a call.
struct Told<'t> {
    plugin: &'t str,
    command: &'t str,
    /// Since when the caller is sent what the function says as it comes; none where that is gathered.
    streamed: Option<Instant>,
}

impl Told<'_> {
    /// Keeps what the plugin keeps for the session, and makes a reply of what it answered.
    fn reply(&self, context: &Context, caller: &mut Caller, answer: Answer) -> Result<Reply, Error> {
        if let Some(state) = answer.state {
            caller.states.keep(self.plugin, state);
        }
        if let Some(text) = answer.prompt.filter(|_| caller.shell) {
            caller.session.outbox.push(push_bytes(&Push::Prompt { text }));
        }
        let answered = answer.result.map_err(|failure| self.failed(failure))?;
        let said = gathered(&answer.chunks);
        let reply = match answered {
            Answered::Done => match self.streamed {
                Some(since) => Reply::Exit(Exit {
                    status: Some(0),
                    ms: u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX),
                    ..Exit::default()
                }),
                None => return Ok(Reply::Text(whole(said))),
            },
            Answered::Text(text) => return Ok(Reply::Text(whole(said + &text))),
            Answered::Card(given) => Reply::Card(card(given, caller)),
            Answered::Table(table) => Reply::Table(Table {
                columns: table.columns,
                rows: table.rows,
                note: Some(table.note).filter(|note| !note.is_empty()),
            }),
            Answered::Image { png, alt } => Reply::Image(self.image(context, png, alt)?),
        };
        if said.is_empty() {
            return Ok(reply);
        }
        // A reply is one thing: what was said before makes text of the rest.
        let rest = render::plain(&reply, caller.speech, caller.width);
        Ok(Reply::Text(format!("{}\n{rest}", whole(said))))
    }

    /// Tells the admin what is the plugin's fault, once a minute for each command. What a plugin says on purpose is for who
    /// asked.
    fn failed(&self, failure: Failure) -> Error {
        static THROTTLES: LogThrottles<String> = LogThrottles::new();
        let Self { plugin, command, .. } = *self;
        match &failure {
            Failure::Said(..) | Failure::Busy(_) | Failure::Cancelled | Failure::Disabled | Failure::Unavailable(_) => {
            }
            Failure::Crashed(_) | Failure::NoAnswer | Failure::TimedOut | Failure::TooLarge(_) => {
                if let Some(repeated) = THROTTLES.admit(command.to_owned()) {
                    tracing::warn!(plugin, command, repeated, "{failure}");
                }
            }
        }
        Error::Plugin {
            plugin: plugin.to_owned(),
            failure,
        }
    }

    /// Keeps a picture for as long as its caller may need to fetch it.
    fn image(&self, context: &Context, png: Vec<u8>, alt: String) -> Result<Image, Error> {
        static THROTTLES: LogThrottles<String> = LogThrottles::new();
        let Self { plugin, command, .. } = *self;
        let file = ImageFile::new(Bytes::from(png)).map_err(|error| {
            if let Some(repeated) = THROTTLES.admit(command.to_owned()) {
                tracing::warn!(plugin, command, repeated, "its picture {error}");
            }
            Error::PluginImage {
                plugin: plugin.to_owned(),
                why: error,
            }
        })?;
        let image = Image {
            hash: file.hash.clone(),
            width: file.width,
            height: file.height,
            alt,
        };
        context.pictures.keep(file);
        Ok(image)
    }
}

/// What was said to standard output, for those who are sent nothing before the reply.
fn gathered(chunks: &[(u8, Vec<u8>)]) -> String {
    let out = chunks.iter().filter(|(stream, _)| *stream == OUT);
    let bytes: Vec<u8> = out.flat_map(|(_, bytes)| bytes).copied().collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Text as a reply has it: without a line end at its end.
fn whole(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    text
}

fn card(given: PluginCard, caller: &Caller) -> Card {
    let examples = given.examples.into_iter();
    Card {
        name: given.name,
        summary: given.summary,
        language: caller.language.as_str().to_owned(),
        usage: given.usage,
        examples: examples.map(|(run, about)| Example { run, about }).collect(),
        note: Some(given.note).filter(|note| !note.is_empty()),
        ..Card::default()
    }
}
