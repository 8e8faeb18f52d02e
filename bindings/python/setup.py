"""The wheel holds a built shared library: it serves every Python 3, but one platform."""

import os
import re
import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

#: The page of the repository, without a slash at the end. It is empty until the project is published: a release fills
#: it in here and nowhere else, see docs/release.md. Without it the wheel has no links.
REPOSITORY = ""

FOLDER = Path(__file__).parent
LIBRARY = FOLDER / "jkonetstar" / "libjkonetstar.so"
#: What is inside the library, which scripts/wheel.sh writes; wheels have such documents in a folder of their own (PEP
#: 770).
PARTS = FOLDER / "jkonetstar.cdx.json"
PLATFORM = "JKONETSTAR_PLATFORM"


class PlatformDistribution(Distribution):
    """A distribution that is not pure Python."""

    def has_ext_modules(self):
        """Ask for a platform wheel."""
        return True


class PlatformWheel(bdist_wheel):
    """A wheel tagged py3-none-<platform>."""

    def get_tag(self):
        """Take the platform that scripts/wheel.sh found; ctypes ties the package to no Python version and no ABI."""
        return ("py3", "none", os.environ.get(PLATFORM) or super().get_tag()[2])

    def egg2dist(self, egginfo_path, distinfo_path):
        """Add what is inside the library."""
        super().egg2dist(egginfo_path, distinfo_path)
        if PARTS.is_file():
            folder = Path(distinfo_path) / "sboms"
            folder.mkdir(exist_ok=True)
            shutil.copyfile(PARTS, folder / PARTS.name)


class BuildWithLibrary(build_py):
    """Refuse to build a package that could not be imported."""

    def run(self):
        """Check for the library, then build."""
        # An editable installation finds the library where the build left it.
        if not self.editable_mode and not LIBRARY.is_file():
            raise SystemExit(f"{LIBRARY} is missing; run 'make wheel' in the repository root")
        super().run()


def published():
    """Return what depends on where the project is published: the links, and the README with links that lead there."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    if not REPOSITORY:
        return {"long_description": readme, "project_urls": {}}
    version = re.search(r'^__version__ = "(.*)"', (FOLDER / "jkonetstar/__init__.py").read_text(), re.M).group(1)
    files = f"{REPOSITORY}/blob/v{version}/"
    links = {
        "Homepage": REPOSITORY,
        "Documentation": f"{files}README.md#documentation",
        "Source": REPOSITORY,
        "Changelog": f"{files}CHANGELOG.md",
    }
    # Links of the README lead to files of the repository, which a package index does not have.
    return {"long_description": readme.replace("](../../", f"]({files}"), "project_urls": links}


setup(
    distclass=PlatformDistribution,
    cmdclass={"bdist_wheel": PlatformWheel, "build_py": BuildWithLibrary},
    long_description_content_type="text/markdown",
    **published(),
)
