"""What Discord takes and shows."""

from __future__ import annotations

from core.render.profile import Limit, Profile

_COMPONENTS = "https://docs.discord.com/developers/components/reference"

DISCORD = Profile(
    platform="discord",
    features=frozenset({"heading", "list", "quote", "divider", "code_block", "strike", "time", "actions"}),
    limits={
        "characters": Limit(value=4000, unit="UTF-16 code units of all text displays", source=_COMPONENTS),
        "components": Limit(value=40, unit="components, nested ones included", source=_COMPONENTS),
        "buttons_in_row": Limit(value=5, unit="buttons", source=f"{_COMPONENTS}#action-row"),
        "label": Limit(value=80, unit="characters", source=f"{_COMPONENTS}#button"),
        "custom_id": Limit(value=100, unit="characters", source=f"{_COMPONENTS}#anatomy-of-a-component"),
        "options": Limit(value=25, unit="options of a select", source=f"{_COMPONENTS}#string-select"),
        "option_label": Limit(
            value=100, unit="characters", source=f"{_COMPONENTS}#string-select-select-option-structure"
        ),
    },
)
"""Messages made of components. Which unit "characters" means is not documented: UTF-16 is the larger one."""
