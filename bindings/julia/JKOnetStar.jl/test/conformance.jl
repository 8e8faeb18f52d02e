# The calls that all languages share give what their table says: its bits on the kind of processor that it was made on,
# and five digits of them elsewhere, because kernels for other processors add in another order. Tests/Conformance has
# the table and the runner; a package without the repository around it is not compared.

const SHARED = joinpath(@__DIR__, "..", "..", "..", "..", "Tests", "Conformance")

# The doubles in a line of results.
numbers_in(line) = [reinterpret(Float64, parse(UInt64, word; base = 16)) for word in split(line)[2:end]]

# Whether two lines are the same but for what another processor rounds elsewhere.
function agree(one, other)
    one == other && return true
    (startswith(one, "  ") && first(split(one)) == first(split(other)) != "status") || return false
    x, y = numbers_in(one), numbers_in(other)
    return length(x) == length(y) && maximum(abs.(x .- y)) <= 1e-5 * maximum(abs.(x))
end

isdir(SHARED) ? include(joinpath(SHARED, "runner.jl")) : @info "not compared with other languages: $SHARED is missing"

if isdir(SHARED)
    table = joinpath(abspath(SHARED), "table.txt")
    results = mktempdir() do folder
        for name in readdir(SHARED)
            endswith(name, r"\.csv|\.safetensors") && cp(joinpath(SHARED, name), joinpath(folder, name))
        end
        cd(() -> sprint(out -> Conformance.run_table(table, out)), folder)
    end
    expected = [line for line in readlines(table) if !startswith(line, '#')]
    @test length(expected) > 100 && length(split(chomp(results), '\n')) == length(expected)
    for (wanted, found) in zip(expected, split(chomp(results), '\n'))
        @test agree(wanted, found)
    end
end
