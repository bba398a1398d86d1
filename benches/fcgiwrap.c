/* Preloaded into fcgiwrap, lets it wait for the programs that it runs: it ignores their ends, and the kernel adds the CPU of
   a program only to that of a parent who waits for it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* What fcgiwrap calls when it has passed on all that a program said, before it answers the next request. */
int FCGI_Accept(void) {
    signal(SIGCHLD, SIG_DFL);
    while (waitpid(-1, NULL, 0) > 0) {
    }
    int (*next)(void) = (int (*)(void))dlsym(RTLD_NEXT, "FCGI_Accept");
    return next();
}

/* The programs that fcgiwrap runs are as they always were. */
__attribute__((constructor)) static void here_alone(void) {
    unsetenv("LD_PRELOAD");
}
