"""The demo's class of thirty: names as classes really have them, and what each of them hands in."""

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
    Pupil("s013", "Amara", "Okafor", "Amara_Okafor_hw1.ipynb", ("loops", "no abs")),
    Pupil("s014", "Łukasz", "Wiśniewski", "Łukasz_Wiśniewski_hw1.ipynb", ("off by one",)),
    Pupil("s015", "Priya", "Raghunathan", "Priya_Raghunathan_hw1.ipynb", ("no bias",)),
    Pupil("s016", "Mateus", "Oliveira", "Mateus_Oliveira_hw1.ipynb", ("half", "through the origin")),
    Pupil("s017", "Yuki", "Tanaka", "Yuki_Tanaka_hw1.ipynb", ("root of each",)),
    Pupil("s018", "Chloé", "Lefèvre", "Chloé_Lefèvre_hw1.ipynb", ("turned round",)),
    Pupil("s019", "Ibrahim", "Diallo", "Ibrahim_Diallo_hw1.ipynb", ("loops", "no two"), late_days=0.6),
    Pupil("s020", "Hana", "Kovářová", "Hana_Kovářová_hw1.ipynb", ("one after the other",)),
    Pupil("s021", "Søren", "Jørgensen", "Søren_Jørgensen_hw1.ipynb", ("mean for sum", "no abs")),
    Pupil("s022", "Leila", "Haddad", "Leila_Haddad_hw1.ipynb", ("through the origin",)),
    Pupil("s023", "Min-jun", "Park", "Min-jun_Park_hw1.ipynb", ("no bias", "off by one")),
    Pupil("s024", "Freya", "Lindqvist", "lindqvistfreya_51877_1002213_Freya_Lindqvist_hw1.ipynb", ("half",)),
    Pupil("s025", "Diego", "Fernández", "Diego_Fernández_hw1.ipynb", ("loops", "one after the other")),
    Pupil("s026", "Nkechi", "Eze", "Nkechi_Eze_hw1.ipynb", ("unfinished", "no bias")),
    Pupil("s027", "Tamar", "Ben-David", "Tamar_Ben-David_hw1.ipynb", ("syntax",), late_days=2.2),
    Pupil("s028", "Giulia", "De Santis", "Giulia_DeSantis_hw1.ipynb", ("root of each", "no abs")),
    Pupil("s029", "Rowan", "Achterberg", "Rowan_Achterberg_hw1.ipynb", ("loops", "mean for sum")),
    Pupil("s030", "Dilnoza", "Karimova", "Dilnoza_Karimova_hw1.ipynb", ("turned round", "through the origin")),
)
