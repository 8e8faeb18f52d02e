// Where the program's operator new fails, std::bad_alloc comes back to the caller, or OutOfMemoryError where the
// library itself was refused: also out of callbacks, and while another exception is made. Nothing is left behind, and
// the same calls work afterwards.
#include "check.hpp"

#include <cstdlib>
#include <malloc.h>
#include <new>

// What operator new refuses: one allocation, the n-th, or all from it on.
static bool refuses = false, refuses_all = false;
static long asked = 0, refused_from = 0, living = 0;

void *operator new(std::size_t size)
{
    if (refuses) {
        const long count = __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
        if (refuses_all ? count >= refused_from : count == refused_from)
            throw std::bad_alloc();
    }
    void *memory = std::malloc(size > 0 ? size : 1);
    if (memory == nullptr)
        throw std::bad_alloc();
    __atomic_fetch_add(&living, 1, __ATOMIC_RELAXED);
    return memory;
}

void operator delete(void *memory) noexcept
{
    if (memory != nullptr)
        __atomic_fetch_add(&living, -1, __ATOMIC_RELAXED);
    std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept { operator delete(memory); }

namespace
{

// V(x) = |x|^2 / 2 by features of the caller's, which need memory.
jk::Linear own_features()
{
    const auto half_square = [](const double *x, std::int64_t n, std::int64_t d, double *values, double *jacobian) {
        const std::vector<double> copy(x, x + n * d);
        for (std::int64_t i = 0; i < n; i++) {
            double sum = 0;
            for (std::int64_t k = 0; k < d; k++) {
                const double coordinate = copy[static_cast<std::size_t>(i * d + k)];
                sum += coordinate * coordinate / 2;
                if (jacobian != nullptr)
                    jacobian[i * d + k] = coordinate;
            }
            if (values != nullptr)
                values[i] = sum;
        }
    };
    return jk::Linear()
        .set_polynomial_degree(0)
        .set_radial(std::nullopt)
        .set_features(jk::Features().set_function(half_square).set_count(1));
}

// Each returns a number that depends on nothing else.
double closed_forms()
{
    const auto model = closed_form(contracting(30));
    return model.potential().gradient_at(std::array<double, 2>{1, 0})[0];
}

double networks()
{
    const auto series = contracting(20);
    std::vector<double> losses;
    jk::Model model;
    model.fit(series,
              jk::FitOptions().set_training(jk::Adam().set_epochs(2)).set_progress([&](const jk::Progress &progress) {
                  losses.push_back(progress.loss);
              }));
    return model.predict(square(5), 2).populations(2, 4, 1);
}

double callbacks()
{
    jk::Model model(jk::ModelOptions().set_potential(own_features()));
    model.fit(contracting(20), jk::FitOptions().set_training(jk::ClosedForm().set_ridge(0)));
    return model.potential().gradient_at(std::array<double, 2>{1, 0})[0];
}

double populations()
{
    const auto series = contracting(20);
    const auto halves = series.split(0.5, jk::Split::times);
    const auto plan = jk::optimal_transport(square(10), square(10, 2));
    return plan.cost() + jk::emd(square(10), square(10, 2)) + static_cast<double>(halves.first.particles(0));
}

// What is thrown for a mistake, unless there is no memory for it.
double mistakes()
{
    try {
        jk::simulate(square(3), jk::SimulationOptions().set_potential("no_such_functional"));
        return 0;
    } catch (const jk::InputError &error) {
        return error.argument() == "potential" ? 1 : 0;
    }
}

struct part {
    const char *name;
    double (*run)();
};

const part parts[] = {{"closed forms", closed_forms},
                      {"networks", networks},
                      {"callbacks", callbacks},
                      {"populations", populations},
                      {"mistakes", mistakes}};

enum { FOUND, NO_MEMORY, SOMETHING_ELSE };

int trial(const part &tried, double expected)
{
    int outcome = SOMETHING_ELSE;
    asked = 0;
    refuses = true;
    try {
        const double found = tried.run();
        refuses = false;
        outcome = found == expected ? FOUND : SOMETHING_ELSE;
    } catch (const std::bad_alloc &) {
        outcome = NO_MEMORY;
    } catch (const jk::OutOfMemoryError &) {
        outcome = NO_MEMORY;
    } catch (...) {
    }
    refuses = false;
    return outcome;
}

// At most so many trials of each kind for each part.
constexpr long MOST = 60;

void refuse(const part &tried)
{
    const double expected = tried.run();
    asked = 0;
    refused_from = -1;
    refuses_all = false;
    refuses = true;
    const bool same = tried.run() == expected;
    refuses = false;
    const long all = asked;
    long counts[3] = {0, 0, 0}, worked = 0, left = 0, trials = 0;
    for (const bool everything : {false, true})
        for (long i = 0; i<all; i += all> MOST ? all / MOST : 1) {
            refuses_all = everything;
            refused_from = i;
            // What is made once for all, at the first failure of a kind, is there after the first of two trials.
            trial(tried, expected);
            const long before = living;
            counts[trial(tried, expected)]++;
            left += living > before;
            worked += tried.run() == expected;
            trials++;
        }
    CHECK(same && all > 0 && counts[SOMETHING_ELSE] == 0 && counts[NO_MEMORY] > 0);
    CHECK(worked == trials && left == 0);
    if (counts[SOMETHING_ELSE] > 0 || worked != trials || left > 0)
        std::printf(
            "    %s: of %ld trials %ld found it, %ld had no memory, %ld something else; %ld left memory behind, "
            "%ld did not work afterwards\n",
            tried.name, trials, counts[FOUND], counts[NO_MEMORY], counts[SOMETHING_ELSE], left, trials - worked);
}

} // namespace

int main()
{
    for (const auto &tried : parts)
        refuse(tried);

    // Handles are given back, too: the library allocates them, which operator new does not see. A sanitizer's malloc
    // does not count.
    const auto bytes = [] { return mallinfo2().uordblks; };
    const auto before = bytes();
    for (const auto &tried : parts)
        refuse(tried);
    CHECK(bytes() < before + 16384);
    if (bytes() >= before + 16384)
        std::printf("    %zu bytes left\n", bytes() - before);
    return finish("shortage");
}
