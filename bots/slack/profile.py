"""What Slack takes and shows."""

from __future__ import annotations

from dataclasses import replace

from core.render.profile import Limit, Profile

_BLOCKS = "https://docs.slack.dev/reference/block-kit/blocks"
_ELEMENTS = "https://docs.slack.dev/reference/block-kit/block-elements"

SLACK = Profile(
    platform="slack",
    threads=True,
    features=frozenset({"heading", "list", "quote", "divider", "code_block", "strike", "time", "actions"}),
    limits={
        "blocks": Limit(value=50, unit="blocks", source=_BLOCKS),
        "characters": Limit(
            value=9500,
            unit="UTF-16 code units of all texts and addresses in blocks",
            source="https://github.com/slackapi/bolt-js/issues/2867",
        ),
        "header": Limit(value=150, unit="characters", source=f"{_BLOCKS}/header-block"),
        "text": Limit(
            value=4000, unit="characters", source="https://docs.slack.dev/reference/methods/chat.postMessage"
        ),
        "elements": Limit(value=25, unit="buttons of a block", source=f"{_BLOCKS}/actions-block"),
        "label": Limit(value=75, unit="characters", source=f"{_ELEMENTS}/button-element"),
        "value": Limit(value=2000, unit="characters", source=f"{_ELEMENTS}/button-element"),
        "address": Limit(value=3000, unit="characters", source=f"{_ELEMENTS}/button-element"),
        "options": Limit(value=100, unit="options of a select", source=f"{_ELEMENTS}/select-menu-element"),
        "option": Limit(
            value=150,
            unit="characters",
            source="https://docs.slack.dev/reference/block-kit/composition-objects/option-object",
        ),
    },
)
"""Messages made of blocks.

Styled text is always ``rich_text``: in mrkdwn ``*bold*`` next to Chinese stays literal. Tables are not among the
features: Slack takes one table block a message, shows it below everything else, and refuses cells without text.
The limit of all characters is not documented; it is what was seen accepted.
"""
TABLED = replace(SLACK, features=SLACK.features | {"table"})
"""The same for a document whose only table may stand there (``bots.slack.tables``)."""
