/*
 * Checks for the programs in this folder: each counts what passed and failed, goes on after a failure, and ends with
 * the line `N passed, N failed` and exit status 0 or 1.
 */
#ifndef CHECK_H
#define CHECK_H

#include <jkonetstar.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_passed, checks_failed;

static inline void check_report(int holds, const char *file, int line, const char *what)
{
    if (holds) {
        checks_passed++;
    } else {
        checks_failed++;
        printf("%s:%d: %s\n", file, line, what);
    }
}

#define CHECK(condition) check_report((condition) ? 1 : 0, __FILE__, __LINE__, #condition)

/* The call succeeds. */
#define WORKS(call) check_works((call), __FILE__, __LINE__, #call)

static inline int check_works(jko_status status, const char *file, int line, const char *call)
{
    check_report(status == JKO_OK, file, line, call);
    if (status != JKO_OK)
        printf("    %s: %s\n", jko_status_name(status), jko_last_error());
    return status == JKO_OK;
}

/* Calls the next function unless one has failed. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if (status == JKO_OK)                                                                                          \
            status = (call);                                                                                           \
    } while (0)

/* The word stands in the text by itself, not as part of another word. */
static inline int check_mentions(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        char before = at > text ? at[-1] : ' ';
        char after = at[length];
        if (!isalnum((unsigned char)before) && before != '_' && !isalnum((unsigned char)after) && after != '_')
            return 1;
    }
    return 0;
}

/*
 * The call fails with this status, and jko_last_error() is one line that names the argument. So does
 * jko_last_error_argument(), for the statuses that are about arguments, by the argument itself or by a member of it: in
 * "options->training->epochs" a check may look for "epochs". A message left over from the call before cannot pass: it
 * is replaced first.
 */
#define REFUSED(expected, name, call)                                                                                  \
    (check_clear_error(), check_refused((call), (expected), (name), NULL, __FILE__, __LINE__, #call))

/* Likewise, where the message says something else: it has this word, and jko_last_error_argument() is exactly this. */
#define REFUSED_ABOUT(expected, word, name, call)                                                                      \
    (check_clear_error(), check_refused((call), (expected), (word), (name), __FILE__, __LINE__, #call))

/* Likewise; and the handle, which pointed elsewhere before, is NULL afterwards. */
#define REFUSED_HANDLE(expected, name, handle, call)                                                                   \
    do {                                                                                                               \
        (handle) = (void *)&checks_failed;                                                                             \
        REFUSED(expected, name, call);                                                                                 \
        CHECK((handle) == NULL);                                                                                       \
        (handle) = NULL;                                                                                               \
    } while (0)

#define REFUSED_HANDLE_ABOUT(expected, word, name, handle, call)                                                       \
    do {                                                                                                               \
        (handle) = (void *)&checks_failed;                                                                             \
        REFUSED_ABOUT(expected, word, name, call);                                                                     \
        CHECK((handle) == NULL);                                                                                       \
        (handle) = NULL;                                                                                               \
    } while (0)

static inline void check_clear_error(void) { (void)jko_set_num_threads(-12345); }

/* Whether failures with this status are about an argument. Damaged files and cancelled work are not. */
static inline int check_is_about_argument(jko_status status)
{
    return status == JKO_ENULL || status == JKO_EINVALID || status == JKO_ESHAPE || status == JKO_ENONFINITE ||
           status == JKO_EPOPULATION || status == JKO_ENOTFITTED;
}

/* `name` is NULL where jko_last_error_argument() need only mention the word. */
static inline void check_refused(jko_status status, jko_status expected, const char *word, const char *name,
                                 const char *file, int line, const char *call)
{
    const char *message = jko_last_error(), *argument = jko_last_error_argument();
    const int said = message[0] != 0 && strchr(message, '\n') == NULL && strstr(message, "-12345") == NULL &&
                     check_mentions(message, word);
    /* Behind the argument, paths of C would mean nothing to those who call from other languages. */
    const int begins =
        strncmp(message, argument, strlen(argument)) == 0 && strstr(message + strlen(argument), "->") == NULL;
    const int named = name != NULL ? strcmp(argument, name) == 0
                                   : !check_is_about_argument(expected) || check_mentions(argument, word);
    check_report(status == expected && said && begins && named, file, line, call);
    if (status != expected)
        printf("    is %s, should be %s: %s\n", jko_status_name(status), jko_status_name(expected), message);
    else if (!said)
        printf("    message does not name %s on one line: \"%s\"\n", word, message);
    else if (!begins || !named)
        printf("    argument is \"%s\", should be %s: \"%s\"\n", argument, name != NULL ? name : word, message);
}

/* Output buffers are filled with a number that no call writes, to see that a failing call left them alone. */
#define UNTOUCHED_VALUE (-7.25e33)

static inline void fill_untouched(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = UNTOUCHED_VALUE;
}

static inline int all_untouched(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != UNTOUCHED_VALUE)
            return 0;
    return 1;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define FILL(array) fill_untouched((double *)(array), sizeof(array) / sizeof(double))
#define UNTOUCHED(array) CHECK(all_untouched((const double *)(array), sizeof(array) / sizeof(double)))

static inline int finish(const char *program)
{
    printf("%s: %d passed, %d failed\n", program, checks_passed, checks_failed);
    return checks_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
