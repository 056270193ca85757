// A plugin that breaks the rules of the ABI, one with each command.

#include "caracola.h"

#include <stdbool.h>
#include <string.h>

static const CaracolaHost *host;
static CaracolaRequest *kept;

static const char definitions[] =
    "[commands.twice]\nsummary = ''\n[commands.silent]\nsummary = ''\n[commands.after]\nsummary = ''\n"
    "[commands.offers]\nsummary = ''\n[commands.malformed]\nsummary = ''\n[commands.fails]\nsummary = ''\n"
    "[commands.keeps]\nsummary = ''\n[commands.late]\nsummary = ''\n";

static CaracolaStr str(const char *text) {
    return (CaracolaStr){(const uint8_t *)text, strlen(text)};
}

static bool is(const CaracolaCall *call, const char *function) {
    return call->function.len == strlen(function) && memcmp(call->function.data, function, call->function.len) == 0;
}

static int32_t call(void *instance, const CaracolaCall *call) {
    CaracolaRequest *request = call->request;
    (void)instance;
    if (is(call, "twice")) {
        host->text(request, str("one"));
        return host->error(request, CARACOLA_ERROR_FAILED, str("two")) == CARACOLA_ALREADY_ANSWERED ? 0 : 1;
    } else if (is(call, "after")) {
        host->text(request, str("one"));
        host->chunk(request, CARACOLA_STREAM_OUT, str("two"));
    } else if (is(call, "offers")) {
        return host->candidate(request, str("one"), str("")) == CARACOLA_MISPLACED ? 0 : 1;
    } else if (is(call, "malformed")) {
        CaracolaTable table = {.size = sizeof table, .column_count = 2, .row_count = SIZE_MAX};
        CaracolaCard card = {.size = 8};
        bool refused = host->text(request, str("\xff")) == CARACOLA_MALFORMED
            && host->text(request, (CaracolaStr){NULL, 1}) == CARACOLA_MALFORMED
            && host->text(NULL, str("")) == CARACOLA_MALFORMED
            && host->image(request, str("GIF"), str("")) == CARACOLA_MALFORMED
            && host->error(request, 77, str("")) == CARACOLA_MALFORMED
            && host->chunk(request, 3, str("")) == CARACOLA_MALFORMED
            && host->table(request, &table) == CARACOLA_MALFORMED
            && host->table(request, NULL) == CARACOLA_MALFORMED
            && host->card(request, &card) == CARACOLA_MALFORMED
            && host->set_state(request, str("\xff")) == CARACOLA_MALFORMED;
        return refused ? 0 : 1;
    } else if (is(call, "fails")) {
        return 7;
    } else if (is(call, "keeps")) {
        kept = request;
        host->text(request, str("kept"));
    } else if (is(call, "late")) {
        host->text(kept, str("too late"));
        host->text(request, str("late"));
    }
    return 0;
}

static int32_t start(const CaracolaStart *start, void **instance) {
    (void)instance;
    host = start->host;
    return 0;
}

const CaracolaPlugin *caracola_plugin(void) {
    static const CaracolaPlugin plugin = {
        .abi = CARACOLA_ABI_VERSION,
        .size = sizeof plugin,
        .name = {(const uint8_t *)"rude", 4},
        .definitions = {(const uint8_t *)definitions, sizeof definitions - 1},
        .start = start,
        .call = call,
    };
    return &plugin;
}
