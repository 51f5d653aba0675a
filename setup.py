"""Which folder is installed as which package; everything else stands in pyproject.toml.

`pipelines` and `model` are names that a user's own files have, so these folders are installed under
names of ours. A build works in a folder of its own: setuptools would leave `build/` here, and a module
that has since been deleted would come into the next wheel from there.
"""

import tempfile

from setuptools import find_packages, setup

INSTALLED_AS = {
    "albert_data": "albert_data",
    "pipelines": "albert_pipelines",
    "model": "albert_model",
}
CONFIGS = {"albert_data.configs": "configs", "albert_data.configs.ablations": "configs/ablations"}

packages = [
    folder.replace(top, name, 1)
    for top, name in INSTALLED_AS.items()
    for folder in find_packages(include=[top, f"{top}.*"])
]
with tempfile.TemporaryDirectory() as scratch:
    setup(
        packages=[*packages, *CONFIGS],
        package_dir={**{name: top for top, name in INSTALLED_AS.items()}, **CONFIGS},
        package_data={"": ["*.css", "*.html", "*.yaml"]},
        options={"build": {"build_base": scratch}, "egg_info": {"egg_base": scratch}},
    )
