// A plugin for tests: each function does one thing that a plugin may do. -DVERSION='"1"' and -DMORE='"..."' change it.

#include "caracola.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MORE
#define MORE ""
#endif

static const char definitions[] =
    "[groups.tests]\n"
    "title = { en = 'For tests', es = 'Para pruebas' }\n"
    "[commands.greet]\n"
    "summary = { en = 'Greet somebody', es = 'Saluda a alguien' }\n"
    "group = 'tests'\n"
    "params = [{ name = 'name', max_len = 20, complete = true }]\n"
    "examples = [{ run = 'greet ana', about = { en = 'Greet Ana', es = 'Saluda a Ana' } }]\n"
    "see_also = ['cd', 'help']\n"
    "nonblocking = true\n"
    "[commands.cd]\n"
    "summary = 'Go to a folder'\n"
    "params = [{ name = 'folder', required = false }]\n"
    "[commands.who]\n"
    "summary = 'Tell who asks'\n"
    "[commands.fail]\n"
    "summary = 'Complain'\n"
    "params = [{ name = 'kind', type = 'integer', min = 0, max = 6 }]\n"
    "[commands.count]\n"
    "summary = 'Count'\n"
    "params = [{ name = 'to', type = 'integer' }]\n"
    "confirm = 'Count?'\n"
    "[commands.wait]\n"
    "summary = 'Wait until nobody waits'\n"
    "timeout = '20s'\n"
    "[commands.slow]\n"
    "summary = 'Take longer than there is'\n"
    "timeout = '200ms'\n"
    "[commands.hang]\n"
    "summary = 'Never return'\n"
    "timeout = '200ms'\n"
    "[commands.card]\n"
    "summary = 'Answer with a card'\n"
    "[commands.table]\n"
    "summary = 'Answer with a table'\n"
    "[commands.picture]\n"
    "summary = 'Answer with a picture'\n"
    "[commands.lock]\n"
    "summary = 'Take a secret'\n"
    "params = [{ name = 'word', type = 'secret' }, { name = 'rest', list = true, required = false }]\n"
    "[commands.names]\n"
    "summary = 'All names'\n"
    "read_only = true\n"
    "[commands.crash]\n"
    "summary = 'End the process'\n"
    "[commands.admin]\n"
    "summary = 'For admins'\n"
    "roles = ['admin']\n" MORE;

// One pixel, as small as a PNG can be.
static const uint8_t png[] = {
    0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A', 'T', 'x', 0x9c, 'c', '`', 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 'q',
    0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 'B', '`', 0x82,
};

#ifndef FLAGS
#define FLAGS 0
#endif

static const CaracolaHost *host;
static CaracolaContext *context;

static CaracolaStr str(const char *text) { return (CaracolaStr){(const uint8_t *)text, strlen(text)}; }

static bool is(CaracolaStr text, const char *other) {
    return text.len == strlen(other) && memcmp(text.data, other, text.len) == 0;
}

#define PRINTED(text) (int)(text).len, (const char *)(text).data

static CaracolaStr argument(const CaracolaCall *call, size_t number) {
    bool given = number < call->argument_count && call->arguments[number].value_count > 0;
    return given ? call->arguments[number].values[0] : str("");
}

static int32_t start(const CaracolaStart *given, void **instance) {
    (void)instance;
    host = given->host;
    context = given->context;
#ifdef BROKEN
    host->log(given->context, CARACOLA_LOG_ERROR, str("it is broken on purpose"));
    return 1;
#endif
    return 0;
}

static void stop(void *instance) {
    (void)instance;
    host->log(context, CARACOLA_LOG_INFO, str("version " VERSION " puts everything in order"));
}

static void say(const CaracolaCall *call, const char *text) { host->text(call->request, str(text)); }

static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    char text[512];
    CaracolaStr one = argument(call, 0);
    if (is(call->function, "greet")) {
        snprintf(text, sizeof text, "Hello %.*s from " VERSION, PRINTED(one));
        say(call, text);
    } else if (is(call->function, "cd")) {
        snprintf(text, sizeof text, "from %.*s", PRINTED(call->state));
        host->set_state(call->request, one);
        host->set_prompt(call->request, one);
        say(call, text);
    } else if (is(call->function, "who")) {
        snprintf(text, sizeof text, "%.*s|%.*s|%.*s|%.*s|%.*s|%u", PRINTED(call->user), PRINTED(call->role),
                 PRINTED(call->name), PRINTED(call->person), PRINTED(call->language), call->width);
        say(call, text);
    } else if (is(call->function, "fail")) {
        unsigned kind = 0;
        for (size_t i = 0; i < one.len; i++) kind = kind * 10 + (unsigned)(one.data[i] - '0');
        if (kind == 0) return 1; // no answer at all
        host->error(call->request, kind, str("because the test says so"));
    } else if (is(call->function, "count")) {
        int to = 0;
        for (size_t i = 0; i < one.len; i++) to = to * 10 + (one.data[i] - '0');
        for (int number = 1; number <= to; number++) {
            snprintf(text, sizeof text, "%d\n", number);
            if (host->chunk(call->request, CARACOLA_STREAM_OUT, str(text)) != CARACOLA_OK) break;
        }
    } else if (is(call->function, "wait") || is(call->function, "slow")) {
        host->chunk(call->request, CARACOLA_STREAM_OUT, str("waiting\n"));
        for (int i = 0; i < 2000 && !host->is_cancelled(call->request); i++) usleep(10000);
    } else if (is(call->function, "hang")) {
        host->chunk(call->request, CARACOLA_STREAM_OUT, str("waiting\n"));
        for (;;) pause();
    } else if (is(call->function, "card")) {
        CaracolaStr usage = str("x Y");
        CaracolaExample example = {str("x 1"), str("does one")};
        CaracolaCard card = {sizeof card, 0, str("x"), str("An x"), &usage, 1, &example, 1, str("Mind the gap.")};
        host->card(call->request, &card);
    } else if (is(call->function, "table")) {
        CaracolaStr columns[] = {str("a"), str("b")}, cells[] = {str("1"), str("2")};
        CaracolaTable table = {sizeof table, 0, columns, 2, cells, 1, str("")};
        host->table(call->request, &table);
    } else if (is(call->function, "picture")) {
        host->image(call->request, (CaracolaStr){png, sizeof png}, str("a pixel"));
    } else if (is(call->function, "lock")) {
        snprintf(text, sizeof text, "%zu letters", one.len);
        say(call, text);
    } else if (is(call->function, "crash")) {
        abort();
    } else if (is(call->function, "names")) {
        say(call, "ana\tthe first\nben");
    } else {
        say(call, "done");
    }
    return 0;
}

static int32_t complete(void *instance, const CaracolaCall *call) {
    (void)instance;
    CaracolaStr begun = call->arguments[call->argument_count - 1].values[0];
    char text[128];
    snprintf(text, sizeof text, "%.*sna", PRINTED(begun));
    host->candidate(call->request, str(text), str("made of what was typed"));
    host->candidate(call->request, str("zoe\x1b[2J"), str("not harmless"));
    return 0;
}

const CaracolaPlugin *caracola_plugin(void) {
    static CaracolaPlugin plugin;
    plugin = (CaracolaPlugin){
        .abi = CARACOLA_ABI_VERSION,
        .size = sizeof plugin,
        .name = str("tester"),
        .version = str(VERSION),
        .definitions = str(definitions),
        .start = start,
        .call = call,
        .complete = complete,
        .stop = stop,
        .flags = FLAGS,
    };
    return &plugin;
}
