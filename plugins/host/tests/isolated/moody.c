/* A plugin that misbehaves on request: each of its functions does one thing that a plugin should not, or shows what its
   process may do. */

#include "caracola.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

static const CaracolaHost *host;
static CaracolaContext *context;
static char folder[4096];

static CaracolaStr str(const char *text) {
    CaracolaStr str = {(const uint8_t *)text, strlen(text)};
    return str;
}

static int is(CaracolaStr str, const char *text) {
    return str.len == strlen(text) && memcmp(str.data, text, str.len) == 0;
}

static void copy(char *to, size_t size, CaracolaStr from) {
    size_t length = from.len < size - 1 ? from.len : size - 1;
    if (length > 0)
        memcpy(to, from.data, length);
    to[length] = 0;
}

/* Writes to the server itself, as no plugin should. */
static void forge(const void *bytes, uint32_t length) {
    uint8_t frame[256];
    memcpy(frame, &length, 4);
    memcpy(frame + 4, bytes, length);
    ssize_t written = write(3, frame, length + 4);
    (void)written;
}

static int32_t start(const CaracolaStart *start, void **instance) {
    char config[4096];
    (void)instance;
    host = start->host;
    context = start->context;
    copy(config, sizeof config, start->config);
    if (start->write_count > 0)
        copy(folder, sizeof folder, start->write[0]);
    if (strstr(config, "refuse")) {
        host->log(context, CARACOLA_LOG_ERROR, str("I don't want to\x1b[2J"));
        return 7;
    }
    if (strstr(config, "abort"))
        abort();
    return 0;
}

static void stop(void *instance) {
    char path[5000];
    (void)instance;
    if (folder[0] == 0)
        return;
    snprintf(path, sizeof path, "%s/stopped", folder);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file >= 0)
        close(file);
}

static int32_t call(void *instance, const CaracolaCall *call) {
    static char bytes[64 * 1024];
    char argument[4096] = "";
    char text[8192] = "";
    (void)instance;
    if (call->argument_count > 0 && call->arguments[0].value_count > 0)
        copy(argument, sizeof argument, call->arguments[0].values[0]);

    if (is(call->function, "echo")) {
        snprintf(text, sizeof text, "%s", argument);
    } else if (is(call->function, "abort")) {
        abort();
    } else if (is(call->function, "fault")) {
        *(volatile int *)8 = 1;
    } else if (is(call->function, "exit")) {
        _exit(3);
    } else if (is(call->function, "hang")) {
        for (;;)
            pause();
    } else if (is(call->function, "wait")) {
        while (!host->is_cancelled(call->request))
            usleep(1000);
        host->log(context, CARACOLA_LOG_INFO, str("nobody waits"));
        return 0;
    } else if (is(call->function, "sleep")) {
        usleep((useconds_t)atoi(argument) * 1000);
        snprintf(text, sizeof text, "slept");
    } else if (is(call->function, "flood")) {
        while (host->chunk(call->request, CARACOLA_STREAM_OUT, (CaracolaStr){(uint8_t *)bytes, sizeof bytes}) ==
               CARACOLA_OK) {
        }
        return 0;
    } else if (is(call->function, "pieces")) {
        host->chunk(call->request, CARACOLA_STREAM_OUT, str("one "));
        host->chunk(call->request, CARACOLA_STREAM_ERR, str("two "));
        host->set_state(call->request, str("kept"));
        host->set_prompt(call->request, str("here"));
        return 0;
    } else if (is(call->function, "garbage")) {
        forge("\xff\xff\xff", 3);
        pause();
    } else if (is(call->function, "endless")) {
        uint32_t length = UINT32_MAX;
        ssize_t written = write(3, &length, 4);
        (void)written;
        pause();
    } else if (is(call->function, "stranger")) {
        /* Candidates for completion 999. */
        forge("\x06\xe7\x07\x00", 4);
        pause();
    } else if (is(call->function, "lines")) {
        /* Lines for the log, past the limits of the helper. */
        for (;;)
            forge("\x03\x02\x03moo", 6);
    } else if (is(call->function, "deaf")) {
        close(3);
        pause();
    } else if (is(call->function, "earless")) {
        /* The server hears it, but it doesn't hear the server. */
        shutdown(3, SHUT_RD);
        host->log(context, CARACOLA_LOG_INFO, str("no ears"));
        pause();
    } else if (is(call->function, "log")) {
        for (int line = 0; line < atoi(argument); line++)
            host->log(context, CARACOLA_LOG_INFO, str("chatter"));
        snprintf(text, sizeof text, "logged");
    } else if (is(call->function, "print")) {
        printf("a word\n");
        fflush(stdout);
        fprintf(stderr, "a warning\n");
        snprintf(text, sizeof text, "printed");
    } else if (is(call->function, "read")) {
        int file = open(argument, O_RDONLY);
        snprintf(text, sizeof text, "%s", file < 0 ? strerror(errno) : "opened");
        if (file >= 0)
            close(file);
    } else if (is(call->function, "write")) {
        int file = open(argument, O_WRONLY | O_CREAT, 0600);
        snprintf(text, sizeof text, "%s", file < 0 ? strerror(errno) : "opened");
        if (file >= 0)
            close(file);
    } else if (is(call->function, "connect")) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argument))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int socket_ = socket(AF_INET, SOCK_STREAM, 0);
        int connected = connect(socket_, (struct sockaddr *)&address, sizeof address);
        snprintf(text, sizeof text, "%s", connected < 0 ? strerror(errno) : "connected");
        close(socket_);
    } else if (is(call->function, "signal")) {
        snprintf(text, sizeof text, "%s", kill(atoi(argument), 0) < 0 ? strerror(errno) : "allowed");
    } else if (is(call->function, "detach")) {
        int pipes[2];
        if (pipe(pipes) != 0)
            return 1;
        if (fork() == 0) {
            setsid();
            pid_t child = fork();
            if (child == 0) {
                signal(SIGTERM, SIG_IGN);
                for (;;)
                    pause();
            }
            ssize_t written = write(pipes[1], &child, sizeof child);
            _exit(written != sizeof child);
        }
        pid_t child = 0;
        ssize_t got = read(pipes[0], &child, sizeof child);
        close(pipes[0]);
        close(pipes[1]);
        snprintf(text, sizeof text, "%d", got == sizeof child ? child : 0);
    } else if (is(call->function, "memory")) {
        void *memory = malloc((size_t)atoi(argument) * 1024 * 1024);
        snprintf(text, sizeof text, "%s", memory ? "taken" : "refused");
        free(memory);
    } else if (is(call->function, "surroundings")) {
        size_t length = 0;
        for (char **variable = environ; *variable && length < 4096; variable++)
            length += (size_t)snprintf(text + length, 512, "%.400s ", *variable);
        /* Open descriptors, by trying each. */
        for (int number = 0; number < 256; number++)
            if (fcntl(number, F_GETFD) >= 0)
                length += (size_t)snprintf(text + length, 16, "%d ", number);
        snprintf(text + length, 64, "user=%u", (unsigned)getuid());
    } else {
        return 1;
    }
    return host->text(call->request, str(text));
}

static int32_t complete(void *instance, const CaracolaCall *call) {
    (void)instance;
    host->candidate(call->request, str("alpha"), str("the first"));
    host->candidate(call->request, str("beta"), str(""));
    return 0;
}

static const CaracolaPlugin plugin;

const CaracolaPlugin *caracola_plugin(void) {
    return &plugin;
}

#define DEFINITIONS "[commands.echo]\nsummary = \"Say it again\"\n"

static const CaracolaPlugin plugin = {
    .abi = CARACOLA_ABI_VERSION,
    .size = sizeof(CaracolaPlugin),
    .name = {(const uint8_t *)"moody", 5},
    .version = {(const uint8_t *)"1.0", 3},
    .definitions = {(const uint8_t *)DEFINITIONS, sizeof DEFINITIONS - 1},
    .start = start,
    .call = call,
    .complete = complete,
    .stop = stop,
};
