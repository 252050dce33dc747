"""What a submission did that an honest one has no reason to do, each in one sentence for the instructor.

    sightings = look(evidence)      # what source, file, kernel and outputs show
    is_listed(sightings)            # whether the class report lists the submission

Nothing here decides about points: the judge did, from responses, whatever was tried. It says what was seen, and
quotes the line; what it means is for a person to find out. Students' pages say nothing of it.
"""

from __future__ import annotations

from autograder.integrity.look import Evidence, look
from autograder.integrity.sighting import Kind, Sighting, is_listed, listed

__all__ = ["Evidence", "Kind", "Sighting", "is_listed", "listed", "look"]
