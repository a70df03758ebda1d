"""Thanks, an "ok" and a "good night": said to a colleague, and no question to the archive. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.phrases import bare, by_phrase
from core.i18n import mark

if TYPE_CHECKING:
    from core.i18n import Texts

_RETURNED = {
    mark("You're welcome. Ask me about anything that was printed, any time."): (
        "thanks | thank you | thx | many thanks | thanks a lot | thank you very much | thank you so much | "
        "谢谢 | 谢谢你 | 谢谢您 | 谢谢啦 | 多谢 | 感谢 | 谢啦 | 谢了 | 辛苦了"
    ),
    mark("All right. Ask me about anything that was printed, any time."): (
        "ok | okay | alright | all right | got it | i see | yes | yeah | no | nice | cool | great | good | wow | lol | "
        "haha | 好 | 好的 | 好吧 | 好哒 | 嗯 | 嗯嗯 | 哦 | 噢 | 知道了 | 明白 | 明白了 | 收到 | 了解 | 了解了 | "
        "是 | 是的 | 对 | 不是 | 行 | 可以 | 不错 | 厉害 | 真棒 | 赞 | 牛 | 哈哈 | 哈哈哈"
    ),
    mark("See you with the next issue."): (
        "bye | bye bye | goodbye | see you | see you later | good night | 再见 | 拜拜 | 晚安 | 回头见 | 下次见"
    ),
}
_ANSWERS = by_phrase(_RETURNED.items())


def courtesy(said: str, _: Texts) -> str | None:
    """Return what is said to a message that is nothing but a courtesy, None to any other."""
    answer = _ANSWERS.get(bare(said))
    return _(answer) if answer else None
