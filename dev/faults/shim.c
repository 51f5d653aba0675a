/* Faults below a program: loaded with LD_PRELOAD, it counts calls of the C library on files under given
 * folders, lets the drawn ones fail, and notes what a loss of power would take.
 *
 *     cc -shared -fPIC -O1 -o shim.so shim.c -ldl
 *
 * Environment, read at the start or by faults_begin():
 *   FAULTS_STATE  a file of sizeof(struct state) bytes, shared by all processes
 *   FAULTS_UNDER  folders, separated by ':'
 *   FAULTS_RULES  `call first times action [part]`, separated by ';'. The calls from the first-th on, counted
 *                 over all processes from 1; with a part, those on paths that hold it. call: a name of CALLS,
 *                 or `any`. action: an errno; `short` (half the bytes); `kill`, `killgroup`, `stop` (SIGSTOP;
 *                 state.stopped is the process); `clock:SECONDS` (the time of day jumps by so much)
 *   FAULTS_LOG    lines `dirty PATH`, `synced PATH`, `moved FROM TO`, `gone PATH`, `fired CALL NUMBER ACTION
 *                 PATH`, separated by tabs
 *
 * Of a FILE, fwrite is a write as soon as it is called, and fflush and fclose are one where something waits in the
 * buffer; none can be `short`, for the C library goes on by itself. What passes none of these functions is not
 * seen: putc, fprintf and their like, stores through mmap. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call { OPEN, READ, WRITE, SYNC, CLOSE, RENAME, UNLINK, MKDIR, TRUNCATE, CALLS };
static const char *const NAMES[CALLS] = {"open",   "read",   "write", "sync",    "close",
                                         "rename", "unlink", "mkdir", "truncate"};
enum { SHORT = -1, KILL = -2, KILLGROUP = -3, STOP = -4, CLOCK = -5, ANY = CALLS, MOST_RULES = 16 };

struct state {
    _Atomic int64_t seen[CALLS + 1]; /* calls of each kind, and of any */
    _Atomic int64_t fired;
    _Atomic int64_t stopped;
    _Atomic int64_t clock; /* seconds that the time of day is off */
    _Atomic int64_t of_rule[MOST_RULES]; /* calls on paths that hold a rule's part */
};
struct rule {
    int call, action;
    int64_t first, times, seconds;
    char part[64];
};

static struct state *state;
static struct rule rules[MOST_RULES];
static int rule_count;
static char under[4096], log_path[PATH_MAX];
static unsigned char dirty[65536]; /* of descriptors: a write was noted since the last sync */

static int call_of(const char *name) {
    for (int n = 0; n < CALLS; n++)
        if (!strcmp(name, NAMES[n])) return n;
    return ANY;
}

__attribute__((constructor)) void faults_begin(void) {
    const char *path = getenv("FAULTS_STATE"), *given = getenv("FAULTS_RULES");
    state = NULL;
    rule_count = 0;
    if (!path) return;
    snprintf(under, sizeof under, "%s", getenv("FAULTS_UNDER") ?: "");
    snprintf(log_path, sizeof log_path, "%s", getenv("FAULTS_LOG") ?: "/dev/null");
    char *copy = strdup(given ?: ""), *rest = copy, *one;
    while ((one = strsep(&rest, ";")) && rule_count < MOST_RULES) {
        char call[32], action[32];
        struct rule rule = {0};
        if (sscanf(one, "%31s %ld %ld %31s %63s", call, &rule.first, &rule.times, action, rule.part) < 4) continue;
        rule.call = call_of(call);
        rule.seconds = strncmp(action, "clock:", 6) ? 0 : atol(action + 6);
        rule.action = rule.seconds                    ? CLOCK
                      : !strcmp(action, "short")     ? SHORT
                      : !strcmp(action, "kill")      ? KILL
                      : !strcmp(action, "killgroup") ? KILLGROUP
                      : !strcmp(action, "stop")      ? STOP
                                                     : atoi(action);
        rules[rule_count++] = rule;
    }
    free(copy);
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (mapped != MAP_FAILED) state = mapped;
}

static void note(const char *format, ...) {
    char line[3 * PATH_MAX];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    int file = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) syscall(SYS_write, file, line, length), syscall(SYS_close, file);
}

static int is_under(const char *path) {
    for (const char *at = under; *at;) {
        size_t length = strcspn(at, ":");
        if (length && !strncmp(path, at, length) && (!path[length] || path[length] == '/')) return 1;
        at += length + (at[length] == ':');
    }
    return 0;
}

/* The path behind a descriptor; 1 where it is under one of the folders. */
static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0 && is_under(path);
}

/* A path as it was given to a call of the *at family, made absolute; 1 where it is under one of the folders. */
static int absolute(int folder, const char *given, char *path) {
    char home[PATH_MAX] = "";
    if (given[0] != '/') {
        char link[64];
        snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, home, PATH_MAX - 1);
        home[length < 0 ? 0 : length] = 0;
    }
    snprintf(path, PATH_MAX, "%.*s%s%s", PATH_MAX / 2, home, given[0] == '/' ? "" : "/", given);
    return is_under(path);
}

/* Counts a call and lets it meet its fault; 0 where it goes on, an errno or SHORT. */
static int meet(enum call call, const char *path) {
    int kept = errno, result = 0;
    int64_t number[2] = {atomic_fetch_add(&state->seen[call], 1) + 1, atomic_fetch_add(&state->seen[ANY], 1) + 1};
    for (int n = 0; n < rule_count && !result; n++) {
        struct rule *rule = &rules[n];
        if (rule->call != ANY && rule->call != (int)call) continue;
        if (!strstr(path, rule->part)) continue;
        int64_t own = *rule->part ? atomic_fetch_add(&state->of_rule[n], 1) + 1 : number[rule->call == ANY];
        if (own < rule->first || own - rule->first >= rule->times) continue;
        atomic_fetch_add(&state->fired, 1);
        note("fired\t%s\t%ld\t%d\t%s\n", NAMES[call], own, rule->action, path);
        if (rule->action == KILL) syscall(SYS_kill, getpid(), SIGKILL);
        if (rule->action == KILLGROUP) syscall(SYS_kill, 0, SIGKILL);
        if (rule->action == STOP) {
            atomic_store(&state->stopped, getpid());
            syscall(SYS_kill, getpid(), SIGSTOP);
        }
        if (rule->action == CLOCK) atomic_fetch_add(&state->clock, rule->seconds);
        if (rule->action > 0 || rule->action == SHORT) result = rule->action;
    }
    errno = kept;
    return result;
}

#define REAL(type, name, ...)                                                                     \
    static type (*real)(__VA_ARGS__);                                                             \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)
#define FAIL(error) return errno = (error), -1

static int opened(int file, int flags) {
    char path[PATH_MAX];
    if (file < 0 || !state) return file;
    if (file < (int)sizeof dirty) dirty[file] = 0;
    if ((flags & O_TRUNC || flags & O_CREAT) && path_of(file, path)) note("dirty\t%s\n", path);
    return file;
}

#define OPENER(name, folder, ...)                                                                 \
    {                                                                                             \
        char path[PATH_MAX];                                                                      \
        mode_t mode = 0;                                                                          \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                    \
            va_list values;                                                                       \
            va_start(values, flags);                                                              \
            mode = va_arg(values, mode_t);                                                        \
            va_end(values);                                                                       \
        }                                                                                         \
        int error = state && absolute(folder, given, path) ? meet(OPEN, path) : 0;                \
        if (error > 0) FAIL(error);                                                               \
        return opened(real(__VA_ARGS__, mode), flags);                                            \
    }
int open(const char *given, int flags, ...) {
    REAL(int, open, const char *, int, mode_t);
    OPENER(open, AT_FDCWD, given, flags)
}
int open64(const char *given, int flags, ...) {
    REAL(int, open64, const char *, int, mode_t);
    OPENER(open64, AT_FDCWD, given, flags)
}
int openat(int folder, const char *given, int flags, ...) {
    REAL(int, openat, int, const char *, int, mode_t);
    OPENER(openat, folder, folder, given, flags)
}
int openat64(int folder, const char *given, int flags, ...) {
    REAL(int, openat64, int, const char *, int, mode_t);
    OPENER(openat64, folder, folder, given, flags)
}
#define FOPENER(name)                                                                             \
    FILE *name(const char *given, const char *mode) {                                             \
        char path[PATH_MAX];                                                                      \
        REAL(FILE *, name, const char *, const char *);                                           \
        int error = state && absolute(AT_FDCWD, given, path) ? meet(OPEN, path) : 0;              \
        if (error > 0) return errno = error, NULL;                                                \
        FILE *file = real(given, mode);                                                           \
        if (file) opened(fileno(file), strpbrk(mode, "wa") ? O_CREAT : 0);                        \
        return file;                                                                              \
    }
FOPENER(fopen)
FOPENER(fopen64)

/* Notes that what a descriptor has written is not fsynced. */
static void soiled(int fd, const char *path) {
    if (fd < (int)sizeof dirty && dirty[fd]) return;
    if (fd < (int)sizeof dirty) dirty[fd] = 1;
    note("dirty\t%s\n", path);
}

/* A call that moves bytes: `size` may be halved. */
#define MOVER(call, head, sized, ...)                                                             \
    head {                                                                                        \
        char path[PATH_MAX];                                                                      \
        sized;                                                                                    \
        if (state && path_of(fd, path)) {                                                         \
            int error = meet(call, path);                                                         \
            if (error > 0) FAIL(error);                                                           \
            if (error == SHORT && size > 1) size /= 2;                                            \
            if (call == WRITE) soiled(fd, path);                                                  \
        }                                                                                         \
        return real(__VA_ARGS__);                                                                 \
    }
MOVER(READ, ssize_t read(int fd, void *data, size_t size), REAL(ssize_t, read, int, void *, size_t), fd, data, size)
MOVER(WRITE, ssize_t write(int fd, const void *data, size_t size), REAL(ssize_t, write, int, const void *, size_t),
      fd, data, size)
#define AT(call, name, data_type)                                                                 \
    MOVER(call, ssize_t name(int fd, data_type data, size_t size, off_t at),                      \
          REAL(ssize_t, name, int, data_type, size_t, off_t), fd, data, size, at)
AT(READ, pread, void *)
AT(READ, pread64, void *)
AT(WRITE, pwrite, const void *)
AT(WRITE, pwrite64, const void *)
MOVER(WRITE, ssize_t writev(int fd, const struct iovec *data, int size),
      REAL(ssize_t, writev, int, const struct iovec *, int), fd, data, size)
/* How Python copies a file. */
#define SENDER(name)                                                                              \
    MOVER(WRITE, ssize_t name(int fd, int from, off_t *at, size_t size),                          \
          REAL(ssize_t, name, int, int, off_t *, size_t), fd, from, at, size)
SENDER(sendfile)
SENDER(sendfile64)
MOVER(READ, ssize_t readv(int fd, const struct iovec *data, int size),
      REAL(ssize_t, readv, int, const struct iovec *, int), fd, data, size)

#define SYNCER(name)                                                                              \
    int name(int fd) {                                                                            \
        char path[PATH_MAX];                                                                      \
        REAL(int, name, int);                                                                     \
        int ours = state && path_of(fd, path), error = ours ? meet(SYNC, path) : 0;               \
        if (error > 0) FAIL(error);                                                               \
        int result = real(fd);                                                                    \
        if (ours && !result) note("synced\t%s\n", path);                                          \
        if (ours && !result && fd < (int)sizeof dirty) dirty[fd] = 0;                             \
        return result;                                                                            \
    }
SYNCER(fsync)
SYNCER(fdatasync)

int close(int fd) {
    char path[PATH_MAX];
    REAL(int, close, int);
    int error = state && path_of(fd, path) ? meet(CLOSE, path) : 0;
    int result = real(fd); /* the descriptor is gone in any case, as on Linux */
    if (error > 0) FAIL(error);
    return result;
}

static int waiting_is_refused(FILE *file, char *path) {
    if (!state || !file || !path_of(fileno(file), path) || !__fpending(file)) return 0;
    int error = meet(WRITE, path);
    soiled(fileno(file), path);
    return error > 0 ? error : 0;
}
size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    char path[PATH_MAX];
    REAL(size_t, fwrite, const void *, size_t, size_t, FILE *);
    if (state && path_of(fileno(file), path)) {
        int error = meet(WRITE, path);
        if (error > 0) return errno = error, 0;
        soiled(fileno(file), path);
    }
    return real(data, size, count, file);
}
int fflush(FILE *file) {
    char path[PATH_MAX];
    REAL(int, fflush, FILE *);
    int error = waiting_is_refused(file, path);
    return error ? (errno = error, EOF) : real(file);
}
int fclose(FILE *file) {
    char path[PATH_MAX];
    REAL(int, fclose, FILE *);
    int error = waiting_is_refused(file, path);
    if (error) __fpurge(file); /* the file is closed in any case, without what no disk took */
    int at_close = state && path_of(fileno(file), path) ? meet(CLOSE, path) : 0;
    int result = real(file);
    if (!error && at_close > 0) error = at_close;
    return error ? (errno = error, EOF) : result;
}

/* A call on a path: fault, call, then what it means for the log. */
#define ON_PATH(call, head, folder, sized, noted, ...)                                            \
    head {                                                                                        \
        char path[PATH_MAX];                                                                      \
        sized;                                                                                    \
        int ours = state && absolute(folder, given, path), error = ours ? meet(call, path) : 0;   \
        if (error > 0) FAIL(error);                                                               \
        int result = real(__VA_ARGS__);                                                           \
        if (ours && !result) noted;                                                               \
        return result;                                                                            \
    }
#define GONE note("gone\t%s\n", path)
ON_PATH(UNLINK, int unlink(const char *given), AT_FDCWD, REAL(int, unlink, const char *), GONE, given)
ON_PATH(UNLINK, int unlinkat(int at, const char *given, int flags), at,
        REAL(int, unlinkat, int, const char *, int), GONE, at, given, flags)
ON_PATH(UNLINK, int rmdir(const char *given), AT_FDCWD, REAL(int, rmdir, const char *), GONE, given)
ON_PATH(MKDIR, int mkdir(const char *given, mode_t mode), AT_FDCWD, REAL(int, mkdir, const char *, mode_t), (void)0,
        given, mode)
ON_PATH(TRUNCATE, int truncate64(const char *given, off_t size), AT_FDCWD,
        REAL(int, truncate64, const char *, off_t), note("dirty\t%s\n", path), given, size)

static void moved(int to_folder, const char *target, const char *from) {
    char to[PATH_MAX];
    absolute(to_folder, target, to);
    note("moved\t%s\t%s\n", from, to);
}
ON_PATH(RENAME, int rename(const char *given, const char *to), AT_FDCWD,
        REAL(int, rename, const char *, const char *), moved(AT_FDCWD, to, path), given, to)
ON_PATH(RENAME, int renameat(int at, const char *given, int to_folder, const char *to), at,
        REAL(int, renameat, int, const char *, int, const char *), moved(to_folder, to, path), at, given, to_folder,
        to)

#define TRUNCATER(name)                                                                           \
    int name(int fd, off_t size) {                                                                \
        char path[PATH_MAX];                                                                      \
        REAL(int, name, int, off_t);                                                              \
        int ours = state && path_of(fd, path), error = ours ? meet(TRUNCATE, path) : 0;           \
        if (error > 0) FAIL(error);                                                               \
        int result = real(fd, size);                                                              \
        if (ours && !result) note("dirty\t%s\n", path);                                           \
        return result;                                                                            \
    }
TRUNCATER(ftruncate)
TRUNCATER(ftruncate64)

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int result = real(clock, now);
    if (state && !result && clock == CLOCK_REALTIME) now->tv_sec += atomic_load(&state->clock);
    return result;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *now, void *zone) {
    REAL(int, gettimeofday, struct timeval *, void *);
    int result = real(now, zone);
    if (state && !result) now->tv_sec += atomic_load(&state->clock);
    return result;
}
