"""What a Markdown text says, read without knowing what an issue is."""

from __future__ import annotations

from core.digest.front_matter import open_source, tidy
from core.digest.markdown import placed
from core.document.text import plain


def markdown_text(source: str) -> str:
    """Return every word of the Markdown, block by block, without front matter."""
    return "\n".join(plain(block.block) for block in placed(open_source(tidy(source)).body))
