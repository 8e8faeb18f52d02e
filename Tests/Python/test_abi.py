"""The ctypes declarations agree with what a C compiler makes of the headers; nothing here relies on who wrote them."""

import ctypes
import re
import shutil
import subprocess

import pytest
from jkonetstar import _abi, _library


@pytest.fixture(scope="module")
def headers(root):
    """Return the headers' text without comments."""
    text = "".join(path.read_text() for path in sorted((root / "include" / "jkonetstar").glob("*.h")))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.fixture(scope="module")
def structs(headers):
    """Return the Python class of every struct of the headers, by the C name."""
    names = re.findall(r"struct (jko_\w+)\s*\{", headers)
    assert len(names) == len(set(names)) > 10
    return {name: getattr(_abi, "".join(map(str.capitalize, name.split("_")[1:]))) for name in names}


@pytest.fixture(scope="module")
def constants(headers):
    """Return the Python value of every enumerator and number of the headers, by the C name."""
    values = {}
    for enum, body in re.findall(r"typedef int32_t jko_(\w+);\s*enum\s*\{(.*?)\}", headers, re.S):
        table, names = getattr(_abi, enum.upper()), re.findall(r"\bJKO_\w+", body)
        assert len(table) == len(names)
        for (short, value), name in zip(table.items(), names):
            assert name.endswith("_" + short.upper())
            values[name] = value
    for name in re.findall(r"^#define JKO_(\w+) \(?-?[0-9]", headers, re.M):
        values["JKO_" + name] = getattr(_abi, name)
    return values


def test_every_enumerator_is_declared(headers, constants):
    found = [
        name for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", headers, re.S) for name in re.findall(r"JKO_\w+", body)
    ]
    assert len(found) > 40 and set(found) <= set(constants)


def test_layouts_and_constants(root, tmp_path, structs, constants):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    lines, expected = [], {}
    for name, struct in structs.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected[name] = ctypes.sizeof(struct)
        for field, *_ in struct._fields_:
            member = f"(({name} *)0)->{field}"
            lines.append(f'printf("{name}.{field} %zu\\n", offsetof({name}, {field}));')
            lines.append(f'printf("sizeof:{name}.{field} %zu\\n", sizeof({member}));')
            expected[f"{name}.{field}"] = getattr(struct, field).offset
            expected[f"sizeof:{name}.{field}"] = getattr(struct, field).size
    for name, value in constants.items():
        lines.append(f'printf("{name} %.17g\\n", (double){name});')
        expected[name] = value
    source, program = tmp_path / "layout.c", tmp_path / "layout"
    start = ["#include <stdio.h>", "#include <jkonetstar.h>", "int main(void) {"]
    source.write_text("\n".join([*start, *lines, "return 0;", "}", ""]))
    subprocess.run([compiler, "-std=c99", f"-I{root / 'include'}", source, "-o", program], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    assert {name: float(value) for name, value in map(str.split, printed.splitlines())} == expected


def test_every_field_is_declared(headers, structs):
    for name, struct in structs.items():
        body = re.search(r"typedef struct " + name + r" \{(.*?)\}", headers, re.S).group(1)
        fields = re.findall(r"(\w+)(?:\[\w+\])?;", body)
        assert fields == [field for field, *_ in struct._fields_]


def test_every_function_is_declared_with_its_arguments(headers):
    found = {}
    for name, arguments in re.findall(r"^[\w ]+[ *](jko_\w+)\(([^)]*)\);", headers, re.M):
        found[name] = 0 if arguments.strip() == "void" else arguments.count(",") + 1
    assert {name: len(arguments) for name, (_, arguments) in _abi.FUNCTIONS.items()} == found


def test_arguments_are_passed_as_c_passes_them(headers):
    plain = {
        "double": ctypes.c_double,
        "size_t": ctypes.c_size_t,
        "uint64_t": ctypes.c_uint64,
        "int64_t": ctypes.c_int64,
    }
    for result, name, arguments in re.findall(r"^([\w ]+[ *])(jko_\w+)\(([^)]*)\);", headers, re.M):
        given = [] if arguments.strip() == "void" else arguments.split(",")
        declared_result, declared = _abi.FUNCTIONS[name]
        for text, kind in zip([result, *given], [declared_result, *declared]):
            word = text.replace("const ", "").split()[0].rstrip("*")
            if text.strip() == "void":
                assert kind is None
            elif word.endswith("_callback"):
                assert kind is getattr(_abi, _camel_case(word))
            elif text.count("*") == 0:
                assert kind is plain.get(word, ctypes.c_int32)
            elif word == "char":
                assert kind is ctypes.c_char_p
            elif word == "void":
                assert kind is ctypes.c_void_p
            else:
                target = kind._type_._type_ if text.count("*") == 2 else kind._type_
                assert target is plain.get(word) or word in ("int32_t", "jko_" + _snake_case(target.__name__))


def _camel_case(word):
    return "".join(map(str.title, word.removeprefix("jko_").split("_")))


def _snake_case(name):
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def test_every_function_has_types():
    for name in _abi.FUNCTIONS:
        assert getattr(_library.lib, name).argtypes is not None


def test_status_names_are_those_of_the_library():
    for name, code in _abi.STATUS.items():
        assert _library.lib.jko_status_name(code).decode() == "JKO_" + name.upper()
