"""What the demo prints before the play and after it."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from liandong.ops.demo.clock import now
from liandong.ops.demo.scenario import ZONE
from liandong.ops.demo.summary import AidOutcome, Summary


def opening(url: str, inbox: Path, addresses: Mapping[str, str], incident: str) -> list[str]:
    """Return where everything listens, and how to look on.

    Args:
        url: The bus.
        inbox: Where the police CAD's exports are picked up.
        addresses: Where adapters and the console listen, by name.
        incident: The incident to come.
    """
    program = sys.argv[0]
    return [
        "Liandong 联动: a chemical plant burns in Linzhou 临洲, a city that does not exist.",
        "",
        f"  bus              {url}",
        f"  console          http://{addresses['console']}/",
        f"  police CSV       {inbox}",
        f"  Open311          http://{addresses['line-12345']}/services.xml",
        f"  HL7 over MLLP    {addresses['hospital-beds']}",
        f"  CAP push         http://{addresses['warning-centre']}/cap",
        "",
        "  in another terminal 在另一个终端:",
        f"    export LIANDONG_SERVERS={url}",
        f"    {program} tail --since start",
        f"    {program} incident show {incident}",
        f"    {program} orders",
        f"    {program} status",
    ]


def result(summary: Summary) -> list[str]:
    """Return the counts as a table."""
    return [
        "",
        "What the log holds 日志统计",
        *(f"  {name:<24}{count:>6}" for name, count in summary.events.items()),
        "",
        *(f"  orders {state:<17}{count:>6}" for state, count in summary.orders.items()),
        f"  aid {_aid(summary.aid)}",
        f"  dead letters {summary.dead_letters}",
        f"  {summary.seconds} s",
    ]


def _aid(aid: AidOutcome | None) -> str:
    if aid is None:
        return "not asked for"
    lines = [f"line {n}: {aid.granted.get(n, 0):g} of {asked:g}" for n, asked in aid.asked.items()]
    return ", ".join([aid.outcome, *lines, *(["released"] if aid.released else [])])


def kept(folder: Path, incident: str) -> list[str]:
    """Return how to look at the run once it is over.

    Args:
        folder: Its state.
        incident: The incident that was played.
    """
    return [
        "",
        "Kept until the next demo 保留至下次演示:",
        f"  LIANDONG_HOME={shlex.quote(str(folder))} {sys.argv[0]} incident show {incident}",
    ]


def reviewed(page: Path) -> list[str]:
    """Return where the review lies, a page for browsers."""
    return ["", f"How it went, as a page 复盘网页: {page.as_uri()}"]


def farewell(inbox: Path, incident: str) -> list[str]:
    """Return what may be tried while the agencies are there.

    Args:
        inbox: Where the police CAD's exports are picked up.
        incident: The incident that was played.
    """
    order = (
        f"publish order.issued order_id=mine-1 incident_id={incident} action=dispatch issued_by=me"
        " addressee.agency=lz/fire/119 addressee.unit_id=lz-e1 --area cn.99.01"
    )
    call = f"接警单编号,接警时间,警情类别\\nM1,{now().astimezone(ZONE):%F %T},火灾\\n"
    return [
        "",
        "The agencies stay on their posts; Ctrl-C ends it. 各单位在线，Ctrl-C 结束。 Try:",
        "  an order to the engine 向消防车下达命令",
        f"    {sys.argv[0]} {order}",
        "  a call to the police 模拟 110 报警",
        f"    printf '{call}' > {inbox}/mine.csv",
    ]


def goodbye() -> list[str]:
    """Return what is said after Ctrl-C, when everything has stopped."""
    return ["Goodbye: the demo has ended, and nothing of it runs on. 再见：演示已结束，全部停止。"]
