/**
 * @file jkonetstar/progress.h
 * @brief Callbacks that hear how far a long call is, and may stop it.
 *
 * Options of long calls have a callback `progress`. Calls without options ask the one that the thread has set by
 * jko_set_progress().
 */
#ifndef JKONETSTAR_PROGRESS_H
#define JKONETSTAR_PROGRESS_H

#include "common.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where a long call stands; passed to a ::jko_progress_callback. */
typedef struct jko_progress {
    /** What is being done: "plans" (transport plans), "density", "training", "error bars", "bootstrap", "rollout",
        "interpolation", "growth", "flow", "sampling", "evaluation", or "call" (see jko_set_progress()). Static
        storage. */
    const char *stage;
    /** Units done so far in this stage: plans, fits, epochs or steps. */
    int64_t done;
    /** Units in this stage altogether. */
    int64_t total;
    /** Training: the objective averaged over the last epoch, in squared length; otherwise NaN. */
    double loss;
    /** Wall-clock seconds since the stage began. */
    double seconds;
} jko_progress;

/**
 * Called between units of long work, and about ten times a second within them, always on the thread that made the
 * call. It may call the library.
 *
 * @param progress   valid during the callback only
 * @param user_data  what was given beside the callback, as the member or parameter that ends in _user_data
 * @return 0 to go on; anything else stops the work, which then returns ::JKO_ECANCELLED
 */
typedef int (*jko_progress_callback)(const jko_progress *progress, void *user_data);

/**
 * Set a callback that hears of every long call of this thread, about ten times a second.
 *
 * It is asked in calls that have no options to name one, such as jko_model_energy(), jko_model_potential() at many
 * points, jko_model_observability() or jko_objective_value_and_gradient(). Where options name a callback, both are
 * asked. Bindings of a language that polls for interrupts set it once.
 *
 * A call that is stopped returns ::JKO_ECANCELLED; output arrays may have been written in part. A fit that is stopped
 * here leaves the model as it was, one that its own callback stops (jko_fit_options.progress) keeps what it has learned
 * so far. Calls that the callback
 * makes itself do not ask it.
 *
 * @param progress            hears the stage "call", 0 of 1 done, and the seconds since the call began; NULL for none
 *                            (the default)
 * @param progress_user_data  passed to progress
 * @return ::JKO_OK or ::JKO_ENOMEM
 */
jko_status jko_set_progress(jko_progress_callback progress, void *progress_user_data);

#ifdef __cplusplus
}
#endif

#endif
