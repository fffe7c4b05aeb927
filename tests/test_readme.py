from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def test_every_block_is_of_a_kind_that_is_executed_here() -> None:
    assert {kind for kind, _ in BLOCKS} == {"python", "console"}
    assert len(BLOCKS) >= 4


def test_the_python_blocks_print_what_they_show() -> None:
    source = "\n".join(code for kind, code in BLOCKS if kind == "python")
    test = doctest.DocTestParser().get_doctest(source, {}, "README", "README.md", 0)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_commands_run_in_their_order(tmp_path: Path) -> None:
    ad = {"id": "a1", "text": "Hotel staff wanted abroad. All papers remain with our driver."}
    (tmp_path / "ads.jsonl").write_text(json.dumps(ad) + "\n")
    code = "from thb_indicators.cli import main; main()"
    commands = re.findall(r"\$ thb-indicators (.*)", README)
    assert len(commands) >= 10
    for command in commands:
        before = set(tmp_path.iterdir())
        done = subprocess.run([sys.executable, "-c", code, *command.split()], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
        assert done.stdout or set(tmp_path.iterdir()) - before or "-o results.jsonl" in command


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target
