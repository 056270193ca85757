/* A plugin whose one function does nothing but answer. */

#include "caracola.h"

static const CaracolaHost *host;

static int32_t start(const CaracolaStart *start, void **instance) {
    (void)instance;
    host = start->host;
    return 0;
}

static int32_t call(void *instance, const CaracolaCall *call) {
    (void)instance;
    CaracolaStr answer = {(const uint8_t *)"ok", 2};
    return host->text(call->request, answer);
}

#define DEFINITIONS "[commands.empty]\nsummary = \"Nothing\"\n"

static const CaracolaPlugin plugin = {
    .abi = CARACOLA_ABI_VERSION,
    .size = sizeof(CaracolaPlugin),
    .name = {(const uint8_t *)"empty", 5},
    .version = {(const uint8_t *)"1.0", 3},
    .definitions = {(const uint8_t *)DEFINITIONS, sizeof DEFINITIONS - 1},
    .start = start,
    .call = call,
};

const CaracolaPlugin *caracola_plugin(void) {
    return &plugin;
}
