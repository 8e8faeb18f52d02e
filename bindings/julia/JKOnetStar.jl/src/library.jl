# The shared library: it is opened when the package is loaded, and its functions are looked up by name.

const LIBRARY_NAME = "libjkonetstar.so.1"
const LIBRARY = Ref{Ptr{Cvoid}}(C_NULL)

# Julia runs the finalisers of all objects when it ends. They must not call the library any more then, for its own
# threads and static objects may be gone.
const ENDING = Threads.Atomic{Bool}(false)

function __init__()
    named = get(ENV, "JKONETSTAR_LIBRARY", "")
    path = isempty(named) ? LIBRARY_NAME : named
    LIBRARY[] = opened(path)
    found = jko_abi_version()
    found == JKO_ABI_VERSION || throw(
        ErrorException(
            "$path has binary interface $found, but this package needs $JKO_ABI_VERSION; " *
            "install the two from the same release",
        ),
    )
    atexit() do
        ENDING[] = true
    end
    return nothing
end

function opened(path)
    try
        return dlopen(path, RTLD_NOW | RTLD_LOCAL)
    catch problem
        reason = sprint(showerror, problem)
        throw(ErrorException("$path cannot be opened: $reason; set JKONETSTAR_LIBRARY to the path of the library"))
    end
end

# The address of a function of the library. The generated declarations call it.
symbol(name::Symbol) = dlsym(LIBRARY[], name)

# A string of the library's; `nothing` for NULL.
function text(string::Cstring)
    address = convert(Ptr{UInt8}, string)
    return address == C_NULL ? nothing : unsafe_string(address)
end

"""
    JKOnetStar.version()

The version of the library, as "major.minor.patch".
"""
version() = text(jko_version())

"""
    JKOnetStar.build_info()

How the library was built and which kernels it uses, one "key=value" per line.
"""
build_info() = text(jko_build_info())

"""
    JKOnetStar.num_threads()

How many threads calls of this process may use.
"""
num_threads() = Int(jko_num_threads())

"""
    JKOnetStar.set_num_threads(count)

Set how many threads calls of this process may use, 1 to 1024; 0 for one per processor. Results do not depend on it.
The library's threads have nothing to do with Julia's.
"""
set_num_threads(count) = check(jko_set_num_threads(integer(Int32, count, "count")); count = "count")
