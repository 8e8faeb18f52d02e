# The benchmark energies of the literature, with analytic gradients.

"""
    functional_names()

The names of the benchmark energies, such as `:styblinski_tang`. `docs/functionals.md` has their formulas.
"""
functional_names() = [Symbol(text(jko_functional_name(index - 1))) for index in 1:jko_functional_count()]

"""
    functional(name, x)

The values of a benchmark energy at points of shape (n, d).
"""
function functional(name, x)
    view, values = matrix_view(x, "x"), Vector{Float64}(undef, size(x, 1))
    check(jko_functional_value(String(name), view, vector_view(values, "values")))
    return values
end

"""
    gradient(name, x)

The gradients of a benchmark energy at points of shape (n, d).
"""
function gradient(name::Union{Symbol,AbstractString}, x)
    view, found = matrix_view(x, "x"), Matrix{Float64}(undef, size(x, 1), size(x, 2))
    check(jko_functional_gradient(String(name), view, matrix_view(found, "gradient")))
    return found
end
