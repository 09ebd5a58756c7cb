r"""Make English sentences read aloud by a synthesiser, to train acoustic models and vocoders on.

Every other sentence is of common words in the usual order, the rest of words that `wonderwords`
lists, which are many more, so that most sounds stand beside most others. It needs
`pip install wonderwords`. A minute or two make two hours of one voice:

    python benchmarks/reading_data.py --out data/reading

Then `tfgan-audio train acoustic_small --run runs/reader`, and for the vocoder
`tfgan-audio train mb_melgan_small data.speech_dir=data/reading --run runs/voice`.
"""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

import numpy as np

from tfgan_audio.data.sentences import sentence
from tfgan_audio.data.synthetic_reading import SPEAKERS, STYLES, made_reading

FORMS = (
    "The {adjective} {noun} and the {adjective} {noun} can {verb} a {noun}.",
    "We should {verb} the {noun}, the {noun} and the {adjective} {noun}.",
    "Did they {verb} the {noun}, or was it the {adjective} {noun}?",
    "Every {noun} will {verb} some {adjective} {noun} with the {noun}.",
    "No {noun} is as {adjective} as the {noun} that you {verb}.",
    "Please {verb} my {adjective} {noun}; your {noun} must {verb} it.",
    "If a {noun} is {adjective}, they {verb} the {noun} at once.",
    "Some {adjective} {noun}, this {noun}: we never {verb} such a {noun}!",
)

UNKIND = set(  # in sentences without sense
    "atheist bisexual gay gender heterosexual homosexual infidel lesbian native race rape rapist "
    "sex sexuality slave slavery suicide transgender transsexual virgin".split()
)


def word_lists() -> dict[str, list[str]]:
    """Return the words of each kind, without long, compound and rude ones."""
    folder = files("wonderwords").joinpath("assets")

    def words(name: str) -> list[str]:
        return folder.joinpath(f"{name}list.txt").read_text(encoding="utf-8").split()

    rude = UNKIND.union(words("profanity"))
    return {
        kind: sorted({w for w in words(kind) if w.isalpha() and 2 < len(w) < 11} - rude)
        for kind in ("adjective", "noun", "verb")
    }


def many_words(rng: np.random.Generator, lists: dict[str, list[str]]) -> str:
    """Make up a sentence of random words: grammar without sense."""
    form = FORMS[rng.integers(len(FORMS))]
    while "{" in form:
        kind = form[form.index("{") + 1 : form.index("}")]
        form = form.replace(f"{{{kind}}}", lists[kind][rng.integers(len(lists[kind]))], 1)
    return form


def main() -> None:
    """Make the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--num", type=int, default=1500, help="sentences [1500]")
    parser.add_argument("--speakers", nargs="+", choices=SPEAKERS, default=["synthetic-high"])
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=["neutral"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    rng, lists = np.random.default_rng(arguments.seed), word_lists()
    num_turns = len(arguments.speakers) * len(arguments.styles)  # all voices get both kinds
    texts = [
        many_words(rng, lists) if index // num_turns % 2 else sentence(rng)
        for index in range(arguments.num)
    ]
    folder = made_reading(
        arguments.out,
        texts,
        arguments.seed,
        speakers=arguments.speakers,
        styles=arguments.styles,
    )
    print(folder)


if __name__ == "__main__":
    main()
