import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.council_names import councils, synonyms
from pipeline.facts.councils import council_of_text, find_councils, printed_name, resolve

CURRENT = [row for row in councils() if not row["valid_to"]]
FORMER = [row for row in councils() if row["valid_to"]]
INVENTED = [
    "Ashmarsh", "Bexcombe", "Calderwick", "Dunmere", "Ettlesham", "Fenwold", "Garrowfield",
    "Holmcastle", "Inglemoor", "Kelderby", "Larkhaven", "Merrowbridge", "Northquay", "Oxcliffe",
]  # fmt: skip
FORMS = [
    "{}", "{} Council", "The {} Council", "{} County Council", "{} City Council",
    "City of {} Council", "London Borough of {}", "The Royal Borough of {}", "Borough of {}",
    "{} Metropolitan Borough Council", "{} MBC", "Metropolitan Borough of {}", "{} District",
    "City of {} Metropolitan District Council", "{} local authority", "{} Council 1",
    "{} Children's Trust on behalf of {} Council", "{} Council (with {} Children's Trust)",
    "{} local authority children’s services", "{} Council’s",
]  # fmt: skip
LOWER_TIER = [
    "Lincoln", "Northampton", "East Northamptonshire", "South Northamptonshire", "East Suffolk",
    "West Suffolk", "Mid Sussex", "South Somerset", "Allerdale", "Stafford", "Harlow", "Boston",
    "Burnley", "Woking", "Gloucester", "Newcastle-under-Lyme", "North West Leicestershire",
    "Richmondshire", "South Yorkshire", "Greater Manchester", "Cardiff", "Stratford-on-Avon",
    "Wyre Forest", "Rother", "Chester", "Tyneside", "Sussex",
]  # fmt: skip


def test_there_are_153_councils_with_codes_of_their_own() -> None:
    assert len(CURRENT) == 153
    for column in ("gss_code", "la_code"):
        assert len({row[column] for row in councils()}) == len(councils())
    assert all(re.fullmatch(r"E(06|08|09|10)\d{6}", row["gss_code"]) for row in councils())
    assert all(re.fullmatch(r"\d{3}", row["la_code"]) for row in councils())
    assert len({row["region"] for row in councils()}) == 9


def test_former_authorities_have_successors_that_exist_from_the_next_day() -> None:
    begun = {row["name"]: row["valid_from"] for row in CURRENT}
    for row in FORMER:
        year = row["valid_to"][:4]
        assert row["valid_to"].endswith("-03-31")
        assert {begun[name] for name in row["successors"].split(";")} == {f"{year}-04-01"}


def test_synonyms_belong_to_councils_that_exist() -> None:
    assert set(synonyms()) <= {row["name"] for row in councils()}


def test_a_synonym_means_one_council() -> None:
    for name, printed in synonyms().items():
        assert {resolve(other).name for other in printed} == {name}


@pytest.mark.parametrize("form", FORMS)
def test_every_council_is_resolved_in_every_form(form: str) -> None:
    for row in CURRENT:
        for name in (row["name"], row["name"].upper(), row["name"].replace(" ", "\n")):
            found = resolve(form.replace("{}", name))
            assert (found.name, found.gss_code, found.la_code, found.region) == (
                row["name"], row["gss_code"], row["la_code"], row["region"],
            ), (form, name)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_invented_or_lower_tier_name_becomes_a_council(form: str) -> None:
    for name in INVENTED + LOWER_TIER:
        found = resolve(form.replace("{}", name))
        assert (found.method, found.name, found.gss_code) == ("unresolved", name, "")


@pytest.mark.parametrize(
    ("printed", "name", "method"),
    [
        ("Royal Borough of Windsor & Maidenhead", "Windsor and Maidenhead", "exact"),
        ("Stoke on Trent City Council", "Stoke-on-Trent", "exact"),
        ("Stockton-\non-Tees", "Stockton-on-Tees", "exact"),
        ("Northumber-\nland County\nCouncil", "Northumberland", "exact"),
        ("Saint Helens", "St. Helens", "exact"),
        ("The Isle of Wight Council", "Isle of Wight", "exact"),
        ("City of London", "City of London", "exact"),
        ("Corporation of London", "City of London", "synonym"),
        ("Kingston-upon-Hull City Council", "Kingston Upon Hull, City of", "synonym"),
        ("Hull", "Kingston Upon Hull, City of", "synonym"),
        ("The Royal Borough of Kingston", "Kingston upon Thames", "synonym"),
        ("Bristol City Council", "Bristol, City of", "synonym"),
        ("County Durham", "Durham", "synonym"),
        ("Newcastle City Council", "Newcastle upon Tyne", "synonym"),
        ("Bedford Borough Council", "Bedford Borough", "exact"),
        ("Bedford", "Bedford Borough", "synonym"),
        ("B&NES", "Bath and North East Somerset", "synonym"),
        ("Birmingham Children's Trust on behalf of…", "Birmingham", "synonym"),
        ("Brighter Futures for Children", "Reading", "synonym"),
        ("Sandwell MBC and Sandwell Children's Trust", "Sandwell", "exact"),
        ("1 Kent County Council", "Kent", "exact"),
        ("Middlesborough Council", "Middlesbrough", "fuzzy"),
        ("Nottinghmshire County Council", "Nottinghamshire", "fuzzy"),
        ("Cumbria County Council", "Cumbria", "former"),
        ("Northamptonshire", "Northamptonshire", "former"),
        # One name of two, or two names at once, is not for a rule to choose.
        ("Kingston", "Kingston", "unresolved"),
        ("Achieving for Children on behalf of Kingston and Richmond", "Kingston and Richmond",
         "unresolved"),
        ("London", "London", "unresolved"),
        ("Ashmarsh and Kent", "Ashmarsh and Kent", "unresolved"),
        ("Wiltonshire Council", "Wiltonshire", "unresolved"),
        ("the council", "", "unresolved"),
        ("", "", "unresolved"),
    ],
)  # fmt: skip
def test_resolve(printed: str, name: str, method: str) -> None:
    found = resolve(printed)
    assert (found.name, found.method) == (name, method)
    assert (found.score == 1) == (method not in ("fuzzy", "unresolved"))


@pytest.mark.parametrize(
    ("printed", "on", "gss_code"),
    [
        ("Dorset County Council", "2018-03-02", "E10000009"),
        ("Dorset", "2019-03-31", "E10000009"),
        ("Dorset", "2019-04-01", "E06000059"),
        ("Dorset Council", "", "E06000059"),
        ("Borough of Poole", "2014-01-01", "E06000029"),
        ("Bournemouth", "", "E06000028"),
        ("BCP Council", "2022-02-11", "E06000058"),
        ("Northamptonshire County Council", "2016-04-27", "E10000021"),
        ("West Northamptonshire", "2022-11-25", "E06000062"),
        ("Cheshire County Council", "2008-05-05", "E10000004"),
        ("Buckinghamshire County Council", "2014-08-08", "E06000060"),
    ],
)
def test_the_date_decides_whose_a_name_was(printed: str, on: str, gss_code: str) -> None:
    assert resolve(printed, on).gss_code == gss_code


def test_a_lost_letter_never_makes_another_council() -> None:
    right = 0
    for row in CURRENT:
        for at in range(len(row["name"])):
            found = resolve(row["name"][:at] + row["name"][at + 1 :])
            assert found.gss_code in ("", row["gss_code"])
            right += found.gss_code == row["gss_code"]
    assert right > 1200


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("London Borough of Ashmarsh", "Ashmarsh"),
        ("ASHMARSH UPON FENWOLD COUNTY COUNCIL", "Ashmarsh upon Fenwold"),
        ("Merrow-\nbridge City Council", "Merrowbridge"),
        ("Holmcastle Children's Trust (on behalf of Holmcastle Council)", "Holmcastle"),
        ("City of London Corporation", "City of London Corporation"),
        ("Durham County Council", "Durham"),
        ("Bedford Borough Council", "Bedford Borough"),
        ("The Bedford Borough Council", "Bedford Borough"),
        ("Councilton", "Councilton"),
        ("County Council", ""),
    ],
)
def test_printed_name(printed: str, expected: str) -> None:
    assert printed_name(printed) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Visits in Kent, Rutland and Camden.", ["Kent", "Rutland", "Camden"]),
        ("Kent's staff; a Kent-based firm.", ["Kent", "Kent"]),
        ("Jane Sutton of Surrey Street, Kentish Town.", []),
        ("Cllr Derby spoke in Derby.", ["Derby"]),
        ("The Duke of York saw North Yorkshire and York.", ["North Yorkshire", "York"]),
        ("University of Essex, New York, Mid Devon, Greater Manchester.", []),
        ("Newcastle-under-Lyme and Sutton-in-Ashfield.", []),
        ("Newcastle upon Tyne.", ["Newcastle upon Tyne"]),
        ("reading well; Reading the plan; Bury the idea.", []),
        ("Children's services in Reading and Bury Council.", ["Reading", "Bury"]),
        ("Stoke-on-\nTrent City Council", ["Stoke-on-Trent"]),
        ("St Helens, St. Helens.", ["St. Helens", "St. Helens"]),
        ("Bournemouth, Christchurch & Poole Council", ["Bournemouth, Christchurch and Poole"]),
        ("Royal Borough of Kensington\nand Chelsea", ["Kensington and Chelsea"]),
        ("OFSTED PRAISES KENT COUNTY COUNCIL", ["Kent"]),
        ("Ofsted Rates Kent Teams Highly", ["Kent"]),
        ("Store Street, Manchester M1 2WD", []),
        ("kent, the sutton plan", []),
        ("Hull City Council", ["Kingston Upon Hull, City of"]),
        ("Westminster argues; Westminster City Council acts.", ["Westminster"]),
        ("Leeds Road and Bolton Wanderers", []),
    ],
)
def test_find_councils(text: str, expected: list[str]) -> None:
    assert [name for _, _, name in find_councils(text)] == expected


@pytest.mark.parametrize(
    ("title", "text", "on", "expected"),
    [
        ("Ofsted visit", "Kent County Council was praised. Surrey and Essex were not.", "", "Kent"),
        ("Good news for Kent", "Surrey helped. Surrey was thanked.", "", "Kent"),
        ("Ofsted praises Ashmarsh", "Ashmarsh County Council beat Kent. Kent is near.", "",
         "Ashmarsh"),
        ("Report Slams Merrowbridge County Council", "Merrowbridge County Council will act.", "",
         "Merrowbridge"),
        ("A report", "Cllr Amy Kent said children's services in Fenwold improved.", "", "Fenwold"),
        ("Northumberand County Council praised", "Staff were thanked.", "", "Northumberland"),
        ("A new start", "West Northamptonshire Council took over. Northamptonshire Police agreed.",
         "2022-05-01", "West Northamptonshire"),
        ("Late visits", "Teenagers in Inglemoor were seen in July. Children in Need waited.", "",
         "Inglemoor"),
        ("A meeting", "The Youth Council and the Children in Care Council met.", "", ""),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_council_of_text(title: str, text: str, on: str, expected: str) -> None:
    found = council_of_text(title, text, on)
    assert found.name == expected
    assert bool(found.gss_code) == (found.method != "unresolved")


def test_the_date_decides_the_council_of_a_text() -> None:
    text = "Dorset County Council was inspected."
    assert council_of_text("", text, "2016-01-01").la_code == "835"
    assert council_of_text("", text, "2020-01-01").la_code == "838"


names = st.sampled_from([row["name"] for row in councils()] + INVENTED)
between = st.sampled_from(
    [" ", ", ", " and ", "\n", " Street ", " County Council ", ". Mr ", " in ", "’s ", "-", ""]
)


@given(st.lists(st.tuples(names, between), max_size=8))
def test_what_is_found_is_in_the_text_in_order(pieces: list[tuple[str, str]]) -> None:
    text = "".join(name + gap for name, gap in pieces)
    end = 0
    for start, stop, name in find_councils(text):
        assert end <= start < stop
        assert resolve(text[start:stop]).name == name
        end = stop


@given(st.text(max_size=60) | st.lists(st.tuples(names, between), max_size=3).map(repr))
def test_whatever_is_printed_gets_codes_or_a_name(printed: str) -> None:
    found = resolve(printed)
    assert bool(found.gss_code) == bool(found.region) == (found.method != "unresolved")
    assert found.method != "unresolved" or found.name == printed_name(printed)
    assert 0 <= found.score <= 1


@given(st.sampled_from(INVENTED), st.sampled_from(FORMS))
def test_a_name_that_was_cleaned_is_clean(name: str, form: str) -> None:
    once = printed_name(form.replace("{}", name))
    assert printed_name(once) == once
