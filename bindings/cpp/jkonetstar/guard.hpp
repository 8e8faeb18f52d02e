/**
 * @file jkonetstar/guard.hpp
 * @brief What stands around a call of the C interface: exceptions of callbacks, and floating-point traps.
 *
 * No exception may pass through C. What a callback throws is kept until the call that it interrupted has returned, and
 * is thrown again there. A program and its plug-ins may each have a copy of what this header defines: exceptions of
 * features are therefore kept with the model that calls them, too.
 */
#ifndef JKONETSTAR_GUARD_HPP
#define JKONETSTAR_GUARD_HPP

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

/** One for the whole process, also in shared objects that are compiled with -fvisibility=hidden. */
#if defined(__GNUC__) && !defined(_WIN32)
#define JKONETSTAR_SHARED __attribute__((visibility("default")))
#else
#define JKONETSTAR_SHARED
#endif

namespace jkonetstar::detail
{

// What a callback of this thread has thrown. Callbacks run on the thread that made the call. The flag needs no
// initialisation, so that asking it costs next to nothing.
JKONETSTAR_SHARED inline thread_local bool callback_has_thrown = false;

JKONETSTAR_SHARED inline std::exception_ptr &thrown_by_callback()
{
    static thread_local std::exception_ptr thrown;
    return thrown;
}

inline void keep_thrown(std::exception_ptr exception) noexcept
{
    thrown_by_callback() = std::move(exception);
    callback_has_thrown = true;
}

inline std::exception_ptr take_thrown() noexcept
{
    callback_has_thrown = false;
    return std::exchange(thrown_by_callback(), nullptr);
}

/** What the features of one model have thrown, by thread. The model owns it, so that whoever calls the model finds it,
    in whichever shared object the features were compiled. */
class Thrown
{
  public:
    void keep(const std::exception_ptr &exception) noexcept
    {
        try {
            const std::lock_guard lock(mutex_);
            pending_.emplace_back(std::this_thread::get_id(), exception);
            any_.store(true, std::memory_order_relaxed);
        } catch (...) {
            // No memory: the exception is then known to its own shared object only.
        }
    }

    /** The first one of this thread, or null. Later ones are dropped: they are of the same call. */
    std::exception_ptr take() noexcept
    {
        // A thread sees what it has stored itself, and only that concerns it.
        if (!any_.load(std::memory_order_relaxed))
            return nullptr;
        const std::lock_guard lock(mutex_);
        const auto mine = [id = std::this_thread::get_id()](const auto &entry) { return entry.first == id; };
        const auto first = std::find_if(pending_.begin(), pending_.end(), mine);
        if (first == pending_.end())
            return nullptr;
        std::exception_ptr found = std::move(first->second);
        pending_.erase(std::remove_if(first, pending_.end(), mine), pending_.end());
        any_.store(!pending_.empty(), std::memory_order_relaxed);
        return found;
    }

  private:
    std::mutex mutex_;
    std::vector<std::pair<std::thread::id, std::exception_ptr>> pending_;
    std::atomic<bool> any_{false};
};

// Runs a callback for C, through which no exception may pass. Returns 0, or 1 where the work is to stop.
template <typename Callback> int guarded(const Callback &callback) noexcept
{
    if (callback_has_thrown)
        return 1;
    try {
        return callback() ? 0 : 1;
    } catch (...) {
        keep_thrown(std::current_exception());
        return 1;
    }
}

// The same for features. These run even where something has been thrown that nobody has collected, because it may be
// of an earlier call, from another shared object.
template <typename Callback> int guarded_features(Thrown &thrown, const Callback &callback) noexcept
{
    try {
        callback();
        return 0;
    } catch (...) {
        const std::exception_ptr exception = std::current_exception();
        thrown.keep(exception);
        keep_thrown(exception);
        return 1;
    }
}

/** Floating-point traps are off as long as this lives: the library computes with infinities and NaN where these are
    right. Threads inherit it from the one that starts them. */
class TrapsOff
{
  public:
    TrapsOff() noexcept : held_(may_be_on() && std::feholdexcept(&environment_) == 0) {}
    ~TrapsOff()
    {
        if (held_)
            std::fesetenv(&environment_);
    }
    TrapsOff(const TrapsOff &) = delete;
    TrapsOff &operator=(const TrapsOff &) = delete;

  private:
    static bool may_be_on() noexcept
    {
#ifdef __GLIBC__
        return fegetexcept() != 0; // quicker than to hold and to restore
#else
        return true;
#endif
    }

    std::fenv_t environment_;
    bool held_;
};

} // namespace jkonetstar::detail

#endif
