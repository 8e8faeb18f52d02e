"""Bindings' declarations are those of the C headers, and a header that the reader does not understand is refused."""

import ast
import re

import pytest

from declarations import headers, julia, python
from declarations.__main__ import COMMITTED, main

GOOD = """
/** What failed. */
typedef int32_t jko_status;

enum {
    /** Nothing. */
    JKO_OK = 0,
    /** Something. */
    JKO_EINVALID = -1
};

/** Which rule. More about it. */
typedef int32_t jko_step_rule;

enum {
    /** A fixed step. */
    JKO_STEP_FIXED = 0,
    /** A step by line search. */
    JKO_STEP_LINE_SEARCH = 1
};

/** Widths that fit. */
#define JKO_MAX_WIDTHS 3
/** The usual one. */
#define JKO_USUAL (-1.5)

/** A search; release with jko_search_destroy(). */
typedef struct jko_search jko_search;

/** Where it stands. */
typedef struct jko_state {
    /** Steps. */
    int64_t steps;
} jko_state;

/**
 * Called between steps.
 *
 * @return 0 to go on
 */
typedef int (*jko_state_callback)(const jko_state *state, const double *x, void *user_data);

/** How to step. */
typedef struct jko_step_options {
    /** sizeof(jko_step_options). */
    size_t struct_size;
    /** The rule. */
    jko_step_rule rule;
    /** Widths. */
    int32_t widths[JKO_MAX_WIDTHS];
    /** Inside. */
    jko_state state;
    /** Elsewhere. */
    const jko_state *other;
    /** Asked. */
    jko_state_callback callback;
    /** A search. */
    const jko_search *start;
    /** Where. */
    const char *path;
} jko_step_options;

/** A convenience of C. */
static inline int32_t jko_twice(int32_t x) { return 2 * x; }

/** A search over @p path, ::JKO_OK otherwise. */
jko_status jko_search_create(const char *path, const jko_step_options *options, double tolerance, jko_search **out);

/** The name of a status. */
const char *jko_status_name(jko_status status);

/** Release a search. */
void jko_search_destroy(jko_search *search);
"""


@pytest.fixture
def read(tmp_path):
    """Read a header with this text as the umbrella's only part."""

    def read(text, included="part.h"):
        folder = tmp_path / "jkonetstar"
        folder.mkdir(exist_ok=True)
        guarded = f"#ifndef JKONETSTAR_PART_H\n#define JKONETSTAR_PART_H\n#include <stdint.h>\n{text}\n#endif\n"
        (folder / "part.h").write_text(guarded)
        umbrella = tmp_path / "jkonetstar.h"
        umbrella.write_text(f'#include "jkonetstar/{included}"\n')
        return headers.read(umbrella)

    return read


def evaluate(text):
    """Run generated declarations."""
    names = {}
    exec(compile(text, "_abi.py", "exec"), names)
    return names


def test_committed_files_are_what_the_headers_give(root):
    declarations = headers.read(root / "include" / "jkonetstar.h")
    for path, write in COMMITTED.items():
        assert (root / path).read_text() == write(declarations)


def test_stale_files_are_named_and_rewritten(tmp_path, root, capsys):
    (tmp_path / "include").symlink_to(root / "include")
    for name in COMMITTED:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("ABI_VERSION = 0\n")
    assert main(["--check"], tmp_path) == 1
    said = capsys.readouterr().err
    assert all(name in said and (tmp_path / name).read_text() == "ABI_VERSION = 0\n" for name in COMMITTED)
    assert main([], tmp_path) == 0
    for name in COMMITTED:
        assert main(["--check"], tmp_path) == 0
        (tmp_path / name).unlink()
        assert main(["--check"], tmp_path) == 1
        assert main([], tmp_path) == 0


def test_python_names_follow_from_the_header(read):
    from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_void_p

    made = evaluate(python.write(read(GOOD)))
    assert made["STATUS"] == {"ok": 0, "einvalid": -1}
    assert made["STEP_RULE"] == {"fixed": 0, "line_search": 1}
    assert made["MAX_WIDTHS"] == 3 and made["USUAL"] == -1.5
    state, search, options = made["State"], made["Search"], made["StepOptions"]
    assert made["StateCallback"] is CFUNCTYPE(c_int, POINTER(state), POINTER(c_double), c_void_p)
    assert options._fields_ == [
        ("struct_size", c_size_t),
        ("rule", c_int32),
        ("widths", c_int32 * 3),
        ("state", state),
        ("other", POINTER(state)),
        ("callback", made["StateCallback"]),
        ("start", POINTER(search)),
        ("path", c_char_p),
    ]
    assert state._fields_ == [("steps", c_int64)]
    assert made["FUNCTIONS"] == {
        "jko_search_create": (c_int32, [c_char_p, POINTER(options), c_double, POINTER(POINTER(search))]),
        "jko_status_name": (c_char_p, [c_int32]),
        "jko_search_destroy": (None, [POINTER(search)]),
    }


def test_docstrings_are_the_first_sentence(read):
    text = python.write(read(GOOD))
    classes = {node.name: ast.get_docstring(node) for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    assert classes["StepOptions"] == "`jko_step_options`: How to step."
    assert "#: `jko_step_rule`: Which rule.\n" in text
    assert "#: `jko_state_callback`: Called between steps.\n" in text


def test_what_is_to_go_is_declared_like_the_rest(read):
    macro = "#define JKO_DEPRECATED(message)"
    marked = f'{macro}\n\n/** A number. */\nJKO_DEPRECATED("use jko_other, since 0.3")\nint32_t jko_number(void);\n'
    plain = "/** A number. */\nint32_t jko_number(void);\n"
    assert python.write(read(marked)) == python.write(read(plain))


def test_julia_declares_the_same(read):
    text = julia.write(read(GOOD))
    for line in (
        "const JKO_STEP_LINE_SEARCH = jko_step_rule(1)",
        "const JKO_USUAL = -1.5",
        "mutable struct jko_search end",
        "    widths::NTuple{3, Int32}",
        "    other::Ptr{jko_state}",
        "    callback::jko_state_callback",
        "# Made by @cfunction(f, Cint, (Ptr{jko_state}, Ptr{Cdouble}, Ptr{Cvoid},)).",
        "    path::Cstring",
        "    jko_step_options = (64, (0, 8, 12, 24, 32, 40, 48, 56)),",
        "function jko_search_create(path, options, tolerance, out)",
        "    return @ccall $(symbol(:jko_search_create))(",
        "        path::Cstring, options::Ptr{jko_step_options}, tolerance::Cdouble, out::Ptr{Ptr{jko_search}}",
        "    )::jko_status",
        "    return @ccall $(symbol(:jko_status_name))(status::jko_status)::Cstring",
    ):
        assert line + "\n" in text
    assert "jko_twice" not in text


@pytest.mark.parametrize(
    "text, mentioned",
    [
        ("/** A. */\nunion jko_u { int32_t a; };", "Union"),
        ("/** A. */\ntypedef union jko_u { int32_t a; } jko_u;", "Union"),
        ("/** A. */\nextern int32_t jko_global;", "jko_global"),
        ("/** A. */\nint32_t jko_printf(const char *format, ...);", "EllipsisParam"),
        ("/** A. */\nint32_t jko_f(long x);", "long"),
        ("/** A. */\nint32_t jko_f(volatile int32_t *x);", "volatile"),
        ("/** A. */\nint32_t jko_f(int32_t x[4]);", "array"),
        ("/** A. */\nint32_t jko_f(int32_t (*compare)(int32_t a));", "function"),
        ("/** A. */\nint32_t jko_f();", "void"),
        ("/** A. */\nint32_t jko_f(int32_t);", "name"),
        ("/** A. */\nint32_t other_f(int32_t x);", "other_f"),
        ("/** A. */\nint32_t jko_f(struct jko_x *x);", "Struct"),
        ("/** A. */\ntypedef struct jko_x jko_x;\n/** B. */\nint32_t jko_f(jko_x x);", "jko_x"),
        ("/** A. */\ntypedef struct jko_x {\n/** B. */\nint32_t x : 3;\n} jko_x;", "x"),
        ("/** A. */\ntypedef struct jko_x {\n/** B. */\nstruct { int32_t y; } x;\n} jko_x;", "Struct"),
        ("/** A. */\ntypedef struct jko_x {\n/** B. */\nvoid x;\n} jko_x;", "void"),
        ("/** A. */\ntypedef struct jko_y {\n/** B. */\nint32_t x;\n} jko_x;", "jko_y"),
        ("/** A. */\ntypedef int32_t jko_e;", "jko_e"),
        ("/** A. */\ntypedef int32_t jko_e;\n/** B. */\nint32_t jko_f(void);", "jko_e"),
        ("/** A. */\ntypedef int64_t jko_e;\nenum {\n/** B. */\nJKO_A = 0\n};", "jko_e"),
        ("enum {\n/** B. */\nJKO_A = 0\n};", "JKO_A"),
        ("/** A. */\ntypedef int32_t jko_e;\nenum jko_named {\n/** B. */\nJKO_A = 0\n};", "jko_named"),
        ("/** A. */\ntypedef int32_t jko_e;\nenum {\n/** B. */\nJKO_A\n};", "JKO_A"),
        ("/** A. */\ntypedef int32_t jko_e;\nenum {\n/** B. */\nJKO_A = 1 << 3\n};", "JKO_A"),
        ("/** A. */\ntypedef int32_t jko_e;\nenum {\n/** B. */\nOTHER_A = 1\n};", "OTHER_A"),
        ("int32_t jko_f(void);", "doc comment"),
        ("/* Not for readers. */\nint32_t jko_f(void);", "doc comment"),
        ("/** A. */\n#define JKO_SQUARE(x) ((x) * (x))", "JKO_SQUARE"),
        ('/** A. */\n#define JKO_NAME "name"', "JKO_NAME"),
        ("/** A. */\n#define OTHER 3", "OTHER"),
        ("#define JKO_THREE 3", "doc comment"),
        ("/** A. */\ntypedef struct jko_x jko_x;\n/** B. */\n#define JKO_X 3\n/** C. */\n#define JKO_X 4", "JKO_X"),
        ("/** A. */\nint32_t jko_f(void)", "end of input"),
        ("#include <stdbool.h>", "stdbool.h"),
        ("#pragma pack(1)", "pragma"),
        ("#undef JKONETSTAR_PART_H", "undef"),
        ("/** A. */\nint32_t jko_f(void) __attribute__((pure));", "part.h:5"),
    ],
)
def test_what_is_not_understood_is_refused(read, refused, text, mentioned):
    refused(headers.HeaderError, lambda: read(text), mentioned)


def test_names_that_would_meet_in_python_are_refused(read, refused):
    text = "/** A. */\ntypedef struct jko_structure jko_structure;"
    refused(headers.HeaderError, lambda: python.write(read(text)), "Structure")


def test_keywords_of_julia_are_refused(read, refused):
    text = "/** A. */\nint32_t jko_f(int32_t end);"
    refused(headers.HeaderError, lambda: julia.write(read(text)), "end", "keyword")


def test_headers_that_the_umbrella_leaves_out_are_refused(tmp_path, refused):
    (tmp_path / "jkonetstar").mkdir()
    (tmp_path / "jkonetstar" / "lost.h").write_text("")
    umbrella = tmp_path / "jkonetstar.h"
    umbrella.write_text("/** Nothing. */\n")
    refused(headers.HeaderError, lambda: headers.read(umbrella), "lost.h")


def test_long_summaries_stay_on_one_line(read):
    text = python.write(read(GOOD.replace("How to step.", "How to step " + "on and on " * 30 + "in the end.")))
    assert max(map(len, text.splitlines())) <= 120
    assert re.search(r'class StepOptions\(Structure\):\n    """`jko_step_options`: How to step .*\.\.\."""', text)


def test_files_outside_the_folder_are_refused(read, refused, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "other.h"
    other.write_text("/** A. */\nint32_t jko_f(void);\n")
    refused(headers.HeaderError, lambda: read(f'#include "{other}"'), "other.h", "outside")
