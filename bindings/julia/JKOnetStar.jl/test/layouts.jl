# Structs lie in memory as C has them, and their names are those of the package's declarations.

for (name, (size, offsets)) in pairs(JKOnetStar.LAYOUTS)
    struct_ = getfield(JKOnetStar, name)
    @test isbitstype(struct_)
    @test sizeof(struct_) == size
    @test Tuple(fieldoffset(struct_, place) for place in 1:fieldcount(struct_)) == offsets
end
@test length(JKOnetStar.LAYOUTS) > 10

# Every function of the library is found.
for name in names(JKOnetStar; all = true)
    if startswith(String(name), "jko_") && getfield(JKOnetStar, name) isa Function
        @test JKOnetStar.symbol(name) != C_NULL
    end
end
