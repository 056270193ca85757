/* What a program tries that runs as the server's own user. Prints a line for each thing it was able to do, and how many
 * it tried.
 *
 *     attack STATE NEIGHBOUR PID...
 *
 * STATE is the state folder, NEIGHBOUR a name beside it, each PID a process of the server's; `parent` is this one's parent. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static int tried;

static void outcome(int done, const char *what, const char *where) {
    tried++;
    if (done) printf("did: %s %s\n", what, where);
}

static int can_open(const char *path, int flags) {
    int file = open(path, flags | O_CLOEXEC, 0600);
    if (file < 0) return 0;
    close(file);
    return 1;
}

static int entries(const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;
    if (!folder) return 0;
    while ((entry = readdir(folder)))
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(folder);
    return count;
}

static int can_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int connected, peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof address.sun_path) return 0;
    strcpy(address.sun_path, path);
    connected = connect(peer, (struct sockaddr *)&address, sizeof address) == 0;
    close(peer);
    return connected;
}

/* All that a state folder must not give, by some path to it. */
static void attack_state(const char *state) {
    char path[4096];
    snprintf(path, sizeof path, "%s/tls/key.pem", state);
    outcome(can_open(path, O_RDONLY), "read", path);
    snprintf(path, sizeof path, "%s/users.toml", state);
    outcome(can_open(path, O_RDONLY), "read", path);
    outcome(can_open(path, O_WRONLY | O_CREAT), "write", path);
    snprintf(path, sizeof path, "%s/new", state);
    outcome(can_open(path, O_WRONLY | O_CREAT), "write", path);
    outcome(entries(state) > 0, "list", state);
    snprintf(path, sizeof path, "%s/door.sock", state);
    outcome(can_connect(path), "connect", path);
    outcome(chdir(state) == 0 && can_connect("door.sock"), "connect in", state);
    if (chdir("/")) exit(3);
}

static void attack_process(const char *pid, const char *state) {
    static const char *const files[] = {"mem", "maps", "environ", "auxv", "syscall", "smaps", "ns/mnt", "exe", "pagemap"};
    char path[4096], byte;
    struct iovec local = {&byte, 1}, remote = {&byte, 1};
    pid_t process = atoi(pid);
    int descriptor, number, copied = 0;
    for (size_t file = 0; file < sizeof files / sizeof *files; file++) {
        snprintf(path, sizeof path, "/proc/%s/%s", pid, files[file]);
        /* `maps` and the like open, and are empty. */
        descriptor = open(path, O_RDONLY | O_CLOEXEC);
        outcome(descriptor >= 0 && (read(descriptor, &byte, 1) == 1 || !strcmp(files[file], "mem")), "read", path);
        if (!strcmp(files[file], "ns/mnt")) outcome(descriptor >= 0 && setns(descriptor, CLONE_NEWNS) == 0, "enter", path);
        if (descriptor >= 0) close(descriptor);
    }
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    outcome(entries(path) > 0, "list", path);
    for (number = 0; number < 64; number++) {
        snprintf(path, sizeof path, "/proc/%s/fd/%d", pid, number);
        outcome(can_open(path, O_RDONLY | O_NONBLOCK), "open", path);
    }
    snprintf(path, sizeof path, "/proc/%s/root%s", pid, state);
    attack_state(path);
    snprintf(path, sizeof path, "/proc/%s/cwd", pid);
    outcome(entries(path) > 0, "list", path);
    /* There may be nothing at that address, but then the kernel has looked. */
    outcome(process_vm_readv(process, &local, 1, &remote, 1, 0) == 1 || errno == EFAULT, "read the memory of", pid);
    descriptor = syscall(SYS_pidfd_open, process, 0);
    for (number = 0; number < 64; number++) {
        int copy = syscall(SYS_pidfd_getfd, descriptor, number, 0);
        if (copy >= 0) copied++, close(copy);
    }
    outcome(copied > 0, "copy a descriptor of", pid);
    if (descriptor >= 0) {
        outcome(setns(descriptor, CLONE_NEWNS) == 0, "enter the mounts of", pid);
        close(descriptor);
    }
    /* It is let go when this program ends. */
    outcome(ptrace(PTRACE_SEIZE, process, 0, 0) == 0, "attach to", pid);
}

/* To bare the folder by mounts: first with what this process has, then as the root of a namespace of its own. */
static void attack_mounts(const char *state, const char *neighbour, const char *as) {
    char place[4096], parent[4096], inside[4096];
    snprintf(parent, sizeof parent, "%s", state);
    *strrchr(parent, '/') = 0;
    outcome(umount2(state, MNT_DETACH) == 0, "unmount", as);
    outcome(rename(state, neighbour) == 0, "rename", as);
    outcome(rmdir(state) == 0, "remove", as);
    snprintf(place, sizeof place, "%s-%s", neighbour, as);
    mkdir(place, 0700);
    snprintf(inside, sizeof inside, "%s%s", place, strrchr(state, '/'));
    if (mount(parent, place, NULL, MS_BIND, NULL) == 0) {
        attack_state(inside);
        umount2(place, MNT_DETACH);
    }
    if (mount(parent, place, NULL, MS_BIND | MS_REC, NULL) == 0) {
        attack_state(inside);
        outcome(umount2(inside, MNT_DETACH) == 0, "unmount a copy", as);
        attack_state(inside);
        outcome(mount(NULL, inside, NULL, MS_REMOUNT | MS_BIND, NULL) == 0, "make a copy writable", as);
        attack_state(inside);
        umount2(place, MNT_DETACH);
    }
    tried += 2;
    rmdir(place);
    attack_state(state);
}

static void attack_as_root_of_a_namespace(const char *state, const char *neighbour) {
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        tried = 0;
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) attack_mounts(state, neighbour, "in-a-namespace");
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, &status, 0);
    tried++;
}

/* What was inherited and is more than a pipe, a file in memory or a device. */
static void attack_descriptors(void) {
    char path[64];
    struct stat about;
    for (int number = 0; number < 256; number++) {
        if (fstat(number, &about)) continue;
        snprintf(path, sizeof path, "%d", number);
        outcome(S_ISSOCK(about.st_mode) || S_ISDIR(about.st_mode) || (S_ISREG(about.st_mode) && about.st_nlink), "inherit",
                path);
    }
}

/* Any process may be the way to the true folder. */
static void attack_all_roots(const char *state) {
    char path[4096];
    struct dirent *entry;
    DIR *all = opendir("/proc");
    while (all && (entry = readdir(all))) {
        if (atoi(entry->d_name) <= 0) continue;
        snprintf(path, sizeof path, "/proc/%s/root%s/tls/key.pem", entry->d_name, state);
        outcome(can_open(path, O_RDONLY), "read", path);
    }
    if (all) closedir(all);
}

int main(int count, char **words) {
    char parent[16];
    if (count < 3) return 2;
    /* First, so that nothing of this program's own is among them. */
    attack_descriptors();
    attack_state(words[1]);
    snprintf(parent, sizeof parent, "%d", (int)getppid());
    for (int word = 3; word < count; word++)
        attack_process(strcmp(words[word], "parent") ? words[word] : parent, words[1]);
    attack_all_roots(words[1]);
    attack_mounts(words[1], words[2], "as-it-is");
    attack_as_root_of_a_namespace(words[1], words[2]);
    printf("tried: %d\n", tried);
    return 0;
}
