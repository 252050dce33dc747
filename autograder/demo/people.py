"""The demo's class of twelve: names as classes really have them, and what each of them hands in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pupil:
    """A student of the demo: who, under which file name, with which work, how late, with which accident.

    `late_days` is days after the deadline (negative: before it); `accident` names a function of `inbox`.
    """

    id: str
    first_name: str
    last_name: str
    file_name: str
    work: tuple[str, ...] = ()
    late_days: float = -1.0
    header: str = ""
    accident: str = ""
    zipped: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name as the student writes it into the notebook."""
        return f"{self.first_name} {self.last_name}".strip()


CLASS = (
    Pupil("s001", "Zoë", "Müller", "Zoë_Müller_hw1.ipynb"),
    Pupil(
        "s002",
        "José Ángel",
        "García Márquez",
        "JoséÁngel_GarcíaMárquez_hw1.ipynb",
        ("no bias", "turned round", "off by one"),
    ),
    Pupil(
        "s003",
        "Siobhán",
        "O'Connor",
        "oconnorsiobhan_48213_990121_Siobhán_O'Connor_hw1-1.ipynb",
        ("mean for sum", "root of each"),
    ),
    Pupil("s004", "Sukarno", "", "Sukarno_hw1.ipynb", ("half", "no two")),
    Pupil("s005", "Thị Minh Khai", "Nguyễn", "ThịMinhKhai_Nguyễn_hw1.ipynb", ("loops",), zipped=True),
    Pupil(
        "s006",
        "Anne-Marie",
        "D'Souza",
        "Anne-Marie_D'Souza_hw1.ipynb",
        ("in place", "one after the other"),
        late_days=1.3,
    ),
    Pupil("s007", "Wei", "Zhang", "hw1 (1).ipynb", ("through the origin", "no abs")),
    Pupil("s008", "Kwame", "Mensah", "Kwame_Mensah_hw1.ipynb", ("column", "in place"), header="none"),
    Pupil(
        "s009",
        "Olga",
        "Ivanova",
        "olga ivanova HW1 final.ipynb",
        ("no two",),
        accident="copied_and_deleted_cells",
    ),
    Pupil(
        "s010",
        "Noah",
        "van der Berg",
        "Noah_vanderBerg_hw1.ipynb",
        ("hangs", "syntax"),
        accident="endless_cell",
    ),
    Pupil("s011", "Fatima", "al-Zahra", "Fatima_al-Zahra_hw1.ipynb", ("kills",)),
    Pupil(
        "s012",
        "Ravi",
        "Kumar",
        "Ravi_Kumar_hw1.ipynb",
        ("unfinished",),
        late_days=0.02,
        accident="printed_flood",
    ),
)
