"""Words that occur in names and file names without naming anybody, and how names are shortened."""

from __future__ import annotations

from course_utils.naming.letters import words

# Small words inside surnames: naming one of them names nobody.
PARTICLES = frozenset(
    words(
        """al ap as af av da das de dei del della den der des di do dos du e el i ibn ben bin bint la las le
        los mac mc san st te ten ter van von y zu zum zur"""
    )
)
# What students write into file names that is nobody's name (unless the roster says it is).
FILLERS = frozenset(
    words(
        """final finished done draft version ver v new old updated update fixed corrected edit edited revised
        real last latest mine my the an of for and notebook notebooks jupyter colab ipynb python py nb file
        copy copia submission submit submitted resubmission resubmit attempt try solution solutions solved
        answer answers completed complete assignment assignments homework hw hausaufgabe uebung exercise
        exercises task tasks work worksheet problem problems set week module unit part section lecture course
        class late untitled student students name firstname lastname assignmentname deep learning
        deeplearning dl ml nn ai intro introduction first download downloads document documents template
        starter release released graded feedback test backup kaggle drive google export exported group team cs
        practice basics data science machine"""
    )
)


def runs(name: tuple[str, ...]) -> set[str]:
    """List how a name may be shortened: any run of its words, run together; never small words alone."""
    found = set()
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            run = name[start:end]
            if len(run) == len(name) or not PARTICLES.issuperset(run):
                found.add("".join(run))
    return found
