"""The page of alarms, in English and Chinese, from the contracts' own labels."""

from typing import Literal

from liandong.bus.alarms import MOMENTS
from liandong.contracts import AlarmName, labels
from markdown_page import member_docstrings, page, table

_EN = (
    "# Alarms",
    """\
Each is set at once by the process that meets the fault, and told to the bus as `alarm.raised` as
soon as there is a way; `alarm.cleared` follows when it has stayed away for ten seconds. They stand
at the top of the console's page, in `liandong status` and `liandong doctor`, and under `/metrics`
as `liandong_alarm`, each with what it is about and the process that says so.""",
    """\
Servers that we run (`liandong up`, `liandong server run`, the embedded one) are looked at every
second, and started again where they died, are stuck, or take nothing more after their disk was full
or failed. A server that somebody else runs is not ours to restart: there `confirmations_slow` says
that it does not confirm.""",
)
_ZH = (
    "# 告警",
    (
        "告警由遇到问题的进程立即设置，一有通路即以 `alarm.raised` 告知总线；"
        "问题消失十秒后发出 `alarm.cleared`。告警显示在控制台页面顶部、`liandong status` 和 "
        "`liandong doctor` 中，并在 `/metrics` 中以 `liandong_alarm` 给出，"
        "均注明涉及对象和告警进程。"
    ),
    (
        "由我们运行的服务器（`liandong up`、`liandong server run`、内置服务器）每秒检查一次；"
        "异常退出、卡死，或因磁盘已满、磁盘故障而不再接收内容时，会自动重启。"
        "他人运行的服务器不由我们重启，此时由 `confirmations_slow` 提示其不予确认。"
    ),
)
_HEAD = {
    "en": ("name", "title", "meaning", "what to do", "ends"),
    "zh": ("名称", "标题", "含义", "处置", "结束"),
}
_ENDS = {
    "en": ("when it is mended", "a minute after it last happened"),
    "zh": ("问题消除时", "最后一次发生后一分钟"),
}


def alarms_page(language: Literal["en", "zh"]) -> str:
    """Return the page of alarms: what each means, and what to do."""
    lead = _EN if language == "en" else _ZH
    meanings = member_docstrings(AlarmName)
    rows: list[tuple[str, ...]] = []
    for name in AlarmName:
        label = labels.of_code(name)
        meaning, mend = (
            (meanings[name.name], label.mend_en)
            if language == "en"
            else (label.meaning_zh, label.mend_zh)
        )
        title, ends = getattr(label, language), _ENDS[language][name in MOMENTS]
        rows.append((f"`{name}`", title, meaning, mend, ends))
    return page([*lead, table(_HEAD[language], rows)])
