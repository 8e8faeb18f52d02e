// Programs that let the processor trap on overflow and invalid operations, as simulators do to find their own mistakes:
// the library computes with infinities where these are right, and its calls leave the traps as they were.
#include "check.hpp"

#include <cfenv>

int main()
{
#ifdef __GLIBC__
    const auto series = contracting();
    jk::Model model(jk::ModelOptions().set_scheme(jk::Scheme::implicit));
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_INEXACT);
    const int traps = FE_OVERFLOW | FE_INVALID | FE_DIVBYZERO;
    feenableexcept(traps);
    model.fit(series, jk::FitOptions().set_training(jk::Adam().set_epochs(5)));
    CHECK(fegetexcept() == traps);
    CHECK(model.predict(series[0].points, 3).populations.size() == 4 && fegetexcept() == traps);
    CHECK(model.evaluate(series).one_step.size() == 2 && fegetexcept() == traps);
    CHECK(jk::emd(series[0].points, series[1].points) > 0 && fegetexcept() == traps);
    CHECK(jk::sinkhorn_divergence(series[0].points, series[1].points) > 0 && fegetexcept() == traps);
    THROWS(InputError, JKO_ENONFINITE, "x", model.potential().gradient_at(std::array<double, 2>{INFINITY, 0}));
    CHECK(fegetexcept() == traps);
    // Neither do flags change.
    CHECK(fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT);
    // What a callback throws passes with the traps on again.
    try {
        model.fit(series, jk::FitOptions().set_progress([](const jk::Progress &) { throw 1; }));
        CHECK(false);
    } catch (int) {
        CHECK(fegetexcept() == traps);
    }
    fedisableexcept(traps);
#else
    std::printf("left out: floating-point traps need glibc\n");
#endif
    return finish("traps");
}
