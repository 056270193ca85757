// A plugin that lies about itself and breaks the rules of the ABI, for the tests of the server: what it does takes more than
// the safe Rust of `src/lib.rs`. One lie is chosen when it is compiled: -DLIE_VERSION and so on, see the descriptor.
//
// Never name it in a file that anybody uses.

#define _GNU_SOURCE
#include "caracola.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((unused)) static const char definitions[] =
    "[commands.fine]\nsummary = 'Behaves'\n"
    "[commands.twice]\nsummary = 'Answers twice'\n"
    "[commands.never]\nsummary = 'Returns 0 without an answer'\n"
    "[commands.nonzero]\nsummary = 'Returns 7 without an answer'\n"
    "[commands.both]\nsummary = 'Answers, and returns 7'\n"
    "[commands.late]\nsummary = 'Answers after it has returned, again and again'\n"
    "[commands.forged]\nsummary = 'Answers to requests that nobody gave it'\n"
    "[commands.garbled]\nsummary = 'Answers with bytes that are not text'\n"
    "[commands.null]\nsummary = 'Answers with null pointers where there may be none'\n"
    "[commands.picture]\nsummary = 'Answers with a picture that is not a PNG'\n"
    "[commands.truncated]\nsummary = 'Answers with a PNG file that ends too early'\n"
    "[commands.table]\nsummary = 'Answers with a table of more cells than there are numbers'\n"
    "[commands.columns]\nsummary = 'Answers with a table without columns'\n"
    "[commands.number]\nsummary = 'Answers with an error of no known kind'\n"
    "[commands.overwrite]\nsummary = 'Writes over its arguments'\n"
    "params = [{ name = 'text', type = 'string' }]\n"
    "[commands.segfault]\nsummary = 'Writes to address 1'\n"
    "[commands.wild]\nsummary = 'Answers with a text at an address where nothing is'\n"
    "[commands.socket]\nsummary = 'Writes nonsense to every descriptor that it has'\n"
    "[commands.close]\nsummary = 'Closes every descriptor that it has'\n"
    "[commands.block]\nsummary = 'Never returns, and holds all signals back'\n";

static const CaracolaHost *host;

static CaracolaStr str(const char *text) {
    return (CaracolaStr){(const uint8_t *)text, strlen(text)};
}

static int is(CaracolaStr text, const char *other) {
    return text.len == strlen(other) && memcmp(text.data, other, text.len) == 0;
}

// Answers to a request that is over, for a second.
static void *late(void *request) {
    // By now it is.
    usleep(100 * 1000);
    for (int i = 0; i < 1000; i++) {
        host->text((CaracolaRequest *)request, str("late"));
        host->chunk((CaracolaRequest *)request, CARACOLA_STREAM_OUT, str("late"));
        usleep(1000);
    }
    return NULL;
}

static int32_t start(const CaracolaStart *given, void **instance) {
    host = given->host;
    *instance = NULL;
#ifdef LIE_START
    return 42;
#else
    return 0;
#endif
}

__attribute__((unused)) static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    CaracolaStr function = call->function;
    CaracolaRequest *request = call->request;
    if (is(function, "fine")) {
        return host->text(request, str("fine"));
    }
    if (is(function, "twice")) {
        host->text(request, str("first"));
        return host->text(request, str("second")) == CARACOLA_ALREADY_ANSWERED ? 0 : 1;
    }
    if (is(function, "never")) {
        return 0;
    }
    if (is(function, "nonzero")) {
        return 7;
    }
    if (is(function, "both")) {
        host->text(request, str("answered"));
        return 7;
    }
    if (is(function, "late")) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, late, request) == 0) {
            pthread_detach(thread);
        }
        return 0;
    }
    if (is(function, "forged")) {
        for (uintptr_t i = 0; i < 100000; i++) {
            if ((CaracolaRequest *)i != request) {
                host->text((CaracolaRequest *)i, str("forged"));
            }
        }
        host->log((CaracolaContext *)99999, CARACOLA_LOG_ERROR, str("forged"));
        return host->text(request, str("tried"));
    }
    if (is(function, "garbled")) {
        return host->text(request, str("\xff\xfe\xc3\x28"));
    }
    if (is(function, "null")) {
        host->card(request, NULL);
        host->table(request, NULL);
        return host->text(request, (CaracolaStr){NULL, 8});
    }
    if (is(function, "picture")) {
        return host->image(request, str("GIF89a"), str("none"));
    }
    if (is(function, "truncated")) {
        CaracolaStr png = {(const uint8_t *)"\x89PNG\r\n\x1a\n\0\0", 10};
        return host->image(request, png, str("half of one"));
    }
    if (is(function, "table") || is(function, "columns")) {
        CaracolaStr cell = str("x");
        int lies = is(function, "table");
        CaracolaTable table = {
            .size = sizeof table,
            .columns = &cell,
            .column_count = lies ? 1 : 0,
            .cells = &cell,
            .row_count = lies ? SIZE_MAX / 2 : 0,
        };
        return host->table(request, &table);
    }
    if (is(function, "number")) {
        return host->error(request, 4711, str("unheard of"));
    }
    if (is(function, "overwrite")) {
        // They are the server's, and somebody else may read them.
        uint8_t *bytes = (uint8_t *)call->arguments[0].values[0].data;
        memset(bytes, 0xff, call->arguments[0].values[0].len);
        return host->text(request, str("written over"));
    }
    if (is(function, "segfault")) {
        // Volatile, so that the compiler doesn't see what it is, and warn of it.
        volatile uintptr_t nowhere = 1;
        *(volatile char *)nowhere = 1;
    }
    if (is(function, "wild")) {
        return host->text(request, (CaracolaStr){(const uint8_t *)8, 64});
    }
    if (is(function, "socket")) {
        for (int number = 0; number < 64; number++) {
            int flags = fcntl(number, F_GETFL);
            if (flags != -1) {
                fcntl(number, F_SETFL, flags | O_NONBLOCK);
                ssize_t written = write(number, "\xff\xff\xff\x7fnonsense", 12);
                (void)written;
            }
        }
        return host->text(request, str("written to all"));
    }
    if (is(function, "close")) {
        for (int number = 0; number < 64; number++) {
            close(number);
        }
        return host->text(request, str("closed all"));
    }
    if (is(function, "block")) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, NULL);
        for (;;) {
            pause();
        }
    }
    return 1;
}

__attribute__((unused)) static const CaracolaPlugin plugin = {
#ifdef LIE_VERSION
    .abi = 99,
#else
    .abi = CARACOLA_ABI_VERSION,
#endif
#ifdef LIE_SHORT
    .size = 12,
#else
    // The one lie that no server notices: there isn't as much. Nobody reads further than they know.
    .size = sizeof(CaracolaPlugin)
#ifdef LIE_LONG
            + 4096
#endif
    ,
#endif
#ifdef LIE_NAME
    .name = {NULL, 12},
#else
    .name = {(const uint8_t *)"raw", 3},
#endif
#ifdef LIE_TEXT
    .version = {(const uint8_t *)"\xff\xfe", 2},
#else
    .version = {(const uint8_t *)"1.0.0", 5},
#endif
#ifdef LIE_DEFINITIONS
    .definitions = {(const uint8_t *)"this is no [ TOML", 17},
#else
    .definitions = {(const uint8_t *)definitions, sizeof definitions - 1},
#endif
#ifdef LIE_NEWER
    .needs_host = 1 << 20,
#endif
    .start = start,
#ifndef LIE_CALL
    .call = call,
#endif
};

#ifdef LIE_CONSTRUCTOR
// Crashes whoever loads it, before anybody has called anything.
__attribute__((constructor)) static void begin(void) {
    abort();
}
#endif

#ifdef LIE_ENTRY
const CaracolaPlugin *another_name(void);
const CaracolaPlugin *another_name(void) {
    return &plugin;
}
#else
const CaracolaPlugin *caracola_plugin(void) {
#ifdef LIE_NULL
    return NULL;
#endif
    return &plugin;
}
#endif
