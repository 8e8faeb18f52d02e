/**
 * @file jkonetstar/error.hpp
 * @brief Failures as exceptions, which carry the status, the argument and one line of text; version and threads.
 */
#ifndef JKONETSTAR_ERROR_HPP
#define JKONETSTAR_ERROR_HPP

#include "messages.hpp"
#include "guard.hpp"

#include <jkonetstar.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace jkonetstar
{

/** Base class of everything that this library throws. what() is one line: the argument, its value and the bound. */
class JKONETSTAR_SHARED Error : public std::runtime_error
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
class JKONETSTAR_SHARED InputError : public Error
{
    using Error::Error;
};

/** A file cannot be opened, read or written. */
class JKONETSTAR_SHARED FileError : public Error
{
    using Error::Error;
};

/** A file is not what its format says it is: truncated, contradictory, damaged. */
class JKONETSTAR_SHARED FormatError : public Error
{
    using Error::Error;
};

/** Memory for the result could not be had. */
class JKONETSTAR_SHARED OutOfMemoryError : public Error
{
    using Error::Error;
};

/** A callback asked to stop by returning false. One that throws makes the call throw the same exception instead. */
class JKONETSTAR_SHARED CancelledError : public Error
{
    using Error::Error;
};

/** The model has not been fitted or loaded yet. */
class JKONETSTAR_SHARED NotFittedError : public Error
{
    using Error::Error;
};

/** An iteration did not reach its tolerance; the message says by how much. */
class JKONETSTAR_SHARED ConvergenceError : public Error
{
    using Error::Error;
};

/** A defect of the library; please report the message. */
class JKONETSTAR_SHARED InternalError : public Error
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
        raise(status, "", said_in_cpp(std::string(message)));
    std::string ours = in_cpp(theirs);
    const std::string line = said_in_cpp(ours + std::string(message.substr(theirs.size())));
    raise(status, std::move(ours), line);
}

} // namespace detail

// Apple's AssertMacros.h has a macro of this name, and so do test frameworks.
#pragma push_macro("check")
#undef check

/**
 * Throw what a call of the C interface failed with, or what one of its callbacks has thrown; for calls of your own.
 *
 * @throws the exception of the callback, or a class derived from Error that goes with the status
 */
inline void check(jko_status status)
{
    if (detail::callback_has_thrown)
        std::rethrow_exception(detail::take_thrown());
    if (status != JKO_OK)
        detail::raise_last(status);
}

namespace detail
{

/**
 * Calls the C interface: `work` returns a status. Floating-point traps are off meanwhile.
 *
 * @param thrown  where exceptions of the model's features are found; null for calls without a model
 * @throws what a callback has thrown, or what the call failed with; never what an earlier call has left behind
 */
template <typename Work> void call(Thrown *thrown, const Work &work)
{
    if (callback_has_thrown)
        take_thrown();
    if (thrown != nullptr)
        thrown->take();
    const jko_status status = [&] {
        const TrapsOff off;
        return work();
    }();
    if (thrown != nullptr)
        if (const std::exception_ptr exception = thrown->take()) {
            take_thrown();
            std::rethrow_exception(exception);
        }
    check(status);
}

template <typename Work> void call(const Work &work) { call(nullptr, work); }

} // namespace detail

#pragma pop_macro("check")

/** Version of the loaded library, "major.minor.patch". */
inline std::string version() { return jko_version(); }

/** How the library was built and which kernels it uses, one "key=value" per line. */
inline std::string build_info() { return jko_build_info(); }

/** Set how many threads calls of this process may use, 1 to 1024; 0 for one per processor. Results do not depend on
    it. @throws InputError */
inline void set_num_threads(std::int32_t count)
{
    detail::call([&] { return jko_set_num_threads(count); });
}

/** How many threads calls of this process may use. */
inline std::int32_t num_threads() noexcept { return jko_num_threads(); }

} // namespace jkonetstar

#endif
