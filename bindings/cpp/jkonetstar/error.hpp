/**
 * @file jkonetstar/error.hpp
 * @brief Failures as exceptions, which carry the status, the argument and one line of text; version and threads.
 */
#ifndef JKONETSTAR_ERROR_HPP
#define JKONETSTAR_ERROR_HPP

#include "messages.hpp"

#include <jkonetstar.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace jkonetstar
{

/** Base class of everything that this library throws. what() is one line: the argument, its value and the bound. */
class Error : public std::runtime_error
{
  public:
    /** @param status    code of the C interface; @param argument  as argument() has it; @param message  one line */
    Error(jko_status status, std::string argument, const std::string &message)
        : std::runtime_error(message), status_(status), argument_(std::move(argument))
    {
    }

    /** The code of the C interface, such as ::JKO_ESHAPE. */
    jko_status status() const noexcept { return status_; }

    /** Its name, such as "JKO_ESHAPE". */
    const char *status_name() const noexcept { return jko_status_name(status_); }

    /** The argument or option that what() begins with, such as "times" or "training.epochs"; "" where there is none. */
    const std::string &argument() const noexcept { return argument_; }

  private:
    jko_status status_;
    std::string argument_;
};

/** An argument cannot be used: missing, out of range, of a wrong shape, not finite, or no population. */
class InputError : public Error
{
    using Error::Error;
};

/** A file cannot be opened, read or written. */
class FileError : public Error
{
    using Error::Error;
};

/** A file is not what its format says it is: truncated, contradictory, damaged. */
class FormatError : public Error
{
    using Error::Error;
};

/** Memory for the result could not be had. */
class OutOfMemoryError : public Error
{
    using Error::Error;
};

/** A callback asked to stop by returning false. One that throws makes the call throw the same exception instead. */
class CancelledError : public Error
{
    using Error::Error;
};

/** The model has not been fitted or loaded yet. */
class NotFittedError : public Error
{
    using Error::Error;
};

/** An iteration did not reach its tolerance; the message says by how much. */
class ConvergenceError : public Error
{
    using Error::Error;
};

/** A defect of the library; please report the message. */
class InternalError : public Error
{
    using Error::Error;
};

namespace detail
{

[[noreturn]] inline void raise(jko_status status, std::string argument, const std::string &message)
{
    switch (status) {
    case JKO_ENULL:
    case JKO_EINVALID:
    case JKO_ESHAPE:
    case JKO_ENONFINITE:
    case JKO_EPOPULATION:
        throw InputError(status, std::move(argument), message);
    case JKO_EIO:
        throw FileError(status, std::move(argument), message);
    case JKO_EFORMAT:
        throw FormatError(status, std::move(argument), message);
    case JKO_ENOMEM:
        throw OutOfMemoryError(status, std::move(argument), message);
    case JKO_ECANCELLED:
        throw CancelledError(status, std::move(argument), message);
    case JKO_ENOTFITTED:
        throw NotFittedError(status, std::move(argument), message);
    case JKO_ECONVERGENCE:
        throw ConvergenceError(status, std::move(argument), message);
    default:
        throw InternalError(status, std::move(argument), message);
    }
}

[[noreturn]] inline void raise_last(jko_status status)
{
    const std::string_view theirs = jko_last_error_argument(), message = jko_last_error();
    if (theirs.empty() || message.substr(0, theirs.size()) != theirs)
        raise(status, "", without_null(std::string(message)));
    std::string ours = in_cpp(theirs);
    const std::string line = without_null(ours + std::string(message.substr(theirs.size())));
    raise(status, std::move(ours), line);
}

// What a callback of this thread has thrown, until the call that it interrupted has returned. Callbacks run on the
// thread that made the call. The flag needs no initialisation, so that asking it costs next to nothing.
inline thread_local bool callback_has_thrown = false;

inline std::exception_ptr &thrown_by_callback()
{
    static thread_local std::exception_ptr thrown;
    return thrown;
}

// Runs a callback for C, through which no exception may pass. Returns 0, or 1 where the work is to stop.
template <typename Callback> int guarded(const Callback &callback) noexcept
{
    if (callback_has_thrown)
        return 1;
    try {
        return callback() ? 0 : 1;
    } catch (...) {
        thrown_by_callback() = std::current_exception();
        callback_has_thrown = true;
        return 1;
    }
}

[[noreturn]] inline void rethrow_from_callback()
{
    callback_has_thrown = false;
    std::rethrow_exception(std::exchange(thrown_by_callback(), nullptr));
}

} // namespace detail

/**
 * Throw what a call of the C interface failed with, or what one of its callbacks has thrown; for calls of your own.
 *
 * @throws the exception of the callback, or a class derived from Error that goes with the status
 */
inline void check(jko_status status)
{
    if (detail::callback_has_thrown)
        detail::rethrow_from_callback();
    if (status != JKO_OK)
        detail::raise_last(status);
}

/** Version of the loaded library, "major.minor.patch". */
inline std::string version() { return jko_version(); }

/** How the library was built and which kernels it uses, one "key=value" per line. */
inline std::string build_info() { return jko_build_info(); }

/** Set how many threads calls of this process may use, 1 to 1024; 0 for one per processor. Results do not depend on
    it. @throws InputError */
inline void set_num_threads(std::int32_t count) { check(jko_set_num_threads(count)); }

/** How many threads calls of this process may use. */
inline std::int32_t num_threads() noexcept { return jko_num_threads(); }

} // namespace jkonetstar

#endif
