"""What two versions of a document say differently, clause by clause and word by word."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from re import findall

from privacy.models import Clause, Version

# Pieces of a text with what became of them: "same", "added" or "removed".
Pieces = list[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    number: str
    heading: Pieces
    text: Pieces
    # In one word what happened to the clause as a whole; empty when only words changed.
    fate: str = ""


def differences(old: Version | None, new: Version) -> list[Difference]:
    """In the language of the moment. The title and the short text come first, without a number."""
    found = []
    heads = [(version.title, version.summary) if version else ("", "") for version in (old, new)]
    if heads[0] != heads[1]:
        (old_title, old_summary), (new_title, new_summary) = heads
        found.append(
            Difference("", compare(old_title, new_title), compare(old_summary, new_summary))
        )
    before = {clause.number: clause for clause in old.clauses.all()} if old else {}
    after = {clause.number: clause for clause in new.clauses.all()}
    for clause in sorted((before | after).values(), key=lambda clause: clause.parts):
        was, became = before.get(clause.number), after.get(clause.number)
        if said(was) != said(became):
            found.append(
                Difference(
                    clause.number,
                    compare(was.heading if was else "", became.heading if became else ""),
                    compare(was.text if was else "", became.text if became else ""),
                    fate(was, became),
                )
            )
    return found


def said(clause):
    return clause and (clause.heading, clause.text, clause.is_suspended)


def fate(was: Clause | None, became: Clause | None) -> str:
    if was is None:
        return "added"
    if became is None:
        return "removed"
    if was.is_suspended != became.is_suspended:
        return "suspended" if became.is_suspended else "resumed"
    return ""


def compare(old: str, new: str) -> Pieces:
    before, after = words(old), words(new)
    matcher = SequenceMatcher(
        None,
        [word.rstrip() for word in before],
        [word.rstrip() for word in after],
        autojunk=False,
    )
    pieces = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(("same", "".join(after[j1:j2])))
            continue
        if i1 < i2:
            pieces.append(("removed", "".join(before[i1:i2])))
        if j1 < j2:
            pieces.append(("added", "".join(after[j1:j2])))
    return pieces


def words(text):
    """Each with the space that follows it, so that joined they are the text again."""
    return findall(r"\S+\s*", text)
