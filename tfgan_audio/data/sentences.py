"""English sentences for made speech: an endless, seeded supply from a small grammar."""

import numpy as np

_PEOPLE = (
    "the baker", "my older brother", "a young doctor", "our neighbour", "the bus driver",
    "her grandmother", "the whole team", "a tired nurse", "the school choir", "his youngest cousin",
    "the harbour master", "an old fisherman", "the new teacher", "a quiet student", "the gardener",
    "Victoria", "George and Amy", "the village judge", "a cheerful waiter", "the night watchman",
)  # fmt: skip
_ACTIONS = (
    "painted", "carried", "forgot", "measured", "cleaned", "found", "borrowed", "repaired",
    "photographed", "described", "watched", "sold", "wrapped", "moved", "hid", "polished",
    "searched for", "laughed about", "took care of", "asked about",
)  # fmt: skip
_THINGS = (
    "the wooden boat", "a box of oranges", "seven yellow chairs", "the broken clock",
    "an enormous map", "the garden fence", "a jar of thick honey", "both of the bicycles",
    "the kitchen shelves", "a pair of leather gloves", "the third chapter", "a very small puppy",
    "the church bell", "fresh bread and cheese", "the green umbrella", "an unusual shell",
    "the message from Thomas", "a judge's measuring rod", "the choir's sheet music", "every window",
)  # fmt: skip
_PLACES = (
    "behind the station", "near the frozen lake", "in the upstairs hall", "under the stone bridge",
    "at the edge of the forest", "on the way to Oxford", "beside the old mill", "in the garage",
    "by the northern gate", "in front of the library", "outside the town", "at the top of the hill",
)  # fmt: skip
_TIMES = (
    "early on Sunday morning", "just before the thunderstorm", "every other Thursday",
    "at half past nine", "a few weeks ago", "while the others were asleep", "in late October",
    "as soon as it was light", "without saying a word", "after a long journey", "for the last time",
    "with surprising ease",
)  # fmt: skip
_REMARKS = (
    "It is getting cold in here.", "Nobody knew what to say.", "Please close the door quietly.",
    "How far is it to the coast?", "That was a wonderful idea!", "We should leave at once.",
    "Which of these would you choose?", "The answer is twenty seven.", "I could hardly believe it.",
    "Thank you, that is very kind.", "Have you ever seen such a thing?", "There is enough for all.",
    "The weather will change tomorrow.", "He usually arrives by train.", "Just follow the river.",
    "What a beautiful view this is.", "They were both right in a way.",
    "Call me when you get there.", "A thousand stars were visible.",
    "Rain is expected in the evening.",
)  # fmt: skip


def sentence(rng: np.random.Generator) -> str:
    """Make up one sentence, of three to seven spoken seconds.

    Args:
        rng: What to draw from.

    Returns:
        A statement in one of several orders, sometimes with a short remark behind it.
    """

    def pick(words: tuple[str, ...]) -> str:
        return words[int(rng.integers(len(words)))]

    who, did, what, where, when = map(pick, (_PEOPLE, _ACTIONS, _THINGS, _PLACES, _TIMES))
    orders = (
        f"{who} {did} {what} {where}.",
        f"{when}, {who} {did} {what}.",
        f"{where}, {who} {did} {what} {when}.",
        f"{who} {did} {what}, and {pick(_PEOPLE)} {pick(_ACTIONS)} {pick(_THINGS)}.",
    )
    text = pick(orders)
    remark = f" {pick(_REMARKS)}" if rng.random() < 0.4 else ""
    return text[0].upper() + text[1:] + remark
