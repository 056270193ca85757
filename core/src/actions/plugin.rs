//! The action that calls a function of a plugin, and says to who asked what came of it.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use caracola_wire::{Card, Encoder, Example, Exit, Image, Push, Reply, Table};
use tokio::sync::mpsc;

use super::{Call, Performed, exec};
use crate::caller::Caller;
use crate::catalogue::{Arguments, Command, Function, ImageFile, Value};
use crate::context::Context;
use crate::error::Error;
use crate::later::Later;
use crate::plugins::{Answer, Answered, Asker, ChunkSender, Failure, Invocation, Plugin, PluginCard};
use crate::render;
use crate::rooms::push_bytes;
use crate::sessions::Session;

/// Standard output, as plugins number their streams.
const OUT: u8 = 1;

/// Calls the function. One that promises to return at once, of a plugin in this process, is called here and now.
pub(super) fn run(call: &mut Call<'_>, function: &Function) -> Result<Performed, Error> {
    let plugin = &function.plugin;
    let inline = function.nonblocking && plugin.is_here();
    let streams = !inline && exec::streams(call.caller);
    let arguments = given(call.command, &call.arguments);
    let mut invocation = invocation(call.caller, function, arguments)?;
    invocation.streams = streams;
    let told = Told {
        plugin: plugin.settings().name.clone(),
        command: call.command.name.clone(),
        streamed: streams.then(Instant::now),
    };
    if inline {
        let answer = plugin.call_inline(&invocation);
        return told.reply(call.context, call.caller, answer).map(Performed::Reply);
    }
    let plugin = Arc::clone(plugin);
    let number = call.caller.requests;
    let session = streams.then(|| Arc::clone(&call.caller.session));
    Ok(Performed::Later(Later::new(async move {
        let answer = match session {
            Some(session) => stream(&plugin, invocation, &session, number).await,
            None => plugin.call(invocation, None).await,
        };
        move |context: &Arc<Context>, caller: &mut Caller, out: &mut Vec<u8>| {
            let reply = told.reply(context, caller, answer)?;
            // What the plugin changed comes before its reply, and so does the last of its output.
            let _ = caller.session.outbox.take(out);
            let mut encoder = Encoder::new(out, caller.protocol);
            if caller.shell {
                reply.encode(&mut encoder);
            } else {
                encoder.verbatim_text(&render::plain(&reply, caller.speech, caller.width));
            }
            Ok(())
        }
    })))
}

/// A call of a function with these arguments, which nobody sees as it goes on.
pub(super) fn invocation(
    caller: &Caller,
    function: &Function,
    arguments: Vec<(String, Vec<String>)>,
) -> Result<Invocation, Error> {
    let settings = function.plugin.settings();
    Ok(Invocation {
        function: function.name.clone(),
        arguments,
        asker: asker(caller, &settings.name)?,
        timeout: function.timeout,
        max_output: usize::try_from(settings.max_output).unwrap_or(usize::MAX),
        streams: false,
    })
}

fn asker(caller: &Caller, plugin: &str) -> Result<Asker, Error> {
    let user = &caller.user;
    let (name, person) = caller
        .session
        .shown_name_and_person()
        .map_err(|_| Error::NoRandomness)?;
    Ok(Asker {
        user: if user.is_guest() {
            String::new()
        } else {
            user.label().to_owned()
        },
        role: user.role().as_str().to_owned(),
        name,
        person,
        session: caller.session.id,
        state: caller.states.get(plugin).cloned().unwrap_or_default(),
        language: caller.language.as_str().to_owned(),
        width: caller.width.into(),
    })
}

/// The checked arguments by the names of their params; those that have a value.
fn given(command: &Command, arguments: &Arguments<'_>) -> Vec<(String, Vec<String>)> {
    let params = command.params.iter().enumerate();
    let given = params.filter_map(|(position, param)| {
        let values = arguments.values(position);
        (param.list || !values.is_empty()).then(|| (param.name.clone(), values.iter().map(text).collect()))
    });
    given.collect()
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => text.clone().into_owned(),
        Value::Path(path) => path.path().to_string_lossy().into_owned(),
        Value::Secret(secret) => String::from_utf8_lossy(secret.expose()).into_owned(),
    }
}

/// Calls a function, and sends what it says on the way as it comes, as fast as the session's peer reads.
async fn stream(plugin: &Arc<Plugin>, invocation: Invocation, session: &Session, request: u64) -> Answer {
    let (sender, mut chunks): (ChunkSender, _) = mpsc::unbounded_channel();
    let push = |(stream, bytes): (u8, Vec<u8>)| {
        let bytes = Bytes::from(bytes);
        session.outbox.push(push_bytes(&Push::Out { request, stream, bytes }));
    };
    let mut call = std::pin::pin!(plugin.call(invocation, Some(sender)));
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
struct Told {
    plugin: String,
    command: String,
    /// Since when the caller is sent what the function says as it comes; none where that is gathered.
    streamed: Option<Instant>,
}

impl Told {
    /// Keeps what the plugin keeps for the session, and makes a reply of what it answered.
    fn reply(&self, context: &Context, caller: &mut Caller, answer: Answer) -> Result<Reply, Error> {
        if let Some(state) = answer.state {
            caller.states.keep(&self.plugin, state);
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

    /// Tells the admin what is the plugin's fault. What a plugin says on purpose is for who asked.
    fn failed(&self, failure: Failure) -> Error {
        let Self { plugin, command, .. } = self;
        match &failure {
            Failure::Said(..) | Failure::Busy | Failure::Cancelled | Failure::Disabled | Failure::Unavailable(_) => {}
            Failure::Crashed(_) | Failure::NoAnswer | Failure::TimedOut | Failure::TooLarge(_) => {
                tracing::warn!(plugin, command, "{failure}");
            }
        }
        Error::Plugin {
            plugin: plugin.clone(),
            failure,
        }
    }

    /// Keeps a picture for as long as its caller may need to fetch it.
    fn image(&self, context: &Context, png: Vec<u8>, alt: String) -> Result<Image, Error> {
        let Self { plugin, command, .. } = self;
        let file = ImageFile::new(Bytes::from(png)).map_err(|error| {
            let error = error.to_string();
            tracing::warn!(plugin, command, "its picture {error}");
            Error::PluginImage {
                plugin: plugin.clone(),
                why: error.split("; ").next().unwrap_or_default().to_owned(),
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
