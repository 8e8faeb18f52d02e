/**
 * @file jkonetstar/handle.hpp
 * @brief Owners of the library's objects, options that can be set in a chain, and callbacks that hear of progress.
 */
#ifndef JKONETSTAR_HANDLE_HPP
#define JKONETSTAR_HANDLE_HPP

#include "error.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

/**
 * A member of an options struct with its default, and a setter that returns the struct, so that setters can be chained.
 * Structs remain aggregates, so that C++20 can name their members: `FitOptions{.seed = 1}`.
 */
#define JKONETSTAR_OPTION(Self, Type, name, ...)                                                                       \
    Type name = __VA_ARGS__;                                                                                           \
    Self &set_##name(Type given_value) &                                                                               \
    {                                                                                                                  \
        name = std::move(given_value);                                                                                 \
        return *this;                                                                                                  \
    }                                                                                                                  \
    Self set_##name(Type given_value) &&                                                                               \
    {                                                                                                                  \
        name = std::move(given_value);                                                                                 \
        return std::move(*this);                                                                                       \
    }                                                                                                                  \
    static_assert(true, "a semicolon follows")

namespace jkonetstar
{

/** Where a long call stands. */
using Progress = jko_progress;

namespace detail
{

// Pointers to functions and std::function, and not lambdas, which only convert to such pointers.
template <typename Function, typename = void> inline constexpr bool is_nullable = false;
template <typename Function>
inline constexpr bool is_nullable<Function, std::void_t<decltype(std::declval<Function &>() == nullptr)>> =
    std::is_constructible_v<Function, std::nullptr_t>;

} // namespace detail

/**
 * Hears of a long call between units of its work and about ten times a second within them, on the thread that made the
 * call. It may call the library.
 *
 * Where there is no function (a null pointer, an empty std::function), nobody hears.
 *
 * A function that returns bool stops the work by returning false: the call then throws CancelledError. One that returns
 * nothing lets it go on. An exception stops the work, too, and the call throws it.
 */
class ProgressCallback
{
  public:
    /** Nobody hears. */
    ProgressCallback() = default;

    /** @param function  callable with a `const Progress &`, and copyable */
    template <typename Function,
              typename = std::enable_if_t<!std::is_same_v<std::decay_t<Function>, ProgressCallback> &&
                                          std::is_invocable_v<std::decay_t<Function> &, const Progress &>>>
    ProgressCallback(Function function)
    {
        // A null pointer, or a std::function without a function: nobody hears.
        if constexpr (detail::is_nullable<Function>)
            if (function == nullptr)
                return;
        if constexpr (std::is_void_v<std::invoke_result_t<Function &, const Progress &>>)
            function_ = [function = std::move(function)](const Progress &progress) mutable {
                function(progress);
                return true;
            };
        else
            function_ = std::move(function);
    }

    /** Whether anybody hears. */
    explicit operator bool() const noexcept { return static_cast<bool>(function_); }

    /** What the C interface calls, with user_data(); NULL where nobody hears. */
    jko_progress_callback c_callback() const noexcept { return function_ ? call : nullptr; }

    /** Valid as long as this object. */
    void *user_data() const noexcept { return const_cast<ProgressCallback *>(this); }

  private:
    static int call(const jko_progress *progress, void *user_data)
    {
        const auto &self = *static_cast<const ProgressCallback *>(user_data);
        return detail::guarded([&] { return self.function_(*progress); });
    }

    std::function<bool(const Progress &)> function_;
};

namespace detail
{

/** Owns a handle, or borrows one that somebody else owns. Moves, and never copies. */
template <typename Object, auto destroy> class Handle
{
  public:
    explicit Handle(Object *object = nullptr, bool owned = true) noexcept : object_(object, Release{owned}) {}

    Object *get() const noexcept { return object_.get(); }

  private:
    struct Release {
        bool owned = true;
        void operator()(Object *object) const noexcept
        {
            if (owned)
                destroy(object);
        }
    };

    std::unique_ptr<Object, Release> object_;
};

/** The handle that `make` writes. @throws what the call failed with */
template <typename Object, typename Make> Object *made(const Make &make, Thrown *thrown = nullptr)
{
    Object *object = nullptr;
    call(thrown, [&] { return make(&object); });
    return object;
}

/** The handle of an object that an option points at; null where the option is not set. @throws InputError where the
    object was moved from */
template <typename Object> auto handle_of(const Object *object, const char *name) -> decltype(object->get())
{
    if (object == nullptr)
        return nullptr;
    if (object->get() == nullptr)
        raise(JKO_ENULL, name, std::string(name) + " is missing: what the option points at was moved from");
    return object->get();
}

/** Options of the C interface with their defaults. */
template <typename Options> Options defaults(jko_status (*init)(Options *, std::size_t))
{
    Options options{};
    detail::call([&] { return init(&options, sizeof options); });
    return options;
}

/** A description, to be filled by the library. */
template <typename Info> Info sized()
{
    Info info{};
    info.struct_size = sizeof info;
    return info;
}

/** A text whose length a first call tells. */
template <typename Call> std::string text(const Call &call)
{
    std::size_t length = 0;
    detail::call([&] { return call(nullptr, 0, &length); });
    std::string whole(length + 1, '\0');
    detail::call([&] { return call(whole.data(), whole.size(), &length); });
    whole.resize(length);
    return whole;
}

/** A path for C, where a null character would end it. @throws InputError */
inline const char *c_path(const std::string &path, const char *name = "path")
{
    if (path.find('\0') != std::string::npos)
        raise(JKO_EINVALID, name, std::string(name) + " has a null character in it");
    return path.c_str();
}

/** A name for C, or NULL where there is none. */
inline const char *name_or_null(const std::string &name) noexcept { return name.empty() ? nullptr : name.c_str(); }

} // namespace detail

} // namespace jkonetstar

#endif
