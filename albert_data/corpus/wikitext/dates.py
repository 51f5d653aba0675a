"""Dates, ages and durations written as template arguments: `{{birth date|1809|2|12}}`."""

from __future__ import annotations

import calendar
import datetime
import re

from albert_data.corpus.wikitext.arguments import Arguments

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTH_OF = {
    **{name.lower(): number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3].lower(): number for number, name in enumerate(_MONTHS, 1)},
}
_YEAR = re.compile(r"\d{1,4}(?: ?(?:BCE?|AD|CE))?")
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_WRITTEN = re.compile(r"[^\W\d]|\d{4}")  # a date in words, not a lone number


def date(a: Arguments) -> str | None:
    """The first date among the arguments (a second one is the other end of a life).

    Day, month and year in this order, as in other languages, stay in it.
    """
    return _date_at(a, 1, _is_set(a, "df"))


def _date_at(a: Arguments, place: int, day_first: bool) -> str | None:
    first, second, third = (a.get(str(place + n), "").strip() for n in range(3))
    if not first:
        return ""
    if match := _ISO.fullmatch(first):
        return spelled(match[1], match[2], match[3] or "", day_first)
    if _DAY.fullmatch(first) and second and _is_long_year(third):
        return spelled(third, second, first, day_first=True)
    if _DAY.fullmatch(first) and second and not second[0].isdecimal():
        return " ".join(part for part in (first, second, third) if part)
    if not _YEAR.fullmatch(first):
        return first if _WRITTEN.search(first) else None
    return spelled(first, second, third, day_first)


def spelled(year: str, month: str, day: str, day_first: bool) -> str | None:
    """`February 12, 1809`, `12 February 1809`, `February 1809` or `1809`; None where it is none."""
    if not month:
        return year
    if month.isdecimal():
        if not 1 <= int(month) <= 12:
            return None
        month = _MONTHS[int(month) - 1]
    if not day:
        return f"{month} {year}".strip()
    if not _DAY.fullmatch(day):
        return None
    day = day.lstrip("0")
    return f"{day} {month} {year}".strip() if day_first else f"{month} {day}, {year}".strip(", ")


def date_range(a: Arguments) -> str | None:
    """The years from the first argument to the second."""
    return "–".join(a.of(k) for k in ("1", "2") if a.of(k))


def as_of(a: Arguments) -> str | None:
    """`As of 7 May 2012`, or `as of` with `lc`, `Since` with `since`; month first with `df=US`."""
    if a.of("alt"):
        return a.of("alt")
    day_first = a.get("df", "").strip().lower() not in ("us", "mdy")
    when = _date_at(a, 1, day_first)
    if not when:
        return None
    if a.get("4", "").strip() and (until := _date_at(a, 4, day_first)):
        when = f"{when}–{until}"
    words = "Since" if a.of("since") else "As of"
    words = words.lower() if a.of("lc") else words
    words = "" if a.of("bare") else f"{words} "
    return f"{words}{a.of('pre')} {when}".strip().replace("  ", " ") + a.get("post", "").rstrip()


def old_style(a: Arguments) -> str | None:
    """`{{OldStyleDate|12 February|1809|31 January}}`: the day in both calendars."""
    return f"{a.of('1')} [O.S. {a.of('3')}] {a.of('2')}".strip() if a.of("3") else None


def old_style_years(a: Arguments) -> str | None:
    """`{{OldStyleDateDY|…}}`: the years differ too."""
    if not a.of("3"):
        return None
    return f"{a.of('1')} {a.of('2')} [O.S. {a.of('3')}]"


def day_month_year(a: Arguments) -> str | None:
    """The arguments in the order in which they stand, as wikis of other languages write dates."""
    words = [word for word in a.places()[:4] if word and word != "-"]
    return " ".join(words) if words else None


# ---- ages


def _days(a: Arguments) -> tuple[datetime.date, datetime.date] | None:
    """The two days that are given; today's is the page's."""
    found: list[datetime.date] = []
    places = a.places()
    if places[:1] and (match := _ISO.fullmatch(places[0])) and match[3]:
        places = [match[1], match[2], match[3], *places[1:]]
    for start in (0, 3):
        parts = places[start : start + 3]
        if len(parts) < 3 or not all(parts):
            break
        month = _MONTH_OF.get(parts[1].lower(), 0) or (int(parts[1]) if parts[1].isdecimal() else 0)
        try:
            found.append(datetime.date(int(parts[0]), month, int(parts[2])))
        except (ValueError, OverflowError):
            return None
    if len(found) == 1 and len(places) <= 3 and a.page.date:
        found.append(a.page.date)
    return (found[0], found[1]) if len(found) == 2 and found[0] <= found[1] else None


def _full_years(first: datetime.date, last: datetime.date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def age(a: Arguments) -> str | None:
    """Full years from one day to the other, or to the page's."""
    days = _days(a)
    return str(_full_years(*days)) if days else None


def age_in_days(a: Arguments) -> str | None:
    days = _days(a)
    return f"{(days[1] - days[0]).days:,}" if days else None


def age_in_months(a: Arguments) -> str | None:
    days = _days(a)
    return str(_full_months(*days)) if days else None


def _full_months(first: datetime.date, last: datetime.date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month - (last.day < first.day)


def age_in_years_and_days(a: Arguments) -> str | None:
    """`10 years, 3 days`."""
    days = _days(a)
    if not days:
        return None
    first, last = days
    years = _full_years(first, last)
    day = min(first.day, calendar.monthrange(first.year + years, first.month)[1])
    rest = (last - first.replace(year=first.year + years, day=day)).days
    return ", ".join(_counted(n, word) for n, word in ((years, "year"), (rest, "day")) if n or rest)


def years_ago(a: Arguments) -> str | None:
    """Years from the first argument to the page's."""
    year = a.of("1")
    if not a.page.date or not year.isdecimal() or int(year) > a.page.date.year:
        return None
    return _counted(a.page.date.year - int(year), "year") + " ago"


def duration(a: Arguments) -> str | None:
    """`93 minutes` of one unit, `1:05:03` of several."""
    places = a.places()
    if len(places) == 1 and ":" in places[0]:
        return places[0]
    given = {
        word: a.of(key, place)
        for word, key, place in (("hour", "h", "1"), ("minute", "m", "2"), ("second", "s", "3"))
    }
    if not all(re.fullmatch(r"\d{1,6}(?:\.\d+)?|", n) for n in given.values()):
        return None
    units = [(n, word) for word, n in given.items() if n]
    if len(units) == 1:
        n, word = units[0]
        return f"{n} {word}{'' if n == '1' else 's'}"
    hours, minutes, seconds = (n or "0" for n in given.values())
    if not units:
        return None
    seconds = seconds.zfill(2) if "." not in seconds else seconds
    return f"{hours}:{minutes.zfill(2)}:{seconds}" if given["hour"] else f"{minutes}:{seconds}"


def _counted(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def _is_long_year(text: str) -> bool:
    return len(text) in (3, 4) and text.isdecimal()


def _is_set(a: Arguments, name: str) -> bool:
    return a.get(name, "").strip().lower() in ("y", "yes", "true", "1", "dmy")
