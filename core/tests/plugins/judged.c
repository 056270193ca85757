// What a plugin may do and what it may not, one thing with each function: `judged.rs` has a server and the SDK's harness judge
// it. -DNAME='"..."', -DFUNCTION='"..."' and -DFLAGS=... change what it says about itself.

#include "caracola.h"

#include <stdlib.h>
#include <string.h>

#ifndef NAME
#define NAME "judged"
#endif
#ifndef FUNCTION
#define FUNCTION "more"
#endif
#ifndef FLAGS
#define FLAGS 0
#endif

static const char definitions[] =
    "[groups.judged]\ntitle = 'Judged'\n"
    "[commands.do]\nsummary = 'Does it'\nparams = [{ name = 'what' }]\n"
    "[commands.offer]\nsummary = 'Offers it'\nparams = [{ name = 'what' }, { name = 'value', complete = true }]\n"
    "[commands.state]\nsummary = 'What the session keeps'\n"
    "[commands.'" FUNCTION "']\nsummary = 'More'\n";

// One pixel, as small as a PNG can be.
static const uint8_t png[] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A', 'T', 'x', 0x9c, 'c', '`', 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 'q',
    0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 'B', '`', 0x82,
};

// As long as anything here has to be.
static uint8_t letters[2 * 1024 * 1024];

static const CaracolaHost *host;

static CaracolaStr str(const char *text) { return (CaracolaStr){(const uint8_t *)text, strlen(text)}; }

// So many letters.
static CaracolaStr many(size_t count) { return (CaracolaStr){letters, count}; }

static int is(CaracolaStr text, const char *other) {
    return text.len == strlen(other) && memcmp(text.data, other, text.len) == 0;
}

static int32_t out(CaracolaRequest *request, CaracolaStr text) {
    return host->chunk(request, CARACOLA_STREAM_OUT, text);
}

static int32_t done(CaracolaRequest *request) { return host->text(request, str("done")), 0; }

// Whatever it was told, it goes on as if everything had been taken.
static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    CaracolaRequest *request = call->request;
    if (is(call->function, "state")) return host->text(request, call->state), 0;
    if (call->argument_count == 0) return 1;
    CaracolaStr what = call->arguments[0].values[0];

    // Answers.
    if (is(what, "text")) return done(request);
    if (is(what, "text-not-utf8")) return host->text(request, str("\xff")), 0;
    if (is(what, "text-null")) return host->text(request, (CaracolaStr){NULL, 4}), 0;
    if (is(what, "text-most")) return host->text(request, many(1024 * 1024)), 0;
    if (is(what, "text-too-long")) return host->text(request, many(1024 * 1024 + 1)), 0;
    if (is(what, "silent")) return 0;
    if (is(what, "fails")) return 7;
    if (is(what, "answers-and-fails")) return done(request), 7;
    if (is(what, "twice")) return host->text(request, str("first")), host->text(request, str("done")), 0;
    if (is(what, "nowhere")) return host->text(NULL, str("done")), 0;
    if (is(what, "offers")) return host->candidate(request, str("done"), str("")), 0;
    if (is(what, "table") || is(what, "table-no-columns") || is(what, "table-short")) {
        CaracolaStr columns[] = {str("a"), str("b")}, cells[] = {str("1"), str("2")};
        CaracolaTable table = {sizeof table, 0, columns, 2, cells, 1, str("")};
        if (is(what, "table-no-columns")) table.column_count = 0;
        if (is(what, "table-short")) table.size = 8;
        return host->table(request, &table), 0;
    }
    if (is(what, "table-cells-cost")) {
        // Little text, and too many pieces of it.
        static CaracolaStr cells[70000];
        CaracolaTable table = {sizeof table, 0, cells, 1, cells, 69999, str("")};
        return host->table(request, &table), 0;
    }
    if (is(what, "picture")) return host->image(request, (CaracolaStr){png, sizeof png}, str("a pixel")), 0;
    if (is(what, "picture-cut")) return host->image(request, (CaracolaStr){png, sizeof png - 4}, str("a pixel")), 0;
    if (is(what, "picture-gif")) return host->image(request, str("GIF89a"), str("a pixel")), 0;
    if (is(what, "error")) return host->error(request, CARACOLA_ERROR_USAGE, str("because")), 0;
    if (is(what, "error-number")) return host->error(request, 77, str("because")), 0;

    // Chunks, and limits together.
    if (is(what, "chunks")) return out(request, str("do")), out(request, str("ne")), 0;
    if (is(what, "chunk-stream")) return host->chunk(request, 3, str("done")), 0;
    if (is(what, "chunk-then-text")) return out(request, str("do")), host->text(request, str("ne")), 0;
    if (is(what, "text-then-chunk")) return host->text(request, str("do")), out(request, str("ne")), 0;
    if (is(what, "together")) return out(request, many(500 * 1024)), host->text(request, many(500 * 1024)), 0;
    if (is(what, "together-too-much")) return out(request, many(600 * 1024)), host->text(request, many(600 * 1024)), 0;
    if (is(what, "flood-then-text") || is(what, "flood-then-error")) {
        while (out(request, many(16)) == CARACOLA_OK) {
        }
        if (is(what, "flood-then-text")) return host->text(request, str("")), 0;
        return host->error(request, CARACOLA_ERROR_LIMIT, str("because")), 0;
    }

    // What a session keeps and shows.
    if (is(what, "state-most")) return host->set_state(request, many(4096)), done(request);
    if (is(what, "state-too-long")) return host->set_state(request, many(4097)), done(request);
    if (is(what, "state-not-utf8")) return host->set_state(request, str("\xff")), done(request);
    if (is(what, "prompt-most")) return host->set_prompt(request, many(64)), done(request);
    if (is(what, "prompt-too-long")) return host->set_prompt(request, many(65)), done(request);
    if (is(what, "prompt-control")) return host->set_prompt(request, str("a\x1b[2Jb")), done(request);
    if (is(what, "prompt-lines")) return host->set_prompt(request, str("a\nb")), done(request);
    if (is(what, "prompt-hidden")) return host->set_prompt(request, str("a\u202eb")), done(request);
    return 1;
}

static int32_t complete(void *instance, const CaracolaCall *call) {
    (void)instance;
    CaracolaRequest *request = call->request;
    CaracolaStr what = call->arguments[0].values[0];
    size_t before = is(what, "offer-1000") ? 999 : is(what, "offer-1001") ? 1000 : 0;
    // Values that don't begin as was typed, and one that does.
    for (size_t i = 0; i < before; i++) host->candidate(request, str("another"), str(""));
    if (is(what, "offer-control")) return host->candidate(request, str("zed\x1b[2J"), str("")), 0;
    if (is(what, "offer-not-utf8")) return host->candidate(request, str("zed\xff"), str("")), 0;
    if (is(what, "offer-long")) return host->candidate(request, many(1025), str("")), 0;
    if (is(what, "offer-answers")) return host->text(request, str("zed")), 0;
    host->candidate(request, str("zed"), str(""));
    return 0;
}

static int32_t start(const CaracolaStart *given, void **instance) {
    (void)instance;
    host = given->host;
    memset(letters, 'z', sizeof letters);
    return 0;
}

const CaracolaPlugin *caracola_plugin(void) {
    static const CaracolaPlugin plugin = {
        .abi = CARACOLA_ABI_VERSION,
        .size = sizeof plugin,
        .name = {(const uint8_t *)NAME, sizeof NAME - 1},
        .version = {(const uint8_t *)"1", 1},
        .definitions = {(const uint8_t *)definitions, sizeof definitions - 1},
        .flags = FLAGS,
        .start = start,
        .call = call,
        .complete = complete,
    };
    return &plugin;
}
