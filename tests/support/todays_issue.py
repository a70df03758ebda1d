"""An issue of today that takes several messages on every platform."""

from __future__ import annotations

from datetime import UTC, datetime

TODAY = datetime.now(UTC).date()


def todays_issue(stories: int) -> str:
    """Return the Markdown of an issue with so many stories about models."""
    told = "\n\n".join(
        f"- **Model {number}** — {'Open weights, for everybody. ' * 12}[Read more](https://news.example.com/{number})"
        for number in range(stories)
    )
    return f"""# Polaris 2 is out, and small models learn to see

**{TODAY:%Y-%m-%d}**

Everything that happened, in five minutes.

## 🧠 MODELS

{told}

## 🔧 DEV

- **Beaver CLI 1.4** — A coding agent for the terminal. [Notes](https://beaver.example.com/1.4)

## 🎯 PICK OF THE DAY: Beaver CLI 1.4

The first one that makes you forget it is a tool.

## 🎓 MODEL LITERACY: What is a mixture of experts?

Many small networks that take turns.
"""
