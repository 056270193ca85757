// The C ABI between `caracolad` and its plugins: types alone, and nothing to link with.
//
// A plugin is a shared library that exports one function, `caracola_plugin`. It returns a `CaracolaPlugin`, which says what the plugin
// is called, which commands it has, and which functions the server may call. What a plugin answers it says by calling
// back: the functions of `CaracolaHost`. Nobody writes this by hand in Rust: see the crate `caracola-sdk`. In C, include
// `caracola.h`, which is made from the crate `caracola-abi`.
//
// # How it goes
// 1. The server loads the library, calls `caracola_plugin` and copies what it needs out of the `CaracolaPlugin`.
// 2. It calls `CaracolaPlugin.start` once, with the plugin's `config` table. A plugin that doesn't return 0 isn't used.
// 3. For each use of a command it calls `CaracolaPlugin.call` with a `CaracolaCall`. The plugin answers with exactly one of
//    `CaracolaHost.text`, `CaracolaHost.card`, `CaracolaHost.table`, `CaracolaHost.image` and `CaracolaHost.error`, perhaps after some
//    `CaracolaHost.chunk`, and returns.
// 4. When nobody needs the plugin any more, all calls have returned and it calls `CaracolaPlugin.stop` once.
//
// # Who owns what, how long, on which thread
// - **What the server gives** (`CaracolaCall`, `CaracolaStart`, and all that they point to) is the server's, is not to be changed, and is
//   gone when the function returns that it was given to. `CaracolaHost` and `CaracolaStart.context` stay for as long as the process.
// - **What the plugin gives** to a function of `CaracolaHost` is copied before that returns. What `CaracolaPlugin` points to stays for as
//   long as the process: string literals, statics.
// - **Nobody frees the other's memory.** There is no function for it.
// - **Threads**: `CaracolaPlugin.start` and `CaracolaPlugin.stop` are called when no other function of the instance runs. `CaracolaPlugin.call`
//   and `CaracolaPlugin.complete` are called from several threads at once, never the same thread twice; unless the plugin has
//   `CARACOLA_FLAG_SERIAL`. The functions of `CaracolaHost` may be called from any thread, those that take a `CaracolaRequest` only until the
//   call has returned that it came with.
// - **Nothing may be thrown** through these functions: no panic, no C++ exception, no `longjmp`.
// - A plugin leaves the process's signal handlers, its environment, its folder, its limits and its standard streams alone.
//   It may be in the same process as the server, or in one of its own, and it can't tell which.
//
// # How it grows
// `CARACOLA_ABI_VERSION` changes only if what is below can't hold; then old plugins are refused with a sentence. Otherwise fields
// are added at the end of the structs that have a `size`, each side says how large its structs are, and nobody reads
// beyond that. So an older plugin works with a newer server. A newer plugin works with an older server unless it needs a
// function that isn't there (`CaracolaPlugin.needs_host`). Structs without a `size`, and the numbers of codes, are final.
//
// Made by cbindgen from plugins/abi/src/lib.rs: change that, then UPDATE_HEADER=1 cargo test -p caracola-abi.


#ifndef CARACOLA_H
#define CARACOLA_H

#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

// What `CaracolaPlugin.abi` and `CaracolaHost.abi` must be.
#define CARACOLA_ABI_VERSION 1

// The plugin's functions must not be called from two threads at once.
#define CARACOLA_FLAG_SERIAL 1

// `CaracolaCall.flags`: the caller is shown chunks as they come. For all others they are gathered.
#define CARACOLA_CALL_STREAMS 1

// What functions of `CaracolaHost` return when they did what they are for.
#define CARACOLA_OK 0

// The request has an answer already. The second one is dropped.
#define CARACOLA_ALREADY_ANSWERED (-1)

// Nobody waits for the answer any more: the caller has gone or cancelled, or the time is over. Return soon.
#define CARACOLA_GONE (-2)

// More than the server takes. Nothing of it was taken.
#define CARACOLA_TOO_LARGE (-3)

// A null pointer where there may be none, text that isn't UTF-8, an unknown number, a picture that is no PNG.
#define CARACOLA_MALFORMED (-4)

// Not at this time: a reply to a completion, or a candidate for a call.
#define CARACOLA_MISPLACED (-5)

// `CaracolaHost.error`: something went wrong.
#define CARACOLA_ERROR_FAILED 1

// `CaracolaHost.error`: the arguments make no sense.
#define CARACOLA_ERROR_USAGE 2

// `CaracolaHost.error`: the caller may not do that.
#define CARACOLA_ERROR_DENIED 3

// `CaracolaHost.error`: too much at the moment; the same may succeed later.
#define CARACOLA_ERROR_BUSY 4

// `CaracolaHost.error`: more than the caller may have, such as a quota.
#define CARACOLA_ERROR_LIMIT 5

// `CaracolaHost.error`: it took too long.
#define CARACOLA_ERROR_TIMEOUT 6

// `CaracolaHost.log`: something failed that an admin should mend.
#define CARACOLA_LOG_ERROR 1

// `CaracolaHost.log`: something is odd.
#define CARACOLA_LOG_WARN 2

// `CaracolaHost.log`: something worth knowing happened.
#define CARACOLA_LOG_INFO 3

// `CaracolaHost.log`: for whoever looks for a mistake.
#define CARACOLA_LOG_DEBUG 4

// `CaracolaHost.chunk`: to the caller's standard output.
#define CARACOLA_STREAM_OUT 1

// `CaracolaHost.chunk`: to the caller's standard error.
#define CARACOLA_STREAM_ERR 2

// Bytes, which are UTF-8 where they are text. There is no closing zero. Final.
typedef struct CaracolaStr {
    // The first byte. May be null if `len` is 0.
    const uint8_t *data;
    // How many there are.
    size_t len;
} CaracolaStr;

// What the server knows of one call, between that it begins and that it returns. Only its address is of use.
typedef struct CaracolaRequest CaracolaRequest;

// What the server knows of one instance of a plugin. Only its address is of use.
typedef struct CaracolaContext CaracolaContext;

// A line to type, and what it does. Final.
typedef struct CaracolaExample {
    // The line.
    struct CaracolaStr run;
    // What it does, or empty.
    struct CaracolaStr about;
} CaracolaExample;

// What a command shows about itself.
typedef struct CaracolaCard {
    // The size of this struct in bytes, as the plugin was compiled.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // The command's name.
    struct CaracolaStr name;
    // One line on what it does.
    struct CaracolaStr summary;
    // How it is typed, one line for each way.
    const struct CaracolaStr *usage;
    // How many there are.
    size_t usage_count;
    // Worked examples, best first.
    const struct CaracolaExample *examples;
    // How many there are.
    size_t example_count;
    // A closing sentence, or empty.
    struct CaracolaStr note;
} CaracolaCard;

// Rows and columns of text.
typedef struct CaracolaTable {
    // The size of this struct in bytes, as the plugin was compiled.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // The headings.
    const struct CaracolaStr *columns;
    // How many there are: at least 1.
    size_t column_count;
    // The cells, row after row: `column_count * row_count`.
    const struct CaracolaStr *cells;
    // How many rows there are.
    size_t row_count;
    // A closing sentence, or empty.
    struct CaracolaStr note;
} CaracolaTable;

// What a plugin may call. Texts are UTF-8; control characters in them never reach a terminal. Each function that takes a
// `CaracolaRequest` returns `CARACOLA_OK` or one of the negative numbers; none of them blocks for longer than a copy takes.
typedef struct CaracolaHost {
    // `CARACOLA_ABI_VERSION`.
    uint32_t abi;
    // The size of this struct in bytes, as the server was compiled. Functions beyond it aren't there.
    uint32_t size;
    // Writes a line to the server's log: `CARACOLA_LOG_...`. Never log what a caller keeps secret.
    void (*log)(struct CaracolaContext *context, uint32_t level, struct CaracolaStr text);
    // Answers with text, perhaps of many lines.
    int32_t (*text)(struct CaracolaRequest *request, struct CaracolaStr text);
    // Answers with a card.
    int32_t (*card)(struct CaracolaRequest *request, const struct CaracolaCard *card);
    // Answers with a table.
    int32_t (*table)(struct CaracolaRequest *request, const struct CaracolaTable *table);
    // Answers with a picture: a PNG file, and what can be seen on it, for those who can't.
    int32_t (*image)(struct CaracolaRequest *request, struct CaracolaStr png, struct CaracolaStr alt);
    // Answers that it didn't work: `CARACOLA_ERROR_...`, and a sentence in the caller's language that says what happened, with which
    // value, and what to do. Also taken after something was `CARACOLA_TOO_LARGE`, so that this can be told.
    int32_t (*error)(struct CaracolaRequest *request, uint32_t code, struct CaracolaStr message);
    // A piece of output, which needn't end with a line or a letter: `CARACOLA_STREAM_...`. After chunks an answer isn't needed:
    // a call that returns 0 without one has succeeded.
    int32_t (*chunk)(struct CaracolaRequest *request, uint32_t stream, struct CaracolaStr bytes);
    // 1 when nobody waits for the answer any more, else 0. To be asked now and then by what takes long.
    int32_t (*is_cancelled)(struct CaracolaRequest *request);
    // In `CaracolaPlugin.complete`: offers a value, and what it means, or empty.
    int32_t (*candidate)(struct CaracolaRequest *request, struct CaracolaStr value, struct CaracolaStr about);
    // Keeps up to 4 KiB of text for the session, such as the folder that somebody is in: `CaracolaCall.state` of its next calls. It is
    // gone with the session, and survives the plugin's replacement.
    int32_t (*set_state)(struct CaracolaRequest *request, struct CaracolaStr state);
    // Shows up to 64 characters in the session's prompt, or nothing if empty.
    int32_t (*set_prompt)(struct CaracolaRequest *request, struct CaracolaStr text);
} CaracolaHost;

// What an instance begins with.
typedef struct CaracolaStart {
    // The size of this struct in bytes, as the server was compiled.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // The server's functions. Stay for as long as the process.
    const struct CaracolaHost *host;
    // What `CaracolaHost.log` takes. Stays for as long as the process.
    struct CaracolaContext *context;
    // What the plugin is called in this server: its commands are `NAME.FUNCTION`.
    struct CaracolaStr name;
    // The plugin's `config` table, as a JSON object; `{}` if there is none.
    struct CaracolaStr config;
    // Absolute paths that the plugin may write below, from its table in the file. Where the system can, it is held to that.
    const struct CaracolaStr *write;
    // How many there are.
    size_t write_count;
    // Absolute paths that it may read below, in the same way.
    const struct CaracolaStr *read;
    // How many there are.
    size_t read_count;
} CaracolaStart;

// The values of one param. Final.
typedef struct CaracolaArgument {
    // The param's name.
    struct CaracolaStr name;
    // Its values, in the order in which they were given. Booleans are `true` or `false`, choices as they are defined, paths
    // resolved and absolute.
    const struct CaracolaStr *values;
    // How many there are: 1, unless the param is a list.
    size_t value_count;
} CaracolaArgument;

// One use of a command.
typedef struct CaracolaCall {
    // The size of this struct in bytes, as the server was compiled.
    uint32_t size;
    // `CARACOLA_CALL_STREAMS`, or 0.
    uint32_t flags;
    // What the functions of `CaracolaHost` take. Good until the call returns.
    struct CaracolaRequest *request;
    // The command's name in `CaracolaPlugin.definitions`.
    struct CaracolaStr function;
    // The checked arguments: one for each param that has a value, in the order of the definition.
    const struct CaracolaArgument *arguments;
    // How many there are.
    size_t argument_count;
    // The account that the caller logged in to. Empty for a guest.
    struct CaracolaStr user;
    // What the caller's role is: `guest`, `user`, `operator` or `admin`.
    struct CaracolaStr role;
    // What others see as the caller's name; a guest's begins with `~`. Empty for a library that has none. Anybody may take
    // a guest's name when it is free: it proves nothing.
    struct CaracolaStr name;
    // Who the caller is, for keeping things apart: the same for all sessions of an account, and for a guest who comes
    // back after a broken connection. Letters, digits, `_`, `-` and `~`; guests' begin with `~`. Fit for the name of a
    // file, once the plugin has checked it.
    struct CaracolaStr person;
    // The session's number; no other session of this run of the server has it.
    uint64_t session;
    // What the plugin last gave to `CaracolaHost.set_state` in this session. Empty at first.
    struct CaracolaStr state;
    // The session's language, such as `en` or `es-MX`.
    struct CaracolaStr language;
    // Columns of the caller's terminal; 80 for libraries.
    uint32_t width;
    // Milliseconds after which nobody waits any more, from the beginning of the call.
    uint32_t timeout_ms;
} CaracolaCall;

// What a plugin says about itself.
typedef struct CaracolaPlugin {
    // `CARACOLA_ABI_VERSION`.
    uint32_t abi;
    // The size of this struct in bytes, as the plugin was compiled.
    uint32_t size;
    // What it is called: lower-case letters, digits, `_` and `-`, for people. Its commands begin with the name that the
    // admin gave it.
    struct CaracolaStr name;
    // Its own version, such as `1.2.0`, for people.
    struct CaracolaStr version;
    // Its commands, in the words of `commands.toml`: a table `[commands.NAME]` for each function, with `summary`,
    // `examples`, `params` and so on, texts in several languages where there are. `nonblocking = true` promises that
    // the function returns within microseconds. UTF-8.
    struct CaracolaStr definitions;
    // The least `CaracolaHost.size` that it can do with; 0 if it uses nothing that wasn't in the first version.
    uint32_t needs_host;
    // `CARACOLA_FLAG_SERIAL`, or 0.
    uint32_t flags;
    // Makes an instance. `instance` is where the plugin may put its own pointer, which is null before; it is what the
    // other functions are given. Returns 0, or anything else if it can't work, after saying why by `CaracolaHost.log`. May be
    // null. Must return within the server's patience (10 s).
    int32_t (*start)(const struct CaracolaStart *start, void **instance);
    // Runs a command. Returns 0; anything else fails the request if it has no answer. Not null.
    int32_t (*call)(void *instance, const struct CaracolaCall *call);
    // Offers values for an argument that is being typed, by `CaracolaHost.candidate`: of the last param in
    // `CaracolaCall.arguments`, whose value is what was typed of it so far. The params before it have their values, which
    // nobody has checked. Only asked for params that say `complete = true`. Returns 0. May be null.
    int32_t (*complete)(void *instance, const struct CaracolaCall *call);
    // Ends the instance. May be null.
    void (*stop)(void *instance);
} CaracolaPlugin;

// The type of the function that a plugin exports. What it returns stays as it is; null says that the plugin can't work
// here at all.
typedef const struct CaracolaPlugin *(*CaracolaEntry)(void);

// What a plugin exports: a `CaracolaEntry`.
#ifdef __GNUC__
__attribute__((visibility("default")))
#endif
const CaracolaPlugin *caracola_plugin(void);

#ifdef __cplusplus
}
#endif

#endif  /* CARACOLA_H */
