"""Words at which a moderator looks up. They advise; only a moderator refuses."""

from dataclasses import dataclass

from listings import held
from moderation.models import StopWord
from ui import alphabet


@dataclass(frozen=True)
class Hit:
    stop_word: StopWord
    # As it stands in the text.
    written: str


def hits_in(*texts: str) -> list[Hit]:
    written = [word for text in texts for word in text.split()]
    folded = [alphabet.folded(word) for word in written]
    line = f" {' '.join(folded)} "
    found = []
    for stop_word in StopWord.objects.all():
        wanted = alphabet.folded(stop_word.word)
        whole = f" {wanted} " if stop_word.mode == StopWord.Mode.WORD else f" {wanted}"
        if wanted and (place := line.find(whole)) >= 0:
            # The words before it tell which of the written ones it is.
            number = word_at(folded, place)
            last = number + wanted.count(" ") + 1
            found.append(Hit(stop_word, " ".join(written[number:last]).strip(".,;:!?()«»“”\"'")))
    return found


def word_at(folded, place):
    """Which word stands there; one that is nothing but signs takes only its space."""
    here = 0
    for number, word in enumerate(folded):
        if here + len(word) >= place and word:
            return number
        here += len(word) + 1
    return 0


def holds(content) -> bool:
    found = hits_in(content.title, content.description)
    return any(hit.stop_word.action == StopWord.Action.HOLD for hit in found)


held.register(holds)
