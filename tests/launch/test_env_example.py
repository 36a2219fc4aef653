""".env.example names every variable the product reads, and no other."""

import re
from itertools import pairwise
from pathlib import Path

from config.launch.environment import ROOT

READS = (
    r"""env_\w+\(\s*"([A-Z][A-Z_]+)\"""",
    r"""given\.get\(\s*"([A-Z][A-Z_]+)\"""",
    r"""environ\.get\(\s*"([A-Z][A-Z_]+)\"""",
    r"""environ\["([A-Z][A-Z_]+)"\]""",
    r"""\$\{([A-Z][A-Z_]+)(?::[-?]|\})""",
)
#: Set by the system or by tools, not by the person who runs Parley.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "NO_PROXY", "PATH", "POSTGRES_USER", "ROLES_SQL"}
FOLDERS = {"node_modules", "var", "tests", "bench"}


def sources() -> list[Path]:
    shallow = [path for path in ROOT.iterdir() if not path.name.startswith(".") and path.name not in FOLDERS]
    python = [file for path in shallow if path.is_dir() for file in path.rglob("*.py")]
    return [
        *python,
        *ROOT.glob("*.py"),
        ROOT / "docker-compose.yml",
        ROOT / "run",
        *ROOT.glob("config/launch/*.sh"),
    ]


def read_by_the_product() -> set[str]:
    texts = [path.read_text() for path in sources()]
    found = {name for text in texts for pattern in READS for name in re.findall(pattern, text)}
    return found - NOT_OURS


def test_the_example_and_the_product_agree():
    example = (ROOT / ".env.example").read_text()
    named = re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) - {"CHROMIUM"} == read_by_the_product() - {"CHROMIUM"}


def test_every_variable_is_explained_in_one_line():
    lines = (ROOT / ".env.example").read_text().splitlines()
    for before, line in pairwise(lines):
        if re.match(r"#?[A-Z][A-Z_]+=", line):
            assert re.match(r"# \S.*\.$", before), f"no line explains {line}"
