// What the parts of the runner in C++ share.
#ifndef RUNNER_HPP
#define RUNNER_HPP

#include <jkonetstar.hpp>

#include <optional>
#include <string>
#include <vector>

namespace jk = jkonetstar;

// The words of a call after its name.
struct Arguments {
    std::vector<std::string> words;

    const std::string &word(std::size_t i) const { return words.at(i); }
    double number(std::size_t i) const { return std::stod(word(i)); }
    std::int64_t integer(std::size_t i) const { return std::stoll(word(i)); }
    std::int32_t small(std::size_t i) const { return static_cast<std::int32_t>(integer(i)); }
    std::uint64_t seed(std::size_t i) const { return std::stoull(word(i)); }
};

// The series that was loaded last, and the model that was made last.
inline std::optional<jk::Snapshots> series;
inline std::optional<jk::Model> model;

// Writes the bits of doubles below a call, the most significant digit first.
void write(const char *name, const std::vector<double> &numbers);
void write(const char *name, double number);

// runner_models.cpp: what makes a model, and what it says.
void fit(const Arguments &given);
void energy(const Arguments &given);
void predict(const Arguments &given);
void evaluate(const Arguments &given);
void compare_with_floor(const Arguments &given);
void refuse(const Arguments &given);

#endif
