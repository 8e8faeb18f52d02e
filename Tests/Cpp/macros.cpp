// Headers of others define macros with names of ours: the headers compile beside these, and leave them as they were.
#define None 0L
#define check(x) #x
#include <jkonetstar.hpp>

#if None != 0L
#error "the macro None is gone"
#endif
static_assert(sizeof(check(abc)) == 4, "the macro check is gone");

#undef check
#undef None
#include "check.hpp"

int main()
{
    const jk::Model model(jk::ModelOptions().set_potential(quadratic()).set_interaction(jk::NoTerm{}).set_internal({}));
    CHECK(model.describe().interaction == JKO_NONE && model.describe().internal == 0);
    static_assert(std::is_same_v<jk::None, jk::NoTerm>);
    return finish("macros");
}
