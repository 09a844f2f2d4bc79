"""The headings that the inspectorate's layouts prescribe, by a key for manuscripts and tests."""

_PROGRESS = "The experiences and progress of "
_PRACTICE = "social work practice"
_LEAVERS = "care leavers"
_IN_CARE = f"{_PROGRESS}children in care"
OFFICIAL = {
    "help_protection": f"{_PROGRESS}children who need help and protection",
    "in_care": _IN_CARE,
    "in_care_and_leavers": f"{_IN_CARE} and {_LEAVERS}",
    "care_leavers": f"{_PROGRESS}{_LEAVERS}",
    "permanence": f"{_PROGRESS}children looked after and achieving permanence",
    "leaders": f"The impact of leaders on {_PRACTICE} with children and families",
    "judged_leavers": f"The graded judgement about the experience and progress of {_LEAVERS}",
}
