# Run by `julia --project -e 'using Pkg; Pkg.test()'` in the folder of the package, with JKONETSTAR_LIBRARY set to the
# path of the library unless the system finds it.

using JKOnetStar
using LinearAlgebra: norm
using Random: MersenneTwister
using Test

include("populations.jl")

@testset "JKOnetStar" begin
    @testset "$part" for part in (
        "layouts", "arrays", "errors", "snapshots", "tables", "plans", "models", "networks", "predictions", "growth",
        "interpolation", "simulation", "flows", "sampling", "calls", "owners", "conformance",
    )
        include("$part.jl")
    end
end
