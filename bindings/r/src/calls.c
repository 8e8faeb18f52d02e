/* The error gate; and R code that runs within a call: functions of the user, and checks for interrupts. */
#include "shim.h"

#include <setjmp.h>

/* The innermost call under way. R runs on one thread, and so do all callbacks of its calls. */
static long_call *current = NULL;

/* --- the error gate ------------------------------------------------------------------------------------ */

/* What R code turns into a condition: the status, the message and the argument that it begins with. */
static SEXP failure(jko_status status, int interrupted)
{
    static const char *const names[] = {"status", "message", "argument", "interrupted"};
    SEXP failed = new_list(names, 4);
    SET_VECTOR_ELT(failed, 0, Rf_mkString(jko_status_name(status)));
    SET_VECTOR_ELT(failed, 1, Rf_ScalarString(Rf_mkCharCE(jko_last_error(), CE_UTF8)));
    SET_VECTOR_ELT(failed, 2, Rf_ScalarString(Rf_mkCharCE(jko_last_error_argument(), CE_UTF8)));
    SET_VECTOR_ELT(failed, 3, Rf_ScalarLogical(interrupted));
    Rf_setAttrib(failed, R_ClassSymbol, Rf_mkString("jko_failure"));
    UNPROTECT(1);
    return failed;
}

SEXP finish(jko_status status, SEXP value) { return status == JKO_OK ? value : failure(status, 0); }

/* --- calls within which R code runs --------------------------------------------------------------------- */

static int on_heartbeat(const jko_progress *progress, void *unused);

void begin_call(long_call *call, SEXP progress)
{
    call->continuation = PROTECT(R_MakeUnwindCont());
    call->progress = progress;
    call->jumped = call->interrupted = call->has_options = 0;
    call->outer = current;
    /* Set anew for each call, as a binding of another language in this process may have set its own. */
    if (current == NULL)
        jko_set_progress(on_heartbeat, NULL);
    current = call;
}

SEXP finish_call(long_call *call, jko_status status, SEXP value)
{
    current = call->outer;
    if (current == NULL)
        jko_set_progress(NULL, NULL);
    if (call->jumped)
        R_ContinueUnwind(call->continuation);
    UNPROTECT(1);
    if (call->interrupted)
        return failure(JKO_ECANCELLED, 1);
    return finish(status, value);
}

static void jump_back(void *place, Rboolean jump)
{
    if (jump)
        longjmp(*(jmp_buf *)place, 1);
}

int run_guarded(long_call *call, SEXP (*body)(void *), void *data)
{
    jmp_buf place;
    if (call->jumped || call->interrupted)
        return 1;
    /* R's jumps end here, and go on in finish_call(), when the library has returned. */
    if (setjmp(place)) {
        call->jumped = 1;
        return 1;
    }
    R_UnwindProtect(body, data, jump_back, &place, call->continuation);
    return 0;
}

int run_within(SEXP (*body)(void *), void *data) { return current == NULL ? 1 : run_guarded(current, body, data); }

/* --- progress and interrupts ----------------------------------------------------------------------------- */

static SEXP check_interrupt(void *unused)
{
    (void)unused;
    R_CheckUserInterrupt();
    return R_NilValue;
}

static SEXP note_interrupt(SEXP condition, void *call)
{
    (void)condition;
    ((long_call *)call)->interrupted = 1;
    return R_NilValue;
}

typedef struct stoppable {
    long_call *call;
    SEXP (*body)(void *);
    void *data;
} stoppable;

static SEXP catch_interrupts(void *data)
{
    const stoppable *asked = data;
    SEXP caught = PROTECT(Rf_mkString("interrupt"));
    R_tryCatch(asked->body, asked->data, caught, note_interrupt, asked->call, NULL, NULL);
    UNPROTECT(1);
    return R_NilValue;
}

/* Run R code that the user may interrupt; nonzero if the call is to stop. Errors, such as that of a time limit, and
   other jumps are held back until the library has returned; an interrupt ends the call with what it has reached. */
static int run_stoppable(long_call *call, SEXP (*body)(void *), void *data)
{
    stoppable asked = {call, body, data};
    return run_guarded(call, catch_interrupts, &asked) || call->interrupted;
}

/* Whether the call is to stop, after a check for interrupts. */
static int stops(long_call *call) { return run_stoppable(call, check_interrupt, NULL); }

static int on_heartbeat(const jko_progress *progress, void *unused)
{
    (void)progress, (void)unused;
    return current == NULL || current->has_options ? 0 : stops(current);
}

typedef struct report {
    SEXP function;
    const jko_progress *progress;
} report;

static SEXP call_progress(void *data)
{
    const report *said = data;
    SEXP stage = PROTECT(Rf_mkString(said->progress->stage));
    SEXP done = PROTECT(Rf_ScalarReal((double)said->progress->done));
    SEXP total = PROTECT(Rf_ScalarReal((double)said->progress->total));
    SEXP loss = PROTECT(Rf_ScalarReal(said->progress->loss));
    SEXP seconds = PROTECT(Rf_ScalarReal(said->progress->seconds));
    SEXP call = PROTECT(Rf_lang6(said->function, stage, done, total, loss, seconds));
    Rf_eval(call, R_BaseEnv);
    UNPROTECT(6);
    return R_NilValue;
}

static int on_progress(const jko_progress *progress, void *user_data)
{
    long_call *call = user_data;
    report said = {call->progress, progress};
    if (stops(call))
        return 1;
    return call->progress == R_NilValue ? 0 : run_stoppable(call, call_progress, &said);
}

jko_progress_callback progress_of(long_call *call)
{
    call->has_options = 1;
    return on_progress;
}
