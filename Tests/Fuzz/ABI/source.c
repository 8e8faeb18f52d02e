/* Choices from the bytes of an input. Where these have ended, every choice is the first one. */
#include "fuzz.h"

#include <float.h>
#include <math.h>

int is_over(void) { return the_world.source->at >= the_world.source->size; }

static unsigned next_byte(void) { return is_over() ? 0 : the_world.source->bytes[the_world.source->at++]; }

/* 0 .. count - 1, for at most 256 choices. */
unsigned pick(unsigned count) { return count > 1 ? next_byte() % count : 0; }

/* A number that two bytes choose, for what needs more bits than matter. */
uint64_t word(void)
{
    uint64_t z = (next_byte() << 8 | next_byte()) * 0x9E3779B97F4A7C15u + 1;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Whether this choice is a hostile one. Calls without hostility spend no byte on it. */
int is_odd(void) { return the_world.hostility > 0 && next_byte() < the_world.hostility; }

/* A number from low to high, or, in hostile calls, one that is refused or means no work. */
int64_t any_integer(int64_t low, int64_t high, int64_t least, int64_t greatest)
{
    if (is_odd()) {
        const int64_t odd[] = {-1, -2, least, least + 1, greatest, greatest - 1, greatest / 2 + 1, INT32_MIN};
        return odd[pick(8)];
    }
    return low + (int64_t)pick((unsigned)(high - low + 1));
}

double odd_double(void)
{
    static const double odd[] = {0,      -1,   NAN,     INFINITY, -INFINITY, 1e300, -1e300,  1e-300,
                                 5e-324, -0.0, DBL_MAX, -DBL_MAX, 1e-16,     1e16,  DBL_MIN, 4503599627370497.5};
    return odd[pick(16)];
}

double any_double(void)
{
    static const double plain[] = {1, 0.5, 0.1, 2, 0.25, 1.5, 3, 1e-3};
    return is_odd() ? odd_double() : plain[pick(8)];
}

/* About normal with standard deviation 1, from a state that the caller has. */
double plain_double(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(*state >> 40) / (1 << 24) - 0.5;
    }
    return sum * 1.7320508075688772;
}
