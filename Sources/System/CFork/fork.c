#include "fork.h"

#include <pthread.h>
#include <sys/types.h>

// `swift_once` locks by the number of the thread, which the runtime asks of the system once and keeps for the thread
// (ulock_get_tid in its Threading/Linux/ulock.h, seen in Swift 6.3). A forked child's only thread has another number
// than the thread that forked, and kept the old one. When two threads of the child then met in `swift_once`, the system
// knew no owner of the lock, and both waited for ever: one in a hundred children that fitted before their parent did.
//
// The name is that of the runtime's variable. A runtime without it does not link, so that a change there is noticed.
extern __thread pid_t kept_thread_number __asm__("_ZZN5swift14threading_impl5linux13ulock_get_tidEvE3tid");

// The runtime asks again where it finds 0.
static void forget(void) { kept_thread_number = 0; }

__attribute__((constructor)) static void begin(void) { (void)pthread_atfork(NULL, NULL, forget); }
