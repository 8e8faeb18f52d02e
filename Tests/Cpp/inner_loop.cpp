// V, U and their gradients in a simulator's inner loop: through C++ no memory is allocated from the second call on.
//
// The program's own malloc comes before the C library's; it counts and hands on. Under valgrind and sanitizers, which
// put theirs in its place, nothing is counted.
#include "check.hpp"

#include <cerrno>
#include <cstdlib>

extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *memory, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
}

static long allocations = 0;

extern "C" {
void *malloc(std::size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_malloc(size);
}

void *calloc(std::size_t count, std::size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, std::size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_realloc(memory, size);
}

int posix_memalign(void **out, std::size_t alignment, std::size_t size)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    *out = __libc_memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}
}

int main()
{
    jk::Model model(jk::ModelOptions().set_potential(jk::MLP{}).set_interaction(quadratic()));
    model.fit(contracting(40), jk::FitOptions().set_training(jk::Adam().set_epochs(2)));
    const auto V = model.potential();
    const auto U = model.interaction();
    std::array<double, 2> x{0.3, -0.2}, gradient{};
    double sum = 0;
    Points many(50), slopes(50);
    std::vector<double> values(50);
    const auto evaluate = [&] {
        sum += V.value_at(x, gradient) + U.value_at(x.data(), 2) + V.gradient_at(x)[1] + U.gradient_at(x)[0];
        V.evaluate(many, values, slopes);
        x[0] += 1e-3 * gradient[1];
    };

    const long none = allocations;
    void *volatile memory = std::malloc(1);
    std::free(memory);
    const bool counting = allocations > none;

    evaluate();
    const long before = allocations;
    for (int i = 0; i < 1000; i++)
        evaluate();
    CHECK(!counting || allocations == before);
    CHECK(std::isfinite(sum));
    // A new vector is memory, so that the count can fail.
    const auto fresh = V(many);
    CHECK(!counting || allocations > before);
    return finish("inner_loop");
}
