"""A home to write into, for each test a new one."""

from pathlib import Path

import pytest

from tests.rulebook.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
