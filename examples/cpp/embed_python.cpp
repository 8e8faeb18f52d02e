// A C++ program that embeds Python: both use one library, and one model, in one process.
//
//     embed_python
//
// The simulator in C++ lends its positions to Python without a copy; Python fits a model to them; C++ takes
// `model.handle` and evaluates the same object in its inner loop. The Python package uses the library that this program
// has loaded, because it looks for that one first. Where both are installed:
//
//     c++ -std=c++17 embed_python.cpp $(pkg-config --cflags --libs jkonetstar python3-embed) -o embed_python
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <jkonetstar.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

namespace jk = jkonetstar;

// The interpreter, while this object lives.
struct Interpreter {
    Interpreter() { Py_InitializeEx(0); }
    ~Interpreter() { Py_FinalizeEx(); }
    Interpreter(const Interpreter &) = delete;
    Interpreter &operator=(const Interpreter &) = delete;
};

struct Release {
    void operator()(PyObject *object) const { Py_DECREF(object); }
};

using Object = std::unique_ptr<PyObject, Release>;

// A new reference. What Python raised is printed, and becomes an exception here.
Object owned(PyObject *object)
{
    if (object == nullptr) {
        PyErr_Print();
        throw std::runtime_error("Python raised an exception");
    }
    return Object(object);
}

const char *program = R"(
import numpy as np
import jkonetstar as jk

def fit(points, times, n):
    """Fit a model to what C++ lends; positions are read where they lie."""
    points = np.frombuffer(points).reshape(-1, 2)
    time = np.repeat(np.frombuffer(times), n)
    linear = jk.Linear(polynomial_degree=2, polynomial_total=True, radial=None)
    return jk.JKOnetStar(linear, training=jk.ClosedForm(ridge=0.0)).fit(points, time, report=False)

def slopes(model, points):
    return model.potential_.gradient(np.frombuffer(points).reshape(-1, 2)).tobytes()
)";

// Files of the library that this process has loaded.
std::set<std::string> loaded_libraries()
{
    std::set<std::string> files;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find("libjkonetstar") != std::string::npos)
            files.insert(line.substr(line.find('/')));
    return files;
}

// Lends numbers to Python, to be read.
Object lend(const std::vector<double> &numbers)
{
    char *memory = const_cast<char *>(reinterpret_cast<const char *>(numbers.data()));
    return owned(PyMemoryView_FromMemory(memory, static_cast<Py_ssize_t>(numbers.size() * sizeof(double)), PyBUF_READ));
}

// Explicit steps of V(x) = |x|^2 / 2, whose gradient is x.
jk::Course simulated()
{
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    std::vector<std::array<double, 2>> start(200);
    for (auto &x : start)
        x = {normal(random), normal(random)};
    const auto slope = [](const double *x, std::int64_t n, std::int64_t d, double, double *gradient) {
        for (std::int64_t i = 0; i < n * d; i++)
            gradient[i] = x[i];
    };
    return jk::simulate(start, jk::SimulationOptions().set_potential(slope).set_dt(0.1).set_steps(3));
}

bool run()
{
    const auto course = simulated();
    const Interpreter interpreter;
    const Object module = owned(PyModule_New("program"));
    PyObject *names = PyModule_GetDict(module.get());
    PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
    owned(PyRun_String(program, Py_file_input, names, names));

    const Object points = lend(course.values()), times = lend(course.times());
    const Object fitted = owned(PyObject_CallMethod(module.get(), "fit", "OOL", points.get(), times.get(),
                                                    static_cast<long long>(course.particles())));

    // The handle is Python's: `fitted` must outlive what borrows it.
    const Object handle = owned(PyObject_GetAttrString(fitted.get(), "handle"));
    const auto model = jk::Model::borrow(static_cast<jko_model *>(PyLong_AsVoidPtr(handle.get())));
    const auto here = model.potential().gradient(course.stacked()).values();
    const Object bytes = owned(PyObject_CallMethod(module.get(), "slopes", "OO", fitted.get(), points.get()));
    const auto *there = reinterpret_cast<const double *>(PyBytes_AsString(bytes.get()));
    const bool same = std::equal(here.begin(), here.end(), there);

    const auto slope = model.potential().gradient_at(std::array<double, 2>{0.5, -0.25});
    const auto libraries = loaded_libraries();
    std::printf("grad V(0.5, -0.25) = (%.3f, %.3f), of a model with %lld times that Python fitted\n", slope[0],
                slope[1], static_cast<long long>(model.times().size()));
    std::printf("the gradients of C++ and Python are %s, from %d copy of the library\n",
                same ? "the same bit for bit" : "DIFFERENT", static_cast<int>(libraries.size()));
    return same && libraries.size() == 1;
}

} // namespace

int main()
{
    try {
        return run() ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
