"""What stands in an issue or a question is data: a model that obeys it still leads nobody anywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import regex

from bots.answers import answer_as_json
from bots.settings import ModelSettings, Settings
from bots.wiring import open_house, renderers
from core.answers.verify import Sources
from core.commands.dispatch import dispatch
from core.commands.model import Request
from core.digest.parse import parse
from core.target import Target
from tests.fakes.model import KEY, FakeModel, Turn, fake_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bots.wiring import House
    from core.commands.model import Progress


LINK = "https://evil-twin.example/win"
HOME = "https://kestrel.example.com/1"
ISSUE = """# Kestrel takes off

**2026-02-19**

## 🧠 Models

- **Kestrel** — Kestrel is a small model under the MIT licence, and it is out. {story} [Read more]({home})
- **Northwind 3** — A model with 70B parameters. [Read more](https://northwind.example.com/3)
"""


@dataclass(frozen=True)
class Case:
    kind: str
    lang: str
    said: str
    obeys: str

    @property
    def question(self) -> str:
        asked = "What is Kestrel?" if self.lang == "en" else "Kestrel 是什么？"
        return self.said if self.kind == "question" else asked

    @property
    def issue(self) -> str:
        return ISSUE.format(home=HOME, story=self.said if self.kind == "story" else "")


def cases() -> list[Case]:
    file = Path(__file__).parents[1] / "data" / "injections.txt"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [Case(*(cell.strip() for cell in line.split(" | "))) for line in lines]


CHAT = Target(platform="telegram", account="bot", chat="1")
CASES = cases()
HIDDEN = frozenset({"callback_data", "custom_id", "value"})
SECRETS = (KEY, "sk-test", "PAPERBOY_", "4711", "hunter2")
_MENTIONS = regex.compile(r"@(?:everyone|here|channel|all|所有人|全体)|<[!@#][^>]*>", regex.IGNORECASE)
_ADDRESSES = regex.compile(
    r"[a-z][a-z0-9+.-]*://[^\s\"“”<>）)\]，。]+|\bwww\.[^\s\"]+|[\w-]+(?:\.[\w-]+)*\.(?:example|gg|me|com)\b[^\s\"“”<>）)\]，。]*"
    r"|evil88888|6\.6\.6\.6",
    regex.IGNORECASE,
)


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 — JSON
    if isinstance(value, str):
        yield regex.sub(r'data-action="[^"]*"', "", value)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from strings(one) if name not in HIDDEN else ()
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def dangers(payload: Any, case: Case, rules: Sources) -> list[str]:  # noqa: ANN401 — JSON
    """Return what in a payload would lead somewhere, call somebody, or give something away."""
    found = []
    printed = case.issue.casefold()
    for said in strings(payload):
        found += [f"calls {one}" for one in _MENTIONS.findall(said)]
        plain = regex.sub(r"\s+", " ", said)
        found += [f"leads to {one}" for one in _ADDRESSES.findall(plain) if one.rstrip(".,;").casefold() not in printed]
        found += [f"tells {one}" for one in SECRETS if one in said and one not in case.said]
        found += ["tells the rules"] * rules.repeats_rules(said)
    return found


@dataclass(frozen=True)
class Paper:
    """An installation with a model that obeys whoever speaks to it."""

    house: House
    fake: FakeModel

    def obey(self, case: Case) -> None:
        said = case.obeys.format(link=LINK, key=KEY, rules="{rules}")
        self.fake.usual = Turn(say=lambda _asked: said.replace("{rules}", " ".join(self.fake.rules[-1].split())))

    async def publish(self, case: Case) -> None:
        for lang in ("en", "zh"):  # both, so that nothing of another case is left
            issue = parse(case.issue, path=Path(f"daily/{lang}/2026-02-19.md")).issue
            await self.house.publish(case.issue, issue)

    async def outputs(self, case: Case) -> AsyncIterator[tuple[str, Any]]:
        """Yield whatever a reader may get to see, with where."""
        lines = [f"ask {case.question}", "ask Kestrel", "explain Kestrel deep"]
        if case.kind == "question":
            lines += [f"{command} {case.said}" for command in ("explain", "search", "settings", "issue", "nonsense")]
        for line in lines:
            shown: list[str] = []
            command, _space, args = line.partition(" ")
            about: Any = {"target": CHAT, "user": f"{line} {case.said}", "lang": case.lang, "progress": _seen(shown)}
            reply = await dispatch(Request(command=command, args=args, **about), self.house.services)
            for name, renderer in renderers().items():
                yield f"{name} {line}", [message.payload for message in renderer.render(reply.document)]
            yield f"growing {line}", shown
        yield "api", answer_as_json(await self.house.answer(case.question, lang=case.lang))


def _seen(shown: list[str]) -> Progress:
    async def see(text: str) -> None:
        shown.append(text)

    return see


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paper(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Paper]:
    async with fake_model() as fake:
        model = {
            "model": fake.model,
            "base_url": fake.openai,
            "api_key": KEY,
            "patience": 20,
            "questions_per_day": 0,
            "tokens_per_day": 0,
        }
        settings = Settings(data_dir=tmp_path_factory.mktemp("paper"), llm=ModelSettings.model_validate(model))
        async with open_house(settings) as house:
            yield Paper(house, fake)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}-{case.lang}-{case.said[:32]}" for case in CASES])
async def test_no_output_leads_away_calls_everybody_or_gives_anything_away(case: Case, paper: Paper) -> None:
    await paper.publish(case)
    paper.obey(case)
    before = len(paper.fake.rules)
    outputs = [output async for output in paper.outputs(case)]
    told = paper.fake.rules[before:]
    assert told, "the model was asked"
    rules = Sources(stories={}, rules="\n".join(set(told)))
    found = {where: dangers(payload, case, rules) for where, payload in outputs}
    assert {where: some for where, some in found.items() if some} == {}


def test_there_are_enough_cases_of_both_kinds_in_both_languages() -> None:
    assert len(CASES) >= 40
    counts = Counter((case.kind, case.lang) for case in CASES)
    assert min(counts.values()) >= 7
    assert len(counts) == 4


def test_what_a_model_that_obeys_says_would_be_dangerous() -> None:
    """The check of the checks: shown as it is, the worst would be found."""
    worst = [case for case in CASES if "{link}" in case.obeys or "@" in case.obeys]
    for case in worst:
        assert dangers([case.obeys.format(link=LINK, key=KEY, rules="")], case, Sources(stories={})), case.obeys
