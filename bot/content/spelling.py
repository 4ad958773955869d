"""What two spellings of one name have in common."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# No name is longer. Discord lets thousands of characters through, and what compares them would stop everybody else.
LONGEST_TYPED: Final = 100


def simplify(text: str) -> str:
    """Lower case, without accents and punctuation."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare.casefold().replace("_", " ")))
