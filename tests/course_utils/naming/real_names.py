"""Students as rosters have them, and what their files are called when they arrive: 120 people, 480 file names."""

from __future__ import annotations

from course_utils.naming.convention import wanted_name
from course_utils.naming.letters import joined

PEOPLE = [
    tuple(line.split("|"))
    for line in """
Amelia|Thornton
Benjamin|Okafor
Charlotte|Whitfield
Daniel|Abramowitz
Eleanor|Fitzgerald
Farid|Rahmani
Gabriella|Santoro
Hiroshi|Tanaka
Isabelle|Lefebvre
Jamal|Washington
Katarzyna|Wiśniewska
Liam|O'Sullivan
Mei-Ling|Chang
Nadia|Haddad
Oliver|Baumgartner
Priya|Raghunathan
Quentin|Desrosiers
Rosa|Jiménez Ortega
Søren|Kjærgaard
Tamar|Ben-David
Ulrike|Schönfeld
Valentina|De Angelis
Wanjiru|Kamau
Xiomara|Castillo Reyes
Yusuf|Demir
Zsófia|Kovács
Anaïs|Dupont-Moretti
Bjørn|Halvorsen
Ciarán|Mac Giolla
Đức|Trần
Éloïse|Beauchêne
Fionnuala|Ní Dhomhnaill
Guðrún|Sigurðardóttir
Håkon|Østby
İbrahim|Çelikkol
João Pedro|Albuquerque
Kōji|Yamashita
Lê|Hoàng Nam
Małgorzata|Śliwińska
Nuño|Ibáñez
Ömer|Yıldırım
Paweł|Grzegorzewski
Raúl|Peña Nieto
Şeyma|Akgül
Tõnu|Kõivumägi
Ugnė|Žukauskaitė
Věra|Dvořáková
Wiktoria|Jabłońska
Ximena|Núñez
Yaël|Cohen-Solal
Žiga|Kovačič
Aarav|Subramaniam
Chidinma|Eze
Dimitrios|Papadakis
Ekaterina|Volkova
Folasade|Adeyemi
Giovanni|D'Agostino
Huda|Al-Masri
Ilse|van der Berg
Jean-Baptiste|Clément
Kwame|Asante-Boateng
Lakshmi|Venkataraman
Mary Jane|Pemberton
Nomvula|Dlamini
Oluwaseun|Babatunde
Pedro Henrique|dos Santos
Rania|El Khoury
Siobhán|O’Connell
Thandiwe|Nkosi
Uzma|Siddiqui
Vikram|Chaudhary
Willem|de Vries
Xavier|Montgomery
Yetunde|Ogunleye
Zachary|St. Clair
Ana Sofía|Domínguez
Brigid|McAllister
Conor|MacIntyre
Delphine|Rousseau
Emiliano|Guerrero
Fatou|Diallo
Gethin|ap Rhys
Hannelore|Weiß
Ingrid|Straßer
Jürgen|Großkopf
Kirsten|Bræmer
Lourdes|Villanueva
Mehmet Ali|Kaya
Nikolaj|Sørensen
Orlaith|Gallagher
Petra|Müllerová
Roberto Carlos|Fuentes
Shu-Fen|Liao
Takumi|Nakagawa
Ursula|Zimmermann
Viktória|Szabó
Wolfgang|Königsberger
Yevheniia|Tkachenko
Zainab|Hussein
Sukarno|
Madonna|
Олександр|Бондаренко
Наталия|Смирнова
Δημήτρης|Αντωνίου
Μαρία|Παπαγεωργίου
美咲|渡辺
健太|小林
伟强|陈
丽华|刘
지훈|박
서연|최
محمود|درويش
ليلى|منصور
דניאל|לוי
नेहा|गुप्ता
ธนพล|ศรีสุข
გიორგი|ბერიძე
Անահիտ|Սարգսյան
ሰላም|ተስፋዬ
Nguyễn Thị|Mỹ Linh
""".strip().splitlines()
]
PLACES = ("browser", "jupyter", "canvas", "moodle", "drive", "mail", "late")


def marked(place: str, first: str, last: str, stem: str, number: int) -> str:
    """What a platform or a browser makes of a rightly named file."""
    account = joined(last) + joined(first)
    return {
        "browser": f"{stem} ({number % 4 + 1}).ipynb",
        "jupyter": f"{stem}-Copy{number % 3 + 1}.ipynb",
        "canvas": f"{account}_{10_000 + number}_{700_000 + number}_{stem}-{number % 5 + 1}.ipynb",
        "moodle": f"{f'{first} {last}'.strip()}_{400_000 + number}_assignsubmission_file_{stem}.ipynb",
        "drive": f"Copy of {stem}.ipynb",
        "mail": f"{stem}.ipynb.txt",
        "late": f"{account}_LATE_{10_000 + number}_{700_000 + number}_{stem}.ipynb",
    }[place]


def mistaken(first: str, last: str, number: int) -> str:
    """What a student writes who did not read the rule; the name is there, not as it should be."""
    whole = f"{first} {last}".strip().replace(" ", "_")
    ways = (f"hw1_{whole}", f"{whole}_homework1", f"{whole}_hw1_final", f"{whole}-hw1-v2", f"{whole}_hw_1_done")
    return f"{ways[number % len(ways)]}.ipynb"


def names() -> list[tuple[str, str, str, bool]]:
    """List (file name, first name, last name, whether the name follows the rule): four for each of the people."""
    found = []
    for number, (first, last) in enumerate(PEOPLE):
        stem = wanted_name(f"{first} {last}".strip(), "hw1").removesuffix(".ipynb")
        found += [
            (f"{stem}.ipynb", first, last, True),
            (marked(PLACES[number % len(PLACES)], first, last, stem, number), first, last, True),
            (f"{stem.replace('_', ' ').lower()}.ipynb", first, last, True),
            (mistaken(first, last, number), first, last, False),
        ]
    return found
