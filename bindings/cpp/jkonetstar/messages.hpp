/**
 * @file jkonetstar/messages.hpp
 * @brief What the C interface says of arguments and options, in the words of C++.
 */
#ifndef JKONETSTAR_MESSAGES_HPP
#define JKONETSTAR_MESSAGES_HPP

#if __cplusplus < 201703L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L)
#error "jkonetstar.hpp needs C++17: compile with -std=c++17 or later"
#endif

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace jkonetstar::detail
{

using Rename = std::pair<std::string_view, std::string_view>;

// What C calls parts of the options, and what they are called here.
inline constexpr std::array<Rename, 8> owners{{{"potential_network", "potential"},
                                               {"potential_features", "potential"},
                                               {"interaction_network", "interaction"},
                                               {"interaction_features", "interaction"},
                                               {"density", "internal"},
                                               {"transport", "coupling"},
                                               {"training", "training"},
                                               {"options", ""}}};
inline constexpr std::array<Rename, 22> members{{{"potential_model", "potential"},
                                                 {"interaction_model", "interaction"},
                                                 {"potential_callback", "potential"},
                                                 {"interaction_callback", "interaction"},
                                                 {"last_layer_every", "last_layer.every"},
                                                 {"validation_fraction", "validation.fraction"},
                                                 {"validation_every", "validation.every"},
                                                 {"patience", "validation.patience"},
                                                 {"checkpoint", "checkpoint.path"},
                                                 {"checkpoint_every", "checkpoint.every"},
                                                 {"resume", "checkpoint.resume"},
                                                 {"radial_grid", "radial.grid"},
                                                 {"radial_centres", "radial.centres"},
                                                 {"radial_width", "radial.width"},
                                                 {"fourier_features", "fourier.features"},
                                                 {"fourier_scale", "fourier.scale"},
                                                 {"fourier_coordinates", "fourier.coordinates"},
                                                 {"callback_count", "features.count"},
                                                 {"bootstrap_samples", "error_bars.samples"},
                                                 {"bias_samples", "training.bias_samples"},
                                                 {"bandwidth_rule", "rule"},
                                                 {"transport", "coupling"}}};

// Values, which get here where an integer was cast to an enumeration.
inline constexpr std::array<Rename, 14> constants{{{"JKO_SPLIT_TRAJECTORIES", "Split::trajectories"},
                                                   {"JKO_SPLIT_WITHIN_TIMES", "Split::times"},
                                                   {"JKO_SQEUCLIDEAN", "Metric::sqeuclidean"},
                                                   {"JKO_EUCLIDEAN", "Metric::euclidean"},
                                                   {"JKO_BANDWIDTH_SCOTT", "Bandwidth::scott"},
                                                   {"JKO_BANDWIDTH_SILVERMAN", "Bandwidth::silverman"},
                                                   {"JKO_ACTIVATION_*", "Activation::*"},
                                                   {"JKO_NOISE_*", "Noise::*"},
                                                   {"JKO_SCHEME_*", "Scheme::*"},
                                                   {"JKO_SCHEDULE_*", "Schedule::*"},
                                                   {"JKO_VALIDATION_*", "ValidatedBy::*"},
                                                   {"JKO_FLOW_FEATURES, _NETWORK or _PARTICLES", "FlowMethod::*"},
                                                   {"JKO_FLOW_*", "FlowScheme::*"},
                                                   {"JKO_FLOAT32", "float"}}};

template <std::size_t n> std::string_view renamed(const std::array<Rename, n> &names, std::string_view name)
{
    for (const auto &[theirs, ours] : names)
        if (theirs == name)
            return ours;
    return name;
}

// "options->potential_network->hidden" is called "potential.hidden" here.
inline std::string in_cpp(std::string_view argument)
{
    std::string path;
    for (std::size_t arrow; (arrow = argument.find("->")) != std::string_view::npos; argument.remove_prefix(arrow + 2))
        if (const std::string_view owner = renamed(owners, argument.substr(0, arrow)); !owner.empty())
            path.append(owner).append(".");
    const std::string_view member = renamed(members, argument);
    return member.substr(0, path.size()) == path ? std::string(member) : path.append(member);
}

// What C passes as NULL is left out in C++, and its constants are enumerators.
inline std::string said_in_cpp(std::string line)
{
    for (const auto &[theirs, ours] : constants)
        if (const std::size_t at = line.find(theirs); at != std::string::npos)
            line.replace(at, theirs.size(), ours);
    for (const auto &[theirs, ours] :
         {Rename("; it must be NULL", "; leave it out"), Rename(" = NULL, a pointer is required", " is missing")})
        if (line.size() >= theirs.size() && line.compare(line.size() - theirs.size(), theirs.size(), theirs) == 0)
            line.replace(line.size() - theirs.size(), theirs.size(), ours);
    return line;
}

} // namespace jkonetstar::detail

#endif
