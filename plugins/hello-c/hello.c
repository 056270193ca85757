// A plugin in plain C. The header says who owns what, and on which threads these functions are called. To build it:
//
//     cc -std=c11 -Wall -Wextra -O2 -shared -fPIC -I../abi -o hello.so hello.c

#include "caracola.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char definitions[] =
    "[commands.greet]\n"
    "summary = { en = 'Greet somebody', es = 'Saluda a alguien' }\n"
    "params = [{ name = 'name', type = 'string', max_len = 40, complete = true }]\n"
    "examples = [{ run = 'greet ana', about = { en = 'Greet Ana', es = 'Saluda a Ana' } }]\n"
    "\n"
    "[commands.count]\n"
    "summary = { en = 'Count, a line for each number', es = 'Cuenta, una línea por número' }\n"
    "params = [{ name = 'to', type = 'integer', min = 1, max = 1000000 }]\n"
    "examples = [{ run = 'count 3', about = { en = 'Count to three', es = 'Cuenta hasta tres' } }]\n";

// What an instance has. Calls come from several threads at once, so they only read it.
typedef struct Hello {
    const CaracolaHost *host;
} Hello;

static CaracolaStr str(const char *text) {
    return (CaracolaStr){(const uint8_t *)text, strlen(text)};
}

static bool equals(CaracolaStr text, const char *other) {
    return text.len == strlen(other) && (text.len == 0 || memcmp(text.data, other, text.len) == 0);
}

// Texts have no closing zero, so `%.*s` is how they are printed.
#define PRINTED(text) (int)(text).len, (const char *)(text).data

// The value of a param, or an empty text.
static CaracolaStr argument(const CaracolaCall *call, const char *param) {
    for (size_t i = 0; i < call->argument_count; i++) {
        if (equals(call->arguments[i].name, param) && call->arguments[i].value_count > 0) {
            return call->arguments[i].values[0];
        }
    }
    return str("");
}

// A text in one language.
typedef struct Version {
    const char *tag;
    const char *text;
} Version;

// The sentences, each with the language first that is for readers of no other, and with a row without a tag at the end.
static const Version greeting[] = {{"en", "Hello, %.*s!"}, {"es", "¡Hola, %.*s!"}, {NULL, NULL}};
static const Version has_digits[] = {
    {"en", "'%.*s' has digits. Type a name without."},
    {"es", "'%.*s' tiene cifras. Escribe un nombre sin ellas."},
    {NULL, NULL},
};
static const Version too_much[] = {
    {"en", "That is more output than the server takes. Count to less."},
    {"es", "Es más salida de la que acepta el servidor. Cuenta hasta menos."},
    {NULL, NULL},
};

// The version for the caller's language: that of the tag itself, or else of the tag without its last parts, so that `es-MX`
// finds `es`.
static const char *in_language(const CaracolaCall *call, const Version *versions) {
    CaracolaStr tag = call->language;
    while (tag.len > 0) {
        for (const Version *version = versions; version->tag != NULL; version++) {
            if (equals(tag, version->tag)) {
                return version->text;
            }
        }
        do {
            tag.len--;
        } while (tag.len > 0 && tag.data[tag.len] != '-');
    }
    return versions[0].text;
}

static int32_t greet(const Hello *hello, const CaracolaCall *call) {
    CaracolaStr name = argument(call, "name");
    char text[512]; // room enough: the definitions allow 40 characters, of at most 4 bytes each
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] >= '0' && name.data[i] <= '9') {
            snprintf(text, sizeof text, in_language(call, has_digits), PRINTED(name));
            hello->host->error(call->request, CARACOLA_ERROR_USAGE, str(text));
            return 0;
        }
    }
    snprintf(text, sizeof text, in_language(call, greeting), PRINTED(name));
    hello->host->text(call->request, str(text));
    return 0;
}

static int32_t count(const Hello *hello, const CaracolaCall *call) {
    CaracolaStr to = argument(call, "to");
    char text[32];
    snprintf(text, sizeof text, "%.*s", PRINTED(to));
    long last = strtol(text, NULL, 10); // the server has checked that it is a number
    for (long number = 1; number <= last; number++) {
        if (hello->host->is_cancelled(call->request)) {
            return 0;
        }
        snprintf(text, sizeof text, "%ld\n", number);
        int32_t taken = hello->host->chunk(call->request, CARACOLA_STREAM_OUT, str(text));
        if (taken == CARACOLA_TOO_LARGE) {
            hello->host->error(call->request, CARACOLA_ERROR_LIMIT,
                               str(in_language(call, too_much)));
            return 0;
        }
        if (taken != CARACOLA_OK) {
            return 1;
        }
    }
    return 0; // the chunks were the answer
}

static int32_t call(void *instance, const CaracolaCall *call) {
    const Hello *hello = instance;
    if (equals(call->function, "greet")) {
        return greet(hello, call);
    }
    if (equals(call->function, "count")) {
        return count(hello, call);
    }
    return 1;
}

// Offers names for `greet` that begin with what was typed.
static int32_t complete(void *instance, const CaracolaCall *call) {
    static const char *const names[] = {"ana", "ben", "eva"};
    const Hello *hello = instance;
    CaracolaStr typed = argument(call, "name");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (typed.len == 0 || (typed.len <= strlen(names[i]) && memcmp(names[i], typed.data, typed.len) == 0)) {
            hello->host->candidate(call->request, str(names[i]), str(""));
        }
    }
    return 0;
}

static int32_t start(const CaracolaStart *start, void **instance) {
    Hello *hello = malloc(sizeof *hello);
    if (hello == NULL) {
        start->host->log(start->context, CARACOLA_LOG_ERROR, str("out of memory"));
        return 1;
    }
    hello->host = start->host;
    *instance = hello;
    return 0;
}

static void stop(void *instance) {
    free(instance);
}

const CaracolaPlugin *caracola_plugin(void) {
    static const CaracolaPlugin plugin = {
        .abi = CARACOLA_ABI_VERSION,
        .size = sizeof plugin,
        .name = {(const uint8_t *)"hello-c", sizeof "hello-c" - 1},
        .version = {(const uint8_t *)"1.0.0", sizeof "1.0.0" - 1},
        .definitions = {(const uint8_t *)definitions, sizeof definitions - 1},
        .start = start,
        .call = call,
        .complete = complete,
        .stop = stop,
    };
    return &plugin;
}
